"""Parties to be brought, vehicles, and the rides of a plan. Times are whole seconds from a common beginning, places are numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yanmen.base.sphere import metres_between

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Party:
    """People who ride together, from place `at` to place `goal`: ready from a moment, there by another. `kinds` are the kinds
    of vehicle that somebody among them needs."""

    key: int
    people: int
    at: int
    goal: int
    group: str
    ready: int
    due: int
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Van:
    """A vehicle at its stand, from a moment on free, which means disinfected."""

    key: int
    stand: int
    seats: int
    kind: str
    free: int = 0

    def takes(self, party: Party) -> bool:
        """Whether this vehicle, empty, can take a party."""
        return party.people <= self.seats and party.kinds <= {self.kind}


@dataclass(frozen=True)
class Ways:
    """Metres and seconds from each place (row) to each (column)."""

    metres: Whole
    seconds: Whole


@dataclass(frozen=True)
class Pace:
    """Seconds at a door, at the goal, and for the disinfection of a vehicle after a ride; `slack` is kept before what is due;
    `van_metres` is how much way one vehicle less is worth."""

    service: int
    unload: int
    disinfect: int
    slack: int = 0
    van_metres: int = 0


@dataclass(frozen=True)
class Stop:
    """A party is picked up, from this moment on."""

    party: int
    at: int


@dataclass(frozen=True)
class Ride:
    """One way of a vehicle: from its stand by the doors to one goal and back, then disinfected and free."""

    van: int
    group: str
    goal: int
    departs: int
    stops: tuple[Stop, ...]
    arrives: int
    back: int
    free: int
    metres: int


@dataclass(frozen=True)
class Plan:
    """Rides, and the parties that none of the vehicles can take."""

    rides: tuple[Ride, ...]
    left: tuple[int, ...] = field(default=())

    @property
    def metres(self) -> int:
        """The way of all rides."""
        return sum(each.metres for each in self.rides)

    @property
    def vans(self) -> int:
        """How many vehicles are used."""
        return len({each.van for each in self.rides})

    @property
    def last(self) -> int:
        """When the last of all arrives."""
        return max((each.arrives for each in self.rides), default=0)


def ways_between(points: Sequence[tuple[float, float]], *, detour: float, metres_a_second: float) -> Ways:
    """Ways between places given as longitude and latitude: the great circle (haversine) times a detour factor."""
    x, y = np.array(points, dtype=np.float64).reshape(-1, 2).T
    metres = metres_between(x, y) * detour
    return Ways(np.rint(metres).astype(np.int64), np.ceil(metres / metres_a_second).astype(np.int64))


def pace_of(norm: Mapping[str, Any]) -> Pace:
    """The norm's minutes and kilometres as the methods count them."""
    return Pace(
        service=norm["service_minutes"] * 60,
        unload=norm["unload_minutes"] * 60,
        disinfect=norm["disinfect_minutes"] * 60,
        slack=norm["slack_minutes"] * 60,
        van_metres=norm["vehicle_kilometres"] * 1000,
    )


def ways_of(norm: Mapping[str, Any], points: Sequence[tuple[float, float]]) -> Ways:
    """Ways between points by the norm's detour and speed."""
    return ways_between(
        points, detour=norm["detour_percent"] / 100, metres_a_second=norm["kilometres_an_hour"] / 3.6
    )  # fmt: skip


def timed(van: Van, order: Sequence[Party], *, start: int, ways: Ways, pace: Pace) -> Ride:
    """A ride through these doors in this order as early as it can be; it leaves no earlier than the first door needs."""
    first = order[0]
    to_first = int(ways.seconds[van.stand, first.at])
    moment = max(start + to_first, first.ready)
    departs, here, metres = moment - to_first, first.at, int(ways.metres[van.stand, first.at])
    stops = [Stop(first.key, moment)]
    for party in order[1:]:
        moment = max(moment + pace.service + int(ways.seconds[here, party.at]), party.ready)
        metres += int(ways.metres[here, party.at])
        stops.append(Stop(party.key, moment))
        here = party.at
    arrives = moment + pace.service + int(ways.seconds[here, first.goal])
    metres += int(ways.metres[here, first.goal]) + int(ways.metres[first.goal, van.stand])
    back = arrives + pace.unload + int(ways.seconds[first.goal, van.stand])
    return Ride(
        van.key, first.group, first.goal, departs, tuple(stops), arrives, back, back + pace.disinfect, metres
    )  # fmt: skip


def one_by_one(parties: Iterable[Party], vans: Iterable[Van], ways: Ways, pace: Pace, *, nearest: bool = True) -> Plan:
    """What is done without planning: one party a ride, soonest due first, by the vehicle whose stand is nearest to the door (of
    several there, the first that is free); or, not `nearest`, by the vehicle that can be at the door first, wherever it stands."""
    fleet = list(vans)
    at = {van.key: van.free for van in fleet}
    rides: list[Ride] = []
    left: list[int] = []
    for party in sorted(parties, key=lambda one: (one.due, one.key)):
        able = [van for van in fleet if van.takes(party)]
        if not able:
            left.append(party.key)
            continue
        best = min(able, key=lambda van: _rank(van, party, at[van.key], ways, nearest))
        rides.append(timed(best, [party], start=at[best.key], ways=ways, pace=pace))
        at[best.key] = rides[-1].free
    return Plan(tuple(rides), tuple(left))


def _rank(van: Van, party: Party, free: int, ways: Ways, nearest: bool) -> tuple[int, int, int]:
    there = free + int(ways.seconds[van.stand, party.at])
    return (int(ways.metres[van.stand, party.at]), there, van.key) if nearest else (there, 0, van.key)
