"""The API of screening: samples, results one by one or in bulk, and who is to be tested."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.subsystems.screening import actions, queries
from yanmen.subsystems.screening.kinds import LABORATORY, SAMPLING

router = Router()
Result = Literal["negative", "positive", "grey"]


class SampleIn(Input):
    """Who was sampled. Send the same `sample` again and nothing is added."""

    person: int
    sample: UUID | None = None
    sampled_at: datetime | None = None
    swab: Literal["oropharyngeal", "nasopharyngeal", "nasal"] = "oropharyngeal"
    site: str = Field("", max_length=80)


class ResultIn(Input):
    """What a sample showed."""

    result: Result
    ct: float | None = None
    method: Literal["nat", "antigen"] = "nat"


class ReadingIn(ResultIn):
    """One result of a batch."""

    person: int
    area: str = Field(pattern=r"^\d{6}(\d{3}){0,2}$")
    sampled_at: datetime
    sample: UUID | None = None


class Batch(Input):
    """Results of one run of the laboratory."""

    readings: list[ReadingIn] = Field(min_length=1, max_length=10_000)


class SampleOut(Schema):
    """A sample without a result."""

    sample: str
    person_id: int
    name: str
    area: str
    sampled_at: datetime


class Samples(Schema):
    """One page; ask again with `after` for the next."""

    rows: list[SampleOut]
    after: str | None


class OwedOut(Schema):
    """A test that is owed now."""

    person_id: int
    name: str
    area: str
    kind: str
    due_at: datetime


class Counted(Schema):
    """`created + repeated` is the number of results sent."""

    created: int
    repeated: int


@router.get("/owed", response=list[OwedOut], summary="People to be tested now")
@allow(role=(SAMPLING, "grid_officer", "command.staff"))
def owed(request: HttpRequest) -> list[queries.Owed]:
    return queries.owed(request.scope, now=request.now)


@router.post("/samples", response={201: dict[str, str]}, summary="Record a sample")
@allow(role=SAMPLING)
def sample(request: HttpRequest, body: SampleIn) -> Status[dict[str, str]]:
    scope, now = request.scope, request.now
    key = actions.record_sample(
        scope=scope, person=body.person, at=body.sampled_at, swab=body.swab, site=body.site, sample=body.sample,
        by=scope.by, now=now,
    )  # fmt: skip
    return Status(201, {"sample": key})


@router.get("/samples", response=Samples, summary="Samples without a result")
@allow(role=(LABORATORY, SAMPLING, "command.staff"))
def samples(request: HttpRequest, after: str = "") -> Samples:
    rows, more = queries.awaiting_result(request.scope, now=request.now, after=after)
    return Samples(rows=[SampleOut(**vars(row)) for row in rows], after=more)


@router.post("/samples/{sample}/result", response={201: dict[str, str]}, summary="Report a result")
@allow(role=LABORATORY)
def result(request: HttpRequest, sample: str, body: ResultIn) -> Status[dict[str, str]]:
    scope, now = request.scope, request.now
    fact = actions.record_result(scope=scope, sample=sample, **body.dict(), by=scope.by, now=now)
    return Status(201, {"fact": str(fact)})


@router.post("/results", response={201: Counted}, summary="Report results in bulk")
@allow(role=LABORATORY)
def results(request: HttpRequest, body: Batch) -> Status[Counted]:
    scope, now = request.scope, request.now
    for reading in body.readings:
        scope.require(reading.area)
    readings = (actions.Reading(**one.dict()) for one in body.readings)
    receipt = actions.record_results(readings=readings, by=scope.by, now=now)
    return Status(201, Counted(created=receipt.created, repeated=receipt.repeated))
