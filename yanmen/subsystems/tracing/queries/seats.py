"""What is already told of who was on a vehicle or in a group."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.registry.scope import Scope


@dataclass(frozen=True)
class Told:
    """Somebody was there from this moment, by this fact."""

    id: UUID
    at: datetime
    detail: Mapping[str, Any]


def known(scope: Scope, setting: str, name: str, people: Iterable[int]) -> dict[tuple[int, date], Told]:
    """What stands about some people in one setting, by person and day; the asker sees facts of their areas."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.person_id, fact.id, fact.occurred_at, fact.detail::text FROM loop_fact AS fact"
            " WHERE fact.person_id = ANY(%(people)s) AND fact.kind = 'tracing.setting_told'"
            " AND fact.detail ->> 'setting' = %(setting)s AND fact.detail ->> 'name' = %(name)s"
            " AND fact.area >= %(area)s AND fact.area < %(area)s || '~'"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)",
            {"people": list(people), "setting": setting, "name": name, "area": scope.area},
        )
        return {
            (person, local_date(at)): Told(fact, at, json.loads(detail))
            for person, fact, at, detail in cursor.fetchall()
        }
