"""The API of the duty roster: who is on now, the week, hand-overs; a telephone number leaves a trace."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from yanmen.base.clock import local_date
from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.subsystems.command.actions import roster
from yanmen.subsystems.command.kinds import UNIT
from yanmen.subsystems.command.models import Handover, Shift
from yanmen.subsystems.command.queries import roster as queries

router = Router()
Number = Annotated[int, Path(ge=1, le=2**62)]


class NewShift(Input):
    """Somebody on duty from one moment to another."""

    name: str = Field(max_length=60)
    starts_at: datetime
    ends_at: datetime
    duty: Literal["leader", "officer"] = "officer"
    phone: str = Field(default="", max_length=30)
    area: str = Field(default="", max_length=12)


class HandOver(Input):
    from_name: str = Field(max_length=60)
    to_name: str = Field(max_length=60)
    note: str = Field(default="", max_length=4000)


class Reason(Input):
    reason: str = Field(max_length=200)


@router.get(
    "/duty/now", summary="Who is on duty at this moment: above the asker, in their area and below; numbers masked"
)
@allow(role=(COMMAND, UNIT, INSPECTOR))
def on_now(request: HttpRequest) -> list[dict[str, Any]]:
    return [_shift(each) for each in queries.on_now(request.scope, now=request.now)]


@router.get(
    "/duty/week", summary="A week of the asker's own area, with the hours nobody covers and those that two leaders do"
)
@allow(role=(COMMAND, UNIT, INSPECTOR))
def week(request: HttpRequest, monday: date | None = None) -> dict[str, Any]:
    day = monday or local_date(request.now)
    found = queries.week(request.scope, day - timedelta(days=day.weekday()), now=request.now)
    return {
        "shifts": [_shift(each) for each in found["shifts"]],
        "gaps": {duty: [vars(each) for each in rows] for duty, rows in found["gaps"].items()},
        "doubles": [vars(each) for each in found["doubles"]],
    }


@router.post("/duty/shifts", summary="Put somebody on duty")
@allow(role=(COMMAND, UNIT))
def put_on_duty(request: HttpRequest, body: NewShift) -> dict[str, Any]:
    return _shift(roster.put_on_duty(**body.model_dump(), **asked_by(request)))


@router.post("/duty/shifts/{shift}/cancel", summary="Take somebody off duty")
@allow(role=(COMMAND, UNIT))
def take_off(request: HttpRequest, shift: Number) -> dict[str, Any]:
    return _shift(roster.take_off(shift=shift, **asked_by(request)))


@router.post("/duty/shifts/{shift}/phone", summary="The telephone number of somebody on duty; logged")
@allow(role=(COMMAND, UNIT))
def phone(request: HttpRequest, shift: Number, body: Reason) -> dict[str, str]:
    return {"phone": roster.reveal_phone(shift=shift, reason=body.reason, **asked_by(request))}


@router.get("/duty/open", summary="What is open at this moment, as a hand-over would list it")
@allow(role=(COMMAND, UNIT, INSPECTOR))
def open_items(request: HttpRequest) -> dict[str, int]:
    return queries.open_items(request.scope, now=request.now)


@router.post("/duty/handovers", summary="Hand the desk over with a note; what is open is counted and kept")
@allow(role=(COMMAND, UNIT))
def hand_over(request: HttpRequest, body: HandOver) -> dict[str, Any]:
    return _handover(roster.hand_over(**body.model_dump(), **asked_by(request)))


@router.post("/duty/handovers/{handover}/take", summary="Take the desk over; somebody else than who handed it over")
@allow(role=(COMMAND, UNIT))
def take_over(request: HttpRequest, handover: Number) -> dict[str, Any]:
    return _handover(roster.take_over(handover=handover, **asked_by(request)))


def _shift(one: Shift) -> dict[str, Any]:
    masked = f"*** {one.phone_tail}" if one.phone_tail else ""
    names = ("area", "duty", "name", "starts_at", "ends_at", "cancelled_at")
    return {"id": one.pk, "phone": masked} | {name: getattr(one, name) for name in names}


def _handover(one: Handover) -> dict[str, Any]:
    names = ("area", "at", "from_name", "to_name", "note", "items", "taken_at")
    return {"id": one.pk} | {name: getattr(one, name) for name in names}
