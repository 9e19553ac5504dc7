"""The API of cases: report, set right, investigate, discharge; lists; daily reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.methods.words import NO_CASE

router = Router()
STAFF = (REPORTER, EPIDEMIOLOGIST, "command.staff")
CLERKS = (EPIDEMIOLOGIST, "command.staff", "data.clerk")
AreaCode = Field(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}){0,2})?)?$", description="GB/T 2260 code, 2 to 12 digits")
Kind = Literal["confirmed", "asymptomatic", "suspected"]
AnyKind = Literal["confirmed", "asymptomatic", "suspected", "false_positive", "excluded"]
Setting = Literal[
    "community", "central_quarantine", "home_isolation", "closed_loop", "arrival", "re_positive", "unknown"
]  # fmt: skip
Severity = Literal["", "mild", "moderate", "severe", "critical"]
Stage = Literal["", "to_audit", "to_trace", "to_investigate", "to_assess", "in_care", "discharged"]


class ReportIn(Input):
    """An infected or suspected person. Send the same `case` again and nothing is added."""

    person: int
    area: str = AreaCode
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


class Location(Input):
    """The smaller area in which a case belongs, and where the person was found, if that is known now."""

    area: str = AreaCode
    setting: Setting | None = None


class UnlocatedOut(Schema):
    """An infection of a daily report that waits for its village."""

    case: str
    area: str
    found_at: datetime
    kind: str


class Note(Input):
    """A remark."""

    note: str = Field("", max_length=400)


class Assessment(Note):
    """Whether a re-positive can transmit."""

    risk: Literal["risk", "none"]


class CaseOut(Schema):
    """A case and how far its handling has come."""

    key: str
    person_id: int
    name: str
    area: str
    kind: str
    setting: str
    found_at: datetime
    audited_at: datetime | None
    investigated_at: datetime | None
    discharged_at: datetime | None
    due_at: datetime | None
    stage: str
    stage_title: dict[str, str]


class Cases(Schema):
    """One page; ask again with `after` for the next."""

    rows: list[CaseOut]
    after: str | None


class BulletinIn(Input):
    """A daily report as text."""

    text: str = Field(min_length=1, max_length=200_000)
    form: Literal["txt", "jsonl", "yaml", "csv"] = "txt"
    year: int | None = Field(None, ge=2019, le=2100)


class BulletinOut(Schema):
    """What became of a report: new infections recorded, and those known before that only changed their kind."""

    bulletin: int
    day: date
    created: int
    repeated: int
    converted: int


@router.get("/cases", response=Cases, summary="Cases, by stage")
@allow(role=STAFF)
def cases(request: HttpRequest, stage: Stage = "", area: str = "", after: str = "") -> queries.Page:
    return queries.cases(request.scope, now=request.now, stage=stage, area=area, after=after)  # type: ignore[attr-defined]


@router.post("/cases", response={201: Reported, 200: Reported}, summary="Report a case")
@allow(role=(REPORTER, EPIDEMIOLOGIST))
def report(request: HttpRequest, body: ReportIn) -> Status[Any]:
    scope, now = request.scope, request.now  # type: ignore[attr-defined]
    scope.require(body.area)
    done = actions.report(**body.dict(), by=scope.by, now=now)
    return Status(201 if done.created else 200, Reported(case=done.case, created=done.created))


@router.get("/cases/{case}", response=CaseOut, summary="One case")
@allow(role=STAFF)
def case(request: HttpRequest, case: str) -> queries.Case:
    return _case(request, case)


@router.post("/cases/{case}/reclassify", response={200: CaseOut, 204: None}, summary="Set a report right")
@allow(role=EPIDEMIOLOGIST)
def reclassify(request: HttpRequest, case: str, body: Reclassification) -> Status[Any]:
    actions.reclassify(**_about(request, case), **body.dict())
    return Status(204, None) if body.to in NO_CASE else Status(200, _case(request, case))


@router.get("/unlocated", response=list[UnlocatedOut], summary="Infections without a village")
@allow(role=STAFF)
def unlocated(request: HttpRequest) -> list[dict[str, Any]]:
    return queries.unlocated(request.scope, since=request.now - queries.WINDOW)  # type: ignore[attr-defined]


@router.post("/cases/{case}/locate", response={201: dict[str, str]}, summary="Place a case in a smaller area")
@allow(role=EPIDEMIOLOGIST)
def locate(request: HttpRequest, case: str, body: Location) -> Status[dict[str, str]]:
    fact = actions.locate(**_about(request, case), area=body.area, setting=body.setting or "")
    return Status(201, {"fact": str(fact)})


@router.post("/cases/{case}/audit", response=CaseOut, summary="Audit the report")
@allow(role=EPIDEMIOLOGIST)
def audit(request: HttpRequest, case: str, body: Note) -> queries.Case:
    actions.audit_report(**_about(request, case), **body.dict())
    return _case(request, case)


@router.post("/cases/{case}/trace", response=CaseOut, summary="Record the core trajectory")
@allow(role=EPIDEMIOLOGIST)
def trace(request: HttpRequest, case: str, body: Tracing) -> queries.Case:
    actions.trace_core(**_about(request, case), stays=_stays(body), note=body.note)
    return _case(request, case)


@router.post("/cases/{case}/investigate", response=CaseOut, summary="Record the investigation")
@allow(role=EPIDEMIOLOGIST)
def investigate(request: HttpRequest, case: str, body: Investigation) -> queries.Case:
    actions.investigate(
        **_about(request, case), onset_on=body.onset_on, source=body.source, stays=_stays(body), note=body.note
    )
    return _case(request, case)


@router.post("/cases/{case}/discharge", response=CaseOut, summary="Discharge")
@allow(role=(REPORTER, EPIDEMIOLOGIST))
def discharge(request: HttpRequest, case: str, body: Note) -> queries.Case:
    actions.discharge(**_about(request, case), **body.dict())
    return _case(request, case)


@router.post("/cases/{case}/assess", response=CaseOut, summary="Assess a re-positive")
@allow(role=EPIDEMIOLOGIST)
def assess(request: HttpRequest, case: str, body: Assessment) -> queries.Case:
    actions.assess(**_about(request, case), **body.dict())
    return _case(request, case)


@router.post("/bulletins", response={201: list[BulletinOut]}, summary="Take in a daily report")
@allow(role=CLERKS)
def take_in(request: HttpRequest, body: BulletinIn) -> Status[list[BulletinOut]]:
    scope, now = request.scope, request.now  # type: ignore[attr-defined]
    done = actions.import_file(
        scope=scope, name=f"api.{body.form}", content=body.text.encode(), year=body.year, by=scope.by, now=now
    )
    found = [
        BulletinOut(
            bulletin=one.bulletin.pk, day=one.bulletin.day, created=one.created, repeated=one.repeated,
            converted=one.converted,
        )
        for one in done
    ]  # fmt: skip
    return Status(201, found)


def _case(request: HttpRequest, key: str) -> queries.Case:
    found = queries.case(request.scope, key, now=request.now)  # type: ignore[attr-defined]
    if found is None:
        raise Http404(key)
    return found


def _about(request: HttpRequest, case: str) -> dict[str, Any]:
    scope = request.scope  # type: ignore[attr-defined]
    return {"scope": scope, "case": case, "by": scope.by, "now": request.now}  # type: ignore[attr-defined]


def _stays(body: Tracing) -> list[actions.StayFound]:
    return [actions.StayFound(**stay.dict()) for stay in body.stays]
