"""One day of meeting: who infects whom in groups, at public places and in the community.

A pair that meets under hazard h a day infects with chance 1 - exp(-h), h summed over what the day brings; each of the three functions
draws its own part, and the earliest infection of a person counts. Hazards add, so this is what competing exponential clocks do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yanmen.drill.world.city import members_of
from yanmen.drill.world.draws import Flags, Floats, Ints, ranges
from yanmen.drill.world.visits import DAY, Visits

SLOT = 600
"""Seconds: who shares a whole slot of a public place was there with the other for ten minutes."""
SLOTS = DAY // SLOT
WHOLE_DAY = (0.0, 1.0)


@dataclass(frozen=True)
class Carriers:
    """Who is infectious on the day, and how. ``strength``: factor of the person times transmissibility; ``since``, ``until``: the part of
    the day in which they are infectious, 0 to 1."""

    person: Ints
    strength: Floats
    since: Floats
    until: Floats

    def kept(self, which: Flags) -> "Carriers":
        """Only these."""
        return Carriers(self.person[which], self.strength[which], self.since[which], self.until[which])


@dataclass(frozen=True)
class Infections:
    """Who was infected by whom, when (part of the day, 0 to 1) and at which place (-1: none)."""

    person: Ints
    infector: Ints
    at: Floats
    place: Ints


NOBODY = Infections(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), np.empty(0, np.int32))


def overlap(carriers: Carriers, hours: tuple[float, float]) -> tuple[Floats, Floats, Floats]:
    """Of the hours (parts of the day) those in which each carrier is infectious: from, to, and their share of the hours."""
    low, high = np.maximum(carriers.since, hours[0]), np.minimum(carriers.until, hours[1])
    return low, high, np.maximum(high - low, 0) / (hours[1] - hours[0])


@dataclass(frozen=True)
class Groups:
    """A setting of fixed groups. ``group``: of each person (-1: none), counted from ``first``; ``pairs``: hazard a pair and day, by group;
    ``order``, ``starts``: people by group; ``hours``: when it meets, as parts of the day."""

    group: Ints
    first: int
    pairs: Floats
    order: Ints
    starts: NDArray[np.int64]
    hours: tuple[float, float]


def in_groups(
    groups: Groups, carriers: Carriers, open_: Flags, free: np.random.Generator, near: Floats | None = None
) -> Infections:
    """Infections in households, classes or workplaces. ``open_``: who may be infected there, by person. ``near``, if given, takes
    the first part of the day at which each met somebody infectious."""
    low, high, share = overlap(carriers, groups.hours)
    here = groups.group[carriers.person]
    use = np.flatnonzero((here >= 0) & (share > 0))
    if not len(use):
        return NOBODY
    use = use[np.argsort(here[use], kind="stable")]
    touched, begins, at = np.unique(here[use], return_index=True, return_inverse=True)
    weight = carriers.strength[use] * share[use]
    pressure = np.bincount(at, weights=weight).astype(float)
    found, counts = members_of(touched - groups.first, groups.order, groups.starts)
    hazard = np.repeat(pressure * groups.pairs[touched - groups.first], counts)
    which = np.repeat(np.arange(len(touched)), counts)
    kept = open_[found]
    found, hazard, which = found[kept], hazard[kept], which[kept]
    if near is not None:
        near[found] = np.minimum(near[found], np.minimum.reduceat(low[use], begins)[which])
    hit = free.random(len(found)) < -np.expm1(-hazard)
    found, which = found[hit], which[hit]
    source = use[_picked(weight, begins, pressure, which, free)]
    when = low[source] + free.random(len(found)) * (high[source] - low[source])
    return Infections(found, carriers.person[source], when, touched[which].astype(np.int32))


def _picked(
    weight: Floats, begins: NDArray[np.int64], total: Floats, which: NDArray[np.int64], free: np.random.Generator
) -> NDArray[np.int64]:
    """For each of ``which`` one entry of its stretch of ``weight``, by weight. Stretches begin at ``begins`` and sum to ``total``."""
    reached = np.concatenate([[0.0], np.cumsum(weight)])
    wanted = reached[begins[which]] + free.random(len(which)) * total[which]
    ends = np.append(begins[1:], len(weight))
    return np.clip(np.searchsorted(reached, wanted, side="right") - 1, begins[which], ends[which] - 1)


def crowding(present: Floats, contacts_an_hour: float) -> Floats:
    """Hours of contact that any two have in a slot in which so many are present: all meet, up to so many contacts an hour."""
    others = np.maximum(present - 1, 1)
    return np.minimum(1.0, contacts_an_hour / others) * (SLOT / 3600)


def slots(visits: Visits) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First whole slot of each visit, and the one after the last."""
    first = -(-visits.arrived // SLOT)
    return first.astype(np.int64), np.maximum(visits.left // SLOT, first).astype(np.int64)


def presence(
    row: NDArray[np.integer], first: NDArray[np.int64], last: NDArray[np.int64], weight: Floats | None, rows: int
) -> Floats:
    """How much is present in each slot, a row a place: shape (rows, SLOTS + 1)."""
    wide = SLOTS + 1
    cells = rows * wide
    change = np.bincount(row * wide + first, weights=weight, minlength=cells)[:cells].astype(float)
    change -= np.bincount(row * wide + last, weights=weight, minlength=cells)[:cells]
    return np.cumsum(change.reshape(rows, wide), axis=1)


def at_places(
    visits: Visits,
    carriers: Carriers,
    open_: Flags,
    pair: float,
    contacts_an_hour: float,
    free: np.random.Generator,
    near: Floats | None = None,
) -> Infections:
    """Infections between visits of the same place that share whole slots. ``pair``: hazard an hour of contact; ``near`` as in groups,
    from the beginning of the visit."""
    carrying, source = _visits_of(visits, carriers, len(open_))
    if not len(source):
        return NOBODY
    places, row = np.unique(carrying.place, return_inverse=True)
    begun, ended = slots(carrying)
    strong = presence(row, begun, ended, carriers.strength[source], len(places))
    at = _positions(places, int(visits.place.max()) + 1)[visits.place]
    there, line = visits.kept(at >= 0), at[at >= 0]
    first, last = slots(there)
    pressure = strong * crowding(presence(line, first, last, None, len(places)), contacts_an_hour) * pair
    reached = np.concatenate([np.zeros((len(places), 1)), np.cumsum(pressure, axis=1)], axis=1)
    hazard = reached[line, last] - reached[line, first]
    hit = np.flatnonzero((hazard > 1e-15) & open_[there.person])
    if near is not None:
        np.minimum.at(near, there.person[hit], first[hit] * (SLOT / DAY))
    hit = hit[free.random(len(hit)) < -np.expm1(-hazard[hit])]
    if not len(hit):
        return NOBODY
    wanted = reached[line[hit], first[hit]] + free.random(len(hit)) * hazard[hit]
    slot = (reached[line[hit], 1:] <= wanted[:, None]).sum(axis=1)
    slot = np.clip(slot, first[hit], last[hit] - 1)
    infector = _present(row, begun, ended, carriers.strength[source], line[hit], slot, free)
    when = (slot + free.random(len(hit))) * (SLOT / DAY)
    return Infections(there.person[hit], carrying.person[infector], when, there.place[hit])


def _positions(chosen: NDArray[np.integer], many: int) -> NDArray[np.int64]:
    """Of each of so many where it is among the chosen; -1 if it is not."""
    found = np.full(many, -1, np.int64)
    found[chosen] = np.arange(len(chosen))
    return found


def _visits_of(visits: Visits, carriers: Carriers, people: int) -> tuple[Visits, NDArray[np.int64]]:
    """The carriers' visits, cut to the hours in which they are infectious, by place; and whose they are."""
    at = _positions(carriers.person, people)[visits.person]
    own = np.flatnonzero(at >= 0)
    own = own[np.argsort(visits.place[own], kind="stable")]
    source = at[own]
    arrived = np.maximum(visits.arrived[own], np.ceil(carriers.since[source] * DAY)).astype(np.int32)
    left = np.minimum(visits.left[own], np.floor(carriers.until[source] * DAY)).astype(np.int32)
    long = left - arrived >= SLOT
    return Visits(visits.person[own][long], visits.place[own][long], arrived[long], left[long]), source[long]


def _present(
    row: NDArray[np.int64],
    begun: NDArray[np.int64],
    ended: NDArray[np.int64],
    strength: Floats,
    line: NDArray[np.int64],
    slot: NDArray[np.int64],
    free: np.random.Generator,
) -> NDArray[np.int64]:
    """For each (row, slot) one of the carriers' visits that cover it, by strength."""
    long = ended - begun
    visit = np.repeat(np.arange(len(row)), long)
    cell = row[visit] * SLOTS + ranges(begun, long)
    order = np.argsort(cell, kind="stable")
    visit, cell = visit[order], cell[order]
    wanted = line * SLOTS + slot
    begins, ends = np.searchsorted(cell, wanted), np.searchsorted(cell, wanted, side="right")
    reached = np.concatenate([[0.0], np.cumsum(strength[visit])])
    at = reached[begins] + free.random(len(wanted)) * (reached[ends] - reached[begins])
    found: NDArray[np.int64] = visit[np.clip(np.searchsorted(reached, at, side="right") - 1, begins, ends - 1)]
    return found


def at_large(
    carriers: Carriers,
    open_: Flags,
    contacts: float,
    county: Ints,
    starts: NDArray[np.int64],
    abroad: float,
    free: np.random.Generator,
) -> Infections:
    """Chance meetings: each carrier has a Poisson number of infectious ones with anybody of the county, a share ``abroad`` with anybody.

    ``contacts``: hazard a day that a carrier of strength 1 spreads over all; ``starts``: where each county's people begin.
    """
    low, high, share = overlap(carriers, (7 / 24, 22 / 24))
    count = free.poisson(carriers.strength * share * contacts)
    source = np.repeat(np.arange(len(count)), count)
    at = county[carriers.person[source]]
    first, last = starts[at], starts[at + 1]
    away = free.random(len(source)) < abroad
    first, last = np.where(away, 0, first), np.where(away, starts[-1], last)
    met = (first + free.random(len(source)) * (last - first)).astype(np.int32)
    when = low[source] + free.random(len(source)) * (high[source] - low[source])
    kept = open_[met]
    source = source[kept]
    return Infections(met[kept], carriers.person[source], when[kept], np.full(len(source), -1, np.int32))


def earliest(parts: Sequence[Infections]) -> tuple[Infections, NDArray[np.int8]]:
    """Of several infections of a person the first; and from which part it is. Sorted by person."""
    person = np.concatenate([part.person for part in parts])
    at = np.concatenate([part.at for part in parts])
    order = np.lexsort((at, person))
    order = order[np.append(True, np.diff(person[order]) != 0)] if len(order) else order
    which = np.repeat(np.arange(len(parts), dtype=np.int8), [len(part.person) for part in parts])[order]
    infector = np.concatenate([part.infector for part in parts])[order]
    place = np.concatenate([part.place for part in parts])[order]
    return Infections(
        person[order].astype(np.int32), infector.astype(np.int32), at[order], place.astype(np.int32)
    ), which
