"""A made-up city: who lives, learns and works with whom, and where everybody went each day. Nobody in it is anybody.

Five layers in which people meet: households, classes, workplaces, venues and journeys, as in Kerr, Stuart, Mistry et al., "Covasim: an
agent-based model of COVID-19 dynamics and interventions", PLoS Computational Biology 17 (2021) e1009149; but venues and journeys are
real hours at real places, not drawn friendships, so that check-ins and seats can be left behind. Sizes of households: seventh
national population census of China (2020), shares of households of one to six people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOUSEHOLDS = (0.2539, 0.2968, 0.2099, 0.1317, 0.0617, 0.0460)
"""Shares of households of one, two, ... six people."""
CLASS_SIZE = 40
OFFICE_SIZES = (3, 30)
STUDENTS, WORKERS = 0.18, 0.52
PEOPLE_A_VENUE = 250
FAVOURITES = 6
VISITS_A_DAY = 1.2
STAY_MINUTES = (20, 45, 90)
"""Usual minutes of a visit: a shop, a market, a meal or an evening out. Each venue is of one kind."""
RIDES_A_DAY = 0.08
SEATS, ROWS = 60, 15
"""Seats and rows of the carriage of every journey, sealed and air-conditioned."""
RIDE_MINUTES = 60
DAY = 1440


@dataclass(frozen=True)
class Visits:
    """Hours at venues, sorted by venue and arrival: minutes count from the first midnight of the city."""

    person: Ints
    venue: Ints
    arrived: Ints
    left: Ints


@dataclass(frozen=True)
class Rides:
    """Seats on journeys: everybody on a journey shares its carriage for the whole of it."""

    person: Ints
    journey: Ints
    row: Ints
    day: Ints


@dataclass(frozen=True)
class City:
    """`household` of each person, and `class_of` and `office_of`: -1 where they are in none."""

    people: int
    days: int
    household: Ints
    class_of: Ints
    office_of: Ints
    stay_minutes: Ints
    visits: Visits
    rides: Rides

    def working(self, day: int) -> bool:
        """Whether classes and offices are open."""
        return day % 7 < 5


def build_city(rng: np.random.Generator, *, people: int, days: int) -> City:
    """A city of so many people, and where they go for so many days."""
    sizes = rng.choice(np.arange(1, 7), p=np.array(HOUSEHOLDS) / sum(HOUSEHOLDS), size=people)
    household = np.repeat(np.arange(people), sizes)[:people]
    doing = rng.random(people)
    class_of = _groups(rng, np.flatnonzero(doing < STUDENTS), (CLASS_SIZE, CLASS_SIZE), people)
    office_of = _groups(rng, np.flatnonzero((doing >= STUDENTS) & (doing < STUDENTS + WORKERS)), OFFICE_SIZES, people)
    venues = max(people // PEOPLE_A_VENUE, FAVOURITES)
    stay_minutes = rng.choice(STAY_MINUTES, size=venues)
    visits = _visits(rng, household, stay_minutes, days)
    return City(people, days, household, class_of, office_of, stay_minutes, visits, _rides(rng, people, days))


def members(of: Ints) -> dict[int, Ints]:
    """Group → the places in the list at which it stands; -1 is no group."""
    order = np.argsort(of, kind="stable")
    groups, first = np.unique(of[order], return_index=True)
    return {int(group): part for group, part in zip(groups, np.split(order, first[1:]), strict=True) if group >= 0}


def _groups(rng: np.random.Generator, members: Ints, sizes: tuple[int, int], people: int) -> Ints:
    """Members in groups of drawn sizes; neighbours by number are no likelier to share one."""
    found = np.full(people, -1, dtype=np.int64)
    if not len(members):
        return found
    drawn = rng.integers(sizes[0], sizes[1] + 1, size=len(members))
    found[rng.permutation(members)] = np.repeat(np.arange(len(members)), drawn)[: len(members)]
    return found


def _visits(rng: np.random.Generator, household: Ints, stay_minutes: Ints, days: int) -> Visits:
    """Most visits go to a few venues near home, which a household shares."""
    count = rng.poisson(VISITS_A_DAY, size=(days, len(household)))
    day, person = np.nonzero(count)
    times = count[day, person]
    day, person = np.repeat(day, times), np.repeat(person, times)
    venues = len(stay_minutes)
    near = rng.integers(venues, size=(int(household.max()) + 1, FAVOURITES))
    own = near[household[person], rng.integers(FAVOURITES, size=len(person))]
    venue = np.where(rng.random(len(person)) < 0.85, own, rng.integers(venues, size=len(person)))
    arrived = day * DAY + rng.integers(8 * 60, 21 * 60, size=len(person))
    left = arrived + 5 + rng.gamma(2.0, stay_minutes[venue] / 2.0).astype(np.int64)
    order = np.lexsort((arrived, venue))
    return Visits(person[order], venue[order], arrived[order], left[order])


def _rides(rng: np.random.Generator, people: int, days: int) -> Rides:
    day, person = np.nonzero(rng.random((days, people)) < RIDES_A_DAY)
    order = np.lexsort((rng.random(len(day)), day))
    day, person = day[order], person[order]
    first = np.searchsorted(day, np.arange(days))
    within = np.arange(len(day)) - first[day]
    journey = day * (people // SEATS + 1) + within // SEATS
    return Rides(person, journey, within % SEATS // (SEATS // ROWS), day)
