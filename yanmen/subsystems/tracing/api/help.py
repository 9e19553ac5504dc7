"""The API of co-investigation and calls: ask another area, accept, send back, answer; who called somebody and what was said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by, moment_of
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.kinds import TRACER
from yanmen.subsystems.tracing.queries import calls as called
from yanmen.subsystems.tracing.queries import help as asking

router = Router()
DESK = (TRACER, "cases.epidemiologist")
Note = Field("", max_length=400)


class AskIn(Input):
    """People of the asker's area that another area should find. Asking again about the same person and case adds nothing."""

    people: list[int] = Field(min_length=1, max_length=500)
    to_area: str = Field(max_length=12, description="Code of the area that is asked")
    case: str = Field(min_length=1, max_length=60)
    degree: Literal[1, 2] | None = None
    first_exposed: date | None = None
    last_exposed: date
    via: str = Field("", max_length=20)
    disease: str = Field("", max_length=40)
    note: str = Note


class Asked(Schema):
    """The number of the request, who is asked about now, and who had been before."""

    help: str
    asked: list[int]
    repeated: list[int]


class AcceptIn(Input):
    """`here`: the person was found here, and this area (or `area` in it) answers for them from now on."""

    here: bool = False
    area: str = Field("", max_length=12)
    note: str = Note


class ReturnIn(Input):
    """A reason of the list; `moved_on` names the area, which is asked at once."""

    reason: Literal["not_here", "moved_on", "wrong_details", "already_managed", "duplicate"]
    to_area: str = Field("", max_length=12)
    note: str = Note


class AnswerIn(Input):
    """What came of it; `left` names the area."""

    outcome: Literal["found_managed", "not_found", "left", "refused"]
    left_to: str = Field("", max_length=12)
    note: str = Note


class RequestOut(Schema):
    """One area asked about one person."""

    help: str
    hop: int
    person: int
    name: str
    case: str
    degree: int | None
    last_exposed: date | None
    from_area: str
    to_area: str
    asked_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    escalated_to: str
    state: Literal["asked", "accepted", "answered", "returned", "void"]
    why: str
    went_to: str


class RequestsOut(Schema):
    """Some requests; `after` asks for the next ones."""

    rows: list[RequestOut]
    after: str | None


class CallIn(Input):
    """An attempt to reach somebody. The same id again is the same attempt."""

    id: UUID | None = None
    channel: Literal["phone", "message", "door"]
    outcome: Literal["answered", "no_answer", "call_back", "wrong_number", "declined"]
    about: str = Field(min_length=1, max_length=120)
    answer: str = Note
    case: str = Field("", max_length=60)
    beyond: Literal["", "asked_for", "medical_need"] = ""


class CallOut(Schema):
    """One attempt, by whichever desk."""

    id: UUID
    at: datetime
    by: str
    area: str
    channel: str
    outcome: str
    about: str
    answer: str
    beyond: str


class CallsOut(Schema):
    """Everybody's attempts, newest first, and how many more are within the cap today; none where no cap is in force."""

    rows: list[CallOut]
    left_today: int | None


class MetricOut(Schema):
    """How often people were called: `spread` is calls → people, `areas` is area → people, calls, most of one person."""

    people: int
    calls: int
    spread: dict[int, int]
    areas: dict[str, tuple[int, int, int]]


@router.post("/help", response=Asked, summary="Ask another area to find people")
@allow(role=DESK)
def ask(request: HttpRequest, body: AskIn) -> actions.Asked:
    return actions.ask_help(**asked_by(request), **body.dict())


@router.get("/help", response=RequestsOut, summary="Requests that came in or went out")
@allow(role=DESK)
def requests(
    request: HttpRequest, side: Literal["in", "out"] = "in", closed: bool = False, after: str = ""
) -> dict[str, Any]:
    found = asking.requests(_scope(request), side=side, open_only=not closed, now=moment_of(request), after=after[:40])
    return {"rows": [_told(row) for row in found.rows], "after": found.after or None}


@router.get("/help/{help}/{person}", response=list[RequestOut], summary="Every area that was asked about somebody")
@allow(role=DESK)
def hops(request: HttpRequest, help: UUID, person: int) -> list[dict[str, Any]]:
    return [_told(row) for row in asking.hops_of(_scope(request), str(help), person, now=moment_of(request))]


@router.post("/help/{help}/{person}/accept", response=list[RequestOut], summary="Take a request on")
@allow(role=DESK)
def accept(request: HttpRequest, help: UUID, person: int, body: AcceptIn) -> list[dict[str, Any]]:
    actions.accept_help(**asked_by(request), help=str(help), person=person, **body.dict())
    return hops(request, help, person)


@router.post("/help/{help}/{person}/return", response=list[RequestOut], summary="Send a request back, or on")
@allow(role=DESK)
def send_back(request: HttpRequest, help: UUID, person: int, body: ReturnIn) -> list[dict[str, Any]]:
    actions.return_help(**asked_by(request), help=str(help), person=person, **body.dict())
    return hops(request, help, person)


@router.post("/help/{help}/{person}/answer", response=list[RequestOut], summary="Answer a request")
@allow(role=DESK)
def answer(request: HttpRequest, help: UUID, person: int, body: AnswerIn) -> list[dict[str, Any]]:
    actions.answer_help(**asked_by(request), help=str(help), person=person, **body.dict())
    return hops(request, help, person)


@router.get("/people/{person}/calls", response=CallsOut, summary="Who called somebody, and what was said")
@allow(role=(*DESK, "grid_officer"))
def calls(request: HttpRequest, person: int) -> dict[str, Any]:
    found = called.calls(_scope(request), person, now=moment_of(request))
    return {"rows": found.rows, "left_today": found.left_today}


@router.post("/people/{person}/calls", response=CallsOut, summary="Keep a call")
@allow(role=(*DESK, "grid_officer"))
def keep_call(request: HttpRequest, person: int, body: CallIn) -> dict[str, Any]:
    actions.record_call(**asked_by(request), person=person, **body.dict())
    return calls(request, person)


@router.get("/calls", response=MetricOut, summary="How often people were called")
@allow(role=(*DESK, "command.staff"))
def metric(request: HttpRequest, since: datetime, until: datetime | None = None) -> dict[str, Any]:
    told = called.call_metric(_scope(request), since=since, until=until or moment_of(request))
    areas = {area: (people, count, most) for area, people, count, most in told.areas}
    return {"people": told.people, "calls": told.calls, "spread": dict(told.spread), "areas": areas}


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = asked_by(request)["scope"]
    return scope


def _told(row: asking.Request) -> dict[str, Any]:
    last = row.detail.get("last_exposed")
    about = {name: getattr(row, name) for name in RequestOut.model_fields if hasattr(row, name)}
    return about | {"person": row.person_id, "case": row.case_id, "last_exposed": last}
