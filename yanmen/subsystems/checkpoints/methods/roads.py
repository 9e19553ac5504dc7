"""A road network: crossings, driving directions, and road segments on which a post can stand.

Angles are WGS 84 degrees, lengths metres. A segment is one piece of road between two crossings; a road open both
ways is one segment with two directions, and one post closes both. The shortest paths are Dijkstra's (1959), as
`scipy.sparse.csgraph.dijkstra` computes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from yanmen.base.sphere import metres, metres_from

ON_FOOT = frozenset({"footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "corridor"})
SPEEDS = {"motorway": 80, "trunk": 60, "primary": 50, "secondary": 40, "tertiary": 35, "unclassified": 30}
OTHER_SPEED, LINK_SPEED = 20, 30
"""Kilometres an hour where the map says nothing; for estimates of staff travel only."""

LANES = {"motorway": 2, "trunk": 2, "primary": 2, "secondary": 2}
"""Lanes of one direction where the map says nothing."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Segment:
    """A piece of road between two crossings (indexes of nodes)."""

    start: int
    end: int
    highway: str
    name: str
    ref: str
    length: float
    lanes: int
    lanes_known: bool
    both_ways: bool
    osmids: tuple[str, ...]
    line: tuple[tuple[float, float], ...]

    @property
    def on_foot(self) -> bool:
        """Whether no vehicle may drive here."""
        return self.highway in ON_FOOT

    @property
    def title(self) -> str:
        """Its name, else its number, else nothing."""
        return self.name or self.ref

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude of the point half-way along its line."""
        steps = [metres(*a, *b) for a, b in zip(self.line, self.line[1:], strict=False)]
        rest = sum(steps) / 2
        for (a, b), step in zip(zip(self.line, self.line[1:], strict=False), steps, strict=True):
            if step >= rest and step > 0:
                part = rest / step
                return (a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]))
            rest -= step
        return self.line[0]


@dataclass(frozen=True)
class Roads:
    """Nodes with positions; edges in driving direction, each on one segment."""

    nodes: tuple[str, ...]
    x: Floats
    y: Floats
    tails: Ints
    heads: Ints
    lengths: Floats
    segment_of: Ints
    speeds: Floats
    segments: tuple[Segment, ...]
    streets: Ints
    """How many streets meet at a node in the world, as the map was told; -1 where it was not."""

    @cached_property
    def number_of(self) -> dict[str, int]:
        """Name of a node to its index."""
        return {name: number for number, name in enumerate(self.nodes)}

    def without_footways(self) -> "Roads":
        """The same network for vehicles: what only people on foot may use is left out."""
        keep = np.array([not self.segments[each].on_foot for each in self.segment_of], dtype=bool)
        return self.only(keep)

    def only(self, keep: NDArray[np.bool_]) -> "Roads":
        """The same nodes and segments with some of the edges."""
        return replace(
            self,
            tails=self.tails[keep],
            heads=self.heads[keep],
            lengths=self.lengths[keep],
            segment_of=self.segment_of[keep],
            speeds=self.speeds[keep],
        )

    def metres(self, sources: Sequence[int]) -> Floats:
        """Shortest driving distance from each source to every node, in metres; inf where there is no way."""
        return dijkstra(self._matrix(self.lengths), indices=list(sources))  # type: ignore[no-any-return]

    def minutes(self, sources: Sequence[int]) -> Floats:
        """Shortest driving time from each source to every node, in minutes."""
        return dijkstra(self._matrix(self.lengths / self.speeds * 0.06), indices=list(sources))  # type: ignore[no-any-return]

    def trees(self, sources: Sequence[int]) -> tuple[Floats, Ints]:
        """Shortest driving times in minutes, and for each node the one before it (-9999 at the source)."""
        weights = self._matrix(self.lengths / self.speeds * 0.06)
        return dijkstra(weights, indices=list(sources), return_predecessors=True)  # type: ignore[no-any-return]

    def nearest(self, longitude: float, latitude: float, among: Iterable[int] | None = None) -> int:
        """The node nearest to a point."""
        chosen = np.arange(len(self.nodes)) if among is None else np.fromiter(among, dtype=np.int64)
        return int(chosen[np.argmin(metres_from(longitude, latitude, self.x[chosen], self.y[chosen]))])

    @cached_property
    def edge_between(self) -> dict[tuple[int, int], int]:
        """The fastest edge between two nodes, by their indexes."""
        order = np.argsort(-(self.lengths / self.speeds), kind="stable")
        return {(int(self.tails[each]), int(self.heads[each])): int(each) for each in order}

    def _matrix(self, weights: Floats) -> "csr_array":
        """Weights as a matrix; of parallel edges the lightest counts (a sparse sum would add them up)."""
        order = np.lexsort((weights, self.heads, self.tails))
        tails, heads = self.tails[order], self.heads[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
        values = np.maximum(weights[order][first], 1e-9)
        return csr_array((values, (tails[first], heads[first])), shape=(len(self.nodes),) * 2)


def usual_speed(highway: str) -> float:
    """Kilometres an hour on a kind of road where the map gives no limit."""
    kind, link = highway.removesuffix("_link"), highway.endswith("_link")
    return float(min(SPEEDS.get(kind, OTHER_SPEED), LINK_SPEED) if link else SPEEDS.get(kind, OTHER_SPEED))


def usual_lanes(highway: str) -> int:
    """Lanes of one direction of a kind of road where the map says nothing."""
    return 1 if highway.endswith("_link") else LANES.get(highway, 1)
