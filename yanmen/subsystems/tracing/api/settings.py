"""The API of shared settings: who was on which vehicle, in which class or ward; one by one or by list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from yanmen.base.refusals import Refusal
from yanmen.desk.api import Input, allow
from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.kinds import TRACER
from yanmen.subsystems.tracing.methods.seats import Seat

router = Router()
WRITERS = (TRACER, "cases.epidemiologist", "data.clerk")
LARGEST = 5_000_000


class SettingIn(Input):
    """Where somebody was, from when to when."""

    person: int = Field(ge=1)
    setting: str = Field(max_length=40, description="plane, train, bus, ship, class, ward, dormitory, workplace, floor")
    name: str = Field(min_length=1, max_length=120)
    at: datetime
    until: datetime | None = None
    unit: str = Field("", max_length=40)
    row: int | None = Field(None, ge=0, le=999)
    seat: str = Field("", max_length=20)
    staff: bool = False
    layout: str = Field("", max_length=20)


class ListIn(Schema):
    """What a list is of."""

    setting: str
    name: str
    on: date
    layout: str = ""


class LineOut(Schema):
    """A line that was rejected, and why."""

    line: int
    field: str
    value: str
    zh: str
    en: str


class ReceiptOut(Schema):
    """What became of a list: created + matched + rejected are its lines."""

    total: int
    created: int
    matched: int
    rejected: int
    repeated: bool
    lines: list[LineOut]


@router.post("/settings", response={201: dict[str, str]}, summary="Somebody was on a vehicle or in a group")
@allow(role=WRITERS)
def tell(request: HttpRequest, body: SettingIn) -> Status[dict[str, str]]:
    told = body.dict()
    seat = Seat(told.pop("unit"), told.pop("row"), told.pop("staff"), told.pop("layout"))
    scope: Any = request.scope
    about: dict[str, Any] = {"scope": scope, "by": scope.by, "now": request.now}
    return Status(201, {"fact": str(actions.tell_setting(seat=seat, seat_label=told.pop("seat"), **told, **about))})


@router.post("/lists", response=ReceiptOut, summary="Everybody of one journey, class or ward, from a CSV or Excel file")
@allow(role=WRITERS)
def bring(request: HttpRequest, about: Form[ListIn], file: File[UploadedFile], dry: bool = False) -> dict[str, Any]:
    scope: Any = request.scope
    if (file.size or 0) > LARGEST:
        raise Refusal(
            "文件超过5MB，请分批上传。",
            "The file is larger than 5 MB. Send it in parts.",
            field="file",
            value=file.name or "",
        )
    receipt = actions.import_passengers(
        scope=scope,
        journey=actions.Journey(about.setting, about.name, about.on, about.layout),
        content=file.read(),
        file_name=file.name or "",
        by=scope.by,
        now=request.now,
        try_only=dry,
    )
    rejected = [row for row in receipt.rows if row.outcome == "rejected"]
    return {
        "total": receipt.total,
        **receipt.counts,
        "repeated": receipt.repeated,
        "lines": [{name: getattr(row, name) for name in ("line", "field", "value", "zh", "en")} for row in rejected],
    }
