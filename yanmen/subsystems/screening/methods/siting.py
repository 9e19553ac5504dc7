"""Where sampling sites stand: p-medians, proved optimal, and the fewest sites that hold everybody within a walk.

p-median: open p of m sites so that the cost of sending every customer to the nearest is least.

1. A first answer by greedy adding and fast interchange: Teitz and Bart, "Heuristic methods for estimating the generalized
   vertex median of a weighted graph", Operations Research 16 (1968) 955-961; all swaps of one step at once as Resende and Werneck,
   "A fast swap-based local search procedure for location problems", Annals of Operations Research 150 (2007) 205-230.
2. A bound by Lagrangian relaxation of "everybody is served" with subgradient steps: Cornuejols, Fisher and Nemhauser, "Location of
   bank accounts to optimize float", Management Science 23 (1977) 789-810; Beasley, "A note on solving large p-median problems",
   European Journal of Operational Research 21 (1985) 270-273, whose test also settles sites that no better answer can (or must) hold.
3. What is left, as an integer program over radii: Cornuejols, Nemhauser and Wolsey, "A canonical representation of simple plant
   location problems", SIAM Journal on Algebraic and Discrete Methods 1 (1980) 261-272; with the sparse rows of Elloumi, "A tighter
   formulation of the p-median problem", Journal of Combinatorial Optimization 19 (2010) 69-83. HiGHS proves it.

Capacity: `hold_everybody` is the capacitated location problem with whole sites at a place (several where many live) and people who may be
shared out: first the fewest sites, then of those plans the least walking (to half a percent). Current and Storbeck, "Capacitated covering models", Environment
and Planning B 15 (1988) 153-163.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from time import monotonic

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from yanmen.base import mip
from yanmen.base.refusals import Refusal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROUNDING = 1e-6
STARTS = 6
STEPS = 600
MOST_SITES = 5000
WALKING_GAP = 0.005


@dataclass(frozen=True)
class Medians:
    """The sites that are open, whom each serves, what it costs, and below what no answer can fall."""

    sites: tuple[int, ...]
    served_by: tuple[int, ...]
    value: float
    bound: float

    @property
    def proved(self) -> bool:
        """Whether no other choice is better."""
        return self.bound >= self.value - ROUNDING * max(1.0, self.value)

    @property
    def gap(self) -> float:
        """How far from the best this can be, as a part of the value."""
        return max(0.0, self.value - self.bound) / self.value if self.value else 0.0


@dataclass(frozen=True)
class Held:
    """How many sites stand where, who goes where (customer, place, people), and the fewest that any plan needs."""

    sites: dict[int, int]
    ways: tuple[tuple[int, int, float], ...]
    unreached: tuple[int, ...]
    walked: float
    farthest: float
    bound: int

    @property
    def count(self) -> int:
        """Sites in all."""
        return sum(self.sites.values())

    @property
    def proved(self) -> bool:
        """Whether no plan has fewer sites."""
        return self.count <= self.bound


def medians(costs: Floats, count: int, *, seconds: float = 60.0) -> Medians:
    """The `count` columns (sites) with the least sum of row minima (customers); weigh rows before.

    Stops after `seconds` with what it has; the bound then says how good that is.
    """
    sites = costs.shape[1]
    if not 1 <= count <= sites or not np.isfinite(costs).all():
        raise Refusal(f"采样点数须在1至{sites}之间，且距离须为有限数。", f"Open 1 to {sites} sites, and give finite costs.", field="count", value=str(count))  # fmt: skip
    until = monotonic() + seconds
    step = 1.0 if np.array_equal(costs, np.round(costs)) else 0.0
    value, chosen = _first(costs, count)
    bound, free, kept = _relaxed(costs, count, value, step)
    if not _closed(bound, value, step) and monotonic() < until:
        value, chosen, bound = _proved(costs, count, (value, chosen), bound, free, kept, until, step)
    bound = value if _closed(bound, value, step) else min(bound, value)
    served = np.array(sorted(chosen))[costs[:, sorted(chosen)].argmin(axis=1)]
    return Medians(tuple(sorted(chosen)), tuple(served.tolist()), value, bound)


def hold_everybody(
    people: Floats, distances: Floats, *, capacity: float, walk: float, places: int = 50, seconds: float = 20.0
) -> Held:
    """The fewest sites so that everybody has one within `walk` (in the unit of `distances`) and none has more than `capacity`.

    `people` a customer, `distances` customers by places; at most `places` sites at one place. Who has no place within the walk
    is told, not forced.
    """
    if capacity <= 0 or walk < 0:
        raise Refusal("每点人数须大于0，步行距离不能为负。", "Sites hold more than nobody and walks are not negative.", field="capacity", value=f"{capacity}, {walk}")  # fmt: skip
    if distances.shape[1] > MOST_SITES:
        raise Refusal(f"候选地点超过{MOST_SITES}个，请缩小范围。", f"More than {MOST_SITES} places. Choose a smaller area.", field="places", value=str(distances.shape[1]))  # fmt: skip
    near = distances <= walk
    reached = near.any(axis=1) & (people > 0)
    unreached = tuple(np.flatnonzero(~near.any(axis=1) & (people > 0)).tolist())
    if not reached.any():
        return Held({}, (), unreached, 0.0, 0.0, 0)
    rows, columns = np.nonzero(near & reached[:, None])
    pairs = _Pairs(rows, columns, distances[rows, columns], people, capacity, places)
    return pairs.solve(seconds, unreached)


def read_graph(text: str) -> tuple[Floats, int]:
    """Distances between all vertices of an OR-Library file, and how many medians it asks for.

    "vertices edges p", then "from to cost" a line. An edge that is repeated has the cost said last, as Beasley's note to the files
    asks. Refuses what is no such file.
    """
    try:
        numbers = np.array(text.split(), dtype=np.int64)
        size, edges, count = (int(each) for each in numbers[:3])
        table = numbers[3:].reshape(edges, 3)
    except ValueError:
        raise Refusal("不是OR-Library的p-中位文件：首行须为“顶点数 边数 p”，其后每行“起点 终点 费用”。", 'No p-median file of the OR-Library: "vertices edges p" first, then "from to cost" a line.', field="file") from None  # fmt: skip
    if size > MOST_SITES or table[:, :2].min(initial=1) < 1 or table[:, :2].max(initial=1) > size:
        raise Refusal(f"顶点编号须在1至{size}之间，顶点不超过{MOST_SITES}个。", f"Vertices are numbered 1 to {size}, at most {MOST_SITES}.", field="file", value=str(size))  # fmt: skip
    best = np.full((size, size), np.inf)
    np.fill_diagonal(best, 0)
    for start, end, cost in table.tolist():
        best[start - 1, end - 1] = best[end - 1, start - 1] = cost
    for middle in range(size):
        np.minimum(best, best[:, middle : middle + 1] + best[middle], out=best)
    return best, count


def _first(costs: Floats, count: int) -> tuple[float, list[int]]:
    """The best of several starts, each improved by swaps until none helps. The dice are the same every time."""
    dice = np.random.default_rng(1)
    starts = [_greedy(costs, count)]
    starts += [dice.choice(costs.shape[1], count, replace=False).tolist() for _ in range(STARTS - 1)]
    return min((_swapped(costs, start) for start in starts), key=lambda each: each[0])


def _greedy(costs: Floats, count: int) -> list[int]:
    nearest = np.full(len(costs), costs.max())
    chosen: list[int] = []
    for _ in range(count):
        gains = np.maximum(nearest[:, None] - costs, 0).sum(axis=0)
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        nearest = np.minimum(nearest, costs[:, chosen[-1]])
    return chosen


def _swapped(costs: Floats, start: list[int]) -> tuple[float, list[int]]:
    """Always the swap that helps most: gains of whom comes in, losses of whom goes, for all pairs in one product."""
    chosen = list(start)
    rows = np.arange(len(costs))
    while True:
        mine = costs[:, chosen]
        owner = mine.argmin(axis=1)
        first = mine[rows, owner]
        mine[rows, owner] = np.inf
        second = np.minimum(mine.min(axis=1), costs.max() + 1.0)
        kept = np.minimum(costs, first[:, None])
        lost = np.minimum(costs, second[:, None]) - kept
        groups = csr_array((np.ones(len(rows)), (owner, rows)), shape=(len(chosen), len(rows)))
        change = (kept - first[:, None]).sum(axis=0) + groups @ lost
        change[:, chosen] = 0
        out, into = np.unravel_index(int(change.argmin()), change.shape)
        if change[out, into] > -ROUNDING:
            return float(first.sum()), chosen
        chosen[int(out)] = int(into)


def _relaxed(costs: Floats, count: int, value: float, step: float) -> tuple[float, Ints, Ints]:
    """The best Lagrangian bound, the sites that a better answer may open, and those that it must."""
    prices = np.sort(costs, axis=1)[:, min(1, costs.shape[1] - 1)].copy()
    best, length, idle = -inf, 2.0, 0
    possible, must = np.ones(costs.shape[1], dtype=bool), np.zeros(costs.shape[1], dtype=bool)
    for _ in range(STEPS):
        reduced = np.minimum(costs - prices[:, None], 0)
        worth = reduced.sum(axis=0)
        order = np.argsort(worth, kind="stable")
        opened = order[:count]
        bound = float(prices.sum() + worth[opened].sum())
        beaten = value - step + ROUNDING if step else value - ROUNDING
        next_worth = worth[order[count]] if count < len(order) else inf
        possible &= ~(bound + worth - worth[order[count - 1]] > beaten) | np.isin(np.arange(len(worth)), opened)
        must |= np.isin(np.arange(len(worth)), opened) & (bound - worth + next_worth > beaten)
        if bound > best + ROUNDING:
            best, idle = bound, 0
        else:
            idle += 1
        if idle >= 20:
            length, idle = length / 2, 0
        slope = 1.0 - (reduced[:, opened] < 0).sum(axis=1)
        size = float((slope**2).sum())
        if size == 0 or _closed(best, value, step) or length < 1e-4:
            break
        prices = prices + length * max(value - bound, ROUNDING) / size * slope
    return best, np.flatnonzero(possible | must), np.flatnonzero(must)


def _closed(bound: float, value: float, step: float) -> bool:
    """Whether nothing fits between bound and value: of whole numbers the next is `step` away."""
    return bound > value - step + ROUNDING if step else bound >= value - ROUNDING


def _proved(
    costs: Floats, count: int, first: tuple[float, list[int]], bound: float, free: Ints, kept: Ints, until: float, step: float
) -> tuple[float, list[int], float]:  # fmt: skip
    """The program over radii on the sites that are left."""
    value, chosen = first
    if len(free) < count:
        return value, chosen, value
    model, integers = _radii(costs[:, free], count, np.searchsorted(free, kept), value)
    solver = mip.solver(until - monotonic())
    solver.setOptionValue("objective_bound", value)
    solver.passModel(model)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kObjectiveBound):
        return value, chosen, value
    found = np.asarray(solver.getSolution().col_value)
    if len(found) and info.objective_function_value < value - ROUNDING:
        chosen = free[np.flatnonzero(found[:integers] > 0.5)].tolist()
        value = float(costs[:, chosen].min(axis=1).sum())
    known = float(info.mip_dual_bound)
    bound = max(bound, known) if np.isfinite(known) else bound
    return value, chosen, value if status == highspy.HighsModelStatus.kOptimal else bound


def _radii(costs: Floats, count: int, kept: Ints, value: float) -> tuple["highspy.HighsLp", int]:
    """Elloumi's rows: y a site; z(i, k) = 1 while customer i has no open site within its k-th distance.

    A customer goes no farther than the nearest site that is open for sure, nor than the answer in hand costs in all.
    """
    sites = costs.shape[1]
    lower = np.zeros(sites)
    lower[kept] = 1
    prices, constant = [np.zeros(sites)], 0.0
    rows, columns, values, floors = [np.zeros(sites, dtype=int)], [np.arange(sites)], [np.ones(sites)], [float(count)]
    last, row = sites, 1
    for customer in costs:
        radii = np.unique(np.minimum(customer, min(customer[kept].min(initial=inf), value)))
        constant += float(radii[0])
        level = np.searchsorted(radii, customer)
        for number in range(len(radii) - 1):
            within = np.flatnonzero(level == number)
            rows.append(np.full(len(within) + 1 + (number > 0), row))
            before = [last + number - 1] if number else []
            columns.append(np.concatenate([within, [last + number], before]).astype(int))
            values.append(np.concatenate([np.ones(len(within) + 1), [-1.0] * len(before)]))
            floors.append(0.0 if number else 1.0)
            row += 1
        prices.append(np.diff(radii))
        last += len(radii) - 1
    model = highspy.HighsLp()
    model.num_col_, model.num_row_, model.offset_ = last, row, constant
    model.col_cost_ = np.concatenate(prices)
    model.col_lower_ = np.concatenate([lower, np.zeros(last - sites)])
    model.col_upper_ = np.ones(last)
    model.row_lower_ = np.array(floors)
    model.row_upper_ = np.concatenate([[float(count)], np.full(row - 1, np.inf)])
    model.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * (last - sites)
    _fill(model, np.concatenate(rows), np.concatenate(columns), np.concatenate(values))
    return model, sites


@dataclass(frozen=True)
class _Pairs:
    """Who can walk where: customer, place and distance of each pair, with what a site holds."""

    rows: Ints
    columns: Ints
    metres: Floats
    people: Floats
    capacity: float
    places: int

    def solve(self, seconds: float, unreached: tuple[int, ...]) -> Held:
        """The fewest sites, then the least walking with so many."""
        until = monotonic() + seconds
        least = ceil(float(self.people[np.unique(self.rows)].sum()) / self.capacity - ROUNDING)
        solver = mip.solver(seconds / 2)
        solver.passModel(self._model(fewest=True))
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise Refusal("在步行范围内放不下所需的采样点。请增加每处点数、每点人数或步行距离。", "The places within a walk cannot hold everybody. Allow more sites a place, more people a site, or a longer walk.", field="places", value=str(self.places))  # fmt: skip
        plan = np.asarray(solver.getSolution().col_value)
        known = float(solver.getInfo().mip_dual_bound)
        least = max(least, ceil(known - ROUNDING)) if np.isfinite(known) else least
        stands, used = self._columns()
        if not len(plan) or not np.isfinite(solver.getInfo().objective_function_value):
            raise Refusal("时间内未求得方案。请缩小范围。", "No plan was found in time. Choose a smaller area.", field="area")  # fmt: skip
        count = round(float(plan[:stands].sum()))
        closer = mip.solver(until - monotonic(), gap=WALKING_GAP)
        closer.passModel(self._model(fewest=False, count=count))
        start = highspy.HighsSolution()
        start.col_value = plan.tolist()
        closer.setSolution(start)
        closer.run()
        better = np.asarray(closer.getSolution().col_value)
        plan = better if len(better) and np.isfinite(closer.getInfo().objective_function_value) else plan
        return self._held(plan, used, unreached, least)

    def _columns(self) -> tuple[int, Ints]:
        used = np.unique(self.columns)
        return len(used), used

    def _model(self, *, fewest: bool, count: int = 0) -> "highspy.HighsLp":
        """Columns: sites a place (whole), then people a pair.

        Rows: everybody goes; no site is overfull; nobody goes where no site is; enough sites around everybody (both follow from
        the others for whole sites, and make the bound sharp); so many sites.
        """
        stands, used = self._columns()
        served, pairs = np.unique(self.rows), len(self.rows)
        place, customer = np.searchsorted(used, self.columns), np.searchsorted(served, self.rows)
        going, each = self.people[served], np.minimum(self.people[self.rows], self.capacity)
        around = np.ceil(going / self.capacity - ROUNDING)
        full, linked, near, last = np.cumsum([len(served), stands, pairs, len(served)]).tolist()
        across, every = np.arange(pairs) + stands, np.arange(stands)
        entries = [
            (customer, across, np.ones(pairs)),
            (full + place, across, np.ones(pairs)),
            (full + every, every, np.full(stands, -self.capacity)),
            (linked + np.arange(pairs), across, np.ones(pairs)),
            (linked + np.arange(pairs), place, -each),
            (near + customer, place, np.ones(pairs)),
            (np.full(stands, last), every, np.ones(stands)),
        ]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = stands + pairs, last + 1
        walking = self.metres / max(1.0, float(self.metres.max(initial=0.0)))
        model.col_cost_ = np.concatenate([np.full(stands, float(fewest)), 0 * walking if fewest else walking])
        model.col_lower_ = np.zeros(stands + pairs)
        model.col_upper_ = np.concatenate([np.full(stands, float(self.places)), self.people[self.rows]])
        model.integrality_ = [highspy.HighsVarType.kInteger] * stands + [highspy.HighsVarType.kContinuous] * pairs
        below = np.full(stands + pairs, -np.inf)
        model.row_lower_ = np.concatenate([going, below, around, [0.0]])
        endless, total = np.full(len(served), np.inf), [float(count or stands * self.places)]
        model.row_upper_ = np.concatenate([going, np.zeros(stands + pairs), endless, total])
        rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
        _fill(model, rows, columns, values)
        return model

    def _held(self, plan: Floats, used: Ints, unreached: tuple[int, ...], least: int) -> Held:
        stands = len(used)
        whole = np.round(plan[:stands]).astype(int)
        sites = {int(used[at]): int(whole[at]) for at in np.flatnonzero(whole)}
        sent = plan[stands:]
        walks = sent > 1e-4
        ways = tuple(
            (int(row), int(column), float(number))
            for row, column, number in zip(self.rows[walks], self.columns[walks], sent[walks], strict=True)
        )
        farthest = float(self.metres[walks].max(initial=0.0))
        return Held(sites, ways, unreached, float((sent * self.metres).sum()), farthest, least)


def _fill(model: "highspy.HighsLp", rows: Ints, columns: Ints, values: Floats) -> None:
    matrix = csr_array(coo_array((values, (rows, columns)), shape=(model.num_row_, model.num_col_)))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
