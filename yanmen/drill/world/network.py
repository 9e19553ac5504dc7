"""The contacts of a city as edges: for theory, and for other programs that run on the same network."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yanmen.drill.world import meeting
from yanmen.drill.world.calibration import groups_of
from yanmen.drill.world.city import City
from yanmen.drill.world.diseases import Disease
from yanmen.drill.world.draws import Floats, Ints, ranges
from yanmen.drill.world.meeting import Groups
from yanmen.drill.world.visits import Visits


@dataclass(frozen=True)
class Edges:
    """Pairs, each once, and the hazard a day between them at transmissibility 1."""

    one: Ints
    other: Ints
    hazard: Floats

    def __len__(self) -> int:
        return len(self.one)


def network(city: City, disease: Disease, visits: Visits) -> Mapping[str, Edges]:
    """Every pair of the city's households, classes and workplaces, and of one day's visits. Chance meetings are not among them."""
    names = ("household", "class", "workplace")
    fixed = {name: _within(groups) for name, groups in zip(names, groups_of(city, disease), strict=True)}
    return fixed | {"public": _met(visits, disease)}


def _within(groups: Groups) -> Edges:
    """All pairs of each group."""
    size = np.diff(groups.starts)
    ones, others, hazards = [], [], []
    for count in np.unique(size[size > 1]):
        low, high = np.triu_indices(count, 1)
        own = np.flatnonzero(size == count)
        first = groups.starts[own][:, None]
        ones.append(groups.order[first + low].ravel())
        others.append(groups.order[first + high].ravel())
        hazards.append(np.repeat(groups.pairs[own], len(low)))
    if not ones:
        return Edges(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
    return Edges(np.concatenate(ones), np.concatenate(others), np.concatenate(hazards))


def _met(visits: Visits, disease: Disease) -> Edges:
    """All pairs of visits that share whole slots of a place."""
    places, row = np.unique(visits.place, return_inverse=True)
    first, last = meeting.slots(visits)
    order = np.lexsort((first, row))
    row, first, last, person = row[order], first[order], last[order], visits.person[order]
    present = meeting.presence(row, first, last, None, len(places))
    share = meeting.crowding(present, float(disease.contacts_an_hour)) * float(disease.weights["public"])
    reached = np.concatenate([np.zeros((len(places), 1)), np.cumsum(share, axis=1)], axis=1)
    wide = meeting.SLOTS + 1
    ends = np.searchsorted(row * wide + first, row * wide + last)
    counts = np.maximum(ends - np.arange(len(row)) - 1, 0)
    one, other = np.repeat(np.arange(len(row)), counts), ranges(np.arange(len(row)) + 1, counts)
    until = np.minimum(last[one], last[other])
    hazard = reached[row[one], until] - reached[row[one], first[other]]
    real = (hazard > 0) & (person[one] != person[other])
    return Edges(person[one[real]], person[other[real]], hazard[real])


def degrees(edges: Edges, people: int) -> NDArray[np.int64]:
    """How many others each person meets."""
    return np.bincount(edges.one, minlength=people) + np.bincount(edges.other, minlength=people)
