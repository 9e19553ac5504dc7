"""Cases by stage, one case, new cases a day; lists are paged by key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.diseases import COVID, disease_title
from yanmen.base.rows import records
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.methods.words import CLOSED, STAGES
from yanmen.subsystems.cases.queries.statements import statement

WINDOW = timedelta(days=60)
EVER = timedelta(days=3650)
PAGE = 50


@dataclass(frozen=True)
class Case:
    """One reported infection and how far its handling has come."""

    key: str
    fact_id: UUID
    person_id: int
    name: str
    area: str
    disease: str
    kind: str
    severity: str | None
    found_at: datetime
    recorded_at: datetime
    detail: Mapping[str, Any]
    risk: str | None
    audited_at: datetime | None
    traced_at: datetime | None
    investigated_at: datetime | None
    admitted_at: datetime | None
    discharged_at: datetime | None
    died_at: datetime | None
    handed_to: str | None
    task: str | None
    due_at: datetime | None
    stage: str

    @property
    def setting(self) -> str:
        return str(self.detail.get("setting") or "unknown")

    @property
    def onset_on(self) -> date | None:
        told = self.detail.get("onset_on")
        return date.fromisoformat(told) if told else None

    @property
    def disease_title(self) -> Mapping[str, str]:
        return disease_title(self.disease)

    @property
    def open(self) -> bool:
        """Whether somebody here still answers for it."""
        return self.stage not in CLOSED

    @property
    def stage_title(self) -> Mapping[str, str]:
        return STAGES[self.stage]


@dataclass(frozen=True)
class Page:
    """Rows, and the key from which the next page starts."""

    rows: list[Case]
    after: str | None


def cases(
    scope: Scope,
    *,
    now: datetime,
    stage: str = "",
    area: str = "",
    disease: str = "",
    late: bool = False,
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """Cases of the last two months, latest first; one stage, area, disease if asked, or those with a clock that ran out."""
    moment, _, key = after.partition("_")
    rows = _select(
        "SELECT staged.*, person.name FROM staged LEFT JOIN registry_person AS person ON person.id = person_id"
        " WHERE (%(stage)s = '' OR stage = %(stage)s) AND (%(disease)s = '' OR disease = %(disease)s)"
        " AND (NOT %(late)s OR due_at < %(now)s)"
        " AND (%(after)s = '' OR (found_at, staged.key) < (%(moment)s::timestamptz, %(last)s))"
        " ORDER BY found_at DESC, staged.key DESC LIMIT %(limit)s",
        scope,
        since=now - WINDOW,
        area=area,
        stage=stage,
        disease=disease,
        late=late,
        now=now,
        after=after,
        moment=moment or None,
        last=key,
        limit=limit + 1,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], f"{last.found_at.isoformat()}_{last.key}" if last else None)


def case(scope: Scope, key: str, *, now: datetime) -> Case | None:
    """One case by its key, however old; None if it is not the asker's to see."""
    rows = _select(
        "SELECT staged.*, person.name FROM staged LEFT JOIN registry_person AS person ON person.id = person_id",
        scope,
        since=now - EVER,
        key=key,
    )
    return rows[0] if rows else None


def counts(scope: Scope, *, now: datetime, area: str = "", disease: str = "") -> dict[str, int]:
    """How many cases of the last two months stand at each stage; every stage is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement("cases")
            + "SELECT stage, count(*) FROM staged WHERE %(disease)s = '' OR disease = %(disease)s GROUP BY stage",
            _about(scope, since=now - WINDOW, area=area, disease=disease),
        )
        found = dict(cursor.fetchall())
    return {stage: found.get(stage, 0) for stage in STAGES}


def late(scope: Scope, *, now: datetime, disease: str = "") -> int:
    """How many cases of the last two months have a clock that ran out."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement("cases")
            + "SELECT count(*) FROM staged WHERE due_at < %(now)s AND (%(disease)s = '' OR disease = %(disease)s)",
            _about(scope, since=now - WINDOW, disease=disease, now=now),
        )
        return int(cursor.fetchone()[0])


def report_of(scope: Scope, key: str) -> tuple[UUID, str, str] | None:
    """The report of a case that counts now, with or without a person: its fact, area and setting."""
    try:
        first = UUID(key)
    except ValueError:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE version AS ("
            "  SELECT id, area, detail FROM loop_fact WHERE id = %(first)s AND kind = 'cases.reported'"
            "  UNION ALL SELECT fact.id, fact.area, fact.detail FROM loop_fact AS fact JOIN version ON fact.corrects = version.id"
            "  WHERE fact.kind = 'cases.reported')"
            " SELECT id, area, coalesce(detail ->> 'setting', 'unknown') FROM version"
            " WHERE NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = version.id)"
            " AND area >= %(area)s AND area < %(area)s || '~'",
            {"first": first, "area": scope.area},
        )
        row = cursor.fetchone()
    return (row[0], row[1], row[2]) if row else None


def unlocated(scope: Scope, *, since: datetime, limit: int = 500) -> list[dict[str, Any]]:
    """Infections that are known for a county or larger only, oldest first: they wait for their village."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(fact.detail ->> 'case', fact.id::text), fact.area, fact.occurred_at, fact.detail ->> 'kind'"
            " FROM loop_fact AS fact WHERE fact.kind = 'cases.reported' AND fact.occurred_at >= %(since)s"
            " AND length(fact.area) <= 6 AND fact.area >= %(area)s AND fact.area < %(area)s || '~'"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)"
            " ORDER BY fact.occurred_at, 1 LIMIT %(limit)s",
            {"since": since, "area": scope.area, "limit": limit},
        )
        return [
            {"case": case, "area": area, "found_at": found_at, "kind": kind}
            for case, area, found_at, kind in cursor.fetchall()
        ]


def diseases(scope: Scope, *, now: datetime) -> dict[str, int]:
    """How many cases of the last two months there are of each disease, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement("cases") + "SELECT disease, count(*) FROM staged GROUP BY disease ORDER BY 2 DESC, 1",
            _about(scope, since=now - WINDOW),
        )
        return dict(cursor.fetchall())


def daily(scope: Scope, *, since: date, until: date, area: str = "", disease: str = COVID) -> list[dict[str, Any]]:
    """New infections of a disease by day and kind, people and daily reports together, by the day they were found."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT local_date(fact.occurred_at), fact.detail ->> 'kind', count(*) FROM loop_fact AS fact"
            " WHERE fact.kind = 'cases.reported' AND fact.area >= %(area)s AND fact.area < %(area)s || '~'"
            " AND coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') = %(disease)s"
            " AND fact.occurred_at >= day_start(%(since)s) AND fact.occurred_at < day_start(%(until)s::date + 1)"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)"
            " GROUP BY 1, 2 ORDER BY 1, 2",
            {"area": _inside(scope, area), "since": since, "until": until, "disease": disease},
        )
        return [{"day": day, "kind": kind, "count": count} for day, kind, count in cursor.fetchall()]


def stays_of(scope: Scope, found: Case) -> list[dict[str, Any]]:
    """Where the case was, as far as is known and in the asker's areas."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.id, fact.area, fact.occurred_at, fact.detail ->> 'note' FROM loop_fact AS fact"
            " WHERE fact.kind = 'cases.stay_found' AND fact.person_id = %s AND fact.detail ->> 'case' = %s"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id) ORDER BY 3",
            [found.person_id, found.key],
        )
        return [{"id": id, "area": area, "until": until, "note": note} for id, area, until, note in cursor.fetchall()]


def person_of(scope: Scope, found: Case) -> Person | None:
    """The person of a case, if the asker may see them."""
    person: Person | None = scope.within(Person.objects, "area").filter(pk=found.person_id).first()
    return person


def _inside(scope: Scope, area: str) -> str:
    return area if area.startswith(scope.area) else scope.area


def _select(tail: str, scope: Scope, **about: Any) -> list[Case]:
    with connection.cursor() as cursor:
        cursor.execute(statement("cases") + tail, _about(scope, **about))
        rows = records(cursor)
    return [Case(**{name: _value(name, row[name]) for name in Case.__dataclass_fields__}) for row in rows]


def _value(name: str, value: Any) -> Any:
    if name == "detail" and isinstance(value, str):
        return json.loads(value)
    return value or "" if name == "name" else value


def _about(scope: Scope, *, area: str = "", **about: Any) -> dict[str, Any]:
    return {"key": None} | about | {"area": _inside(scope, area), "scope": scope.area}
