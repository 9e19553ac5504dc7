"""Places, people who check in there, and what their stays should be, worked out in plain Python."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from yanmen.base.ids import uuid7
from yanmen.loop import facts
from yanmen.loop.bulk import record_bulk
from yanmen.loop.own_kinds import WITHDRAWN
from yanmen.registry import matching
from yanmen.registry.models import Place
from yanmen.registry.people import Details, Registered, register_people
from yanmen.subsystems.tracing.actions.following import Followed, follow
from yanmen.subsystems.tracing.tests.district import COUNTY, DISTRICT, District, moment

HALF_A_DAY = timedelta(hours=12)
NIGHT = moment("2022-10-07 21:30")
LATE = NIGHT + timedelta(hours=9)
Row = tuple[int, int, str, datetime, datetime, UUID]


class Town(District):
    """Everything that happens is written down twice: as facts, and as what follows from them."""

    def __init__(self) -> None:
        self.scans: dict[UUID, tuple[int, int, str, datetime]] = {}
        self.left: list[tuple[int, int, datetime]] = []
        self.out: set[UUID] = set()
        self.same: list[set[int]] = []

    def places(self, *areas: str) -> list[int]:
        with self.acting():
            return [
                Place.objects.create(name_zh=f"{n}号", area=each, created_at=NIGHT).pk for n, each in enumerate(areas)
            ]

    def people(self, count: int, area: str = DISTRICT) -> list[int]:
        details = [Details(name=f"居民{number}号", area=area) for number in range(count)]
        with self.acting():
            made = register_people(details, by="test", now=NIGHT)
        return [each.person for each in made if isinstance(each, Registered)]

    def scan(
        self, who: int, place: int, at: datetime, *, area: str = DISTRICT, told: datetime | None = None, **about: Any
    ) -> UUID:
        number = uuid7(told or at)
        detail = {"claimed": False, "via": "scanner", "device": None} | about
        row = {"id": number, "person": who, "place": place, "area": area, "occurred_at": at, "detail": detail}
        with self.acting():
            record_bulk("presence.scanned", [row], by="test", now=told or at)
        self.scans[number] = (who, place, area, at)
        return number

    def leave(self, who: int, place: int, at: datetime, *, told: datetime | None = None) -> None:
        row = {"person": who, "place": place, "area": DISTRICT, "occurred_at": at, "detail": {"via": "paper"}}
        with self.acting():
            record_bulk("venues.left", [row], by="test", now=told or at)
        self.left.append((who, place, at))

    def doubt(self, scan: UUID, at: datetime) -> UUID:
        who, place, area, _ = self.scans[scan]
        detail = {"scan": str(scan), "why": "speed"}
        with self.acting():
            found = facts.record(
                "venues.scan_doubted",
                person=who,
                place=place,
                area=area,
                occurred_at=at,
                by="test",
                now=at,
                detail=detail,
            )
        self.out.add(scan)
        return found

    def withdraw(self, fact: UUID, who: int, at: datetime) -> None:
        with self.acting():
            facts.record(WITHDRAWN.name, person=who, area=DISTRICT, occurred_at=at, by="test", now=at, corrects=fact)
        self.out.add(fact)

    def merge(self, one: int, other: int, at: datetime) -> None:
        with self.acting():
            matching.decide_same(left=one, right=other, by="test", now=at)
        joined = [each for each in self.same if each & {one, other}]
        self.same = [each for each in self.same if each not in joined] + [{one, other}.union(*joined)]

    def follow(self, at: datetime, **about: Any) -> Followed:
        return follow(by="test", now=at, **about)

    def root(self, who: int) -> int:
        return min(next((each for each in self.same if who in each), {who}))

    def expected(self) -> list[Row]:
        """A stay ends with the next check-in anywhere, on leaving, or after twelve hours; in whole seconds."""
        of_person = defaultdict(list)
        for number, (who, place, area, at) in self.scans.items():
            if number not in self.out:
                of_person[self.root(who)].append((at, number, who, place, area))
        rows: list[Row] = []
        for root, scans in of_person.items():
            scans.sort()
            for n, (at, number, who, place, area) in enumerate(scans):
                ends = [at + HALF_A_DAY, *(each[0] for each in scans[n + 1 : n + 2])]
                ends += [gone for whose, where, gone in self.left if (whose, where) == (who, place) and gone > at]
                rows.append((root, place, area, whole(at), whole(min(ends)), number))
        return sorted(rows, key=lambda row: row[-1])

    def written(self) -> list[Row]:
        found = self.rows("SELECT person_id, place_id, area, arrived, left_at, fact_id FROM tracing_stay")
        return sorted(found, key=lambda row: row[-1])

    def met(self, who: int, since: datetime, until: datetime, minutes: int) -> dict[tuple[int, int], tuple[Any, ...]]:
        """Who was where with somebody: first and last moment, seconds and times, by comparing all with all."""
        least = max(timedelta(minutes=minutes), timedelta(seconds=1))
        stays, found = self.expected(), defaultdict(list)
        for own in (each for each in stays if each[0] == self.root(who)):
            for other in stays:
                first, last = max(own[3], other[3], since), min(own[4], other[4], until)
                if own[1] == other[1] and own[0] != other[0] and last - first >= least:
                    found[other[0], other[1]].append((first, last, own[5], other[5]))
        return {
            key: (
                min(each[0] for each in times),
                max(each[1] for each in times),
                sum((each[1] - each[0]).total_seconds() for each in times),
                len(times),
                {each[2] for each in times} | {each[3] for each in times},
            )
            for key, times in found.items()
        }


def whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def busy_days(town: Town, dice: random.Random) -> tuple[list[int], list[int]]:
    """Three days around midnight: moves, leavings, doubts, records taken back, two pairs that are one person each."""
    people, places = town.people(24), town.places(DISTRICT, DISTRICT, COUNTY, DISTRICT)
    areas = dict(zip(places, (DISTRICT, DISTRICT, COUNTY, DISTRICT), strict=True))
    for who in people:
        for _ in range(dice.randrange(9)):
            at = NIGHT - timedelta(days=2) + timedelta(seconds=dice.uniform(0, 2 * 86400))
            place = dice.choice(places)
            town.scan(who, place, at, area=areas[place])
            if dice.random() < 0.4:
                town.leave(who, place, at + timedelta(minutes=dice.uniform(1, 400)), told=NIGHT + timedelta(hours=8))
    return people, places


def ask(query: str, *values: Any, area: str = "", purpose: str = "control") -> list[Any]:
    """As the application's role, in this area."""
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('yanmen.area', %s, true), set_config('yanmen.purpose', %s, true)", [area, purpose]
        )
        cursor.execute(query, values)
        return cursor.fetchall()
