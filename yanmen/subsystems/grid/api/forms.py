"""The API of the registry of forms: what is asked, and what it costs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.loop.own_kinds import COMMAND
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.queries import forms as known

router = Router()


class QuestionIn(Input):
    """A question of a form; `field` names where the answer stands, if the office knows."""

    title: str = Field(min_length=1, max_length=60)
    field: str = Field("", max_length=80)


class FormIn(Input):
    """A form that an office wants the grid to fill."""

    area: str = Field(max_length=12)
    title: str = Field(min_length=1, max_length=120)
    office: str = Field(min_length=1, max_length=120)
    purpose: str = Field("", max_length=300)
    questions: list[QuestionIn] = Field(min_length=1, max_length=100)
    every_days: int = Field(ge=1, le=90)
    ends_on: date | None = None


class FormOut(Schema):
    """A registered form: what is asked, what is looked up, minutes a week."""

    id: int
    area: str
    title: str
    office: str
    questions: list[dict[str, Any]]
    known: list[dict[str, Any]]
    every_days: int
    minutes: float
    minutes_asked: float


@router.get("/forms", response=list[FormOut])
@allow(role=(WORKER, MANAGER, COMMAND))
def forms(request: HttpRequest) -> list[Any]:
    """Forms asked in the asker's areas, the dearest first."""
    return known.forms(request.scope)


@router.post("/forms", response=FormOut)
@allow(role=(MANAGER, COMMAND))
def ask_form(request: HttpRequest, body: FormIn) -> Any:
    """Register a form; refused where every answer exists, with the place of each."""
    questions = [actions.Wanted(one.title, one.field) for one in body.questions]
    said = body.dict(exclude={"questions"})
    return actions.ask_form(**asked_by(request), questions=questions, **said)
