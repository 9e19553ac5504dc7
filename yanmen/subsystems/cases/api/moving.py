"""The API of cases that meet: duplicates, merging and taking apart, handing over to another area."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.api.shared import STAFF, AreaCode, CaseOut, about, case_told
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST

router = Router()


class PairOut(Schema):
    """Two reports that may be one case, and why: person, birth (name, sex, birth date), near (name, county, time)."""

    left: str
    right: str
    left_person: int
    right_person: int
    left_area: str
    right_area: str
    left_found_at: datetime
    right_found_at: datetime
    name: str
    disease: str
    reasons: list[str]
    score: float


class Reason(Input):
    """Why."""

    reason: str = Field(min_length=1, max_length=400)


class MergeIn(Reason):
    """The case that stays."""

    into: str = Field(max_length=60)


class MergeOut(Schema):
    """A merge in force."""

    case: str
    into_case: str
    reason: str
    merged_at: datetime
    area: str
    fact: UUID


class HandOverIn(Reason):
    """The area that answers from now on."""

    to_area: str = AreaCode


class HandOverOut(Schema):
    """One time the case changed hands."""

    at: datetime
    from_area: str
    to_area: str
    reason: str
    by: str


@router.get("/duplicates", response=list[PairOut], summary="Reports that may be one case")
@allow(role=STAFF)
def duplicates(request: HttpRequest) -> list[dict[str, Any]]:
    return queries.duplicates(request.scope, now=request.now)


@router.get("/merges", response=list[MergeOut], summary="Merges in force")
@allow(role=STAFF)
def merges(request: HttpRequest) -> list[dict[str, Any]]:
    return queries.merges(request.scope)


@router.post("/cases/{case}/merge", response=CaseOut, summary="Merge a second report into the case that stays")
@allow(role=EPIDEMIOLOGIST)
def merge(request: HttpRequest, case: str, body: MergeIn) -> queries.Case:
    actions.merge(**about(request, case), **body.dict())
    return case_told(request, body.into)


@router.post("/cases/{case}/unmerge", response=CaseOut, summary="Take a merge apart: the report stands as it stood")
@allow(role=EPIDEMIOLOGIST)
def unmerge(request: HttpRequest, case: str, body: Reason) -> queries.Case:
    actions.unmerge(**about(request, case), reason=body.reason)
    return case_told(request, case)


@router.post("/cases/{case}/hand-over", response=CaseOut, summary="Hand a case to another area, whole or not at all")
@allow(role=EPIDEMIOLOGIST)
def hand_over(request: HttpRequest, case: str, body: HandOverIn) -> queries.Case:
    actions.hand_over(**about(request, case), **body.dict())
    return case_told(request, case)


@router.get("/cases/{case}/hand-overs", response=list[HandOverOut], summary="Each time the case changed hands")
@allow(role=STAFF)
def hand_overs(request: HttpRequest, case: str) -> list[dict[str, Any]]:
    return queries.hand_overs(request.scope, case_told(request, case))
