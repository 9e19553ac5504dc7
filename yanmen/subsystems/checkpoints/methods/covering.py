"""Where `k` posts meet most of the traffic: maximal covering of origin-destination trips by posts on their way.

max sum w_p y_p  s.t.  y_p <= sum of x_e over the segments e of trip p,  sum x_e <= k,  x binary, 0 <= y <= 1

Sources: Church and ReVelle, "The maximal covering location problem", Papers of the Regional Science Association 32
(1974) 101-118, model (1)-(5); with trips as what is covered: Hodgson, "A flow-capturing location-allocation model",
Geographical Analysis 22 (1990) 270-279. Solved to proven optimality by HiGHS (branch and cut); a time limit leaves a gap,
which is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import inf
from typing import Any

import highspy
import numpy as np

from yanmen.base import mip
from yanmen.base.refusals import Refusal
from yanmen.subsystems.checkpoints.methods.roads import Ints, Roads

ROUNDING = 1e-9
Trips = Mapping[frozenset[int], float]
Ways = Sequence[tuple[list[int], float]]


@dataclass(frozen=True)
class Covering:
    """The segments chosen, how much traffic meets a post, and how far from the best this can be."""

    segments: tuple[int, ...]
    met: float
    total: float
    gap: float

    @property
    def share(self) -> float:
        """Part of the traffic that meets a post."""
        return self.met / self.total if self.total else 0.0


def trips_between(
    roads: Roads,
    origins: Sequence[tuple[int, float]],
    destinations: Collection[int],
    *,
    candidates: Collection[int],
) -> dict[frozenset[int], float]:
    """Traffic by the candidate segments on its way: each origin's weight, spread evenly over the destinations.

    Trips take the fastest way. Trips that pass no candidate are under the empty set; what cannot arrive is left out.
    """
    allowed = set(candidates)
    met: dict[frozenset[int], float] = defaultdict(float)
    goals = sorted(set(destinations))
    if not origins or not goals:
        return {}
    times, before = roads.trees([origin for origin, _ in origins])
    for row, (_, weight) in enumerate(origins):
        arriving = [goal for goal in goals if np.isfinite(times[row, goal])]
        known: dict[int, frozenset[int]] = {}
        for goal in arriving:
            met[_on_way(roads, before[row], goal, allowed, known)] += weight / len(arriving)
    return dict(met)


def cover(trips: Trips, posts: int, *, seconds: float = 60.0) -> Covering:
    """The `posts` segments that meet most of the traffic."""
    if posts < 1:
        raise Refusal("卡口数须为1或以上。", "The number of posts must be 1 or more.", field="posts", value=str(posts))
    ways = [(sorted(way), weight) for way, weight in trips.items() if way]
    segments = sorted({each for way, _ in ways for each in way})
    total = float(sum(trips.values()))
    if not segments:
        return Covering((), 0.0, total, 0.0)
    column = {segment: number for number, segment in enumerate(segments)}
    model = _model(ways, column, posts)
    solver = mip.solver(seconds)
    solver.passModel(model)
    first, limit = greedy(ways, posts)
    solver.setSolution(_start(model, ways, column, first))
    solver.run()
    values = np.asarray(solver.getSolution().col_value)
    chosen = tuple(segment for segment, number in column.items() if values[number] > 0.5)
    met = _met(ways, chosen)
    bound = max(min(-float(solver.getInfo().mip_dual_bound), limit), met)  # without any time it is still infinite
    gap = (bound - met) / bound if bound else 0.0
    return Covering(chosen, met, total, gap if gap > ROUNDING else 0.0)


def greedy(ways: Ways, posts: int) -> tuple[tuple[int, ...], float]:
    """Always the segment that meets most of what is not met yet, and how much no choice of `posts` can exceed.

    Never worse than 1 - 1/e of the best; at every step the best is at most what is met and the `posts` largest gains.

    Source: Nemhauser, Wolsey and Fisher, "An analysis of approximations for maximizing submodular set functions",
    Mathematical Programming 14 (1978) 265-294. It gives the search a start, so that a time limit leaves a fair plan.
    """
    passing: dict[int, list[int]] = defaultdict(list)
    gain: dict[int, float] = defaultdict(float)
    for number, (way, weight) in enumerate(ways):
        for segment in way:
            passing[segment].append(number)
            gain[segment] += weight
    chosen: list[int] = []
    met = [False] * len(ways)
    limit, so_far = inf, 0.0
    while len(chosen) < min(posts, len(gain)):
        limit = min(limit, so_far + sum(nlargest(posts, gain.values())))
        best = max(gain, key=lambda segment: (gain[segment], -segment))
        if gain[best] <= ROUNDING:
            break
        chosen.append(best)
        so_far += gain[best]
        for number in passing[best]:
            if not met[number]:
                met[number] = True
                for segment in ways[number][0]:
                    gain[segment] -= ways[number][1]
    return tuple(chosen), min(limit, so_far + sum(nlargest(posts, gain.values())))


def _start(model: "highspy.HighsLp", ways: Ways, column: Mapping[int, int], chosen: tuple[int, ...]) -> Any:
    """A first answer as the solver takes it."""
    values = np.zeros(model.num_col_)
    values[[column[segment] for segment in chosen]] = 1.0
    taken = set(chosen)
    values[len(column) :] = [1.0 if taken.intersection(way) else 0.0 for way, _ in ways]
    answer = highspy.HighsSolution()
    answer.col_value = values.tolist()
    return answer


def _met(ways: Ways, chosen: tuple[int, ...]) -> float:
    taken = set(chosen)
    return float(sum(weight for way, weight in ways if taken.intersection(way)))


def _model(ways: Ways, column: Mapping[int, int], posts: int) -> "highspy.HighsLp":
    """Segments first (binary), then trips; the rows are the trips, then the number of posts."""
    sites, trips = len(column), len(ways)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = sites + trips, trips + 1
    model.col_cost_ = np.concatenate([np.zeros(sites), [-weight for _, weight in ways]])
    model.col_lower_, model.col_upper_ = np.zeros(sites + trips), np.ones(sites + trips)
    model.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * trips
    model.row_lower_ = np.concatenate([np.zeros(trips), [-np.inf]])
    model.row_upper_ = np.concatenate([np.full(trips, np.inf), [posts]])
    starts, index, value = [0], list[int](), list[float]()
    for number, (way, _) in enumerate(ways):
        index += [column[each] for each in way] + [sites + number]
        value += [1.0] * len(way) + [-1.0]
        starts.append(len(index))
    index += range(sites)
    value += [1.0] * sites
    starts.append(len(index))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = np.array(starts), np.array(index)
    model.a_matrix_.value_ = np.array(value)
    return model


def _on_way(
    roads: Roads, before: Ints, goal: int, allowed: Collection[int], known: dict[int, frozenset[int]]
) -> frozenset[int]:
    """Allowed segments on the tree's way to a node; ways share their beginnings, so each is worked out once."""
    chain = []
    at = int(goal)
    while at not in known and before[at] >= 0:
        chain.append(at)
        at = int(before[at])
    way = known.setdefault(at, frozenset())
    for node in reversed(chain):
        segment = int(roads.segment_of[roads.edge_between[int(before[node]), node]])
        if segment in allowed:
            way = way | {segment}
        known[node] = way
    return way
