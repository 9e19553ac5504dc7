"""The most likely tree: one source for every case such that nobody, through others, infected themselves.

The tree with the greatest product of weights, rooted in the unknown source. A candidate that weighs less than the unknown source is in
no such tree (taking the unknown source instead closes no ring and weighs more), so it is left out at once; and rings close only among
cases that candidates lead to and fro between, so each such group is settled by itself. Source: Edmonds, "Optimum branchings", Journal of
Research of the National Bureau of Standards 71B (1967) 233-240; for weights of infectors Jombart, Eggo, Dodd and Balloux,
Heredity 106 (2011) 383-390.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yanmen.subsystems.tracing.methods.attribution import Attribution

Edge = tuple[int, int, float]

LAST_RESORT = -1e6
"""Logarithm of the weight of an unknown source that the numbers exclude: taken only where no infector is left."""


def likeliest_tree(attributions: Iterable[Attribution]) -> dict[str, str | None]:
    """Case → its source in the most likely tree; None for an unknown one. Candidates without an attribution are left out."""
    given = list(attributions)
    at = {each.case: number for number, each in enumerate(given, start=1)}
    edges: list[Edge] = []
    for each in given:
        edges.append((0, at[each.case], log(each.unknown) if each.unknown > 0 else LAST_RESORT))
        edges += [
            (at[name], at[each.case], log(weight))
            for name, weight in each.weights.items()
            if weight > 0 and weight >= each.unknown and name in at
        ]
    chosen = _settled(len(given) + 1, edges)
    return {each.case: given[source - 1].case if (source := chosen[at[each.case]]) else None for each in given}


def _settled(count: int, edges: list[Edge]) -> dict[int, int]:
    """Node → its source in the best branching from node 0, one group of nodes that reach each other at a time."""
    if count == 1:
        return {}
    ends = np.array([each[:2] for each in edges])
    graph = coo_array((np.ones(len(ends), dtype=bool), (ends[:, 0], ends[:, 1])), shape=(count, count))
    _, group = connected_components(graph, directed=True, connection="strong")
    inside: dict[int, list[Edge]] = {}
    into: dict[int, Edge] = {}
    for edge in edges:
        source, node, weight = edge
        if group[source] == group[node]:
            inside.setdefault(int(group[node]), []).append(edge)
        elif node not in into or weight > into[node][2]:
            into[node] = edge
    chosen = {node: edge[0] for node, edge in into.items()}
    for own in inside.values():
        members = sorted({node for _, node, _ in own})
        label = {node: number for number, node in enumerate(members, start=1)}
        entries: list[Edge] = [(0, label[node], into[node][2]) for node in members]
        between: list[Edge] = [(label[source], label[node], weight) for source, node, weight in own]
        for node, number in _branching(len(members) + 1, entries + between).items():
            if number >= len(entries):
                chosen[members[node - 1]] = own[number - len(entries)][0]
    return chosen


def _branching(count: int, edges: list[Edge]) -> dict[int, int]:
    """Node → number of its edge in the best branching from node 0; every other node has an edge from 0."""
    chosen: dict[int, int] = {}
    for number, (_, node, weight) in enumerate(edges):
        if node not in chosen or weight > edges[chosen[node]][2]:
            chosen[node] = number
    rings = _rings({node: edges[number][0] for node, number in chosen.items()})
    if not rings:
        return chosen
    in_ring = {node: ring for ring, members in enumerate(rings) for node in members}
    free = {node: label for label, node in enumerate(each for each in range(count) if each not in in_ring)}
    label = free | {node: len(free) + ring for node, ring in in_ring.items()}
    smaller: list[Edge] = []
    origin: list[int] = []
    for number, (source, node, weight) in enumerate(edges):
        if label[source] != label[node]:
            lost = edges[chosen[node]][2] if node in in_ring else 0.0
            smaller.append((label[source], label[node], weight - lost))
            origin.append(number)
    result = {node: chosen[node] for node in in_ring}
    for number in _branching(len(free) + len(rings), smaller).values():
        result[edges[origin[number]][1]] = origin[number]
    return result


def _rings(source_of: Mapping[int, int]) -> list[list[int]]:
    seen: dict[int, int] = {0: 0}
    rings = []
    for start in source_of:
        node = start
        while node not in seen:
            seen[node] = start
            node = source_of[node]
        if node and seen[node] == start:
            ring = [node]
            while (before := source_of[ring[-1]]) != node:
                ring.append(before)
            rings.append(ring)
    return rings
