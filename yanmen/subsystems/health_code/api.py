"""The API of the health code: read it, contest what it rests on, decide. There is no way to set it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import ANY, Input, allow
from yanmen.registry.access import log_access
from yanmen.subsystems.health_code import actions, queries
from yanmen.subsystems.health_code.kinds import DECIDER, READER

router = Router()
READERS = (READER, DECIDER, "arrivals.officer", "arrivals.station", "grid_officer", "inspector")
WRITES = ["POST", "PUT", "PATCH", "DELETE"]


class Contest(Input):
    """Which fact is wrong, which part of it, and why."""

    fact: UUID
    reason: str = Field(min_length=4, max_length=500)
    field: str = Field("", max_length=40)


class Decision(Input):
    """The decision on an appeal. With `correction` the fact is restated; without, it is taken back."""

    uphold: bool
    note: str = Field(min_length=1, max_length=500)
    correction: dict[str, str] | None = None
    everyone: bool = True


class Made(Schema):
    """The key of the appeal."""

    appeal: str


class AppealOut(Schema):
    """An appeal and its clock."""

    appeal: str
    person_id: int
    name: str
    area: str
    fact_id: UUID
    field: str
    reason: str
    contested_at: datetime
    due_at: datetime | None
    decision: str
    note: str
    repaired: int
    people: int


class AppealsOut(Schema):
    """One page; ask again with `after` for the next."""

    rows: list[AppealOut]
    after: str | None


class Touched(Schema):
    """Whom one decision would repair."""

    field: str
    facts: int
    people: int


@router.api_operation(WRITES, "/bulk", summary="Refused: no code is ever set")
@allow(role=ANY)
def set_many(request: HttpRequest) -> HttpResponse:
    return _refuse(request)


@router.get("/counts", summary="How many people have each colour")
@allow(role=READERS)
def counts(request: HttpRequest) -> dict[str, int]:
    return queries.counts(request.scope)


@router.get("/appeals", response=AppealsOut, summary="Appeals, those with the shortest time left first")
@allow(role=(DECIDER, "inspector"))
def appeals(request: HttpRequest, decided: bool = False, after: str = "") -> queries.Appeals:
    return queries.appeals(request.scope, decided=decided, after=after)


@router.get("/appeals/{appeal}/touched", response=Touched, summary="Whom upholding it would repair")
@allow(role=(DECIDER, "inspector"))
def touched(request: HttpRequest, appeal: str) -> Touched:
    found = queries.appeal(request.scope, appeal)
    contested = queries.fact(request.scope, found.fact_id) if found else None
    if found is None or contested is None:
        raise Http404(appeal)
    wrong = queries.touched_by(request.scope, contested, found.field)
    return Touched(field=found.field, facts=len(wrong), people=len({each.person_id for each in wrong}))


@router.post("/appeals/{appeal}/decision", response=AppealOut, summary="Decide an appeal")
@allow(role=DECIDER)
def decide(request: HttpRequest, appeal: str, body: Decision) -> queries.Appeal | None:
    about: dict[str, Any] = {"scope": request.scope, "appeal": appeal, "note": body.note}
    about |= {"by": request.scope.by, "now": request.now}
    if body.uphold:
        actions.uphold(**about, correction=body.correction, everyone=body.everyone)
    else:
        actions.reject(**about)
    return queries.appeal(request.scope, appeal)


@router.get("/{int:person}", summary="A code, why, what clears it and when")
@allow(role=READERS)
def code(request: HttpRequest, person: int) -> dict[str, Any]:
    _person(request, person)
    log_access(request.scope, "health code", person=person, now=request.now)
    return queries.code(request.scope, person, now=request.now)


@router.api_operation(WRITES, "/{int:person}", summary="Refused: no code is ever set")
@allow(role=ANY)
def set_one(request: HttpRequest, person: int) -> HttpResponse:
    return _refuse(request)


@router.post("/{int:person}/appeals", response={201: Made}, summary="Contest a fact behind a code")
@allow(role=READERS)
def contest(request: HttpRequest, person: int, body: Contest) -> Status[Made]:
    _person(request, person)
    key = actions.contest(scope=request.scope, person=person, **body.dict(), by=request.scope.by, now=request.now)
    return Status(201, Made(appeal=key))


def _person(request: HttpRequest, number: int) -> None:
    if queries.person(request.scope, number) is None:
        raise Http404(str(number))


def _refuse(request: HttpRequest) -> HttpResponse:
    """The answer is returned, not raised: the alarm must be committed."""
    refusal = actions.refuse_setting(people=_how_many(request), door=request.path, by=request.scope.by, now=request.now)
    said = {"zh": refusal.zh, "en": refusal.en}
    error = {"field": refusal.field, "value": "", "message": said, "remedy": {"zh": "", "en": ""}}
    return JsonResponse({"errors": [error]}, status=403)


def _how_many(request: HttpRequest) -> int:
    try:
        body = json.loads(request.body or b"null")
    except ValueError:
        return 1
    lists = [body] if isinstance(body, list) else []
    lists += [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else []
    return max((len(one) for one in lists), default=1)
