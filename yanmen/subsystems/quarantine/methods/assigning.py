"""Who gets which room: parties to sites as an integer program over classes, then rooms on the floors of each site.

Sites. Parties that nothing tells apart (from one place, of one source, with the same cells and needs) are a class. With x(c, s) parties of class c
sent to site s, y(s, t, r) cells of type t in rooms of type r, w(s, e) = 1 where people of source e come to site s, g(s) = 1 where infected people do:

    least  sum x * (km * people + detour of a kind that comes second) + wasted bed * sum y * (beds - size) + mixing * sum w + price of who is left
    with   every party sent somewhere or left; the cells of a site's parties in its rooms that fit them; no more rooms than there are;
           x(c, s) <= n(c) w(s, e(c)) and x(c, s) <= n(c) g(s) or n(c) (1 - g(s)) by group

It is a fixed-charge transportation problem (Balinski, "Fixed-cost transportation problems", Naval Research Logistics Quarterly 8 (1961) 41-54), its rows by class as
Cornuejols, Nemhauser and Wolsey (1980) ask for a sharp bound. HiGHS solves it within a stated gap or time; the gap it reached is told.

The rooms inside a site are given in floors.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import highspy
import numpy as np
from scipy.sparse import coo_array, csr_array

from yanmen.base import mip
from yanmen.base.sphere import metres
from yanmen.subsystems.quarantine.methods.floors import House, hard, match
from yanmen.subsystems.quarantine.methods.rooms import (
    Assignment,
    FreeRoom,
    Given,
    OpenSite,
    Party,
    Weights,
    hindrance,
)

NEAR = 2
"""Decimals of a degree within which two parties come from one place: about a kilometre."""
LEFT_KM = 100_000.0
"""What somebody without a room costs: more than any way in the country."""
Distance = Callable[[Party, OpenSite], float]
CellType = tuple[int, frozenset[str]]
RoomType = tuple[int, frozenset[str]]


def great_circle(party: Party, site: OpenSite) -> float:
    """Kilometres on the sphere from a party's home to a site."""
    return metres(party.longitude, party.latitude, site.longitude, site.latitude) / 1000


def assign(
    parties: Sequence[Party],
    sites: Sequence[OpenSite],
    rooms: Iterable[FreeRoom],
    weights: Weights,
    *,
    distance: Distance = great_circle,
    there: Mapping[int, frozenset[str]] | None = None,
) -> Assignment:
    """Give the parties rooms. `there` are the sources of those who are on a floor already, by floor.

    A household that no site holds whole goes to several. Every rule that must hold holds in the answer; who has no room stands in `left` with a key of NO_ROOM.
    """
    started, free = monotonic(), list(rooms)
    program = _Program(_classes(parties), sites, free, weights, distance)
    sent, gap = program.solve()
    given: list[Given] = []
    left: list[Party] = list(sent.pop(-1, []))
    at: dict[int, list[FreeRoom]] = defaultdict(list)
    for room in free:
        at[room.site].append(room)
    for site, coming in sent.items():
        house = House(at[sites[site].number], dict(there or {}))
        here, out = house.take(coming)
        given += here
        left += out
    given, left = _try_again(given, left, sites, at, distance)
    given, left = _try_again(given, [each for party in left for each in party.apart()], sites, at, distance)
    reasons = {each.number: hindrance(each, sites, free) for each in left}
    return Assignment(tuple(given), reasons, gap, monotonic() - started)


@dataclass(frozen=True)
class _Class:
    """Parties that nothing tells apart; the first speaks for them."""

    members: tuple[Party, ...]

    @property
    def one(self) -> Party:
        return self.members[0]


def _classes(parties: Sequence[Party]) -> list[_Class]:
    alike: dict[tuple[object, ...], list[Party]] = {}
    for each in parties:
        cells = tuple(sorted((cell.size, tuple(sorted(cell.features))) for cell in each.cells))
        place = (round(each.longitude, NEAR), round(each.latitude, NEAR))
        alike.setdefault((place, each.source, each.group, each.kinds, each.site_needs, cells), []).append(each)
    return [_Class(tuple(members)) for members in alike.values()]


class _Program:
    """The integer program, written row by row."""

    def __init__(
        self, classes: list[_Class], sites: Sequence[OpenSite], rooms: list[FreeRoom], weights: Weights, distance: Distance
    ) -> None:  # fmt: skip
        self.classes, self.sites, self.weights = classes, sites, weights
        self.stock: dict[int, dict[RoomType, int]] = defaultdict(lambda: defaultdict(int))
        number = {site.number: at for at, site in enumerate(sites)}
        for room in rooms:
            if room.site in number:
                self.stock[number[room.site]][room.beds, room.features] += 1
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.entries: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.x: dict[tuple[int, int], int] = {}
        self.left: list[int] = []
        self._write(distance)

    def solve(self) -> tuple[dict[int, list[Party]], float | None]:
        """The parties sent to each site by its index (-1: to none), and the gap."""
        if not self.classes:
            return {}, 0.0
        solver = mip.solver(self.weights.seconds, gap=self.weights.gap)
        solver.passModel(self._model())
        solver.run()
        plan, info = np.asarray(solver.getSolution().col_value), solver.getInfo()
        if not len(plan) or not np.isfinite(info.objective_function_value):
            plan, gap = np.zeros(len(self.cost)), None
        else:
            gap = float(info.mip_gap) if np.isfinite(info.mip_gap) else 0.0
        sent: dict[int, list[Party]] = defaultdict(list)
        ways: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (one, site), column in self.x.items():
            ways[one].append((site, round(float(plan[column]))))
        for one, each in enumerate(self.classes):
            rest = list(each.members)
            for site, many in ways[one]:
                sent[site] += rest[:many]
                rest = rest[many:]
            sent[-1] += rest
        return dict(sent), gap

    def _write(self, distance: Distance) -> None:
        cases = [self._column(0.0, 1.0) for _ in self.sites]
        mixed: dict[tuple[int, str], int] = {}
        need: dict[tuple[int, CellType], list[tuple[int, int]]] = defaultdict(list)
        for one, each in enumerate(self.classes):
            party, many = each.one, len(each.members)
            row = self._row(many, many)
            self.left.append(self._put(row, self._column(LEFT_KM * len(party.people), many)))
            for at, site in enumerate(self.sites):
                if not site.serves(party) or not self._holds(at, party):
                    continue
                way = distance(party, site) * len(party.people)
                detour = self.weights.fallback * party.kinds.index(site.kind) * len(party.people)
                column = self.x[one, at] = self._put(row, self._column(way + detour, many))
                source = mixed.setdefault((at, party.source), -1)
                if source < 0:
                    source = mixed[at, party.source] = self._column(self.weights.mixing, 1.0)
                self._at_most(column, source, many)
                self._group(column, cases[at], many, party.group == "case")
                for cell in party.cells:
                    need[at, (cell.size, cell.features)].append((column, 1))
        self._rooms(need)

    def _holds(self, at: int, party: Party) -> bool:
        return all(any(_fits(cell.size, cell.features, kind) for kind in self.stock[at]) for cell in party.cells)

    def _rooms(self, need: Mapping[tuple[int, CellType], list[tuple[int, int]]]) -> None:
        """Each cell of a site in a room that fits, and no room twice."""
        full: dict[tuple[int, RoomType], int] = {}
        for (at, (size, features)), cells in need.items():
            row = self._row(0.0, 0.0)
            for column, many in cells:
                self.entries.append((row, column, float(many)))
            for kind, stock in self.stock[at].items():
                if not _fits(size, features, kind):
                    continue
                spare = self.weights.wasted_bed * (kind[0] - size) + 0.01 * len(kind[1] - features)
                column = self._column(spare, stock, whole=False)
                self.entries.append((row, column, -1.0))
                if (at, kind) not in full:
                    full[at, kind] = self._row(-np.inf, stock)
                self._put(full[at, kind], column)

    def _column(self, cost: float, upper: float, *, whole: bool = True) -> int:
        self.cost.append(cost)
        self.upper.append(float(upper))
        self.whole.append(whole)
        return len(self.cost) - 1

    def _row(self, low: float, high: float) -> int:
        self.low.append(float(low))
        self.high.append(float(high))
        return len(self.low) - 1

    def _put(self, row: int, column: int, value: float = 1.0) -> int:
        self.entries.append((row, column, value))
        return column

    def _at_most(self, column: int, switch: int, many: int) -> None:
        """Nobody where the switch is off."""
        row = self._row(-np.inf, 0.0)
        self._put(row, column)
        self._put(row, switch, -float(many))

    def _group(self, column: int, switch: int, many: int, infected: bool) -> None:
        """A site takes infected people (the switch is on) or others."""
        row = self._row(-np.inf, 0.0 if infected else many)
        self._put(row, column)
        self._put(row, switch, -float(many) if infected else float(many))

    def _model(self) -> "highspy.HighsLp":
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), len(self.low)
        model.col_cost_, model.col_upper_ = np.array(self.cost), np.array(self.upper)
        model.col_lower_ = np.zeros(len(self.cost))
        model.row_lower_, model.row_upper_ = np.array(self.low), np.array(self.high)
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in self.whole]
        rows, columns, values = zip(*self.entries, strict=True)
        matrix = csr_array(coo_array((values, (rows, columns)), shape=(model.num_row_, model.num_col_)))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        return model


def _fits(size: int, features: frozenset[str], kind: RoomType) -> bool:
    return size <= kind[0] and features <= kind[1]


def _try_again(
    given: list[Given], left: list[Party], sites: Sequence[OpenSite], at: Mapping[int, list[FreeRoom]], distance: Distance
) -> tuple[list[Given], list[Party]]:  # fmt: skip
    """What rounding or the time limit left over goes to the nearest site that still has rooms."""
    taken = {each.room.number for each in given}
    groups = {each.room.site: each.party.group for each in given}
    out = []
    for party in sorted(left, key=lambda each: (-hard(each), each.number)):
        for site in sorted(filter(lambda one: one.serves(party), sites), key=lambda one: distance(party, one)):
            if groups.get(site.number, party.group) != party.group:
                continue
            rooms = match(party, [room for room in at[site.number] if room.number not in taken])
            if rooms is not None:
                given = given + [Given(party, cell, room) for cell, room in zip(party.cells, rooms, strict=True)]
                taken |= {room.number for room in rooms}
                groups[site.number] = party.group
                break
        else:
            out.append(party)
    return given, out
