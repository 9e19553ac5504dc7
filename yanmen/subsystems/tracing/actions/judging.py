"""Every write of tracing: who was near a case, and what was done for them. Saying the same thing twice is one fact.

The case may be one of ours or one another province asks us about: it is named by its key. A judgement that was wrong
is corrected or taken back, and the next turn lifts what it caused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import kinds, queries

CLOSE, SECOND = 1, 2
_LOCK = 7311


def record_contact(
    *,
    scope: Scope,
    person: int,
    case: str,
    last_exposed: date,
    by: str,
    now: datetime,
    degree: int = CLOSE,
    first_exposed: date | None = None,
    linked: int | None = None,
    high_risk: bool | None = None,
    via: str = "",
    disease: str = "",
) -> UUID:
    """Judge somebody a close contact (1), or a contact of the close contact `linked` (2)."""
    _check_days(first_exposed, last_exposed, now)
    _check_degree(degree, linked, person)
    if linked is not None:
        person_of(scope, linked, "linked")
    detail = _exposure(case, disease, first_exposed, last_exposed, via)
    detail |= stated({"degree": degree, "linked": linked, "high_risk": high_risk})
    return _found(scope, kinds.CONTACT_FOUND.name, person, detail, by=by, now=now)


def record_general_contact(
    *,
    scope: Scope,
    person: int,
    case: str,
    last_exposed: date,
    by: str,
    now: datetime,
    first_exposed: date | None = None,
    via: str = "",
    disease: str = "",
) -> UUID:
    """Judge somebody a general contact: told of the risk, not held."""
    _check_days(first_exposed, last_exposed, now)
    detail = _exposure(case, disease, first_exposed, last_exposed, via)
    return _found(scope, kinds.GENERAL_CONTACT_FOUND.name, person, detail, by=by, now=now)


def record_co_resident(
    *,
    scope: Scope,
    person: int,
    case: str,
    last_exposed: date,
    by: str,
    now: datetime,
    first_exposed: date | None = None,
    disease: str = "",
) -> UUID:
    """Somebody lives with a case that is isolated at home."""
    _check_days(first_exposed, last_exposed, now)
    detail = _exposure(case, disease, first_exposed, last_exposed, "household")
    return _found(scope, kinds.CO_RESIDENT_FOUND.name, person, detail, by=by, now=now)


def flag_companion(
    *,
    scope: Scope,
    person: int,
    case: str,
    together_on: date,
    minutes_together: int,
    hours_in_grid: int,
    by: str,
    now: datetime,
) -> UUID:
    """Take in that somebody's phone was near a case's. Where they were stays with the operators."""
    _check_days(None, together_on, now)
    detail = {
        "case": _key(case),
        "together_on": together_on.isoformat(),
        "minutes_together": minutes_together,
        "hours_in_grid": hours_in_grid,
    }
    return _found(scope, kinds.COMPANION_FLAGGED.name, person, detail, by=by, now=now)


def record_scene_exposure(
    *,
    scope: Scope,
    person: int,
    exposed_at: datetime,
    by: str,
    now: datetime,
    case: str = "",
    place: int | None = None,
    minutes: int | None = None,
    disease: str = "",
) -> UUID:
    """Somebody was in a place with cases and does not meet the rules on close contacts."""
    if not case.strip() and place is None:
        raise Refusal("请填写病例编号或场所。", "Give the key of the case, or the place.", field="case")
    exposed_on = local_date(exposed_at)
    _check_days(None, exposed_on, now)
    detail = {"case": case.strip() or None, "disease": disease or None, "minutes": minutes}
    detail |= {"exposed_on": exposed_on.isoformat()}
    return _found(
        scope, kinds.SCENE_EXPOSED.name, person, stated(detail), by=by, now=now, occurred_at=exposed_at, place=place
    )


@transaction.atomic
def not_a_contact(*, scope: Scope, person: int, case: str, reason: str, by: str, now: datetime) -> int:
    """Take back all that was said about a person and a case; nothing found from facts brings it back. Returns how many facts fell."""
    if not reason.strip():
        raise Refusal("请写明撤销理由。", "Say why this is taken back.", field="reason")
    found = person_of(scope, person, "person")
    _lock(person)
    wrong = [each for each in queries.exposures_of(scope, person) if each.case == case]
    for each in wrong:
        facts.withdraw(each.id, reason=reason.strip(), by=by, now=now)
    if not queries.excluded(scope, person, case):
        facts.record(
            kinds.CONTACT_EXCLUDED.name,
            person=found.pk,
            area=found.area,
            occurred_at=now,
            by=by,
            now=now,
            detail={"case": _key(case), "reason": reason.strip()},
        )
    return len(wrong)


@transaction.atomic
def _found(
    scope: Scope,
    kind: str,
    number: int,
    detail: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    occurred_at: datetime | None = None,
    place: int | None = None,
) -> UUID:
    person = person_of(scope, number, "person")
    _check_birth(person, detail)
    _lock(number)
    for excluded in queries.excluded(scope, number, str(detail.get("case") or "")):
        facts.withdraw(excluded, reason="改判为接触者 Judged to be a contact after all", by=by, now=now)
    if (known := queries.standing(scope, kind, number, detail)) is not None:
        return known.id
    return facts.record(
        kind,
        person=person.pk,
        place=place,
        area=person.area,
        occurred_at=occurred_at or now,
        by=by,
        now=now,
        detail=detail,
    )


def no_such_person(field: str, number: int) -> Refusal:
    """Nobody of the asker's areas has this number."""
    return Refusal(
        "在您的辖区内没有此人。请核对，或向其所在地发协查函。",
        "There is no such person in your areas. Check the number, or ask the area where they are to trace them.",
        field=field,
        value=str(number),
    )


def person_of(scope: Scope, number: int, field: str) -> Person:
    """Somebody of the asker's areas; a refusal otherwise."""
    found = queries.person(scope, number)
    if found is None:
        raise no_such_person(field, number)
    return found


def _check_birth(person: Person, detail: Mapping[str, Any]) -> None:
    days = [
        detail[field] for field in ("first_exposed", "last_exposed", "together_on", "exposed_on") if field in detail
    ]
    if person.born_on and min(days, default="9999") < person.born_on.isoformat():
        raise Refusal(
            f"暴露日期早于此人出生日期（{person.born_on}），请核对。",
            f"The exposure lies before this person was born ({person.born_on}). Check the day, and whether this is the right person.",
            field="last_exposed",
            value=min(days),
        )


def _check_days(first: date | None, last: date, now: datetime) -> None:
    if last > local_date(now):
        raise Refusal(
            "暴露日期不能在今天之后。", "An exposure cannot lie in the future.", field="last_exposed", value=str(last)
        )
    if first and first > last:
        raise Refusal(
            "首次暴露不能晚于末次暴露，请核对。",
            "The first exposure lies after the last one. Check both.",
            field="first_exposed",
            value=str(first),
        )


def _check_degree(degree: int, linked: int | None, person: int) -> None:
    if degree not in (CLOSE, SECOND):
        raise Refusal(
            "请选择密接（1）或密接的密接（2）。",
            "Choose close contact (1) or contact of a close contact (2).",
            field="degree",
            value=str(degree),
        )
    if (linked is not None) != (degree == SECOND) or linked == person:
        raise Refusal(
            "密接的密接须指明另一人为关联密接；密接不填此项。",
            "A contact of a close contact names that other person; a close contact names none.",
            field="linked",
            value=str(linked or ""),
        )


def _exposure(case: str, disease: str, first: date | None, last: date, via: str) -> dict[str, Any]:
    return stated(
        {
            "case": _key(case),
            "disease": disease or None,
            "first_exposed": first.isoformat() if first else None,
            "last_exposed": last.isoformat(),
            "via": via.strip() or None,
        }
    )


def _key(case: str) -> str:
    if not case.strip():
        raise Refusal("请填写病例编号。", "Give the key of the case.", field="case")
    return case.strip()


def stated(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Only what was said."""
    return {name: value for name, value in detail.items() if value is not None}


def _lock(person: int) -> None:
    """Let one transaction at a time judge a person, so that saying a thing twice is seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, person % 2**31])
