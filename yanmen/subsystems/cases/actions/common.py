"""What the acts on cases share: finding the case, one writer at a time, facts about its person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base import area_codes
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.models import Area, Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import queries
from yanmen.subsystems.cases.queries import Case

_LOCK = 7302


def case_of(scope: Scope, case: str, now: datetime) -> Case:
    """The case of that key; a refusal if the asker cannot see one."""
    found = queries.case(scope, case, now=now)
    if found is None:
        raise Refusal(
            "在您的辖区内没有这一病例，或报告已撤回。请核对编号，或联系报告地区。",
            "There is no such case in your area, or its report was withdrawn. Check the key, or ask where it was reported.",
            field="case",
            value=case,
        )
    if found.handed_to:
        raise Refusal(
            f"该病例已移交 {found.handed_to}，请由接收地处理。",
            f"This case was handed over to {found.handed_to}. Ask there.",
            field="case",
            value=case,
        )
    return found


def record_about(
    kind: str,
    found: Case,
    detail: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    occurred_at: datetime | None = None,
    id: UUID | None = None,
) -> UUID:
    """Record a fact about a case, about its person in its area."""
    lock(found.person_id)
    return facts.record(
        kind,
        id=id,
        person=found.person_id,
        area=found.area,
        occurred_at=occurred_at or now,
        by=by,
        now=now,
        detail=said({"case": found.key, **detail}),
    )


def lock(person: int) -> None:
    """Let one transaction at a time act on a person's case, so that saying a thing twice is seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, person % 2**31])


def wake_areas_of(found: Case) -> None:
    """The areas where the case stayed look again: no stay counts without its case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT area.id FROM loop_fact AS fact JOIN registry_area AS area ON area.code = fact.area"
            " WHERE fact.kind = 'cases.stay_found' AND fact.person_id = %s AND fact.detail ->> 'case' = %s"
            " AND area.valid_to IS NULL",
            [found.person_id, found.key],
        )
        facts.wake("area", [row[0] for row in cursor.fetchall()])


def known_area(code: str) -> str:
    """The code of an area that exists now; a refusal otherwise."""
    area_codes.level_of(code)
    if not Area.objects.filter(code=code, valid_to=None).exists():
        raise Refusal(
            f"没有代码为 {code} 的地区，请核对。",
            f"There is no area with the code {code}. Check it.",
            field="area",
            value=code,
        )
    return code


def said(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Only what was said: an empty answer is no answer."""
    return {name: value for name, value in detail.items() if value not in (None, "")}


def one_of(field: str, value: str, known: Mapping[str, object]) -> None:
    """Refuse a word that is in no list, and name the list."""
    if value not in known:
        choices = ", ".join(known)
        raise Refusal(
            f"“{value}”不在可选范围内：{choices}。", f'"{value}" is none of {choices}.', field=field, value=value
        )


def not_later_than(at: datetime, now: datetime, field: str = "at") -> None:
    """Refuse what has not happened yet."""
    if at > now:
        raise Refusal(
            "时间在将来，请核对。", "This moment has not come yet. Check it.", field=field, value=at.isoformat()
        )


def not_before_birth(person: int, first: date) -> None:
    """Refuse an illness before the birth of whom it is about; the register's day may be the wrong one."""
    born_on = Person.objects.filter(pk=person).values_list("born_on", flat=True).first()
    if born_on and first < born_on:
        raise Refusal(
            f"该日期早于此人的出生日期（{born_on.isoformat()}），请核对两者。",
            f"This day lies before the person was born ({born_on.isoformat()}). Check both.",
            field="onset_on",
            value=first.isoformat(),
        )


def not_before_found(at: datetime, found: Case, zh: str, en: str) -> None:
    """Refuse what lies before the case was found."""
    if at < found.found_at:
        raise Refusal(zh, en, field="at", value=at.isoformat())


def still_alive(found: Case) -> None:
    """Refuse acts of care on a case whose person died."""
    if found.died_at is not None:
        raise Refusal(
            "该病例已死亡结案。如记录有误，请先更正死亡记录。",
            "This person died and the case is closed. If that is wrong, take the death back first.",
            field="case",
            value=found.key,
        )
