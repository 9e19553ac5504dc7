"""The API of the course: severity and symptoms over time, criteria of discharge, death, what follows a new positive."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.api.shared import STAFF, CaseOut, Note, Severity, about, case_told
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER

router = Router()
CARE = (REPORTER, EPIDEMIOLOGIST)


class CourseIn(Note):
    """How the person was at one moment. `symptoms` ["none"]: there were none; []: nothing is said of them."""

    at: datetime | None = None
    severity: Severity = ""
    symptoms: list[str] = Field(default_factory=list, max_length=20)
    onset_on: date | None = None
    temperature: float | None = None
    free_since: date | None = None


class ReadingOut(Schema):
    """One entry of the course."""

    at: datetime
    severity: str
    symptoms: list[str] | None
    temperature: float | None
    free_since: date | None
    note: str
    fact: UUID


class TestOut(Schema):
    """A result by the moment of its sample."""

    at: datetime
    result: str
    ct: float | None
    method: str
    fact: UUID


class CourseOut(Schema):
    """What was told of the course, and the results of tests."""

    readings: list[ReadingOut]
    tests: list[TestOut]


class CriterionOut(Schema):
    """One criterion of the edition. `met` is null where nothing recorded decides it."""

    name: str
    zh: str
    en: str
    met: bool | None
    because_zh: str
    because_en: str
    evidence: list[UUID]


class ChecklistOut(Schema):
    """The criteria of discharge in force, and where they stand."""

    criteria: list[CriterionOut]
    source: dict[str, Any]


class Discharge(Note):
    """A discharge. Where a criterion is known not to be met, the reason is needed."""

    at: datetime | None = None
    reason: str = Field("", max_length=400)


class Admission(Input):
    """Where the person came into care."""

    facility: str = Field(min_length=1, max_length=200)
    at: datetime | None = None


class Death(Note):
    """The person died."""

    at: datetime | None = None
    cause: str = Field("", max_length=200)


class Correction(Input):
    """Why something is taken back."""

    reason: str = Field(min_length=1, max_length=400)


class Assessment(Note):
    """Whether a re-positive can transmit."""

    risk: Literal["risk", "none"]


class AftercareOut(Schema):
    """After the discharge: monitoring, follow-up, new positives and what the edition says follows."""

    discharged_at: datetime | None
    monitored: list[dict[str, Any]]
    followed_up: list[dict[str, Any]]
    positives: list[TestOut]
    ct: float | None
    symptoms: list[str] | None
    day_of_course: int
    infectious_below: float | None
    assessed: dict[str, Any] | None
    decision: str
    decision_title: dict[str, str]
    source: dict[str, Any]


@router.get("/cases/{case}/course", response=CourseOut, summary="The course and the tests")
@allow(role=STAFF)
def course(request: HttpRequest, case: str) -> dict[str, Any]:
    scope, now, found = request.scope, request.now, case_told(request, case)
    return {"readings": queries.course_of(scope, found, now=now), "tests": queries.results_of(scope, found, now=now)}


@router.post("/cases/{case}/course", response={201: dict[str, str]}, summary="Tell how the person is")
@allow(role=CARE)
def tell_course(request: HttpRequest, case: str, body: CourseIn) -> Status[dict[str, str]]:
    return Status(201, {"fact": str(actions.tell_course(**about(request, case), **body.dict()))})


@router.get("/cases/{case}/discharge", response=ChecklistOut, summary="The criteria of discharge, one by one")
@allow(role=STAFF)
def checklist(request: HttpRequest, case: str) -> queries.Checklist:
    found = queries.discharge_checklist(request.scope, case, now=request.now)
    if found is None:
        raise Http404(case)
    return found


@router.post("/cases/{case}/discharge", response=CaseOut, summary="Discharge")
@allow(role=CARE)
def discharge(request: HttpRequest, case: str, body: Discharge) -> queries.Case:
    actions.discharge(**about(request, case), **body.dict())
    return case_told(request, case)


@router.post("/cases/{case}/admit", response=CaseOut, summary="Bring into care")
@allow(role=CARE)
def admit(request: HttpRequest, case: str, body: Admission) -> queries.Case:
    actions.admit(**about(request, case), **body.dict())
    return case_told(request, case)


@router.post("/cases/{case}/death", response=CaseOut, summary="Record the death: the case closes, its measures end")
@allow(role=CARE)
def record_death(request: HttpRequest, case: str, body: Death) -> queries.Case:
    actions.record_death(**about(request, case), **body.dict())
    return case_told(request, case)


@router.post(
    "/cases/{case}/death/take-back", response=CaseOut, summary="Take back a death that was recorded by mistake"
)
@allow(role=EPIDEMIOLOGIST)
def take_back_death(request: HttpRequest, case: str, body: Correction) -> queries.Case:
    actions.take_back_death(**about(request, case), reason=body.reason)
    return case_told(request, case)


@router.post("/cases/{case}/follow-up", response={201: dict[str, str]}, summary="Record a follow-up after discharge")
@allow(role=CARE)
def follow_up(request: HttpRequest, case: str, body: Note) -> Status[dict[str, str]]:
    return Status(201, {"fact": str(actions.follow_up(**about(request, case), note=body.note))})


@router.get("/cases/{case}/aftercare", response=AftercareOut, summary="After discharge, and what a new positive means")
@allow(role=STAFF)
def aftercare(request: HttpRequest, case: str) -> queries.Aftercare:
    found = queries.aftercare(request.scope, case, now=request.now)
    if found is None:
        raise Http404(case)
    return found


@router.post("/cases/{case}/assess", response=CaseOut, summary="Assess a re-positive")
@allow(role=EPIDEMIOLOGIST)
def assess(request: HttpRequest, case: str, body: Assessment) -> queries.Case:
    actions.assess(**about(request, case), **body.dict())
    return case_told(request, case)
