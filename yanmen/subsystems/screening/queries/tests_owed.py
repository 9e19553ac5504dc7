"""Every read of tests, within the asker's areas: who is to be tested, and which samples have no result yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.loop.models import Task
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.queries.statements import statement

TESTS = ("test", "landing_test", "release_test", "antigen_test")
WINDOW = timedelta(days=14)
EVER = timedelta(days=3650)
PAGE = 50


@dataclass(frozen=True)
class Sample:
    """A sample that somebody holds and nobody has reported on."""

    sample: str
    person_id: int
    name: str
    area: str
    sampled_at: datetime


@dataclass(frozen=True)
class Owed:
    """A test that is owed now, and by when."""

    person_id: int
    name: str
    area: str
    kind: str
    due_at: datetime
    state: str


def owed(scope: Scope, *, now: datetime, limit: int = PAGE) -> list[Owed]:
    """People to be tested now, soonest due first; overdue ones come first of all."""
    rows = (
        scope.within(Task.objects, "area")
        .filter(kind__in=TESTS, subject_type="person", state__in=("open", "failed"), opens_at__lte=now)
        .order_by("due_at", "pk")[:limit]
    )
    tasks = list(rows)
    people = scope.within(Person.objects, "area").filter(pk__in=[task.subject for task in tasks])
    names = dict(people.values_list("pk", "name"))
    return [
        Owed(task.subject, names.get(task.subject, ""), task.area, task.kind, task.due_at, task.state) for task in tasks
    ]


def awaiting_result(
    scope: Scope, *, now: datetime, after: str = "", limit: int = PAGE
) -> tuple[list[Sample], str | None]:
    """Samples of the last two weeks without a result, oldest first, and the key of the next page."""
    moment, _, key = after.partition("_")
    rows = _select(scope, since=now - WINDOW, after=key or None, moment=moment or None, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], f"{last.sampled_at.isoformat()}_{last.sample}" if last else None


def sample(scope: Scope, key: str, *, now: datetime) -> Sample | None:
    """A sample that still waits for its result; None if there is none in the asker's areas."""
    rows = _select(scope, since=now - EVER, sample=key)
    return rows[0] if rows else None


def _select(scope: Scope, **about: Any) -> list[Sample]:
    values = {"sample": None, "after": None, "moment": None, "limit": 1} | about | {"area": scope.area}
    with connection.cursor() as cursor:
        cursor.execute(statement("awaiting"), values)
        return [Sample(row[0], row[1], row[2] or "", row[3], row[4]) for row in cursor.fetchall()]
