"""Autumn 2022 in Shanxi: real daily reports, synthetic travellers, every act through the doors.

A day: 08:30 yesterday's report is imported; 14:00 investigators place its cases in a village
(drawn with a fixed seed: the reports give the county only); through the day people declare,
land and are sampled; 23:00 what was owed today has been done by nearly everybody. The loop
turns after each.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from yanmen.base.clock import BEIJING
from yanmen.base.ids import uuid7s
from yanmen.drill.travellers import Traveller, journeys, register
from yanmen.loop.facts import correct, record_many
from yanmen.loop.run import TurnReport, settle
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.cases.actions import import_bulletin
from yanmen.subsystems.cases.methods.report import Report
from yanmen.subsystems.risk_areas.actions import acknowledge, add_receiver, publish
from yanmen.subsystems.risk_areas.queries import deliveries, latest

FIRST, LAST = dt.date(2022, 10, 5), dt.date(2022, 10, 14)
TRAVEL_DAYS = [dt.date(2022, 10, 4) + dt.timedelta(days=n) for n in range(11)]
PROVINCE = Scope(account=None, role="command.staff", area="14")
BY = "drill"
SLOW_CITY = "1409"
DONE_SHARE = 0.965
LATE_SHARE = 0.7
SHOW_SHARE = 0.98
HIT_VILLAGES, OTHER_VILLAGES = 2, 5
REPORTED_SHARE = 0.6
DONE_BY = {
    "test": "screening.sampled",
    "landing_test": "screening.sampled",
    "release_test": "screening.sampled",
    "transfer": "arrivals.transferred",
    "home_visit": "arrivals.visited",
    "release_check": "arrivals.released_checked",
    "release_review": "arrivals.released_checked",
    "draw_zone": "risk_areas.drawn",
    "area_full_test": "risk_areas.full_test_completed",
}
LATE = dt.timedelta(days=3)
EXTRA = {"risk_areas.full_test_completed": {"persons": 1200, "positives": 0, "pending": 0}}
SAMPLED, RESULT = "screening.sampled", "screening.result"


@dataclass
class Autumn:
    """The state of the drill: who travels when, which villages are hit, what the loop did."""

    reports: Sequence[Report]
    rng: random.Random
    travellers: list[Traveller] = field(default_factory=list)
    hit: dict[str, list[str]] = field(default_factory=dict)
    turns: list[tuple[dt.datetime, TurnReport]] = field(default_factory=list)
    journeys: dict[int, str] = field(default_factory=dict)
    cities: list[str] = field(default_factory=list)
    lists: int = 0

    def prepare(self, count: int, *, now: dt.datetime, tick: Callable[[int], None]) -> None:
        """Register the travellers and lay out their journeys."""
        counties = list(Area.objects.filter(valid_to=None, level="county").order_by("code"))
        reported = sorted(
            {i.code for r in self.reports for s in r.statements for i in s.items if i.code and r.day >= FIRST}
        )
        near = {code: self._villages(code) for code in reported}
        self.hit = {code: villages[:HIT_VILLAGES] for code, villages in near.items()}
        homes = [area.code for area in counties if area.population]
        people = []
        with acting(PROVINCE):
            for found in register(count, homes, rng=self.rng, by=BY, now=now):
                people.append(found)
                if len(people) % 5_000 == 0:
                    tick(5_000)
        total = sum(area.population or 0 for area in counties)
        weights = {a.code: (1 - REPORTED_SHARE) * (a.population or 0) / total for a in counties}
        for code in reported:
            weights[code] += REPORTED_SHARE / len(reported)
        self.travellers = journeys(people, weights=weights, near=near, days=TRAVEL_DAYS, rng=self.rng)

    def run(self, tick: Callable[[dt.date, TurnReport], None]) -> None:
        """Play every day; ``tick`` hears of each with the sum of its turns."""
        day = FIRST
        while day <= LAST:
            steps = (self.morning, self.investigate, self.travel, self.evening)
            for step, hour in zip(steps, (8, 14, 17, 23), strict=True):
                now = at(day, hour, 30)
                step(day, now)
                self.turns.append((now, settle(now=now)))
                self.push(now)
            tick(day, _sum(report for moment, report in self.turns if moment.date() == day))
            day += dt.timedelta(days=1)

    def morning(self, day: dt.date, now: dt.datetime) -> None:
        """Import yesterday's report, if there was one."""
        for report in self.reports:
            if report.day == day - dt.timedelta(days=1):
                with acting(PROVINCE):
                    import_bulletin(scope=PROVINCE, report=report, by="import:bulletin", now=now)

    def investigate(self, day: dt.date, now: dt.datetime) -> None:
        """Place the cases that came in this morning in a village of their county."""
        del day
        with acting(PROVINCE):
            for fact_id, area in _unplaced_cases():
                if villages := self.hit.get(area):
                    correct(
                        fact_id,
                        detail={"setting": "community"},
                        area=self.rng.choice(villages),
                        by="investigation",
                        now=now,
                    )

    def travel(self, day: dt.date, now: dt.datetime) -> None:
        """Declarations of those who leave today, landings of those who arrive."""
        leaving = [t for t in self.travellers if t.left_on == day or (day == FIRST and t.left_on < day)]
        coming = [t for t in self.travellers if t.expected_on == day or (day == FIRST and t.expected_on < day)]
        with acting(PROVINCE):
            if leaving:
                record_many("arrivals.declared", self._declarations(leaving, at(day, 9)), by=BY, now=now)
            landed = [t for t in coming if t.person in self.journeys and self.rng.random() < SHOW_SHARE]
            if landed:
                record_many("arrivals.landed", self._landings(landed, at(day, 16)), by=BY, now=now)

    def evening(self, day: dt.date, now: dt.datetime) -> None:
        """Nearly everybody does what they owe today; samples come back negative."""
        with acting(PROVINCE):
            done: dict[str, list[dict[str, Any]]] = {}
            for kind, subject_type, subject, area, late in _owed(now):
                if kind in DONE_BY and self.rng.random() < (LATE_SHARE if late else DONE_SHARE):
                    row = {"area": area, "occurred_at": at(day, 20), "detail": EXTRA.get(DONE_BY[kind], {})}
                    row |= {"person": subject} if subject_type == "person" else {}
                    done.setdefault(DONE_BY[kind], []).append(row)
            for fact, rows in done.items():
                record_many(fact, rows, by=BY, now=now)
            results = [{**row, "detail": {"result": "negative"}} for row in done.get(SAMPLED, [])]
            if results:
                record_many(RESULT, results, by="laboratory", now=now)

    def push(self, now: dt.datetime) -> None:
        """Publish the key-area list if it changed; every city but one acknowledges within the hour."""
        with acting(PROVINCE):
            if not self.cities:
                self.cities = _receivers(now)
            before = latest(PROVINCE)
            published = publish(scope=PROVINCE, by=BY, now=now)
            if before is not None and before.pk == published.pk:
                return
            owed = list(deliveries(PROVINCE, published).values_list("pk", "area"))
        self.lists += 1
        for delivery, city in owed:
            if city != SLOW_CITY:
                scope = PROVINCE.narrowed(city)
                with acting(scope):
                    acknowledge(
                        scope=scope, delivery=delivery, by=BY, now=now + dt.timedelta(minutes=self.rng.randint(2, 50))
                    )

    def _declarations(self, leaving: Sequence[Traveller], moment: dt.datetime) -> Iterable[dict[str, Any]]:
        for traveller, fact_id in zip(leaving, uuid7s(moment, len(leaving)), strict=True):
            self.journeys[traveller.person] = str(fact_id)
            yield {
                "id": fact_id,
                "person": traveller.person,
                "area": traveller.destination,
                "occurred_at": moment,
                "detail": {
                    "journey": str(fact_id),
                    "origin": traveller.origin,
                    "arrived_origin_on": traveller.arrived_on.isoformat(),
                    "left_origin_on": traveller.left_on.isoformat(),
                    "expected_on": traveller.expected_on.isoformat(),
                    "transport": traveller.transport,
                    "destination": traveller.destination,
                },
            }

    def _landings(self, landed: Sequence[Traveller], moment: dt.datetime) -> Iterable[dict[str, Any]]:
        for traveller in landed:
            yield {
                "person": traveller.person,
                "area": traveller.destination,
                "occurred_at": moment,
                "detail": {
                    "journey": self.journeys[traveller.person],
                    "origin": traveller.origin,
                    "transport": traveller.transport,
                },
            }

    def _villages(self, county: str) -> list[str]:
        codes = list(
            Area.objects.filter(valid_to=None, level="village", code__startswith=county)
            .order_by("code")
            .values_list("code", flat=True)
        )
        return self.rng.sample(codes, min(len(codes), HIT_VILLAGES + OTHER_VILLAGES))


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of a day in Shanxi."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=BEIJING)


def _receivers(now: dt.datetime) -> list[str]:
    """Every city's command centre receives the key-area list."""
    cities = list(Area.objects.filter(valid_to=None, level="city", code__startswith=PROVINCE.area).order_by("code"))
    for city in cities:
        add_receiver(
            scope=PROVINCE,
            area=city.code,
            name_zh="疫情防控指挥部（演练）",
            name_en="Command centre (drill)",
            by=BY,
            now=now,
        )
    return [city.code for city in cities]


def _unplaced_cases() -> list[tuple[Any, str]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT f.id, f.area FROM known_facts('infinity') f WHERE f.kind = 'cases.reported'"
            " AND length(f.area) = 6 AND f.detail ->> 'setting' = 'unknown' ORDER BY f.id"
        )
        return list(cursor.fetchall())


def _owed(now: dt.datetime) -> list[tuple[str, str, int, str, bool]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT kind, subject_type, subject, min(area), bool_and(state = 'failed') FROM loop_task"
            " WHERE (state = 'open' AND opens_at <= %s) OR (state = 'failed' AND due_at > %s)"
            " GROUP BY kind, subject_type, subject ORDER BY kind, subject",
            [now, now - LATE],
        )
        return list(cursor.fetchall())


def _sum(reports: Iterable[TurnReport]) -> TurnReport:
    total = TurnReport()
    for report in reports:
        for name, value in vars(report).items():
            setattr(total, name, getattr(total, name) + value)
    return total
