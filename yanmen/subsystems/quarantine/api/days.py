"""The API of guests: temperatures of many, the day plan and the release of one, what a site owes today, findings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yanmen.base.clock import local_date
from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.subsystems.quarantine.actions import days as actions
from yanmen.subsystems.quarantine.actions import releasing
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.queries import days, findings, release
from yanmen.subsystems.quarantine.queries.guests import Guest, guest

router = Router()
READERS = (MANAGER, STAFF, DISPATCHER, COMMAND)
WRITERS = (MANAGER, STAFF)


class ReadingIn(Input):
    """A temperature and symptoms of one guest. `id` (UUIDv7) is chosen by who sends it: sent twice it is one."""

    stay: int = Field(ge=1)
    celsius: float | None = Field(None, ge=0, le=100)
    symptoms: list[str] = Field([], max_length=20)
    at: datetime | None = None
    id: UUID | None = None


class Readings(Input):
    """Temperatures of many guests."""

    readings: list[ReadingIn] = Field(min_length=1, max_length=actions.AT_ONCE)


class RejectedOut(Schema):
    """A line that was not kept: which, and why."""

    line: int
    field: str
    value: str
    zh: str
    en: str


class TakenOut(Schema):
    """Created, repeated and rejected are together the lines given. `told` of them say fever or symptoms."""

    created: int
    repeated: int
    told: int
    rejected: list[RejectedOut]


class StaysIn(Input):
    """Guests by the numbers of their stays."""

    stays: list[Annotated[int, Field(ge=1, le=2**53)]] = Field(min_length=1, max_length=releasing.AT_ONCE)


class ReleasesIn(StaysIn):
    """Guests whose releases are signed, and how they go home."""

    journey: str = Field("own", max_length=20)


class RefusedOut(Schema):
    """A stay for which nothing was done, and why."""

    stay: int
    zh: str
    en: str


class AnsweredOut(Schema):
    """Done and refused are together the stays given."""

    done: list[int]
    refused: list[RefusedOut]


class TestOut(Schema):
    """A test that is owed or was taken."""

    kind: str
    day: date
    due_at: datetime
    state: str
    rule: str


class DayOut(Schema):
    """One day: where policy wants the person, the tests, temperatures taken and missing."""

    day: date
    place: str
    here: bool
    tests: list[TestOut]
    temperatures: list[float]
    missing: int


class LineOut(Schema):
    """A line of the release, and what says so. `holds` is null while it is not known."""

    name: str
    zh: str
    en: str
    holds: bool | None
    because: dict[str, str]
    evidence: list[str]


class PlanOut(Schema):
    """A guest's days and release."""

    stay: int
    person: int
    site: int
    room: str
    state: str
    leaves_on: date | None
    ready: bool
    days: list[DayOut]
    release: list[LineOut]


class FindingOut(Schema):
    """Somebody held too long or gone too early, with its clock."""

    kind: str
    person: int
    stay: int | None
    area: str
    since: datetime
    due_at: datetime
    late: bool
    zh: str
    en: str


@router.post("/checks", response=TakenOut, summary="Keep temperatures and symptoms of many guests")
@allow(role=WRITERS)
def checks(request: HttpRequest, body: Readings) -> dict[str, Any]:
    scope, now = request.scope, request.now
    readings = [actions.Reading(**each.dict()) for each in body.readings]
    taken = actions.record_checks(scope=scope, readings=readings, by=scope.by, now=now)
    rejected = [
        {"line": line, "field": each.field, "value": each.value, "zh": each.zh, "en": each.en}
        for line, each in taken.rejected
    ]
    return {"created": taken.created, "repeated": taken.repeated, "told": taken.told, "rejected": rejected}


@router.post("/releases", response=AnsweredOut, summary="Sign the release of many guests")
@allow(role=MANAGER)
def sign(request: HttpRequest, body: ReleasesIn) -> dict[str, Any]:
    return _answered(releasing.check_releases(stays=body.stays, journey=body.journey, **asked_by(request)))


@router.post("/releases/go", response=AnsweredOut, summary="Guests whose releases were signed go")
@allow(role=MANAGER)
def go(request: HttpRequest, body: StaysIn) -> dict[str, Any]:
    return _answered(releasing.let_all_go(stays=body.stays, **asked_by(request)))


@router.get("/stays/{int:stay}/days", response=PlanOut, summary="The day plan and the release of a guest")
@allow(role=READERS)
def plan(request: HttpRequest, stay: int) -> dict[str, Any]:
    scope, now = request.scope, request.now
    found = guest(scope, stay, now=now)
    if found is None:
        raise Http404(str(stay))
    log_access(scope, "guest of a quarantine site", person=found.stay.person_id, now=now)
    return _plan(found, now)


@router.get("/findings", response=list[FindingOut], summary="Who is held too long, who went too early")
@allow(role=(*READERS, "inspector"))
def found(request: HttpRequest, kind: str = "") -> list[dict[str, Any]]:
    scope, now = request.scope, request.now
    rows = findings.findings(scope, now=now, kind=kind)
    log_access(scope, "findings about stays", count=len(rows), now=now)
    names = FindingOut.model_fields.keys() - {"late"}
    return [{name: getattr(each, name) for name in names} | {"late": each.late(now)} for each in rows]


def _answered(told: releasing.Answered) -> dict[str, Any]:
    return {
        "done": told.done,
        "refused": [{"stay": stay, "zh": why.zh, "en": why.en} for stay, why in told.refused],
    }


def _plan(found: Guest, now: datetime) -> dict[str, Any]:
    listed = release.checklist(found, now=now)
    stay = found.stay
    return {
        "stay": stay.pk,
        "person": stay.person_id,
        "site": stay.site_id,
        "room": stay.room.number,
        "state": stay.state,
        "leaves_on": days.leaves_on(found, today=local_date(now)),
        "ready": stay.state == "admitted" and listed.ready,
        "days": [
            {
                "day": each.day,
                "place": each.place,
                "here": each.here,
                "tests": list(each.tests),
                "temperatures": [one["celsius"] for one in each.checks if one["celsius"] is not None],
                "missing": each.missing,
            }
            for each in days.plan(found, now=now)
        ],
        "release": [vars(each) | {"evidence": list(each.evidence)} for each in listed.lines],
    }
