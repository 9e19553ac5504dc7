"""What a plan of runs is made from, as numbers and seconds; and what it says, as moments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Q

from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.plan_check import Fault, faults_of
from yanmen.subsystems.quarantine.methods.rides import (
    Pace,
    Party,
    Plan,
    Van,
    Ways,
    one_by_one,
    pace_of,
    ways_of,
)
from yanmen.subsystems.quarantine.methods.routing import plan
from yanmen.subsystems.quarantine.methods.transfer_words import VEHICLE_FOR
from yanmen.subsystems.quarantine.models import Run, Transfer
from yanmen.subsystems.quarantine.queries import transfers as queries

Spot = tuple[float, float]


@dataclass(frozen=True)
class Board:
    """Everything a plan needs, and who is behind each party: transfers by the number of their party."""

    beginning: datetime
    parties: tuple[Party, ...]
    vans: tuple[Van, ...]
    ways: Ways
    pace: Pace
    members: Mapping[int, tuple[int, ...]]

    def at(self, seconds: int) -> datetime:
        """A moment of the plan."""
        return self.beginning + timedelta(seconds=seconds)

    def plan(self, *, seconds: float, workers: int = 1) -> Proposal:
        """A plan of what was read, checked, beside what happens without one; it takes no more of the database."""
        found = plan(self.parties, self.vans, self.ways, self.pace, seconds=seconds, workers=workers)
        naive = one_by_one(self.parties, self.vans, self.ways, self.pace)
        return Proposal(self, found, naive, tuple(faults_of(found, self.parties, self.vans, self.ways, self.pace)))


@dataclass(frozen=True)
class Proposal:
    """A plan beside what is done without one, and what does not hold of it."""

    board: Board
    plan: Plan
    naive: Plan
    faults: tuple[Fault, ...]


def ahead(scope: Scope, norm: Mapping[str, Any], *, now: datetime, kept: Collection[int] = ()) -> Board:
    """Whoever is approved and not yet on the way, and the vehicles with the moment they are free again.

    Runs that have not departed may change, so they do not hold their vehicle; those that are out do, and those `kept`.
    """
    places: dict[Spot, int] = {}

    def place(longitude: float, latitude: float) -> int:
        return places.setdefault((round(longitude, 5), round(latitude, 5)), len(places))

    pace = pace_of(norm)
    vans = []
    busy = _busy(scope, pace, now, kept)
    for each in queries.vehicles(scope):
        free = max(now, busy.get(each.pk, now))
        stand = place(each.longitude, each.latitude)
        vans.append(Van(each.pk, stand, each.seats, each.kind, ceil((free - now).total_seconds())))
    together: dict[tuple[int, str, int, int], list[Transfer]] = {}
    for row in queries.to_plan(scope, kept=kept):
        key = (
            row.party,
            row.group,
            place(row.from_longitude, row.from_latitude),
            place(row.to_longitude, row.to_latitude),
        )
        together.setdefault(key, []).append(row)
    parties, members = [], {}
    for (_, group, at, goal), rows in together.items():
        kinds = frozenset(VEHICLE_FOR[need] for row in rows for need in row.needs if need in VEHICLE_FOR)
        ready = max(_seconds((row.ready_at or row.requested_at) - now) for row in rows)
        due = min(_seconds(row.due_at - now) for row in rows)
        number = rows[0].pk
        parties.append(Party(number, len(rows), at, goal, group, max(0, ready), due, kinds))
        members[number] = tuple(row.pk for row in rows)
    return Board(now, tuple(parties), tuple(vans), ways_of(norm, list(places)), pace, members)


def _busy(scope: Scope, pace: Pace, now: datetime, kept: Collection[int]) -> dict[int, datetime]:
    """When each vehicle that is out, being disinfected or planned for others is free again, at the earliest."""
    free: dict[int, datetime] = {}
    held = Q(state__in=("out", "disinfecting")) | Q(pk__in=queries.fixed_runs(scope) | set(kept))
    for each in scope.within(Run.objects, "area").filter(held):
        least = now + timedelta(seconds=pace.disinfect) if each.state == "out" else now
        free[each.vehicle_id] = max(free.get(each.vehicle_id, now), each.free_at, least)
    return free


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())
