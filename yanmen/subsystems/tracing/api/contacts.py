"""The API of contacts: who met a case, judging, taking back, naming somebody in an interview."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.kinds import TRACER
from yanmen.subsystems.tracing.methods.settings import DECLARED
from yanmen.subsystems.tracing.queries import around

router = Router()
READERS = (TRACER, "cases.epidemiologist", COMMAND)
WRITERS = (TRACER, "cases.epidemiologist")
SETTING = Field(DECLARED, max_length=40, description="household, plane, train, class, declared, …")


class ContactOut(Schema):
    """Somebody around a case in one setting. `person` is empty and the name masked where another area answers for them."""

    number: int
    person: int | None
    name: str
    area: str
    setting: str
    outcome: str
    state: str
    degree: int | None
    first_exposed: date | None
    last_exposed: date | None
    minutes: int | None
    certainty: float | None
    basis: list[str]
    linked: int | None
    place: int | None
    fact: str | None
    measure: str | None
    measure_state: str | None
    last_day: date | None


class ContactsOut(Schema):
    """Everybody around a case, under which clause, and how many of each."""

    case: str
    traced: bool
    reckoned_from: date
    look_back: int | None
    source: dict[str, str]
    counts: dict[str, int]
    contacts: list[ContactOut]


class FoundOut(Schema):
    """What a look around the case changed."""

    recorded: int
    corrected: int
    withdrawn: int
    unchanged: int
    proposed: int


class Judgement(Input):
    """Somebody of the asker's area, and what they are to the case."""

    person: int = Field(ge=1)
    degree: int = Field(
        1, ge=0, le=2, description="0 general contact, 1 close contact, 2 contact of the close contact `linked`"
    )
    last_exposed: date
    first_exposed: date | None = None
    linked: int | None = Field(None, ge=1)
    high_risk: bool | None = None
    via: str = Field("", max_length=40)


class NoContact(Input):
    """Why somebody is no contact of the case."""

    person: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=400)


class Interview(Input):
    """Somebody whom the case met. Document, telephone or birth date say who is meant; they go to the register."""

    name: str = Field(min_length=1, max_length=80)
    id_type: str = Field("", max_length=40)
    id_number: str = Field("", max_length=40)
    phone: str = Field("", max_length=40)
    born_on: date | None = None
    area: str = Field(
        "", pattern=r"^(\d{2}(\d{2}(\d{2}(\d{3}){0,2})?)?)?$", description="GB/T 2260 code; empty: unknown"
    )
    first_exposed: date | None = None
    last_exposed: date
    setting: str = SETTING
    close: bool = True


class NamedOut(Schema):
    """Whom the interview named. `unknown_area`: ask the area where they may be to trace them; `elsewhere`: another area answers."""

    person: int
    fact_id: str
    area: str
    created: bool
    elsewhere: bool
    unknown_area: bool


@router.get("/cases/{case}/contacts", response=ContactsOut, summary="The contacts of a case, by setting")
@allow(role=READERS)
def contacts(request: HttpRequest, case: str, degree: int = 2) -> dict[str, Any]:
    scope, now = request.scope, request.now
    found = _found(request, case, degree)
    log_access(scope, "contacts of a case", count=len({row.number for row in found.rows}), reason=case, now=now)
    return {
        "case": case,
        "traced": found.case.traced,
        "reckoned_from": found.case.reckoned_from,
        "look_back": found.look_back,
        "source": dict(found.source),
        "counts": found.counts,
        "contacts": found.rows,
    }


@router.post("/cases/{case}/find", response=FoundOut, summary="Look around a case now, as the job does every minute")
@allow(role=WRITERS)
def find(request: HttpRequest, case: str) -> actions.Found:
    _found(request, case, 1)
    return actions.find(case=case, by=actions.FINDER, now=request.now)


@router.post("/cases/{case}/contacts", response={201: dict[str, str]}, summary="Judge somebody a contact")
@allow(role=WRITERS)
def judge(request: HttpRequest, case: str, body: Judgement) -> Status[dict[str, str]]:
    about = _about(request, case)
    told = body.dict()
    if told.pop("degree") == 0:
        told = {name: told[name] for name in ("person", "first_exposed", "last_exposed", "via")}
        return Status(201, {"fact": str(actions.record_general_contact(**about, **told))})
    return Status(201, {"fact": str(actions.record_contact(**about, **body.dict()))})


@router.post("/cases/{case}/not-contacts", response=dict[str, int], summary="Judge that somebody is no contact")
@allow(role=WRITERS)
def not_a_contact(request: HttpRequest, case: str, body: NoContact) -> dict[str, int]:
    return {"withdrawn": actions.not_a_contact(**_about(request, case), **body.dict())}


@router.post("/cases/{case}/named", response={201: NamedOut}, summary="The case names somebody it met")
@allow(role=WRITERS)
def name_contact(request: HttpRequest, case: str, body: Interview) -> Status[Any]:
    done = actions.name_contact(**_about(request, case), **body.dict())
    return Status(201, vars(done) | {"fact_id": str(done.fact_id)})


def _found(request: HttpRequest, case: str, degree: int) -> around.Contacts:
    found = around.contacts(
        request.scope,
        case,
        now=request.now,
        finder=actions.FINDER,
        degree=min(max(degree, 1), 2),
    )
    if found is None:
        raise Http404(case)
    return found


def _about(request: HttpRequest, case: str) -> dict[str, Any]:
    scope = request.scope
    return {"scope": scope, "case": case, "by": scope.by, "now": request.now}
