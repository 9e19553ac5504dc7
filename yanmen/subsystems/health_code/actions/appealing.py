"""Contesting what a code rests on, and deciding: one decision repairs everyone the same mistake touched.

Nothing here sets a colour. An upheld appeal corrects or withdraws facts; the next turn folds the code anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base.ids import uuid7
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.loop import facts
from yanmen.loop.alarms import raise_alarm
from yanmen.loop.own_kinds import WITHDRAWN
from yanmen.registry.scope import Scope
from yanmen.subsystems.health_code import kinds, queries
from yanmen.subsystems.health_code.queries import Appeal, Fact

SHORTEST_REASON = 4
NO_SUCH_ACT = Refusal(
    "健康码颜色由事实按政策计算得出，任何人不得设置。此次操作已报督查。请录入或更正事实。",
    "A health code follows from facts under policy; nobody sets it. This attempt was reported to inspection."
    " Record a fact, or correct the one that is wrong.",
    field="health_code",
)


@dataclass(frozen=True)
class Repair:
    """What an upheld appeal put right."""

    facts: int
    people: int


def refuse_setting(*, people: int, door: str, by: str, now: datetime) -> Refusal:
    """Somebody asked to set a code. Nothing changes; inspection is told who asked, where, and for how many."""
    raise_alarm(
        kind="status_set_by_hand", actor=by, count=people, detail={"door": door, "fields": ["health_code"]}, now=now
    )
    return NO_SUCH_ACT


@transaction.atomic
def contest(*, scope: Scope, person: int, fact: UUID, reason: str, by: str, now: datetime, field: str = "") -> str:
    """Say that a fact behind somebody's code is wrong, and which part of it. The same appeal twice is one appeal."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refusal(
            "请写明哪里不对，例如“我没有去过该地”。",
            "Say what is wrong with it, for example: I was never there.",
            field="reason",
            value=reason,
        )
    contested = _contestable(scope, person, fact)
    open_one = queries.open_appeal(scope, person, contested.id)
    if open_one is not None:
        return open_one.appeal
    appeal = uuid7(now)
    facts.record(
        kinds.CONTESTED.name,
        id=appeal,
        person=person,
        area=queries.area_of(scope, person),
        occurred_at=now,
        by=by,
        now=now,
        detail={
            "appeal": str(appeal),
            "fact_id": str(contested.id),
            "field": field if field in contested.detail else contested.doubtful_field,
            "reason": reason.strip()[:500],
            "recorded_by": contested.recorded_by,
        },
    )
    return str(appeal)


@transaction.atomic
def uphold(
    *,
    scope: Scope,
    appeal: str,
    note: str,
    by: str,
    now: datetime,
    correction: Mapping[str, Any] | None = None,
    everyone: bool = True,
) -> Repair:
    """The person is right. The fact, and every fact from the same wrong source, is corrected or taken back."""
    found = _decidable(scope, appeal, note)
    contested = queries.fact(scope, found.fact_id)
    wrong = queries.touched_by(scope, contested, found.field) if everyone and contested else []
    wrong = wrong or ([contested] if contested else [])
    if correction:
        _check_correction(contested, correction)
        _restate(wrong, correction, by=by, now=now)
    else:
        _take_back(wrong, reason=note, by=by, now=now)
    people = {each.person_id for each in wrong if each.person_id}
    _decided(kinds.UPHELD.name, found, note, by=by, now=now, repaired=len(wrong), people=len(people))
    _tell(found, wrong, by=by, now=now)
    return Repair(facts=len(wrong), people=len(people))


@transaction.atomic
def reject(*, scope: Scope, appeal: str, note: str, by: str, now: datetime) -> None:
    """The fact stands. The person is told why, and whom to turn to next."""
    found = _decidable(scope, appeal, note)
    _decided(kinds.REJECTED.name, found, note, by=by, now=now)


def _contestable(scope: Scope, person: int, fact: UUID) -> Fact:
    found = queries.fact(scope, fact)
    if found is None or (found.person_id != person and not queries.rests_on(scope, person, fact)):
        raise Refusal(
            "此人的健康码并不依据这条事实，或您无权查看。请从“为什么”中选择一条依据。",
            "This person's code does not rest on that fact, or it is not yours to see. Choose one from “why”.",
            field="fact",
            value=str(fact),
        )
    return found


def _decidable(scope: Scope, appeal: str, note: str) -> Appeal:
    found = queries.appeal(scope, appeal)
    if found is None:
        raise Refusal(
            "在您的辖区内没有这一异议。", "There is no such appeal in your area.", field="appeal", value=appeal
        )
    if found.decision:
        raise Refusal(
            "该异议已处理。如有新情况，请重新提出。",
            "This appeal was decided. With something new, make another.",
            field="appeal",
            value=appeal,
        )
    if not note.strip():
        raise Refusal("请写明处理理由。", "Give the reason for the decision.", field="note")
    if queries.same_unit(scope, found.recorded_by):
        raise NotAllowed(
            "异议须由录入单位以外的单位处理。请转交上级或其他单位。",
            "An appeal is decided by another unit than the one that recorded the fact. Pass it on.",
            field="appeal",
            value=appeal,
        )
    return found


def _check_correction(contested: Fact | None, correction: Mapping[str, Any]) -> None:
    unknown = sorted(set(correction) - set(contested.detail if contested else ()))
    if unknown:
        raise Refusal(
            f"这条事实没有“{'、'.join(unknown)}”。请只更正已有的内容。",
            f"This fact has no {', '.join(unknown)}. Correct only what it states.",
            field="correction",
            value=", ".join(unknown),
        )


def _restate(wrong: Sequence[Fact], correction: Mapping[str, Any], *, by: str, now: datetime) -> None:
    for kind in {each.kind for each in wrong}:
        rows = [
            {
                "id": uuid7(now),
                "person": each.person_id,
                "place": each.place_id,
                "area": each.area,
                "occurred_at": each.occurred_at,
                "detail": {**each.detail, **correction},
                "corrects": each.id,
            }
            for each in wrong
            if each.kind == kind
        ]
        facts.record_many(kind, rows, by=by, now=now)


def _take_back(wrong: Sequence[Fact], *, reason: str, by: str, now: datetime) -> None:
    rows = [
        {
            "id": uuid7(now),
            "person": each.person_id,
            "place": each.place_id,
            "area": each.area,
            "occurred_at": now,
            "detail": {"reason": reason, "kind": each.kind},
            "corrects": each.id,
        }
        for each in wrong
    ]
    facts.record_many(WITHDRAWN.name, rows, by=by, now=now)


def _decided(kind: str, found: Appeal, note: str, *, by: str, now: datetime, **figures: int) -> None:
    facts.record(
        kind,
        person=found.person_id,
        area=found.area,
        occurred_at=now,
        by=by,
        now=now,
        detail={"appeal": found.appeal, "fact_id": str(found.fact_id), "note": note.strip()[:500], **figures},
    )


def _tell(found: Appeal, wrong: Sequence[Fact], *, by: str, now: datetime) -> None:
    told = {each.person_id: each for each in wrong if each.person_id}
    rows = [
        {
            "id": uuid7(now),
            "person": person,
            "area": each.area,
            "occurred_at": now,
            "detail": {
                "appeal": found.appeal,
                "fact_id": str(each.id),
                "zh": "关于您的一条记录有误，现已更正；由其引起的措施随即解除。",
                "en": "A record about you was wrong and has been put right; what it caused is lifted with it.",
            },
        }
        for person, each in told.items()
    ]
    facts.record_many(kinds.TOLD.name, rows, by=by, now=now)
