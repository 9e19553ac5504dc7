"""Who was found around a case, and what tracing says of a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.rows import records
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope

FOUND = (
    "tracing.contact_found",
    "tracing.general_contact_found",
    "tracing.co_resident_found",
    "tracing.companion_flagged",
    "tracing.scene_exposed",
)
PAGE = 200


@dataclass(frozen=True)
class Found:
    """Somebody found around a case, as it stands now."""

    id: UUID
    kind: str
    person_id: int
    name: str
    area: str
    case: str
    found_at: datetime
    detail: Mapping[str, Any]

    @property
    def degree(self) -> int | None:
        """1 for a close contact, 2 for a contact of a close contact, none for the others."""
        return self.detail.get("degree")

    @property
    def last_exposed(self) -> date | None:
        """The last day of exposure that is known."""
        day = self.detail.get("last_exposed") or self.detail.get("together_on") or self.detail.get("exposed_on")
        return date.fromisoformat(day) if day else None


def person(scope: Scope, number: int) -> Person | None:
    """Somebody of the asker's areas."""
    found: Person | None = scope.within(Person.objects, "area").filter(pk=number).first()
    return found


def around_case(scope: Scope, case: str, *, after: UUID | None = None, limit: int = PAGE) -> list[Found]:
    """Everybody of the asker's areas found around a case, in the order of recording."""
    return _found(scope, "fact.detail ->> 'case' = %(case)s", case=case, after=after, limit=limit)


def exposures_of(scope: Scope, number: int) -> list[Found]:
    """All that tracing says about one person of the asker's areas."""
    return _found(scope, "fact.person_id = %(person)s", person=number)


def excluded(scope: Scope, number: int, case: str) -> list[UUID]:
    """The standing judgements that somebody of the asker's areas is no contact of a case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.id FROM loop_fact AS fact WHERE fact.person_id = %(person)s AND fact.kind = 'tracing.contact_excluded'"
            " AND fact.detail ->> 'case' = %(case)s AND fact.area >= %(area)s AND fact.area < %(area)s || '~'"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)",
            {"person": number, "case": case, "area": scope.area},
        )
        return [row[0] for row in cursor.fetchall()]


def standing(scope: Scope, kind: str, number: int, detail: Mapping[str, Any]) -> Found | None:
    """The standing fact that already says the same of a person."""
    rows = _found(
        scope,
        "fact.person_id = %(person)s AND fact.kind = %(kind)s AND fact.detail = %(detail)s::jsonb",
        person=number,
        kind=kind,
        detail=json.dumps(detail, ensure_ascii=False),
    )
    return rows[0] if rows else None


def _found(scope: Scope, condition: str, *, after: UUID | None = None, limit: int = PAGE, **about: Any) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.id, fact.kind, fact.person_id, coalesce(person.name, '') AS name, fact.area,"
            " coalesce(fact.detail ->> 'case', '') AS case, fact.recorded_at AS found_at, fact.detail::text AS detail"
            " FROM loop_fact AS fact LEFT JOIN registry_person AS person ON person.id = fact.person_id"
            f" WHERE {condition} AND fact.kind = ANY(%(kinds)s)"
            " AND fact.area >= %(area)s AND fact.area < %(area)s || '~'"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)"
            " AND (%(after)s::uuid IS NULL OR fact.id > %(after)s::uuid) ORDER BY fact.id LIMIT %(limit)s",
            about | {"kinds": list(FOUND), "area": scope.area, "after": after, "limit": limit},
        )
        rows = records(cursor)
    return [Found(**row | {"detail": json.loads(row["detail"])}) for row in rows]
