"""The API of daily reports, and of placing their infections in villages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.api.shared import STAFF, AreaCode, Setting, about
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST

router = Router()
CLERKS = (EPIDEMIOLOGIST, "command.staff", "data.clerk")


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


@router.get("/unlocated", response=list[UnlocatedOut], summary="Infections without a village")
@allow(role=STAFF)
def unlocated(request: HttpRequest) -> list[dict[str, Any]]:
    return queries.unlocated(request.scope, since=request.now - queries.WINDOW)


@router.post("/cases/{case}/locate", response={201: dict[str, str]}, summary="Place a case in a smaller area")
@allow(role=EPIDEMIOLOGIST)
def locate(request: HttpRequest, case: str, body: Location) -> Status[dict[str, str]]:
    fact = actions.locate(**about(request, case), area=body.area, setting=body.setting or "")
    return Status(201, {"fact": str(fact)})


@router.post("/bulletins", response={201: list[BulletinOut]}, summary="Take in a daily report")
@allow(role=CLERKS)
def take_in(request: HttpRequest, body: BulletinIn) -> Status[list[BulletinOut]]:
    scope, now = request.scope, request.now
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
