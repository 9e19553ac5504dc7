"""What a made-up city leaves behind (check-ins, registers, seats), and the contacts that the rules find in it.

Not every visit is checked in, not every leaving, not every household, office or seat is registered: `Kept` says how many are. The
contacts are found by the policy's own numbers (look-back, minutes, rows) and by the row rules that tracing uses; the records of a case
count from its look-back to the day on which it was isolated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yanmen.subsystems.tracing.methods.seats import Nearness, Seat, nearness, reach_of
from yanmen.subsystems.tracing.methods.settings import CLASS, HOUSEHOLD, TRAIN, VENUE, WORKPLACE, SettingsPolicy
from yanmen.subsystems.tracing.methods.synthetic_city import DAY, City, Flags, Ints, Rides, Visits, members
from yanmen.subsystems.tracing.methods.synthetic_spread import Infection


@dataclass(frozen=True)
class Kept:
    """The share of each that leaves a record. `left`: of recorded visits, those whose end is recorded too."""

    visits: float = 0.8
    left: float = 0.5
    households: float = 0.97
    classes: float = 1.0
    offices: float = 0.9
    seats: float = 0.95


@dataclass(frozen=True)
class Records:
    """What is on record: stays as visits (an end that nobody recorded is the usual one), seats, and who is registered where."""

    stays: Visits
    sure: Flags
    rides: Rides
    groups: Mapping[str, Ints]


@dataclass(frozen=True)
class Near:
    """Somebody found near a case: in which setting, on which days, how surely."""

    person: int
    via: str
    first: int
    last: int
    certainty: float


def recorded(rng: np.random.Generator, city: City, kept: Kept) -> tuple[Records, Flags, Flags]:
    """The records of a city, and which of its visits and rides are among them."""
    visits, rides = city.visits, city.rides
    on = rng.random(len(visits.person)) < kept.visits
    ended = rng.random(len(visits.person)) < kept.left
    left = np.where(ended, visits.left, visits.arrived + city.stay_minutes[visits.venue])
    stays = Visits(visits.person[on], visits.venue[on], visits.arrived[on], left[on])
    seated = rng.random(len(rides.person)) < kept.seats
    seats = Rides(rides.person[seated], rides.journey[seated], rides.row[seated], rides.day[seated])
    groups = {
        HOUSEHOLD: _registered(city.household, rng.random(city.people) < kept.households),
        CLASS: _registered(city.class_of, rng.random(city.people)[city.class_of] < kept.classes),
        WORKPLACE: _registered(city.office_of, rng.random(city.people)[city.office_of] < kept.offices),
    }
    return Records(stays, ended[on], seats, groups), on, seated


def left_a_trace(city: City, records: Records, on: Flags, seated: Flags, one: Infection) -> bool:
    """Whether the meeting at which somebody was infected is on record for both."""
    infector = one.infector
    if infector is None:
        return False
    if one.via in records.groups:
        of = records.groups[one.via]
        return bool(of[one.person] >= 0 and of[one.person] == of[infector])
    if one.via == TRAIN:
        return all(
            bool((seated & (city.rides.journey == one.place) & (city.rides.person == each)).any())
            for each in (one.person, infector)
        )
    visits = city.visits
    low, high = np.searchsorted(visits.venue, [one.place, one.place + 1])
    there = on[low:high] & (visits.arrived[low:high] // DAY == one.day)
    arrived, left, person = (
        visits.arrived[low:high][there],
        visits.left[low:high][there],
        visits.person[low:high][there],
    )
    pairs = [
        (first, second)
        for first in np.flatnonzero(person == infector).tolist()
        for second in np.flatnonzero(person == one.person).tolist()
    ]
    return any(min(left[first], left[second]) > max(arrived[first], arrived[second]) for first, second in pairs)


class Finder:
    """Finds who was near a case in the records of a city."""

    def __init__(self, city: City, records: Records, policy: SettingsPolicy) -> None:
        self.city, self.records, self.policy = city, records, policy
        self.members = {via: members(of) for via, of in records.groups.items()}
        self.stays_of = members(records.stays.person)
        self.rides_of = members(records.rides.person)
        self.riders = members(records.rides.journey)

    def near(self, case: Infection, *, isolated: Mapping[int, int]) -> list[Near]:
        """Everybody near a case within the window of the policy. `isolated`: the day from which others were kept apart."""
        first, last = case.onset - self.policy.look_back, (case.isolated or self.city.days) - 1
        first, last = max(first, 0), min(last, self.city.days - 1)
        found = [*self._groups(case.person, first, last), *self._stays(case.person, first, last)]
        found += self._seats(case.person, first, last)
        return [each for each in found if each.first < isolated.get(each.person, each.first + 1)]

    def history(self, case: Infection, *, among: set[int], days: int) -> list[Near]:
        """Which of some others a case met in the days before its onset, however shortly: what an investigator asks backwards."""
        first, last = max(case.onset - days, 0), min(case.onset - 1, self.city.days - 1)
        found = [*self._groups(case.person, first, last), *self._stays(case.person, first, last, least=1)]
        return [each for each in (*found, *self._seats(case.person, first, last)) if each.person in among]

    def _groups(self, person: int, first: int, last: int) -> Iterator[Near]:
        for via, of in self.records.groups.items():
            group = int(of[person])
            days = [day for day in range(first, last + 1) if via == HOUSEHOLD or self.city.working(day)]
            if group < 0 or not days:
                continue
            for other in self.members[via][group].tolist():
                if other != person:
                    yield Near(other, via, days[0], days[-1], self.policy.certainty(via, ""))

    def _stays(self, person: int, first: int, last: int, *, least: int = 0) -> Iterator[Near]:
        stays = self.records.stays
        for at in self.stays_of.get(person, _NOBODY).tolist():
            day = int(stays.arrived[at]) // DAY
            if not first <= day <= last:
                continue
            low, high = np.searchsorted(stays.venue, [stays.venue[at], stays.venue[at] + 1])
            arrived, left = stays.arrived[low:high], stays.left[low:high]
            together = np.minimum(left, stays.left[at]) - np.maximum(arrived, stays.arrived[at])
            for each in np.flatnonzero(together >= (least or self.policy.venue_minutes)).tolist():
                other = int(stays.person[low + each])
                if other != person:
                    yield Near(other, VENUE, day, day, self.policy.certainty(VENUE, ""))

    def _seats(self, person: int, first: int, last: int) -> Iterator[Near]:
        rides = self.records.rides
        reach = reach_of(TRAIN, "", self.policy)
        for at in self.rides_of.get(person, _NOBODY).tolist():
            day = int(rides.day[at])
            if not first <= day <= last:
                continue
            own = Seat(unit="1", row=int(rides.row[at]))
            for each in self.riders[int(rides.journey[at])].tolist():
                other = Seat(unit="1", row=int(rides.row[each]))
                if each != at and nearness(own, other, reach) is Nearness.NEAR:
                    yield Near(int(rides.person[each]), TRAIN, day, day, self.policy.certainty(TRAIN, ""))


_NOBODY: Ints = np.empty(0, dtype=np.int64)


def _registered(of: Ints, kept: Flags) -> Ints:
    found: Ints = np.where(kept, of, -1)
    return found


def listed(infections: Sequence[Infection], *, days: int) -> list[Infection]:
    """Those who were found within the days of the city."""
    return [each for each in infections if each.isolated is not None and each.isolated < days]
