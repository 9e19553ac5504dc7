"""An infection that spreads through a made-up city by contact, so that everybody's infector is known.

Who is infectious on day d after the onset infects somebody they are with by chance 1 - exp(-b v g(d) r m): g the profile of infecting,
v how infectious this person is (gamma with mean 1: Lloyd-Smith, Schreiber, Kopp and Getz, Nature 438 (2005) 355-359), r the rate of
the setting, m the part of its usual time that they were together. Rates by setting stand as in Covasim (home 3, class and office
0.6 for twenty contacts, elsewhere 0.3 a contact and day; `synthetic_city` has the reference). b is set so that a case infects R people before anybody is
isolated. Whoever is found is isolated from that day on; who is never found goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yanmen.subsystems.tracing.methods.delays import Delay
from yanmen.subsystems.tracing.methods.synthetic_city import DAY, RIDE_MINUTES, City, Ints, members

HOME, CLASS, OFFICE, ELSEWHERE = 3.0, 0.3, 0.6, 0.3
"""A class has twice the twenty contacts that Covasim gives a pupil, at half the rate."""
MET_AN_HOUR = 12
"""People whom one comes near in a venue or carriage in an hour, however many are there."""
ROWS_NEAR = 3
FOR_SCALE = 400
"""People whose contacts are counted to set b."""


@dataclass(frozen=True)
class Truth:
    """What the infection is drawn with. `found`: the chance that an infected person is found; `found_after`: days from onset."""

    incubation: Delay
    infecting: Delay
    R: float = 1.7
    k: float = 0.8
    found: float = 0.9
    found_after: float = 2.0
    brought_in: float = 0.4
    first: int = 5


@dataclass(frozen=True)
class Infection:
    """Who was infected, by whom (None: brought in), on which day and where. `isolated`: the day on which they were found; None: never."""

    person: int
    infector: int | None
    day: int
    onset: int
    isolated: int | None
    via: str
    place: int


def spread(rng: np.random.Generator, city: City, truth: Truth) -> list[Infection]:
    """Everybody who is infected within the days of the city, in order."""
    return _Spread(rng, city, truth).run()


class _Spread:
    def __init__(self, rng: np.random.Generator, city: City, truth: Truth) -> None:
        self.rng, self.city, self.truth = rng, city, truth
        self.infections: dict[int, Infection] = {}
        self.power: dict[int, float] = {}
        self.groups = {
            "household": members(city.household),
            "class": members(city.class_of),
            "workplace": members(city.office_of),
        }
        visits = city.visits
        self.by_person = np.argsort(visits.person, kind="stable")
        self.persons = visits.person[self.by_person]
        self.rides_of = members(city.rides.person)
        self.riders = members(city.rides.journey)
        self.scale = self._scale()

    def run(self) -> list[Infection]:
        """Day by day: those brought in, then those whom the infectious infect."""
        for day in range(self.city.days):
            for _ in range(self.rng.poisson(self.truth.brought_in) + (self.truth.first if day == 0 else 0)):
                self._infect(int(self.rng.integers(self.city.people)), None, day, "", -1)
            for person in self.rng.permutation(list(self.infections)).tolist():
                self._pass_on(self.infections[person], day)
        return list(self.infections.values())

    def _pass_on(self, one: Infection, day: int) -> None:
        strength = float(self.truth.infecting.at(np.array(day - one.onset)))
        if strength == 0 or day <= one.day or (one.isolated is not None and day >= one.isolated):
            return
        for other, rate, via, place in self._near(one.person, day):
            if other in self.infections or self._away(other, day):
                continue
            if self.rng.random() < -np.expm1(-self.scale * self.power[one.person] * strength * rate):
                self._infect(other, one.person, day, via, place)

    def _infect(self, person: int, infector: int | None, day: int, via: str, place: int) -> None:
        if person in self.infections:
            return
        onset = day + max(_drawn(self.truth.incubation, self.rng), 1)
        found = self.rng.random() < self.truth.found
        isolated = onset + int(self.rng.poisson(self.truth.found_after)) if found else None
        self.infections[person] = Infection(person, infector, day, onset, isolated, via, place)
        self.power[person] = float(self.rng.gamma(self.truth.k, 1 / self.truth.k))

    def _away(self, person: int, day: int) -> bool:
        known = self.infections.get(person)
        return known is not None and known.isolated is not None and day >= known.isolated

    def _near(self, person: int, day: int) -> list[tuple[int, float, str, int]]:
        """Whom somebody is with on a day: the other, the rate, the setting and the place."""
        city = self.city
        found = self._group("household", city.household, person, HOME)
        if city.working(day):
            found += self._group("class", city.class_of, person, CLASS)
            found += self._group("workplace", city.office_of, person, OFFICE)
        return found + self._in_venues(person, day) + self._on_journeys(person, day)

    def _group(self, via: str, of: Ints, person: int, rate: float) -> list[tuple[int, float, str, int]]:
        group = int(of[person])
        if group < 0:
            return []
        return [(each, rate, via, group) for each in self.groups[via][group].tolist() if each != person]

    def _in_venues(self, person: int, day: int) -> list[tuple[int, float, str, int]]:
        visits, found = self.city.visits, []
        low, high = np.searchsorted(self.persons, [person, person + 1])
        for at in self.by_person[low:high]:
            if visits.arrived[at] // DAY != day:
                continue
            venue = int(visits.venue[at])
            first, last = np.searchsorted(visits.venue, [venue, venue + 1])
            arrived, left = visits.arrived[first:last], visits.left[first:last]
            together = np.minimum(left, visits.left[at]) - np.maximum(arrived, visits.arrived[at])
            there = np.flatnonzero(together > 0)
            share = min(1.0, MET_AN_HOUR / max(len(there) - 1, 1))
            for each in there.tolist():
                other = int(visits.person[first + each])
                if other != person:
                    found.append((other, ELSEWHERE * share * float(together[each]) / 60, "venue", venue))
        return found

    def _on_journeys(self, person: int, day: int) -> list[tuple[int, float, str, int]]:
        rides, found = self.city.rides, []
        for at in self.rides_of.get(person, np.empty(0, dtype=np.int64)).tolist():
            if rides.day[at] != day:
                continue
            for each in self.riders[int(rides.journey[at])].tolist():
                near = abs(int(rides.row[each] - rides.row[at])) <= ROWS_NEAR
                if each != at and near:
                    rate = ELSEWHERE * RIDE_MINUTES / 60
                    found.append((int(rides.person[each]), rate, "train", int(rides.journey[at])))
        return found

    def _scale(self) -> float:
        """b: the mean rate of a person's contacts over a week, times b, is R."""
        sample = self.rng.choice(self.city.people, size=min(FOR_SCALE, self.city.people), replace=False)
        week = range(min(7, self.city.days))
        daily = np.mean([sum(rate for _, rate, _, _ in self._near(int(each), day)) for each in sample for day in week])
        return float(self.truth.R / max(float(daily), 1e-9))


def _drawn(delay: Delay, rng: np.random.Generator) -> int:
    return delay.first + int(rng.choice(len(delay.chances), p=delay.chances))
