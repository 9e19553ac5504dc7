"""Where people were, and who was there with them: read from the stays that `actions.following` derives from facts.

Times are whole seconds. A person's stays are those of everybody merged with them. Within the asker's areas means: at
places there, whoever the people are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.statements import statement

LIMIT = 10_000
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Stay:
    """Somebody was at a place from when to when, by this fact."""

    person: int
    place: int
    area: str
    arrived: datetime
    left: datetime
    fact_id: UUID
    via: str


@dataclass(frozen=True)
class Met:
    """Somebody was at a place with the person asked about: first and last moment together, whole minutes in all, how often."""

    person: int
    place: int
    first_at: datetime
    last_at: datetime
    minutes: int
    times: int
    facts: tuple[UUID, ...]


def stays_of(scope: Scope, person: int, *, since: datetime, until: datetime) -> list[Stay]:
    """Stays of a person (and those merged with them) that reach into a time, in order of arrival."""
    return [Stay(*row) for row in _rows("stays_of", scope, since=since, until=until, group=group_of(scope, person))]


def at_place(scope: Scope, place: int, *, since: datetime, until: datetime, limit: int = LIMIT) -> list[Stay]:
    """Stays at a place that reach into a time, in order of arrival."""
    return [Stay(*row) for row in _rows("stays_at", scope, since=since, until=until, place=place, limit=limit)]


def met_by(scope: Scope, person: int, *, since: datetime, until: datetime, minutes: int) -> list[Met]:
    """Who was at a place with a person for so many minutes at once: a row a person and place, most minutes first.

    Each time together counts that lasted `minutes` within the time asked; of none (0) counts every second.
    """
    together = max(timedelta(minutes=minutes), _SECOND)
    group = group_of(scope, person)
    rows = _rows("stays_met", scope, since=since, until=until, group=group, together=together)
    return [Met(*row[:-1], facts=tuple(row[-1])) for row in rows]


def group_of(scope: Scope, person: int) -> list[int]:
    """A person and everybody merged with them, as far as the asker may know."""
    own = scope.within(Person.objects, "area").filter(pk=person).values_list("same_as", flat=True)
    root = next(iter(own), None) or person
    merged = Person.objects.filter(Q(pk=root) | Q(same_as=root)).values_list("pk", flat=True)
    return sorted({person, root, *merged})


def _rows(name: str, scope: Scope, **about: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), about | {"area": scope.area})
        return cursor.fetchall()
