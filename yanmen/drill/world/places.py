"""Places of the synthetic city: homes, classes, workplaces and the public ones, side by side in arrays."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np

from yanmen.drill.world.draws import Flags, Floats, Ints, Small


class Kind(IntEnum):
    """Kinds of places; those from MARKET on are public and have a venue code."""

    HOUSEHOLD = 0
    SCHOOL_CLASS = 1
    WORKPLACE = 2
    MARKET = 3
    SHOP = 4
    RESTAURANT = 5
    CLINIC = 6
    BUS = 7
    STATION = 8


HOUSEHOLD, SCHOOL_CLASS, WORKPLACE = Kind.HOUSEHOLD, Kind.SCHOOL_CLASS, Kind.WORKPLACE
MARKET, SHOP, RESTAURANT, CLINIC, BUS, STATION = (Kind(number) for number in range(3, 9))
PUBLIC = (MARKET, SHOP, RESTAURANT, CLINIC, BUS, STATION)

PEOPLE_A_PLACE = {MARKET: 4_000, SHOP: 400, RESTAURANT: 500, CLINIC: 3_000, BUS: 5_000, STATION: 100_000}
"""Assumed: how many residents one place of the kind serves; every county has at least one of each."""


@dataclass(frozen=True)
class Places:
    """``area``: index into the city's areas. ``draw``: how strongly a public place draws people, beside others of its kind nearby."""

    kind: Small
    area: Ints
    longitude: Floats
    latitude: Floats
    draw: Floats

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def public(self) -> Flags:
        """Where people check in with a venue code."""
        return self.kind >= MARKET

    def of(self, kind: Kind) -> Ints:
        """Places of this kind, by area."""
        return np.flatnonzero(self.kind == kind).astype(np.int32)


SPREAD_DEGREES = 0.004
"""Assumed: places of an area lie around its point, about 400 m away."""


def located(kind: Small, area: Ints, draw: Floats, points: Floats, dice: np.random.Generator) -> Places:
    """Places around the points (longitude, latitude) of their areas."""
    near = points[area] + dice.normal(0, SPREAD_DEGREES, (len(area), 2))
    return Places(kind, area, near[:, 0], near[:, 1], draw)


def public_places(people: Ints, county: Ints, dice: np.random.Generator) -> tuple[Small, Ints, Floats]:
    """Kind, area and draw of the public places of areas with so many people, lying in these counties.

    Within a county they stand where people live: the n-th of m places is at the (n - 1/2)/m of its people. Draws are
    lognormal (assumed), so that a few places are much fuller than the others.
    """
    kinds, areas = [], []
    for one in np.unique(county):
        own = np.flatnonzero(county == one)
        reached = np.cumsum(people[own])
        for kind, served in PEOPLE_A_PLACE.items():
            count = max(1, round(reached[-1] / served))
            at = np.searchsorted(reached, (np.arange(count) + 0.5) / count * reached[-1], side="right")
            areas.append(own[np.minimum(at, len(own) - 1)])
            kinds.append(np.full(count, kind, np.int8))
    every, area = np.concatenate(kinds), np.concatenate(areas).astype(np.int32)
    order = np.lexsort((area, every))
    return every[order], area[order], dice.lognormal(0, 0.6, len(order))
