"""Where posts stand: the fewest road segments that close every way into an area.

Every way in runs from outside (crossings farther than `reach` metres from the area) to inside. Segments on which a post
may stand have capacity 1 in each direction, forbidden ones are never cut; the minimum cut is the smallest set of
posts, and the maximum flow is as many ways in that share no segment: with fewer posts one of them stays open.

Sources: Menger, "Zur allgemeinen Kurventheorie", Fund. Math. 10 (1927) 96-115; Ford and Fulkerson, "Maximal flow through
a network", Canad. J. Math. 8 (1956) 399-404, theorem 1. The flow is Dinic's algorithm (1970) in
`scipy.sparse.csgraph.maximum_flow`. Among all smallest sets the one with the fewest lanes is taken: in a second flow a
segment has capacity M + lanes, where M is larger than the lanes of any smallest set.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from yanmen.base.refusals import Refusal
from yanmen.subsystems.checkpoints.methods.roads import Ints, Roads

INWARD, OUTWARD, BOTH = "in", "out", "both"
LARGEST = 2**31 - 1

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Closure:
    """The segments that get a post, what proves that they close, and what proves that fewer do not."""

    segments: tuple[int, ...]
    disjoint_ways: tuple[tuple[int, ...], ...]
    inside: Marks
    outside: Marks
    checked: "Check"


@dataclass(frozen=True)
class Check:
    """What a search that knows nothing of flows found: is it closed, and is each post needed."""

    closed: bool
    needed: tuple[bool, ...]
    ways_share_nothing: bool

    @property
    def holds(self) -> bool:
        """Closed, no post in vain, and as many separate ways in as posts."""
        return self.closed and all(self.needed) and self.ways_share_nothing


def close_all_ways(
    roads: Roads, *, inside: Marks, outside: Marks, forbidden: Collection[int] = (), direction: str = INWARD
) -> Closure:
    """The fewest segments whose posts close every way from outside to inside; of those, the fewest lanes.

    `inside` and `outside` mark nodes; `forbidden` are segments where no post may stand. `direction` is "in" (ways in),
    "out" (ways out) or "both" (no way even for who ignores one-way signs). Refuses when it cannot be done.
    """
    roads = _turned(roads, direction)
    check_sides(inside, outside)
    allowed = np.ones(len(roads.segments), dtype=bool)
    allowed[list(forbidden)] = False
    allowed &= np.array([each.start != each.end for each in roads.segments])
    lanes = np.array([each.lanes for each in roads.segments], dtype=np.int64)
    fewest = _Cut(roads, inside, outside, np.where(allowed, 1, 0))
    if fewest.unbounded:
        raise _no_cut(roads, inside, outside, allowed)
    most_lanes = fewest.value * int(lanes.max()) + 1
    dearest = fewest.value * (most_lanes + int(lanes.max())) + 1
    cheapest = _Cut(roads, inside, outside, np.where(allowed, most_lanes + lanes, 0), bound=dearest)
    chosen = tuple(cheapest.segments())
    ways = tuple(fewest.disjoint_ways())
    return Closure(
        chosen, ways, inside, outside, check(roads, chosen, ways, inside=inside, outside=outside, allowed=allowed)
    )


def check(
    roads: Roads, posts: Iterable[int], ways: Iterable[Iterable[int]], *, inside: Marks, outside: Marks, allowed: Marks
) -> Check:
    """Walk the network without the posts, from outside on and from inside back; count what the ways share.

    A post is needed when one of its directions leads from what is reached from outside to what reaches inside.
    """
    posts = tuple(posts)
    walk = _Walk(roads)
    near_outside = walk.reached(outside, posts)
    near_inside = walk.reached(inside, posts, backwards=True)
    closed = not (near_outside & near_inside).any()
    opens = near_outside[roads.tails] & near_inside[roads.heads]
    reopened = set(roads.segment_of[opens].tolist())
    needed = tuple(post in reopened for post in posts)
    used = [each for way in ways for each in way if allowed[each]]
    return Check(closed, needed, len(used) == len(set(used)) and len(posts) == sum(1 for _ in ways))


class _Cut:
    """A maximum flow from outside to inside where a segment has the capacity given (0: no post may stand there).

    `bound` is more than any cut of segments where posts may stand; it stands for "without limit".
    """

    def __init__(self, roads: Roads, inside: Marks, outside: Marks, capacity: Ints, *, bound: int = 0) -> None:
        size = len(roads.nodes)
        self.source, self.sink = size, size + 1
        self.names = np.arange(size)
        self.names[outside], self.names[inside] = self.source, self.sink
        tails, heads = self.names[roads.tails], self.names[roads.heads]
        keep = (tails != heads) & (tails != self.sink) & (heads != self.source)
        tails, heads, on = tails[keep], heads[keep], roads.segment_of[keep]
        pairs = np.unique(np.stack([tails, heads, on]), axis=1)
        into_sink = max(1, int((pairs[1] == self.sink).sum()))
        self.bound = min(bound or int(capacity.sum()) + 1, LARGEST // into_sink)
        self.capacity = np.minimum(np.where(capacity > 0, capacity, self.bound), self.bound)
        self.pairs = pairs
        matrix = csr_array((self.capacity[pairs[2]], (pairs[0], pairs[1])), shape=(size + 2, size + 2), dtype=np.int32)
        matrix.sum_duplicates()
        found = maximum_flow(matrix, self.source, self.sink)
        self.value = int(found.flow_value)
        self.flow = found.flow
        self.residual = matrix - found.flow

    @property
    def unbounded(self) -> bool:
        """Whether some way in has no segment where a post may stand."""
        return self.value >= self.bound

    def segments(self) -> list[int]:
        """The cut nearest to the sink: segments that lead into the part from which the residual reaches inside."""
        near = np.zeros(self.residual.shape[0], dtype=bool)
        near[_reached(csr_array((self.residual > 0).T), self.sink)] = True
        crossing = ~near[self.pairs[0]] & near[self.pairs[1]]
        return sorted({int(each) for each in self.pairs[2][crossing]})

    def disjoint_ways(self) -> list[tuple[int, ...]]:
        """The flow taken apart into ways in, each a list of segments (Ford and Fulkerson, flows into paths)."""
        left: dict[int, dict[int, list[int]]] = {}
        flow = self.flow.tocoo()
        amounts = {(int(a), int(b)): int(f) for a, b, f in zip(flow.row, flow.col, flow.data, strict=True) if f > 0}
        for tail, head, segment in self.pairs.T.tolist():
            room = amounts.get((tail, head), 0)
            if room > 0:
                take = min(room, int(self.capacity[segment]))
                amounts[tail, head] = room - take
                left.setdefault(tail, {}).setdefault(head, []).extend([segment] * min(take, self.value))
        return [_one_way(left, self.source, self.sink) for _ in range(self.value)]


def _one_way(left: dict[int, dict[int, list[int]]], source: int, sink: int) -> tuple[int, ...]:
    """Walk the flow from source to sink and take it away; rounds that come back on themselves are dropped."""
    at, visited, way = source, {source: 0}, list[int]()
    while at != sink:
        heads = left[at]
        head = next(iter(heads))
        way.append(heads[head].pop())
        if not heads[head]:
            del heads[head]
        at = head
        if at in visited:
            del way[visited[at] :]
            visited = {node: step for node, step in visited.items() if step <= visited[at]}
        visited[at] = len(way)
    return tuple(way)


class _Walk:
    """A plain search over the roads; it shares nothing with the flow above."""

    def __init__(self, roads: Roads) -> None:
        self.next: list[list[tuple[int, int]]] = [[] for _ in roads.nodes]
        self.before: list[list[tuple[int, int]]] = [[] for _ in roads.nodes]
        for tail, head, segment in zip(
            roads.tails.tolist(), roads.heads.tolist(), roads.segment_of.tolist(), strict=True
        ):
            self.next[tail].append((head, segment))
            self.before[head].append((tail, segment))

    def reached(self, starts: Marks, closed: Collection[int], *, backwards: bool = False) -> Marks:
        """Nodes to which ways lead from any start (or from which they lead there) that use no closed segment."""
        shut, onward = set(closed), self.before if backwards else self.next
        seen = starts.copy()
        queue = np.flatnonzero(starts).tolist()
        while queue:
            for node, segment in onward[queue.pop()]:
                if not seen[node] and segment not in shut:
                    seen[node] = True
                    queue.append(node)
        return seen

    def way(self, starts: Marks, goals: Marks, closed: Collection[int]) -> list[int] | None:
        """The segments of such a way, if there is one."""
        shut = set(closed)
        queue = deque(np.flatnonzero(starts).tolist())
        came: dict[int, tuple[int, int]] = dict.fromkeys(queue, (-1, -1))
        while queue:
            at = queue.popleft()
            if goals[at]:
                return self._back(came, at)
            for head, segment in self.next[at]:
                if head not in came and segment not in shut:
                    came[head] = (at, segment)
                    queue.append(head)
        return None

    @staticmethod
    def _back(came: dict[int, tuple[int, int]], at: int) -> list[int]:
        way: list[int] = []
        while came[at][0] >= 0:
            at, segment = came[at]
            way.append(segment)
        return way[::-1]


def _reached(matrix: "csr_array", start: int) -> list[int]:
    """Every node to which arcs of the matrix lead from the start."""
    seen, queue = {start}, deque([start])
    while queue:
        at = queue.popleft()
        for head in matrix.indices[matrix.indptr[at] : matrix.indptr[at + 1]].tolist():
            if head not in seen:
                seen.add(head)
                queue.append(head)
    return list(seen)


def _turned(roads: Roads, direction: str) -> Roads:
    """The network in which ways in are what the direction asks about."""
    if direction == INWARD:
        return roads
    if direction == OUTWARD:
        return replace(roads, tails=roads.heads, heads=roads.tails)
    return replace(
        roads,
        tails=np.concatenate([roads.tails, roads.heads]),
        heads=np.concatenate([roads.heads, roads.tails]),
        lengths=np.tile(roads.lengths, 2),
        segment_of=np.tile(roads.segment_of, 2),
        speeds=np.tile(roads.speeds, 2),
    )


def check_sides(inside: Marks, outside: Marks) -> None:
    """Refuse an area in which, or around which, the network has no crossing."""
    if not inside.any():
        raise Refusal("区域内没有路口。请核对范围与路网是否在同一地点。", "No crossing lies inside. Check that area and network are the same place.", field="inside", value="0")  # fmt: skip
    if not outside.any():
        raise Refusal("区域外没有路口：范围太大，或路网太小。请缩小范围，或导出更大的路网。", "No crossing lies outside: the area is too large or the network too small. Make the area or the reach smaller, or export a larger network.", field="reach", value="0")  # fmt: skip


def _no_cut(roads: Roads, inside: Marks, outside: Marks, allowed: Marks) -> Refusal:
    """Names a way in that has no place for a post."""
    way = _Walk(roads).way(outside, inside, np.flatnonzero(allowed).tolist()) or []
    names = list(dict.fromkeys(roads.segments[each].title or roads.segments[each].highway for each in way))
    return Refusal(
        f"不能全部封闭：经{'、'.join(names)}可进入，沿途均不得设卡。请允许在其中一处设卡。",
        f"Not every way can be closed: {', '.join(names)} leads in and no post may stand on it. Allow one there.",
        field="forbid",
        value=names[0] if names else "",
    )
