"""What the acts share: one act at a time a person, and the facts that count now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.arrivals import queries
from yanmen.subsystems.arrivals.queries import Journey

_LOCK = 7301


def journey_of(scope: Scope, journey: str, now: datetime) -> Journey:
    """The journey of that key; a refusal if the asker cannot see one."""
    found = queries.journey(scope, journey, now=now)
    if found is None:
        raise Refusal(
            "在您的辖区内没有这一行程。请核对编号，或联系申报目的地的登记员。",
            "There is no such journey in your area. Check the number, or ask the officer of the destination.",
            field="journey",
            value=journey,
        )
    return found


def record_answer(
    kind: str, found: Journey, detail: Mapping[str, Any], *, by: str, now: datetime, occurred_at: datetime | None = None
) -> UUID:
    """Record what became of a journey, as a fact about its traveller in its area."""
    lock(found.person_id)
    return facts.record(
        kind,
        person=found.person_id,
        area=found.area,
        occurred_at=occurred_at or now,
        by=by,
        now=now,
        detail={"journey": found.journey, **{name: value for name, value in detail.items() if value}},
    )


def answer_given(found: Journey, kind: str) -> UUID:
    """The fact that already says so."""
    effective = effective_fact(
        "person_id = %s AND kind = %s AND detail ->> 'journey' = %s", [found.person_id, kind, found.journey]
    )
    assert effective is not None
    return effective[0]


def effective_fact(condition: str, values: list[Any]) -> tuple[UUID, dict[str, Any]] | None:
    """Number and detail of the first fact that fits and was neither corrected nor withdrawn."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, detail::text FROM loop_fact AS fact WHERE {condition}"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id) ORDER BY id LIMIT 1",
            values,
        )
        row = cursor.fetchone()
    return (row[0], dict(json.loads(row[1]))) if row else None


def lock(person: int) -> None:
    """Let one transaction at a time act on a traveller, so that saying a thing twice is seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, person % 2**31])
