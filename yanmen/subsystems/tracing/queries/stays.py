"""Where people were, and who was there with them: read from the stays that `actions.following` derives from facts.

Whom somebody met comes from packed days (`actions.packing`) where there are, and from the stays as they stand elsewhere.

Times are whole seconds. A person's stays are those of everybody merged with them. Within the asker's areas means: at
places there, whoever the people are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Q
from psycopg import Cursor
from psycopg.rows import args_row

from yanmen.base.clock import BEIJING
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.crowds import Meetings, Near, meetings
from yanmen.subsystems.tracing.queries.statements import statement

LIMIT = 10_000
_SECOND = timedelta(seconds=1)
_NEAR = "SELECT * FROM tracing_near(%s::bigint[], %s, %s, %s::interval, %s, %s)"


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
    near, found = _near(scope, [person], since, until, minutes, facts=True)
    order = np.lexsort((found.place, found.person, -found.seconds))
    facts = _facts(near, found)
    columns = (found.person, found.place, found.first, found.last, found.seconds // 60, found.times)
    rows = zip(*(each[order].tolist() for each in columns), order.tolist(), strict=True)
    return [Met(who, place, _at(a), _at(b), spent, times, facts[n]) for who, place, a, b, spent, times, n in rows]


def met_by_all(scope: Scope, people: Sequence[int], *, since: datetime, until: datetime, minutes: int) -> Meetings:
    """The same for many at once, as columns and without facts: a row a case, person and place, in no order."""
    return _near(scope, people, since, until, minutes, facts=False)[1]


def _near(
    scope: Scope, people: Sequence[int], since: datetime, until: datetime, minutes: int, *, facts: bool
) -> tuple[list[Near], Meetings]:
    together = max(timedelta(minutes=minutes), _SECOND)
    about = [list(people), since, until, together, scope.area, facts]
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection, row_factory=args_row(Near)) as cursor:
        cursor.execute(_NEAR, about, binary=True)
        near = cursor.fetchall()
    return near, meetings(near, together=int(together.total_seconds()))


def _facts(near: Sequence[Near], found: Meetings) -> list[tuple[UUID, ...]]:
    """The facts that each row rests on: of the stays of both, each once."""
    own = [near[number].fact for number in found.own[found.order].tolist()]
    others = [UUID(bytes=each.tobytes()) for each in found.facts[found.order]]
    ends = [*found.starts.tolist()[1:], len(own)][: len(found.starts)]
    return [
        tuple(dict.fromkeys([*own[start:end], *others[start:end]]))
        for start, end in zip(found.starts.tolist(), ends, strict=True)
    ]


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, BEIJING)


def group_of(scope: Scope, person: int) -> list[int]:
    """A person and everybody merged with them, as far as the asker may know."""
    own = scope.within(Person.objects, "area").filter(pk=person).values_list("same_as", flat=True)
    root = next(iter(own), None) or person
    merged = Person.objects.filter(Q(pk=root) | Q(same_as=root)).values_list("pk", flat=True)
    return sorted({person, root, *merged})


def _rows(name: str, scope: Scope, **about: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), about | {"area": scope.area})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
