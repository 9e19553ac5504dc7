"""How a case goes on: severity, symptoms and temperature over time, care, discharge, death."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import kinds, queries
from yanmen.subsystems.cases.actions.common import (
    case_of,
    not_before_birth,
    not_before_found,
    not_later_than,
    one_of,
    record_about,
    said,
    still_alive,
)
from yanmen.subsystems.cases.methods.derived_ids import derived_id
from yanmen.subsystems.cases.methods.words import NO_SYMPTOMS, SEVERITIES, SYMPTOMS

COLDEST, HOTTEST = 30, 45


@transaction.atomic
def tell_course(
    *,
    scope: Scope,
    case: str,
    by: str,
    now: datetime,
    at: datetime | None = None,
    severity: str = "",
    symptoms: Sequence[str] = (),
    onset_on: date | None = None,
    temperature: float | None = None,
    free_since: date | None = None,
    note: str = "",
) -> UUID:
    """Record how the person was at one moment. `symptoms` ("none",) says there were none; nothing says nothing of them.

    An onset that differs from the report's corrects the report. The same said of the same moment is one fact.
    """
    found = case_of(scope, case, now)
    at = at or now
    not_later_than(at, now)
    _check(severity, symptoms, temperature, at, onset_on, free_since)
    if onset_on:
        not_before_birth(found.person_id, onset_on)
    detail = {
        "severity": severity,
        "symptoms": ",".join(dict.fromkeys(symptoms)),
        "onset_on": onset_on and onset_on.isoformat(),
        "temperature": temperature,
        "free_since": free_since and free_since.isoformat(),
        "note": note.strip(),
    }
    if not said(detail):
        raise Refusal("请至少填写一项病情。", "Tell at least one thing of the course.", field="symptoms")
    told = derived_id(at, "course", found.key, *detail.values())
    record_about(kinds.COURSE_TOLD.name, found, detail, by=by, now=now, occurred_at=at, id=told)
    if onset_on and onset_on.isoformat() != found.detail.get("onset_on"):
        facts.correct(found.fact_id, detail={"onset_on": onset_on.isoformat()}, by=by, now=now)
    return told


@transaction.atomic
def admit(*, scope: Scope, case: str, facility: str, by: str, now: datetime, at: datetime | None = None) -> UUID:
    """Record that the person has come into care."""
    found = case_of(scope, case, now)
    still_alive(found)
    not_later_than(at or now, now)
    return record_about(kinds.ADMITTED.name, found, {"facility": facility}, by=by, now=now, occurred_at=at)


@transaction.atomic
def discharge(
    *, scope: Scope, case: str, by: str, now: datetime, at: datetime | None = None, reason: str = "", note: str = ""
) -> UUID:
    """Record the discharge; what follows after it is for the rules to say.

    Where a criterion of the edition is known not to be met, somebody gives the reason, and the fact keeps both.
    """
    found = case_of(scope, case, now)
    still_alive(found)
    if found.discharged_at is not None:
        raise Refusal(
            "该病例已出院。若再次阳性，请按复阳报告。",
            "This case is discharged already. Report a new positive as re-positive.",
            field="case",
            value=case,
        )
    not_later_than(at or now, now)
    not_before_found(
        at or now, found, "出院早于发现，请核对时间。", "The discharge lies before the report. Check the time."
    )
    checklist = queries.discharge_checklist(scope, case, now=now, at=at)
    unmet = checklist.unmet if checklist else []
    if unmet and not reason.strip():
        raise Refusal(
            f"未达到出院标准：{'；'.join(f'{each.zh}（{each.because_zh}）' for each in unmet)}。如仍需出院，请写明理由。",
            f"Not met: {'; '.join(f'{each.en} ({each.because_en})' for each in unmet)}. If the person is to be discharged "
            "all the same, give the reason.",
            field="reason",
            value=", ".join(each.name for each in unmet),
        )
    detail = {"note": note, "reason": reason.strip() if unmet else "", "unmet": ",".join(each.name for each in unmet)}
    return record_about(kinds.DISCHARGED.name, found, detail, by=by, now=now, occurred_at=at)


@transaction.atomic
def record_death(
    *, scope: Scope, case: str, by: str, now: datetime, at: datetime | None = None, cause: str = "", note: str = ""
) -> UUID:
    """Record that the person died: the case is closed, and the next turn ends the person's measures as a case."""
    found = case_of(scope, case, now)
    still_alive(found)
    not_later_than(at or now, now)
    not_before_found(
        at or now, found, "死亡早于发现，请核对时间。", "The death lies before the report. Check the time."
    )
    return record_about(kinds.DIED.name, found, {"cause": cause, "note": note}, by=by, now=now, occurred_at=at)


@transaction.atomic
def take_back_death(*, scope: Scope, case: str, reason: str, by: str, now: datetime) -> UUID:
    """A death was recorded by mistake: the next turn brings back what the case asks for."""
    found = case_of(scope, case, now)
    if not reason.strip():
        raise Refusal("请写明更正理由。", "Say why it is taken back.", field="reason")
    fact = _standing(found.person_id, found.key, kinds.DIED.name)
    if fact is None:
        raise Refusal("没有死亡记录。", "No death is recorded.", field="case", value=case)
    return facts.withdraw(fact, reason=reason.strip(), by=by, now=now)


def _standing(person: int, case: str, kind: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.id FROM loop_fact AS fact WHERE fact.person_id = %s AND fact.kind = %s"
            " AND fact.detail ->> 'case' = %s"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)"
            " ORDER BY fact.occurred_at DESC LIMIT 1",
            [person, kind, case],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _check(
    severity: str,
    symptoms: Sequence[str],
    temperature: float | None,
    at: datetime,
    onset_on: date | None,
    free_since: date | None,
) -> None:
    if severity:
        one_of("severity", severity, SEVERITIES)
    for symptom in symptoms:
        one_of("symptoms", symptom, SYMPTOMS)
    if NO_SYMPTOMS in symptoms and len(set(symptoms)) > 1:
        raise Refusal("“无症状”不能与其他症状同时填写。", '"None" stands alone.', field="symptoms")
    if temperature is not None and not COLDEST <= temperature <= HOTTEST:
        raise Refusal("体温应在30至45℃之间。", "A temperature lies between 30 and 45 °C.", field="temperature", value=str(temperature))  # fmt: skip
    for field, day in (("onset_on", onset_on), ("free_since", free_since)):
        if day and day > local_date(at):
            raise Refusal(
                "日期晚于所述时刻，请核对。", "This day lies after the moment told of. Check both.", field=field, value=day.isoformat()
            )  # fmt: skip
    if onset_on and free_since and free_since < onset_on:
        raise Refusal("症状消失早于发病，请核对。", "Symptoms cannot be gone before the onset.", field="free_since", value=free_since.isoformat())  # fmt: skip
