"""Who visits which public place when. A day's visits follow from city, seed and day alone, in whatever order days are asked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yanmen.drill.world.city import City
from yanmen.drill.world.draws import Flags, Floats, Ints, Small, dice
from yanmen.drill.world.places import BUS, CLINIC, MARKET, RESTAURANT, SHOP, STATION, Kind

FREE, HOME, APART = 0, 1, 2
"""Where somebody may be: anywhere; at home, meeting the household; apart, meeting nobody."""

DAY = 86_400
INFANT, PUPIL, WORKER, OTHER, ELDER = range(5)


@dataclass(frozen=True)
class Habit:
    """One round of visits to a kind of place. ``chance``: on a day, by group (infant, pupil, worker, other adult, elder);
    ``hours``: when, as (mean, deviation) for those who are free by day and for pupils and workers; ``minutes``: mean stay."""

    kind: Kind
    chance: tuple[float, float, float, float, float]
    hours: tuple[tuple[float, float], tuple[float, float]]
    minutes: float


HABITS = (
    Habit(MARKET, (0.03, 0.02, 0.10, 0.30, 0.30), ((9.0, 1.5), (18.2, 0.9)), 35),
    Habit(SHOP, (0.06, 0.25, 0.35, 0.35, 0.20), ((14.5, 3.0), (18.8, 1.0)), 20),
    Habit(RESTAURANT, (0.03, 0.10, 0.30, 0.12, 0.05), ((12.2, 0.7), (18.6, 1.0)), 50),
    Habit(CLINIC, (0.02, 0.005, 0.006, 0.012, 0.03), ((10.0, 1.5), (17.5, 0.8)), 70),
    Habit(BUS, (0.01, 0.10, 0.22, 0.10, 0.08), ((9.5, 2.5), (7.4, 0.5)), 28),
    Habit(BUS, (0.01, 0.10, 0.22, 0.10, 0.08), ((15.5, 2.5), (17.8, 0.6)), 28),
    Habit(STATION, (0.002, 0.003, 0.010, 0.010, 0.005), ((12.0, 4.0), (17.0, 3.0)), 45),
)
"""Assumed: about one visit a person and day. Stays are lognormal with a deviation of half the mean."""
NEAR, IN_COUNTY = 0.7, 0.95
"""Assumed: visits to one of the places nearest home, and those within the county in all."""
NEIGHBOURS = 3.0
"""Assumed: how far down the row of the county's places a visit nearby goes, on average."""
PAUSE = 300
"""Seconds between two visits of the same person, at least."""
OPENS, CLOSES = 6 * 3600, 22 * 3600


@dataclass(frozen=True)
class Visits:
    """A day's visits, sorted by person and time. ``place``: index into the city's places; ``arrived``, ``left``: seconds of the day."""

    person: Ints
    place: Ints
    arrived: Ints
    left: Ints

    def __len__(self) -> int:
        return len(self.person)

    def kept(self, which: Flags) -> "Visits":
        """Only these."""
        return Visits(self.person[which], self.place[which], self.arrived[which], self.left[which])


def day_visits(city: City, day: int, whereabouts: Small | None = None, *, seed: int) -> Visits:
    """The visits of those who are FREE (all, without ``whereabouts``). Who stays at home changes nobody else's day."""
    parts = [_round(city, day, number, seed) for number in range(len(HABITS))]
    person, place, arrived, lasts = (np.concatenate([part[at] for part in parts]) for at in range(4))
    number = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    order = np.argsort((person.astype(np.int64) * DAY + arrived) * len(HABITS) + number)
    all_ = _in_turn(person[order], place[order], arrived[order], lasts[order])
    return all_ if whereabouts is None else all_.kept(whereabouts[all_.person] == FREE)


def groups(city: City) -> Small:
    """The habits' group of each person."""
    if "groups" not in city.known:
        age = city.age
        found = np.full(city.people, OTHER, np.int8)
        found[age >= 65] = ELDER
        found[city.workplace >= 0] = WORKER
        found[city.school_class >= 0] = PUPIL
        found[(age < 18) & (city.school_class < 0)] = INFANT
        city.known["groups"] = found
    return city.known["groups"]  # type: ignore[no-any-return]


def _round(city: City, day: int, number: int, seed: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Visits of one habit: person, place, arrival, stay in seconds."""
    habit, free, group = HABITS[number], dice(seed, "visits", day, number), groups(city)
    going = free.random(city.people, np.float32) < np.array(habit.chance, np.float32)[group]
    person = np.flatnonzero(going).astype(np.int32)
    busy = np.isin(group[person], (PUPIL, WORKER)).astype(np.int8)
    mean, spread = np.array(habit.hours).T
    hour = mean[busy] + spread[busy] * free.standard_normal(len(person))
    stay = habit.minutes * np.exp(0.4724 * free.standard_normal(len(person)) - 0.1116)
    arrived = np.clip(hour * 3600, OPENS, CLOSES - 3600).astype(np.int32)
    return person, _chosen(city, person, habit.kind, free), arrived, (stay * 60).astype(np.int32)


def _chosen(city: City, person: Ints, kind: Kind, free: np.random.Generator) -> Ints:
    """Where they go: mostly to one of the places nearest home, else by draw in the county, or in any other."""
    row = _row(city, kind)
    many = len(person)
    how = free.random(many)
    county = city.county[person]
    away = how >= IN_COUNTY
    share = free.random(many)
    low, high = row.reached[row.starts[county]], row.reached[row.starts[county + 1]]
    low[away], high[away] = 0, row.reached[-1]
    at = np.searchsorted(row.reached, low + share * (high - low), side="right") - 1
    near = how < NEAR
    step = np.round((free.standard_exponential(many) * NEIGHBOURS) * np.where(share < 0.5, -1, 1)).astype(np.int64)
    first, last = row.starts[county], row.starts[county + 1] - 1
    at = np.where(near, row.nearest[city.home[person]] + step, at)
    at = np.where(away, np.clip(at, 0, len(row.places) - 1), np.clip(at, first, last))
    return row.places[at]


@dataclass(frozen=True)
class _Row:
    """The places of one kind along the city: by county, along its areas. ``reached``: draws summed up, from 0."""

    places: Ints
    starts: NDArray[np.int64]
    reached: Floats
    nearest: NDArray[np.int64]


def _row(city: City, kind: Kind) -> _Row:
    if kind not in city.known:
        places = city.places.of(kind)
        area = city.places.area[places]
        area_county = np.array([city.counties.index(each.county) for each in city.areas])
        starts = np.searchsorted(area_county[area], np.arange(len(city.counties) + 1))
        city.known[kind] = _Row(
            places,
            starts,
            np.concatenate([[0.0], np.cumsum(city.places.draw[places])]),
            np.searchsorted(area, np.arange(len(city.areas))).astype(np.int64),
        )
    return city.known[kind]  # type: ignore[no-any-return]


def _in_turn(person: Ints, place: Ints, arrived: Ints, lasts: Ints) -> Visits:
    """Nobody is in two places at once: of two visits of a person the later one waits for the end of the earlier. Sorted before."""
    left = arrived + lasts
    again = np.flatnonzero(person[1:] == person[:-1]) + 1
    while len(again):
        late = again[arrived[again] < left[again - 1] + PAUSE]
        if not len(late):
            break
        arrived[late] = left[late - 1] + PAUSE
        left[late] = arrived[late] + lasts[late]
        again = late + 1
        again = again[again < len(person)]
        again = again[person[again] == person[again - 1]]
    inside = arrived < DAY - 1
    return Visits(person[inside], place[inside], arrived[inside], np.minimum(left, DAY - 1)[inside])
