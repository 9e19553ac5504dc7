"""The API of a grid worker: the day, a door, answers as telephones hand them over, needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by, moment_of
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.api.pack_shape import fault
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.queries import day as days
from yanmen.subsystems.grid.queries.asking import Asked, form_at
from yanmen.subsystems.grid.queries.duties import Resident
from yanmen.subsystems.grid.queries.needs import open_needs

router = Router()
STAFF = (WORKER, MANAGER)


class Owed(Schema):
    """One thing owed to somebody."""

    kind: str
    due_at: datetime


class Person(Schema):
    """Somebody to whom something is owed."""

    person: int
    name: str
    place: str
    owed: list[Owed]


class Call(Schema):
    """A door of the day, in walking order."""

    door: int | None
    address: str
    area: str
    people: list[Person]


class FieldOut(Schema):
    """One answer that is asked for."""

    name: str
    type: str
    zh: str
    en: str
    needed: bool
    options: list[str]


class AskOut(Schema):
    """One thing asked of a person: the fact it becomes, and what of it is known."""

    person: int
    name: str
    kind: str
    zh: str
    en: str
    fields: list[FieldOut]
    known: dict[str, Any]


class AnswerIn(Input):
    """One answer about one person: an id that the telephone chose, and the moment at which it was said."""

    id: UUID
    kind: str = Field(max_length=60)
    person: int = Field(ge=1, lt=2**63)
    occurred_at: datetime
    said: dict[str, str | bool | float | None] = Field(max_length=20)


class AnswersIn(Input):
    """What a telephone hands over."""

    answers: list[AnswerIn] = Field(max_length=500)


class ReceiptOut(Schema):
    """What became of an answer: created, repeated or refused, and why."""

    id: UUID
    outcome: str
    field: str
    value: str
    zh: str
    en: str


class NeedOut(Schema):
    """A need that nobody has met."""

    id: UUID
    person: int
    need: str
    urgent: bool
    text: str
    told_at: datetime
    due_at: datetime | None
    at_home: bool


@router.get("/day", response=list[Call])
@allow(role=STAFF)
def today(request: HttpRequest) -> list[dict[str, Any]]:
    """Today's doors of the asker in walking order, with what is owed at each."""
    now = moment_of(request)
    found = days.day_of(request.scope, now=now)
    log_access(request.scope, "doors of a grid", count=found.people, now=now)
    return [
        {
            "door": call.door.pk if call.door else None,
            "address": call.address,
            "area": call.area,
            "people": [_person(each) for each in call.people],
        }
        for call in found.calls
    ]


@router.get("/doors/{number}", response=list[AskOut])
@allow(role=STAFF)
def door(request: HttpRequest, number: int) -> list[dict[str, Any]]:
    """What is asked at a door now; what facts answer is left out."""
    now = moment_of(request)
    one = days.door(request.scope, number)
    if one is None:
        raise Http404(str(number))
    asked = form_at(request.scope, one, now=now)
    log_access(request.scope, "a door", count=max(1, len(asked)), now=now)
    return [row for each in asked for row in _asks(each)]


@router.post("/answers", response=list[ReceiptOut])
@allow(role=STAFF)
def answers(request: HttpRequest, body: AnswersIn) -> list[dict[str, Any]]:
    """Take answers one by one: each has a receipt, and the same id twice is one fact."""
    said = [actions.Answer(one.id, one.kind, one.person, one.occurred_at, one.said) for one in body.answers]
    return [_receipt(each) for each in actions.take(**asked_by(request), said=said)]


@router.get("/needs", response=list[NeedOut])
@allow(role=(*STAFF, COMMAND))
def needs(request: HttpRequest) -> list[Any]:
    """Needs that nobody has met, the overdue first."""
    now = moment_of(request)
    found = open_needs(request.scope, now=now)
    log_access(request.scope, "needs at home", count=len(found), now=now)
    return found


def _person(one: Resident) -> dict[str, Any]:
    return {"person": one.person, "name": one.name, "place": one.place, "owed": one.owed}


def _asks(asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "person": asked.resident.person, "name": asked.resident.name, "kind": ask.kind, "zh": ask.title["zh"],
            "en": ask.title["en"], "known": dict(ask.known),
            "fields": [
                {
                    "name": field.name, "type": field.type, "zh": field.zh, "en": field.en, "needed": field.needed,
                    "options": list(field.options),
                }
                for field in ask.fields
            ],
        }
        for ask in asked.asks
    ]  # fmt: skip


def _receipt(one: actions.Receipt) -> dict[str, Any]:
    return {"id": one.id, "outcome": one.outcome, **fault(one.refusal)}
