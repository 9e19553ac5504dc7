"""Whom facts show to have met a case, by setting; and what stands about them already.

Read by the loop's role, because the people may live anywhere in the province: the caller has checked that the asker may see
the case, and masks whom they may not see.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.settings import (
    NORM,
    SettingsPolicy,
    TracedCase,
    policy_of,
)
from yanmen.subsystems.tracing.queries.statements import statement


@dataclass(frozen=True)
class Exposure:
    """Somebody met a case in a setting, or (degree 2) the close contact `linked`."""

    person: int
    outcome: str
    setting: str
    first_at: datetime
    last_at: datetime
    minutes: int | None = None
    certainty: float = 0.0
    basis: tuple[str, ...] = ()
    degree: int = 1
    linked: int | None = None
    high_risk: bool | None = None
    place: int | None = None

    @property
    def first_exposed(self) -> date:
        return local_date(self.first_at)

    @property
    def last_exposed(self) -> date:
        """The last day: what ended at midnight ended the day before."""
        return local_date(max(self.first_at, self.last_at - timedelta(microseconds=1)))


@dataclass(frozen=True)
class Standing:
    """A fact about somebody and the case that stands now."""

    id: UUID
    kind: str
    person: int
    member: int
    area: str
    recorded_at: datetime
    recorded_by: str
    detail: Mapping[str, Any]

    @property
    def via(self) -> str:
        return str(self.detail.get("via") or "")


@dataclass(frozen=True)
class Index:
    """Somebody around whom people are looked for: all their records, from when to when. `apart`: until when what goes on by itself
    counts."""

    root: int
    members: tuple[int, ...]
    since: datetime
    until: datetime
    apart: datetime


def policy_on(day: date) -> SettingsPolicy | None:
    """What the norm in force makes of settings; None once contacts are no longer determined."""
    parts = numbers(NORM, day)
    return policy_of(parts) if parts else None


def traced_case(scope: Scope, key: str) -> TracedCase | None:
    """A case as its report stands, or stood last; None where nobody was ever reported under this key."""
    try:
        fact_id: str | None = str(UUID(key))
    except ValueError:
        fact_id = None
    rows = rows_of(scope, statement("find_case"), {"case": key, "id": fact_id})
    return TracedCase(**rows[0] | {"members": tuple(rows[0]["members"])}) if rows else None


def standing(scope: Scope, key: str) -> list[Standing]:
    """Everything that stands about people and a case: found, judged, excluded."""
    rows = rows_of(scope, statement("find_present"), {"case": key})
    return [Standing(**row | {"detail": json.loads(row["detail"])}) for row in rows]


def judged_before_merging(scope: Scope, case: TracedCase, *, finder: str) -> list[Standing]:
    """What people judged around reports that were merged into a case: it holds for the case that stays."""
    merged = rows_of(scope, statement("find_merged"), {"members": list(case.members), "case": case.key})
    return [each for row in merged for each in standing(scope, row["key"]) if each.recorded_by != finder]


def transfers(scope: Scope, since: Mapping[int, datetime]) -> dict[int, datetime]:
    """When each of some people was brought to quarantine, on or after their moment."""
    about = {"persons": list(since), "since": list(since.values())}
    return {row["person"]: row["at"] for row in rows_of(scope, statement("find_transfers"), about)}


def areas_of(scope: Scope, people: Iterable[int]) -> dict[int, str]:
    """The area that answers for each of some people."""
    return dict(Person.objects.using("loop").filter(pk__in=set(people)).values_list("pk", "area"))


def rows_of(scope: Scope, sql: str, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a statement, read by the loop's role; nothing for who may see no people."""
    if not scope.sees_people:
        return []
    with connections["loop"].cursor() as cursor:
        cursor.execute(sql, about)
        return records(cursor)
