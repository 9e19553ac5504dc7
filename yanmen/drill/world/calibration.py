"""How strong a contact has to be for a disease to have its R0 in this city: the next-generation matrix by type of person.

K[a, b] is the mean number of people of type b whom one of type a infects, directly, in a susceptible city without measures; R0 is its
largest eigenvalue. Source: Diekmann, Heesterbeek and Roberts, Journal of the Royal Society Interface 7 (2010) 873-885.

A pair under hazard h a day infects, over an infectious period D, by a person of factor v, with chance 1 - exp(-v h D). With v gamma of
shape k and mean 1 this is 1 - (1 + h D / k)^-k, averaged over D by Gauss-Laguerre quadrature. Groups are summed exactly over all pairs;
visits over sampled days; the community is proportionate. Pairs that share two settings are counted in each, which is rare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import roots_genlaguerre

from yanmen.base.refusals import Refusal
from yanmen.drill.world import meeting
from yanmen.drill.world.city import City, members
from yanmen.drill.world.diseases import Disease, Period
from yanmen.drill.world.draws import Floats, Ints, Small
from yanmen.drill.world.meeting import WHOLE_DAY, Groups
from yanmen.drill.world.places import HOUSEHOLD, SCHOOL_CLASS, WORKPLACE
from yanmen.drill.world.schooling import LEVELS
from yanmen.drill.world.visits import day_visits

ABROAD = 0.2
"""Assumed: chance meetings with people of another county, or of anywhere."""
HOURS = {"household": WHOLE_DAY, "class": (8 / 24, 17 / 24), "workplace": (9 / 24, 18 / 24)}
"""Assumed: when the fixed groups meet, as parts of the day."""
SMALL_FIRMS = (5, 16)
SAMPLED_DAYS = 2
NODES = 24
LEAST_PEOPLE = 10


def groups_of(city: City, disease: Disease) -> tuple[Groups, Groups, Groups]:
    """Households, classes and workplaces with the hazard of a pair at transmissibility 1."""
    return (
        _groups(city, disease, "household", city.household, HOUSEHOLD),
        _groups(city, disease, "class", city.school_class, SCHOOL_CLASS),
        _groups(city, disease, "workplace", city.workplace, WORKPLACE),
    )


def _groups(city: City, disease: Disease, name: str, group: Ints, kind: int) -> Groups:
    """In a household all meet all; elsewhere each meets so many of the others a day, all of them where there are fewer."""
    first, count = int(np.searchsorted(city.places.kind, kind)), int((city.places.kind == kind).sum())
    key = ("members", name)
    if key not in city.known:
        city.known[key] = members(np.where(group < 0, -1, group - first).astype(np.int32), count)
    order, starts = city.known[key]
    others = np.maximum(np.diff(starts) - 1, 1)
    met = np.minimum(1.0, float(disease.contacts[name]) / others) if name in disease.contacts else np.ones(count)
    return Groups(group, first, met * float(disease.weights[name]), order, starts, HOURS[name])


def types(city: City) -> Small:
    """The type of each person: pupils by level, teachers, workers by size of the workplace, others by age."""
    if "types" not in city.known:
        found = np.searchsorted((3, 18, 65), city.age, side="right").astype(np.int8)
        firm = np.bincount(city.workplace[city.workplace >= 0], minlength=len(city.places))[city.workplace]
        at = city.workplace >= 0
        found[at] = 4 + np.searchsorted(SMALL_FIRMS, firm[at])
        level = np.searchsorted([each.first for each in LEVELS[1:]], city.age, side="right")
        at = city.school_class >= 0
        found[at] = np.where(city.industry[at] >= 0, 12, 7 + level[at])
        city.known["types"] = found
    return city.known["types"]  # type: ignore[no-any-return]


TYPES = 13


def mean_strength(disease: Disease) -> float:
    """Mean factor of infectiousness."""
    silent = float(disease.asymptomatic)
    return 1 - silent + silent * float(disease.asymptomatic_factor)


def infects(hazard: NDArray[np.floating], disease: Disease) -> Floats:
    """The chance that an infected person infects the other of a pair under this hazard a day (any shape)."""
    silent, k = float(disease.asymptomatic), float(disease.dispersion)
    days, weights = quadrature(disease.infectious)
    found = np.zeros(np.shape(hazard))
    for share, factor in ((1 - silent, 1.0), (silent, float(disease.asymptomatic_factor))):
        load = np.multiply.outer(hazard, days) * factor / k
        found += share * (-np.expm1(-k * np.log1p(load)) @ weights)
    return found


def quadrature(period: Period) -> tuple[Floats, Floats]:
    """Days and weights with which means over the period are exact for polynomials (generalised Gauss-Laguerre)."""
    nodes, weights = roots_genlaguerre(NODES, period.shape - 1)
    return period.least + nodes * period.scale, weights / weights.sum()


@dataclass(frozen=True)
class Mixing:
    """How types meet, at transmissibility 1. ``people`` by type; for each fixed setting the hazards of a pair and, by hazard, pairs
    between types; ``loose``: mean hazard of one of type a on all of type b a day, from visits and from the community."""

    people: Floats
    fixed: Mapping[str, tuple[Floats, NDArray[np.float64]]]
    loose: Mapping[str, NDArray[np.float64]]

    @cached_property
    def each(self) -> Floats:
        """People by type, at least 1, to divide by."""
        return np.maximum(self.people, 1)


def mixing(city: City, disease: Disease) -> Mixing:
    """Counted once a city and disease's weights."""
    key = ("mixing", repr(disease))
    if key not in city.known:
        kind = types(city)
        people = np.bincount(kind, minlength=TYPES).astype(float)
        names = ("household", "class", "workplace")
        fixed = {name: _pairs(group, kind) for name, group in zip(names, groups_of(city, disease), strict=True)}
        loose = {"public": _visited(city, disease, kind), "community": _community(city, disease, kind)}
        city.known[key] = Mixing(people, fixed, loose)
    return city.known[key]  # type: ignore[no-any-return]


def _pairs(groups: Groups, kind: Small) -> tuple[Floats, NDArray[np.float64]]:
    """Hazards that occur, and the ordered pairs of each type under each of them."""
    size = np.diff(groups.starts)
    group = np.repeat(np.arange(len(size)), size)
    cells = np.bincount(group * TYPES + kind[groups.order], minlength=len(size) * TYPES)
    counts = cells.reshape(-1, TYPES).astype(np.float32)
    hazards, which = np.unique(groups.pairs, return_inverse=True)
    found = np.zeros((len(hazards), TYPES, TYPES))
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(len(hazards) + 1))
    for number in range(len(hazards)):
        own = counts[order[bounds[number] : bounds[number + 1]]].astype(float)
        found[number] = own.T @ own - np.diag(own.sum(axis=0))
    return hazards, found


def _visited(city: City, disease: Disease, kind: Small) -> NDArray[np.float64]:
    """Sum over pairs, by type, of the hazard a day from sharing slots of public places: the mean of sampled days."""
    found = np.zeros((TYPES, TYPES))
    for day in range(SAMPLED_DAYS):
        visits = day_visits(city, day, seed=city.seed)
        places, row = np.unique(visits.place, return_inverse=True)
        first, last = meeting.slots(visits)
        share = meeting.crowding(meeting.presence(row, first, last, None, len(places)), float(disease.contacts_an_hour))
        mine = kind[visits.person]
        alone = np.concatenate([np.zeros((len(places), 1)), np.cumsum(share, axis=1)], axis=1)
        own = np.bincount(mine, weights=alone[row, last] - alone[row, first], minlength=TYPES)
        for one in range(TYPES):
            with_ = mine == one
            if with_.any():
                there = meeting.presence(row[with_], first[with_], last[with_], None, len(places)) * share
                reached = np.concatenate([np.zeros((len(places), 1)), np.cumsum(there, axis=1)], axis=1)
                found[one] += np.bincount(mine, weights=reached[row, last] - reached[row, first], minlength=TYPES)
        found -= np.diag(own)
    return found / SAMPLED_DAYS * float(disease.weights["public"])


def _community(city: City, disease: Disease, kind: Small) -> NDArray[np.float64]:
    """Sum over pairs, by type, of the hazard a day of chance meetings."""
    counties = len(city.counties)
    table = np.bincount(city.county * TYPES + kind, minlength=counties * TYPES).reshape(counties, TYPES).astype(float)
    total = table.sum(axis=0)
    near = (table / np.maximum(table.sum(axis=1, keepdims=True), 1)).T @ table
    far = np.outer(total, total) / total.sum()
    contacts = float(disease.weights["community"]) * float(disease.contacts["community"])
    return np.asarray(contacts * ((1 - ABROAD) * near + ABROAD * far))


def by_setting(city: City, disease: Disease, beta: float) -> dict[str, NDArray[np.float64]]:
    """The next-generation matrix (infecting type, infected type), setting by setting, at this transmissibility."""
    mixed = mixing(city, disease)
    found = {
        name: np.einsum("n,nab->ab", infects(beta * hazards, disease), pairs) / mixed.each[:, None]
        for name, (hazards, pairs) in mixed.fixed.items()
    }
    days = disease.infectious.mean * mean_strength(disease)
    return found | {name: beta * days * sums / mixed.each[:, None] for name, sums in mixed.loose.items()}


def next_generation(city: City, disease: Disease, beta: float) -> NDArray[np.float64]:
    """The next-generation matrix (infecting type, infected type)."""
    found: NDArray[np.float64] = np.sum(list(by_setting(city, disease, beta).values()), axis=0)
    return found


def leading(matrix: NDArray[np.float64]) -> tuple[float, Floats]:
    """The largest eigenvalue, and the types of a typical generation of cases: the left eigenvector, summing to 1."""
    values, vectors = np.linalg.eig(matrix.T)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    return float(values[first].real), vector / vector.sum()


def transmissibility(city: City, disease: Disease) -> float:
    """The hazard a day of a contact of weight 1 with which the disease has its R0 in this city; worked out once.

    Errors: a refusal where fewer than LEAST_PEOPLE times R0 live: a case would soon meet the same people again.
    """
    key = ("beta", repr(disease))
    if key not in city.known:
        wanted = float(disease.r0)
        if city.people < LEAST_PEOPLE * wanted:
            raise Refusal(
                f"这座城市只有{city.people}人，{disease.zh}达不到基本再生数{wanted:g}。请增加到{LEAST_PEOPLE * wanted:.0f}人以上。",
                f"In a city of {city.people} people {disease.en} cannot have an R0 of {wanted:g}. "
                f"Take more people: {LEAST_PEOPLE * wanted:.0f} at least.",
                field="people",
                value=str(city.people),
            )

        def off(log_beta: float) -> float:
            return leading(next_generation(city, disease, float(np.exp(log_beta))))[0] - wanted

        city.known[key] = float(np.exp(brentq(off, -14.0, 3.0, xtol=1e-6)))
    return city.known[key]  # type: ignore[no-any-return]
