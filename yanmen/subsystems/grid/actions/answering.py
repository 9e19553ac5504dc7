"""What was answered at doors becomes facts, each under the id that the worker's telephone chose, at the moment it was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.models import Fact
from yanmen.loop.policies import numbers
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.actions.common import CREATED, REFUSED, REPEATED, check_moment, too_many
from yanmen.subsystems.grid.methods import answers
from yanmen.subsystems.grid.methods.fitness import fitness
from yanmen.subsystems.grid.methods.words import ALWAYS_URGENT
from yanmen.subsystems.grid.models import Form


@dataclass(frozen=True)
class Answer:
    """One answer about one person: a fact to be, with its own id and the moment at which it was said."""

    id: UUID
    kind: str
    person: int
    occurred_at: datetime
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Receipt:
    """What became of an answer; `refusal` says what was wrong with it."""

    id: UUID
    outcome: str
    refusal: Refusal | None = None


@transaction.atomic
def answer(*, scope: Scope, said: Sequence[Answer], by: str, now: datetime) -> list[Receipt]:
    """Record all answers of a door, or none: the first that cannot be taken refuses the whole form."""
    if not said:
        raise Refusal("没有填写任何内容。", "Nothing was filled in.", field="answers")
    return [_record(scope, one, by=by, now=now) for one in said]


def take(*, scope: Scope, said: Sequence[Answer], by: str, now: datetime) -> list[Receipt]:
    """Record answers one by one, as a telephone hands them over: each has its own receipt, and a bad one holds up no other."""
    too_many(said, "answers")
    receipts = []
    for one in said:
        try:
            with transaction.atomic():
                receipts.append(_record(scope, one, by=by, now=now))
        except Refusal as refusal:
            receipts.append(Receipt(one.id, REFUSED, refusal))
    return receipts


def _record(scope: Scope, one: Answer, *, by: str, now: datetime) -> Receipt:
    person = scope.within(Person.objects, "area").filter(pk=one.person).first()
    if person is None:
        raise Refusal(
            "在您的辖区内没有此人。请核对，或联系其所在地区。",
            "There is no such person in your area. Check, or ask the area responsible.",
            field="person",
            value=str(one.person),
        )
    check_moment(one.occurred_at, "occurred_at", now=now)
    moment = min(one.occurred_at, now)
    detail = _detail(scope, one, person, moment)
    if Fact.objects.filter(pk=one.id).exists():
        return Receipt(one.id, REPEATED)
    facts.record(
        one.kind, id=one.id, person=person.pk, area=person.area, occurred_at=moment, by=by, now=now, detail=detail
    )
    _follow_up(one, person, detail, moment, by=by, now=now)
    return Receipt(one.id, CREATED)


def _detail(scope: Scope, one: Answer, person: Person, moment: datetime) -> dict[str, Any]:
    """What the fact says: as it was answered, with what follows from it and what ties it to others."""
    detail = answers.read(one.kind, one.said)
    norm = numbers("quarantine.home", local_date(moment))
    if one.kind == answers.HOME_CHECKED:
        detail["fit"] = fitness(detail, norm).fit
    elif one.kind in (answers.VISITED, answers.RELEASE_CHECKED):
        detail |= _journey(person, detail)
    elif one.kind == answers.SAMPLED:
        detail |= {"sample": str(one.id), "swab": "oropharyngeal"}
    elif one.kind == answers.RESULT:
        detail |= {"sample": str(_another(one.id)), "method": "antigen"}
    elif one.kind == answers.NEED_TOLD:
        detail["urgent"] = detail.get("urgent", False) or detail["need"] in ALWAYS_URGENT
    elif one.kind == answers.NEED_MET:
        _check_need(one, person, detail["told"])
    elif one.kind == answers.ANSWERED:
        _check_question(person, detail)
    return detail


def _follow_up(
    one: Answer, person: Person, detail: Mapping[str, Any], moment: datetime, *, by: str, now: datetime
) -> None:
    """Fever or symptoms at the door are a fact of their own, which others wait for. Said once: the id follows from the visit's."""
    if one.kind != answers.DOOR_VISITED:
        return
    fever = numbers("quarantine.home", local_date(moment)).get("fever_at")
    feverish = fever is not None and detail.get("celsius", 0) >= fever
    if feverish or detail.get("symptoms"):
        told = {name: detail[name] for name in ("celsius", "symptoms") if name in detail} | {"how": "door"}
        facts.record(
            answers.SYMPTOMS, id=_another(one.id), person=person.pk, area=person.area, occurred_at=moment, by=by, now=now,
            detail=told,
        )  # fmt: skip


def _journey(person: Person, detail: Mapping[str, Any]) -> dict[str, Any]:
    """The journey that is meant: the one said, or the person's latest."""
    if detail.get("journey"):
        return {}
    latest = (
        Fact.objects.filter(
            person_id=person.pk, kind__in=("arrivals.declared", "arrivals.landed", "arrivals.taken_over")
        )
        .order_by("-occurred_at", "-id")
        .values_list("detail__journey", flat=True)
        .first()
    )
    return {"journey": latest} if latest else {}


def _check_need(one: Answer, person: Person, told: str) -> None:
    known = Fact.objects.filter(pk=told, kind=answers.NEED_TOLD, person_id=person.pk).exists()
    if not known:
        raise Refusal(
            "此人没有提出过这一需求。请刷新后重试。",
            "This person told no such need. Load the page again.",
            field="told",
            value=told,
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [7341, person.pk % 2**31])
    met = Fact.objects.filter(person_id=person.pk, kind=answers.NEED_MET, detail__told=told).exclude(pk=one.id)
    if met.exists():
        raise Refusal(
            "这一需求已登记解决，无需重复登记。", "Somebody has met this need already.", field="told", value=told
        )


def _check_question(person: Person, detail: Mapping[str, Any]) -> None:
    form = Form.objects.filter(pk=detail["form"]).first()
    keys = {question["key"] for question in form.questions} if form and person.area.startswith(form.area) else set()
    if detail["question"] not in keys:
        raise Refusal(
            "没有登记这一报表或问题，未登记的报表不下发填写。",
            "No registered form asks this. What is not registered is not asked.",
            field="question",
            value=str(detail["question"])[:60],
        )


def _another(of: UUID) -> UUID:
    """An id that belongs to another: always the same."""
    return UUID(int=of.int ^ 1)
