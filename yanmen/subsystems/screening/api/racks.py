"""The API of rack scanners: a rack is packed or received with one request."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.actions.racks import MOST, Rack
from yanmen.subsystems.screening.kinds import LABORATORY, MANAGER, REVIEWER, SAMPLING

router = Router()
Number = Annotated[int, Path(ge=1, le=2**53)]
Label = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]


class RackIn(Input):
    """The labels of a rack."""

    tubes: list[Label] = Field(min_length=1, max_length=MOST)
    rack: str = Field("", max_length=40, pattern=r"^[^\x00]*$")


class RackOut(Schema):
    """`taken` and the entries of `noted` (findings by tube) and `refused` (why, in both languages) sum to the labels read."""

    taken: int
    noted: dict[str, list[str]]
    refused: dict[str, dict[str, str]]


@router.post("/boxes/{box}/racks", response={201: RackOut}, summary="Put a rack of tubes into a box")
@allow(role=(SAMPLING, MANAGER))
def pack(request: HttpRequest, box: Number, body: RackIn) -> Status[RackOut]:
    told = actions.pack_rack(scope=request.scope, box=box, by=request.scope.by, now=request.now, **body.dict())
    return Status(201, _out(told))


@router.post("/boxes/{box}/racks/received", response={201: RackOut}, summary="A rack was taken out of the box and read")
@allow(role=(LABORATORY, REVIEWER))
def receive(request: HttpRequest, box: Number, body: RackIn) -> Status[RackOut]:
    told = actions.receive_rack(scope=request.scope, box=box, tubes=body.tubes, by=request.scope.by, now=request.now)
    return Status(201, _out(told))


def _out(told: Rack) -> RackOut:
    refused = {code: {"zh": each.zh, "en": each.en} for code, each in told.refused.items()}
    return RackOut(taken=told.taken, noted=told.noted, refused=refused)
