"""Doors shared out among follow-up teams, and the order in which a team walks its own.

Sharing out is a transportation problem: doors are sources of one, teams are sinks with a capacity, and what no team can take goes to
nobody. First as many doors as possible are given, then the sum of costs is least; the cost of a door is the metres to its team, less
`same_team` metres where the team is the one it had before. Successive shortest paths (Jewell 1958; Busacker and Gowen 1961; Ahuja,
Magnanti and Orlin, Network Flows, 1993, section 9.7) on a network of teams alone: the length from one to another is what the cheapest
of its doors costs to move. Doors that fit where they are cheapest need no path; each of the others takes one.

The order is the nearest door next (Rosenkrantz et al. 1977), then made shorter by turning stretches around (2-opt, Croes 1958).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yanmen.base.sphere import metres_between

MOST_TURNED = 200
"""Doors of a round up to which stretches are turned around; longer rounds stay in the order of the nearest next."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shared:
    """The team of each door (-1: nobody can take it) and the metres to it (nan where a point is not known)."""

    team: Ints
    metres: Floats

    @property
    def left_over(self) -> int:
        """Doors that no team can take."""
        return int((self.team < 0).sum())


def share_out(
    door_x: Floats,
    door_y: Floats,
    team_x: Floats,
    team_y: Floats,
    capacity: Sequence[int],
    *,
    before: Sequence[int],
    same_team: float,
    unknown: float,
) -> Shared:
    """Give each door to a team. Points in degrees (nan: not known, costs `unknown` metres); `before`: the team so far, or -1."""
    doors, teams = len(door_x), len(team_x)
    if not doors or not teams:
        return Shared(np.full(doors, -1, dtype=np.int64), np.full(doors, np.nan))
    metres = metres_between(door_x, door_y, team_x, team_y)
    had = np.asarray(before, dtype=np.int64)
    cost = np.where(np.isnan(metres), unknown, metres)
    known = had >= 0
    cost[np.flatnonzero(known), had[known]] -= same_team
    team = _Teams(cost, np.asarray(capacity, dtype=np.int64)).share()
    taken = np.where(team >= 0, metres[np.arange(doors), np.maximum(team, 0)], np.nan)
    return Shared(team, taken)


def walking_order(x: Floats, y: Floats, start_x: float, start_y: float) -> Ints:
    """The doors of one team in an order to walk them, from its own place; doors without a point come last, as they are."""
    placed = np.flatnonzero(~(np.isnan(x) | np.isnan(y)))
    rest = np.setdiff1d(np.arange(len(x)), placed)
    if len(placed) < 2:
        return np.concatenate([placed, rest]).astype(np.int64)
    if np.isnan(start_x) or np.isnan(start_y):
        start_x, start_y = float(x[placed].mean()), float(y[placed].mean())
    px, py = np.append(x[placed], start_x), np.append(y[placed], start_y)
    apart = metres_between(px, py)
    order = _turned(_nearest_next(apart), apart) if len(placed) <= MOST_TURNED else _nearest_next(apart)
    return np.concatenate([placed[order], rest]).astype(np.int64)


class _Teams:
    """Teams with the doors they have so far; the last of them is nobody, who takes everything at a price above any detour."""

    def __init__(self, cost: Floats, capacity: Ints) -> None:
        doors, teams = cost.shape
        nobody = cost.max() + (cost.max() - cost.min() + 1) * (teams + 1)
        self.cost = np.column_stack([cost, np.full(doors, nobody)])
        self.free = np.append(np.minimum(capacity, doors), doors)
        self.team = np.full(doors, -1, dtype=np.int64)
        self.step = np.full((teams + 1, teams + 1), np.inf)
        self.mover = np.full((teams + 1, teams + 1), -1, dtype=np.int64)

    def share(self) -> Ints:
        """The team of each door, -1 where it is nobody's."""
        wish = np.argmin(self.cost, axis=1)
        for team in range(len(self.free) - 1):
            first = np.flatnonzero(wish == team)[: self.free[team]]
            self.team[first] = team
            self.free[team] -= len(first)
            self._measure(team)
        for door in np.flatnonzero(self.team < 0):
            self._insert(int(door))
        return np.where(self.team == len(self.free) - 1, -1, self.team)

    def _insert(self, door: int) -> None:
        """Take one more door by the cheapest chain of moves that ends at a team with room."""
        reach, by = self.cost[door].copy(), np.full(len(self.free), -1, dtype=np.int64)
        while True:
            through = reach[:, None] + self.step
            best = through.argmin(axis=0)
            length = through[best, np.arange(len(reach))]
            nearer = length < reach - 1e-9
            if not nearer.any():
                break
            reach, by = np.where(nearer, length, reach), np.where(nearer, best, by)
        last = int(np.argmin(np.where(self.free > 0, reach, np.inf)))
        self.free[last] -= 1
        touched = [last]
        while (before := int(by[last])) >= 0:
            self.team[self.mover[before, last]] = last
            last = before
            touched.append(last)
        self.team[door] = last
        for team in touched:
            self._measure(team)

    def _measure(self, team: int) -> None:
        """What it costs to move the cheapest of a team's doors to each of the others."""
        mine = np.flatnonzero(self.team == team)
        if not len(mine):
            self.step[team], self.mover[team] = np.inf, -1
            return
        more = self.cost[mine] - self.cost[mine, team][:, None]
        best = more.argmin(axis=0)
        self.step[team], self.mover[team] = more[best, np.arange(more.shape[1])], mine[best]
        self.step[team, team] = np.inf


def _nearest_next(apart: Floats) -> list[int]:
    """From the last point, always the nearest that is left; the first of several."""
    left = apart[:, :-1].copy()
    order, here = [], len(apart) - 1
    for _ in range(len(apart) - 1):
        here = int(np.argmin(left[here]))
        order.append(here)
        left[:, here] = np.inf
    return order


def _turned(order: list[int], apart: Floats) -> list[int]:
    """Turn stretches around while that makes the way from the last point through all doors shorter."""
    start, end = len(apart) - 1, len(apart)
    far = np.pad(apart, ((0, 1), (0, 1)))  # past the last door lies nowhere, at no distance
    way, better = np.array([start, *order, end]), True
    while better:
        better = False
        for first in range(1, len(way) - 2):
            lasts, after = way[first + 1 : -1], way[first + 2 :]
            here, before = way[first], way[first - 1]
            gain = far[before, here] + far[lasts, after] - far[before, lasts] - far[here, after]
            best = int(np.argmax(gain))
            if gain[best] > 1e-6:
                way[first : first + best + 2] = way[first : first + best + 2][::-1].copy()
                better = True
    return [int(each) for each in way[1:-1]]
