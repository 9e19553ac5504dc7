"""A synthetic city: who lives with whom, learns and works where, and which public places there are. Arrays, one entry a person or place.

Counts and shares come from the census by county; what is assumed says so where it stands. Sources of structure: `homes`, `schooling`,
`working`, `places`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yanmen.base.refusals import Refusal
from yanmen.drill.world import homes, schooling, working
from yanmen.drill.world.draws import Flags, Ints, Small, dice, ranges, shared_out
from yanmen.drill.world.figures import Figures, of
from yanmen.drill.world.places import HOUSEHOLD, SCHOOL_CLASS, WORKPLACE, Places, located, public_places

PHONES = ((0, 0.0), (8, 0.3), (12, 0.7), (15, 0.97), (60, 0.65), (70, 0.35), (80, 0.12))
"""Assumed, from this age on; about 45 % of those over sixty, who were 43.2 % of them online (CNNIC, 49th Statistical Report, February 2022)."""
COMPLIANCE = (9.0, 1.5)
"""Assumed: beta distribution of how reliably somebody does what is asked (mean 0.86)."""


@dataclass(frozen=True)
class Area:
    """Where people live. ``weight``: how many live there, beside the others; degrees of longitude and latitude."""

    code: str
    county: str
    weight: float
    longitude: float
    latitude: float


@dataclass(frozen=True, eq=False)
class City:
    """Arrays by person, sorted by county, area and household. ``home``: index into ``areas``; ``county``: into ``counties``;
    ``household``, ``school_class``, ``workplace``: index into ``places`` (-1: none). Teachers have the class they teach.
    ``industry``: index into figures.INDUSTRIES (-1: no work); ``complies``: 0 to 1."""

    areas: tuple[Area, ...]
    counties: tuple[str, ...]
    seed: int
    age: NDArray[np.int16]
    male: Flags
    home: Ints
    county: Ints
    household: Ints
    school_class: Ints
    workplace: Ints
    industry: Small
    has_phone: Flags
    complies: NDArray[np.float32]
    places: Places
    known: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What was worked out about the city once and is asked again."""

    @property
    def people(self) -> int:
        """How many live here."""
        return len(self.age)

    @cached_property
    def county_people(self) -> NDArray[np.int64]:
        """Residents by county."""
        return np.bincount(self.county, minlength=len(self.counties))


def build(areas: Sequence[Area], *, people: int, figures: Mapping[str, Figures], seed: int) -> City:
    """A city of so many people in these areas. The same arguments give the same city."""
    _check(areas, people)
    areas = tuple(sorted(areas, key=lambda area: (area.county, area.code)))
    counties = tuple(dict.fromkeys(area.county for area in areas))
    known = [of(figures, county) for county in counties]
    area_county = np.array([counties.index(area.county) for area in areas], np.int32)
    counts = shared_out(people, np.array([area.weight for area in areas]))
    size, age, male = _households(counts, area_county, known, seed)
    home = _homes(size, counts)
    county = area_county[home]
    school_class, level, industry, workplace = _days(age, county, known, dice(seed, "days"))
    places = _places(areas, area_county, counts, home, size, school_class, len(level), workplace, dice(seed, "places"))
    free = dice(seed, "traits")
    steps = np.array([first for first, _ in PHONES])
    phones = np.array([share for _, share in PHONES])[np.searchsorted(steps, age, side="right") - 1]
    return City(
        areas=areas,
        counties=counties,
        seed=seed,
        age=age,
        male=male,
        home=home,
        county=county,
        household=np.repeat(np.arange(len(size), dtype=np.int32), size),
        school_class=np.where(school_class < 0, -1, school_class + len(size)).astype(np.int32),
        workplace=np.where(workplace < 0, -1, workplace + len(size) + len(level)).astype(np.int32),
        industry=industry,
        has_phone=free.random(len(age)) < phones,
        complies=free.beta(*COMPLIANCE, len(age)).astype(np.float32),
        places=places,
    )


def _check(areas: Sequence[Area], people: int) -> None:
    if not areas or people < 1:
        raise Refusal(
            "合成城市至少要有一个地区和一名居民。",
            "A city needs at least one area and one person.",
            field="people",
            value=str(people),
        )
    if bad := [area.code for area in areas if not area.weight > 0]:
        raise Refusal(
            f"地区{bad[0]}的权重须大于0。",
            f"The weight of the area {bad[0]} must be above 0.",
            field="weight",
            value=bad[0],
        )


def _households(
    counts: NDArray[np.int64], area_county: Ints, known: Sequence[Figures], seed: int
) -> tuple[Small, NDArray[np.int16], Flags]:
    """Sizes of all households, ages and sexes of all people, county by county."""
    sizes, ages, men = [], [], []
    for number, one in enumerate(known):
        count = int(counts[area_county == number].sum())
        if count:
            free = dice(seed, "homes", int(one.code))
            size = homes.sizes(count, one, free)
            age, male = homes.ages(size, homes.generations(size, one, free), one, free)
            sizes.append(size)
            ages.append(age)
            men.append(male)
    return np.concatenate(sizes), np.concatenate(ages), np.concatenate(men)


def _homes(size: Small, counts: NDArray[np.int64]) -> Ints:
    """The area of each person: households lie along the areas; one that would lie in two is of the first."""
    first = np.cumsum(size, dtype=np.int64) - size
    area = np.searchsorted(np.cumsum(counts), first, side="right").astype(np.int32)
    return np.repeat(area, size)


def _days(
    age: NDArray[np.int16], county: Ints, known: Sequence[Figures], free: np.random.Generator
) -> tuple[Ints, Small, Small, Ints]:
    """Class of each person, level of each class, industry and workplace of each person."""
    school_class, level = schooling.classes(age, county, free)
    industry = working.industries(age, school_class >= 0, county, known, free)
    candidates = np.flatnonzero(industry == working.EDUCATION).astype(np.int32)
    class_county = np.zeros(len(level), np.int32)
    class_county[school_class[school_class >= 0]] = county[school_class >= 0]
    who, which = schooling.teachers(candidates, county[candidates], level, class_county, free)
    school_class[who] = which
    employed = (industry >= 0) & (industry != working.AGRICULTURE)
    employed[who] = False
    workers = np.flatnonzero(employed).astype(np.int32)
    weight = np.bincount(county, minlength=len(known)).astype(float)
    found, _ = working.workplaces(workers, county[workers], industry[workers], weight, free)
    workplace = np.full(len(age), -1, np.int32)
    workplace[workers] = found
    return school_class, level, industry, workplace


def _places(
    areas: Sequence[Area],
    area_county: Ints,
    counts: NDArray[np.int64],
    home: Ints,
    size: Small,
    school_class: Ints,
    classes: int,
    workplace: Ints,
    free: np.random.Generator,
) -> Places:
    """Households, then classes, then workplaces, then public places; a class or workplace lies where one of its members lives."""
    kind, area, draw = public_places(counts.astype(np.int32), area_county, free)
    works = int(workplace.max(initial=-1)) + 1
    of_class, of_work = np.zeros(classes, np.int32), np.zeros(works, np.int32)
    of_class[school_class[school_class >= 0]] = home[school_class >= 0]
    of_work[workplace[workplace >= 0]] = home[workplace >= 0]
    firsts = np.cumsum(size, dtype=np.int64) - size
    inner = np.repeat(np.array([HOUSEHOLD, SCHOOL_CLASS, WORKPLACE], np.int8), [len(size), classes, works])
    points = np.array([(each.longitude, each.latitude) for each in areas])
    return located(
        np.concatenate([inner, kind]),
        np.concatenate([home[firsts], of_class, of_work, area]),
        np.concatenate([np.zeros(len(inner)), draw]),
        points,
        free,
    )


def members(group: Ints, count: int) -> tuple[Ints, NDArray[np.int64]]:
    """People by group and where each group begins (count + 1 entries); -1 is nobody's group."""
    own = np.flatnonzero(group >= 0)
    order = own[np.argsort(group[own], kind="stable")].astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(np.bincount(group[own], minlength=count))])
    return order, starts


def members_of(groups: NDArray[np.integer], order: Ints, starts: NDArray[np.int64]) -> tuple[Ints, NDArray[np.int64]]:
    """The people of these groups one after the other, and how many each has."""
    counts = starts[groups + 1] - starts[groups]
    return order[ranges(starts[groups], counts)], counts
