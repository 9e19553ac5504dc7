"""The API of handling: report, set right, trace, investigate; lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.base.diseases import DISEASES, disease_title
from yanmen.desk.api import Input, allow
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.api.shared import (
    STAFF,
    AnyKind,
    AreaCode,
    CaseOut,
    Disease,
    Kind,
    Note,
    Setting,
    Severity,
    Stage,
    about,
    case_told,
)
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.methods.words import NO_CASE

router = Router()


class ReportIn(Input):
    """An infected or suspected person. Send the same `case` again and nothing is added."""

    person: int
    area: str = AreaCode
    disease: str = Disease
    kind: Kind
    found_at: datetime
    setting: Setting = "community"
    severity: Severity = ""
    onset_on: date | None = None
    sampled_on: date | None = None
    ct: float | None = None
    spread_outside: bool = False
    wide_spread: bool = False
    home_fit: bool | None = None
    town: str = Field("", max_length=80)
    case: UUID | None = None


class Reported(Schema):
    """The key of the case; `created` is false when this report was there already."""

    case: str
    created: bool


class Reclassification(Input):
    """Another kind of case, or no case at all."""

    to: AnyKind
    reason: str = Field(min_length=1, max_length=400)


class StayIn(Input):
    """A place the case was in while infectious."""

    area: str = AreaCode
    until: datetime
    note: str = Field("", max_length=200)


class Tracing(Input):
    """The core trajectory."""

    stays: list[StayIn] = Field(default_factory=list, max_length=100)
    note: str = Field("", max_length=400)


class Investigation(Tracing):
    """A finished investigation."""

    onset_on: date | None = None
    source: str = Field("", max_length=200)


class DiseaseOut(Schema):
    """A disease that may be reported, and how many cases of the last two months it has."""

    code: str
    title: dict[str, str]
    cases: int


class Cases(Schema):
    """One page; ask again with `after` for the next."""

    rows: list[CaseOut]
    after: str | None


@router.get("/cases", response=Cases, summary="Cases, by stage")
@allow(role=STAFF)
def cases(request: HttpRequest, stage: Stage = "", area: str = "", disease: str = "", after: str = "") -> queries.Page:
    scope, now = request.scope, request.now
    return queries.cases(scope, now=now, stage=stage, area=area, disease=disease, after=after)


@router.get("/diseases", response=list[DiseaseOut], summary="Diseases, and how many cases of each")
@allow(role=STAFF)
def diseases(request: HttpRequest) -> list[DiseaseOut]:
    counted = queries.diseases(request.scope, now=request.now)
    codes = [*DISEASES, *(code for code in counted if code not in DISEASES)]
    return [DiseaseOut(code=code, title=dict(disease_title(code)), cases=counted.get(code, 0)) for code in codes]


@router.post("/cases", response={201: Reported, 200: Reported}, summary="Report a case")
@allow(role=(REPORTER, EPIDEMIOLOGIST))
def report(request: HttpRequest, body: ReportIn) -> Status[Any]:
    scope, now = request.scope, request.now
    scope.require(body.area)
    done = actions.report(**body.dict(), by=scope.by, now=now)
    return Status(201 if done.created else 200, Reported(case=done.case, created=done.created))


@router.get("/cases/{case}", response=CaseOut, summary="One case")
@allow(role=STAFF)
def case(request: HttpRequest, case: str) -> queries.Case:
    return case_told(request, case)


@router.post("/cases/{case}/reclassify", response={200: CaseOut, 204: None}, summary="Set a report right")
@allow(role=EPIDEMIOLOGIST)
def reclassify(request: HttpRequest, case: str, body: Reclassification) -> Status[Any]:
    actions.reclassify(**about(request, case), **body.dict())
    return Status(204, None) if body.to in NO_CASE else Status(200, case_told(request, case))


@router.post("/cases/{case}/audit", response=CaseOut, summary="Audit the report")
@allow(role=EPIDEMIOLOGIST)
def audit(request: HttpRequest, case: str, body: Note) -> queries.Case:
    actions.audit_report(**about(request, case), **body.dict())
    return case_told(request, case)


@router.post("/cases/{case}/trace", response=CaseOut, summary="Record the core trajectory")
@allow(role=EPIDEMIOLOGIST)
def trace(request: HttpRequest, case: str, body: Tracing) -> queries.Case:
    actions.trace_core(**about(request, case), stays=_stays(body), note=body.note)
    return case_told(request, case)


@router.post("/cases/{case}/investigate", response=CaseOut, summary="Record the investigation")
@allow(role=EPIDEMIOLOGIST)
def investigate(request: HttpRequest, case: str, body: Investigation) -> queries.Case:
    actions.investigate(
        **about(request, case), onset_on=body.onset_on, source=body.source, stays=_stays(body), note=body.note
    )
    return case_told(request, case)


def _stays(body: Tracing) -> list[actions.StayFound]:
    return [actions.StayFound(**stay.dict()) for stay in body.stays]
