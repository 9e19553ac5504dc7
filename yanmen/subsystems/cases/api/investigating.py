"""The API of the investigation: the form with what is known, exposures confirmed, the source, the clocks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.api.shared import STAFF, Note, about, case_told
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST

router = Router()


class ItemOut(Schema):
    """One question; `source` is the register or the kind of the fact that answers it."""

    name: str
    zh: str
    en: str
    known: bool
    value: Any
    said: dict[str, str] | None
    source: str
    fact: UUID | None


class SectionOut(Schema):
    """A part of the form; `missing` names what is still to be asked."""

    name: str
    zh: str
    en: str
    items: list[ItemOut]
    missing: list[str]

    @staticmethod
    def resolve_missing(section: queries.Section) -> list[str]:
        return [item.name for item in section.missing]


class WindowOut(Schema):
    """The days of history asked about, both included."""

    first: date
    last: date


class ExposureOut(Schema):
    """One place the person was in; `holds` is null until somebody says whether it is so."""

    where: str
    since: datetime
    until: datetime | None
    area: str
    place: int | None
    kind: str
    title: dict[str, str]
    about: dict[str, Any]
    holds: bool | None
    note: str
    basis: UUID | None
    told: UUID | None


class InvestigationOut(Schema):
    """The form of a case, filled with what is known."""

    sections: list[SectionOut]
    window: WindowOut | None
    source: dict[str, Any]
    exposures: list[ExposureOut]


class ExposureIn(Note):
    """A word on a record (`basis`), or an exposure that no record shows (`where` and `since`)."""

    where: str = Field("", max_length=200)
    since: datetime | None = None
    until: datetime | None = None
    holds: bool = True
    basis: UUID | None = None


class ExposuresIn(Input):
    """Several words at once."""

    exposures: list[ExposureIn] = Field(min_length=1, max_length=500)


class Confirmed(Schema):
    """What became of them: new, changed, said before."""

    told: int
    changed: int
    repeated: int


class SourceIn(Note):
    """Who infected the case: the key of another case, or none and a setting such as imported."""

    infector: str = Field("", max_length=60)
    setting: str = Field("unknown", max_length=40)
    certainty: float = 1


class SourceOut(Schema):
    """The source as told last."""

    infector: str
    setting: str
    certainty: float | None
    note: str
    at: datetime
    by: str
    fact: UUID


class ClockOut(Schema):
    """One clock; `late_seconds` runs on until it is done, `level` is the area that owes it now."""

    kind: str
    title: dict[str, str]
    opened_at: datetime
    due_at: datetime
    done_at: datetime | None
    late_seconds: int | None
    level: str
    state: str

    @staticmethod
    def resolve_late_seconds(clock: queries.Clock) -> int | None:
        return int(clock.late_by.total_seconds()) if clock.late_by else None


class LateOut(Schema):
    """Clocks of one kind in one area below the asker's."""

    area: str
    kind: str
    total: int
    open_late: int
    done_late: int


@router.get("/cases/{case}/investigation", response=InvestigationOut, summary="The form, with what is known already")
@allow(role=STAFF)
def investigation(request: HttpRequest, case: str) -> queries.Investigation:
    found = queries.investigation(request.scope, case, now=request.now)
    if found is None:
        raise Http404(case)
    return found


@router.post("/cases/{case}/exposures", response=Confirmed, summary="Say of records whether they hold; add others")
@allow(role=EPIDEMIOLOGIST)
def confirm_exposures(request: HttpRequest, case: str, body: ExposuresIn) -> actions.Confirmed:
    said = [actions.ExposureSaid(**each.dict()) for each in body.exposures]
    return actions.confirm_exposures(**about(request, case), exposures=said)


@router.get("/cases/{case}/source", response=SourceOut | None, summary="The source as told last")
@allow(role=STAFF)
def source(request: HttpRequest, case: str) -> dict[str, Any] | None:
    return queries.source_of(request.scope, case_told(request, case), now=request.now)


@router.post("/cases/{case}/source", response={201: dict[str, str]}, summary="Tell the source, or correct it")
@allow(role=EPIDEMIOLOGIST)
def tell_source(request: HttpRequest, case: str, body: SourceIn) -> Status[dict[str, str]]:
    return Status(201, {"fact": str(actions.tell_source(**about(request, case), **body.dict()))})


@router.get("/cases/{case}/clocks", response=list[ClockOut], summary="The clocks of a case")
@allow(role=STAFF)
def clocks(request: HttpRequest, case: str) -> list[queries.Clock]:
    return queries.clocks(request.scope, case_told(request, case).key, now=request.now)


@router.get("/late", response=list[LateOut], summary="Late clocks, by area")
@allow(role=STAFF)
def late(request: HttpRequest) -> list[dict[str, Any]]:
    return queries.late_clocks(request.scope, now=request.now)
