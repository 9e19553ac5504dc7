"""Every read of journeys, within the asker's areas. Lists are paged by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.base.rows import records
from yanmen.loop import reading
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.arrivals.methods.course import STAGES

WINDOW = timedelta(days=30)
PAGE = 50


@dataclass(frozen=True)
class Journey:
    """One declared journey and how far it has come."""

    journey: str
    fact_id: UUID
    person_id: int
    name: str
    area: str
    origin: str
    destination: str
    transport: str
    vehicle: str
    left_origin_on: date | None
    expected_on: date
    landed_at: datetime | None
    test_due_at: datetime | None
    last_day: date | None
    stage: str

    @property
    def stage_title(self) -> Mapping[str, str]:
        """The stage as people read it."""
        return STAGES[self.stage]


@dataclass(frozen=True)
class Page:
    """Rows, and the key from which the next page starts."""

    rows: list[Journey]
    after: str | None


def journeys(
    scope: Scope, *, now: datetime, stage: str = "", area: str = "", after: str = "", limit: int = PAGE
) -> Page:
    """Journeys of the last month, latest expected day first; one stage, one area if asked."""
    if stage and stage not in STAGES:
        raise Refusal(
            f"没有“{stage}”这一阶段。可选：{'、'.join(STAGES)}。",
            f'There is no stage "{stage}". Choose one of: {", ".join(STAGES)}.',
            field="stage",
            value=stage,
        )
    day, _, key = after.partition("_")
    rows = list(
        _select(
            "SELECT staged.*, person.name FROM staged LEFT JOIN registry_person AS person ON person.id = person_id"
            " WHERE (%(stage)s = '' OR stage = %(stage)s)"
            " AND (%(after)s = '' OR (expected_on, journey) < (%(day)s::date, %(key)s))"
            " ORDER BY expected_on DESC, journey DESC LIMIT %(limit)s",
            scope,
            now=now,
            area=area,
            stage=stage,
            after=after,
            day=day or None,
            key=key,
            limit=limit + 1,
        )
    )
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(rows[:limit], f"{last.expected_on.isoformat()}_{last.journey}" if last else None)


def counts(scope: Scope, *, now: datetime, area: str = "") -> dict[str, int]:
    """How many journeys of the last month stand at each stage; every stage is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            _statement() + "SELECT stage, count(*) FROM staged GROUP BY stage", _about(scope, now=now, area=area)
        )
        found = dict(cursor.fetchall())
    return {stage: found.get(stage, 0) for stage in STAGES}


def expected(scope: Scope, *, now: datetime, after: str = "") -> Page:
    """Declared and not yet seen, today's and later ones."""
    return journeys(scope, now=now, stage="declared", after=after)


def late(scope: Scope, *, now: datetime, after: str = "") -> Page:
    """Their day has passed and nobody has said whether they came."""
    return journeys(scope, now=now, stage="late", after=after)


def no_shows(scope: Scope, *, now: datetime, after: str = "") -> Page:
    """Confirmed not to have come."""
    return journeys(scope, now=now, stage="no_show", after=after)


def without_landing_test(scope: Scope, *, now: datetime, after: str = "") -> Page:
    """Landed, and the landing test is still owed."""
    return journeys(scope, now=now, stage="landing_test_due", after=after)


def landed_today(scope: Scope, *, now: datetime) -> int:
    """How many landed since midnight."""
    with connection.cursor() as cursor:
        cursor.execute(
            _statement() + "SELECT count(*) FROM staged WHERE local_date(landed_at) = %(today)s",
            _about(scope, now=now),
        )
        return int(cursor.fetchone()[0])


def journey(scope: Scope, key: str, *, now: datetime) -> Journey | None:
    """One journey by its key, however old; None if it is not the asker's to see."""
    return next(iter(_one(scope, now=now, journey=key)), None)


def open_journey(scope: Scope, person: int, *, now: datetime) -> Journey | None:
    """The journey of a person that somebody still waits for: the one expected first."""
    waiting = [each for each in _one(scope, now=now, person=person) if each.stage in ("declared", "late", "no_show")]
    return min(waiting, key=lambda each: each.expected_on, default=None)


def journeys_of(scope: Scope, person: int, *, now: datetime) -> list[Journey]:
    """All journeys of one person, latest first."""
    return sorted(_one(scope, now=now, person=person), key=lambda each: each.expected_on, reverse=True)


def course(scope: Scope, each: Journey) -> dict[str, Any]:
    """All that is known of a journey: its person, timeline, plan, measures and tasks."""
    person = scope.within(Person.objects, "area").filter(pk=each.person_id).first()
    return {
        "journey": each,
        "person": person,
        "companions": list(scope.within(Person.objects, "area").filter(guardian_id=each.person_id)),
        "timeline": reading.timeline(scope, each.person_id),
        "measures": reading.measures_of(scope, each.person_id),
    }


def _one(scope: Scope, *, now: datetime, **about: Any) -> Iterator[Journey]:
    yield from _select(
        "SELECT staged.*, person.name FROM staged LEFT JOIN registry_person AS person ON person.id = person_id",
        scope,
        now=now,
        since=now - timedelta(days=3650),
        **about,
    )


def _select(tail: str, scope: Scope, *, now: datetime, **about: Any) -> Iterator[Journey]:
    with connection.cursor() as cursor:
        cursor.execute(_statement() + tail, _about(scope, now=now, **about))
        for values in records(cursor):
            values |= {name: values[name] or "" for name in _TEXTS}
            yield Journey(**{name: values[name] for name in _FIELDS})


_FIELDS = tuple(Journey.__dataclass_fields__)
_TEXTS = frozenset({"name", "origin", "destination", "transport", "vehicle"})


def _about(scope: Scope, *, now: datetime, area: str = "", **about: Any) -> dict[str, Any]:
    inside = area if area.startswith(scope.area) else scope.area
    return {"journey": None, "person": None, "since": now - WINDOW} | about | {"area": inside, "today": local_date(now)}


@cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "journeys.sql").read_text(encoding="utf-8")
