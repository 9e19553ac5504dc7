"""The API of the way to the laboratory: boxes, tubes in them, trips, temperatures, and counting them at the other end."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import COURIER, LABORATORY, MANAGER, REVIEWER, SAMPLING
from yanmen.subsystems.screening.models import Box
from yanmen.subsystems.screening.queries import transport as queries

router = Router()
SITE = (SAMPLING, MANAGER)
CARRIES = (COURIER, MANAGER)
BENCH = (LABORATORY, REVIEWER)
SEES = (*SITE, COURIER, *BENCH, "command.staff")
Number = Annotated[int, Path(ge=1, le=2**53)]
Text = r"^[^\x00]*$"
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z._/-]+$")]
Tube = Annotated[str, Path(max_length=40, pattern=Text)]
State = Annotated[str, Query(max_length=20, pattern=Text)]
Site = Annotated[int, Query(ge=0, le=2**53)]
LIST = 5000


class BoxIn(Input):
    """A new box; without a code it gets one."""

    site: int = Field(ge=1, le=2**53)
    laboratory: int = Field(ge=1, le=2**53)
    code: str = Field("", max_length=40, pattern=Text)
    capacity: int | None = Field(None, ge=1, le=2000)


class TubeIn(Input):
    """A tube that was scanned, or typed by hand."""

    tube: Code
    rack: str = Field("", max_length=40, pattern=Text)
    typed: bool = False


class Found(Input):
    """A tube that was taken out of the box at the laboratory."""

    tube: Code
    condition: Literal["received", "damaged"] = "received"


class Departure(Input):
    """A vehicle leaves with these boxes."""

    boxes: list[Annotated[int, Field(ge=1, le=2**53)]] = Field(min_length=1, max_length=200)
    vehicle: str = Field(min_length=1, max_length=20, pattern=Text)
    courier: str = Field(min_length=1, max_length=64, pattern=Text)


class Reading(Input):
    """What the thermometer of a box says."""

    celsius: float = Field(ge=-100, le=100)
    at: AwareDatetime | None = None


class BoxOut(Schema):
    """A box and where it is."""

    id: int
    code: str
    state: str
    site: int
    laboratory: int
    area: str
    lab_area: str
    capacity: int
    tubes: int
    trip: int | None
    sent_at: datetime | None
    due_at: datetime | None
    received_at: datetime | None
    reconciled_at: datetime | None


class TubeOut(Schema):
    """A tube of a box."""

    tube: str
    members: int
    rack: str
    typed: bool
    gate: str
    condition: str


class Manifest(BoxOut):
    """A box, its list, what came with it besides, and its temperatures."""

    listed: list[TubeOut]
    unexpected: list[TubeOut]
    temperatures: list[tuple[datetime, float]]
    outside: int
    minutes_outside: int


class ScanOut(Schema):
    """What a scan showed. `findings` is what may be wrong; `again` that it had been scanned before."""

    tube: str
    condition: str = ""
    findings: list[str] = []
    again: bool = False


class Departed(Schema):
    """A trip, and when it is due."""

    trip: int
    due_at: datetime


class Ended(Schema):
    """How many people are to be sampled again, or tubes are back."""

    state: str
    people: int = 0


@router.get("/boxes", response=list[BoxOut], summary="Boxes of both ends, newest first")
@allow(role=SEES)
def boxes(request: HttpRequest, state: State = "", site: Site = 0) -> list[BoxOut]:
    rows = queries.boxes(request.scope)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(site=site) if site else rows
    return [BoxOut(**_box(each)) for each in rows[: queries.MOST]]


@router.post("/boxes", response={201: BoxOut}, summary="Begin a box")
@allow(role=SITE)
def create(request: HttpRequest, body: BoxIn) -> Status[BoxOut]:
    made = actions.create_box(**body.dict(), **asked_by(request))
    return Status(201, _told(request, made.pk))


@router.get("/boxes/{box}", response=Manifest, summary="A box, its list and its temperatures")
@allow(role=SEES)
def manifest(request: HttpRequest, box: Number) -> Manifest:
    found = queries.box(request.scope, box)
    if found is None:
        raise Http404
    rows = [_tube(each) for each in queries.contents(request.scope, found)[:LIST]]
    said = queries.temperatures(request.scope, found)
    return Manifest(
        **_box(found),
        listed=[TubeOut(**row) for row in rows if row["condition"] != "unexpected"],
        unexpected=[TubeOut(**row) for row in rows if row["condition"] == "unexpected"],
        temperatures=[(each.at, each.celsius) for each in said.readings],
        outside=said.outside,
        minutes_outside=said.minutes_outside,
    )


@router.post("/boxes/{box}/tubes", response={201: ScanOut}, summary="Put a tube into a box")
@allow(role=SITE)
def pack(request: HttpRequest, box: Number, body: TubeIn) -> Status[ScanOut]:
    tube, findings = actions.pack_tube(box=box, **body.dict(), **asked_by(request))
    return Status(201, ScanOut(tube=tube.pk, findings=findings))


@router.delete("/boxes/{box}/tubes/{tube}", response=BoxOut, summary="Take a tube out: a ready box is open again")
@allow(role=SITE)
def unpack(request: HttpRequest, box: Number, tube: Tube) -> BoxOut:
    actions.take_out(box=box, tube=tube, **asked_by(request))
    return _told(request, box)


@router.post("/boxes/{box}/ready", response=BoxOut, summary="The box is complete")
@allow(role=SITE)
def close(request: HttpRequest, box: Number) -> BoxOut:
    actions.close_box(box=box, **asked_by(request))
    return _told(request, box)


@router.post("/boxes/{box}/reopen", response=BoxOut, summary="Pack on")
@allow(role=SITE)
def reopen(request: HttpRequest, box: Number) -> BoxOut:
    actions.reopen_box(box=box, **asked_by(request))
    return _told(request, box)


@router.post("/boxes/{box}/send", response=BoxOut, summary="Send it: the list is locked")
@allow(role=SITE)
def send(request: HttpRequest, box: Number) -> BoxOut:
    actions.send_box(box=box, **asked_by(request))
    return _told(request, box)


@router.post("/boxes/{box}/recall", response=BoxOut, summary="Take the sending back, within the norm's minutes")
@allow(role=SITE)
def recall(request: HttpRequest, box: Number) -> BoxOut:
    actions.recall_box(box=box, **asked_by(request))
    return _told(request, box)


@router.post("/boxes/{box}/discard", response=BoxOut, summary="Give the box up; its tubes lie in no box")
@allow(role=SITE)
def discard(request: HttpRequest, box: Number) -> BoxOut:
    actions.discard_box(box=box, **asked_by(request))
    return _told(request, box)


@router.post("/trips", response={201: Departed}, summary="A vehicle leaves with boxes for one laboratory")
@allow(role=CARRIES)
def depart(request: HttpRequest, body: Departure) -> Status[Departed]:
    trip = actions.depart(**body.dict(), **asked_by(request))
    return Status(201, Departed(trip=trip.pk, due_at=trip.due_at))


@router.post("/boxes/{box}/temperatures", response={201: dict[str, bool]}, summary="What the thermometer says")
@allow(role=(*SITE, COURIER, *BENCH))
def temperature(request: HttpRequest, box: Number, body: Reading) -> Status[dict[str, bool]]:
    within = actions.record_temperature(box=box, **body.dict(), **asked_by(request))
    return Status(201, {"within": within})


@router.post("/boxes/{box}/receive", response=BoxOut, summary="The box has arrived")
@allow(role=BENCH)
def receive(request: HttpRequest, box: Number) -> BoxOut:
    actions.receive_box(box=box, **asked_by(request))
    return _told(request, box)


@router.post("/boxes/{box}/received", response={201: ScanOut}, summary="A tube was taken out of the box and scanned")
@allow(role=BENCH)
def received(request: HttpRequest, box: Number, body: Found) -> Status[ScanOut]:
    seen = actions.receive_tube(box=box, **body.dict(), **asked_by(request))
    findings = list(seen.findings)
    return Status(201, ScanOut(tube=seen.tube.pk, condition=seen.condition, findings=findings, again=seen.again))


@router.post("/boxes/{box}/missing", response=dict[str, list[str]], summary="What was not scanned is missing")
@allow(role=BENCH)
def missing(request: HttpRequest, box: Number) -> dict[str, list[str]]:
    return {"tubes": actions.mark_missing(box=box, **asked_by(request))}


@router.post("/boxes/{box}/reconcile", response=Ended, summary="Every tube has a condition: the box is done")
@allow(role=BENCH)
def reconcile(request: HttpRequest, box: Number) -> Ended:
    return Ended(state="reconciled", people=actions.reconcile_box(box=box, **asked_by(request)))


@router.post("/boxes/{box}/lose", response=Ended, summary="The box is lost: its members are sampled again")
@allow(role=(*CARRIES, *BENCH))
def lose(request: HttpRequest, box: Number) -> Ended:
    return Ended(state="lost", people=actions.lose_box(box=box, **asked_by(request)))


@router.post("/boxes/{box}/find", response=Ended, summary="A lost box has come after all")
@allow(role=BENCH)
def find(request: HttpRequest, box: Number) -> Ended:
    actions.find_box(box=box, **asked_by(request))
    return Ended(state="received")


def _told(request: Any, key: int) -> BoxOut:
    found = queries.box(request.scope, key)
    if found is None:
        raise Http404
    return BoxOut(**_box(found))


def _box(each: Box) -> dict[str, Any]:
    names = ("id", "code", "state", "area", "lab_area", "capacity", "sent_at", "received_at", "reconciled_at")
    about = {name: getattr(each, name) for name in names}
    about |= {"site": each.site_id, "laboratory": each.laboratory_id, "trip": each.trip_id}
    return about | {"tubes": each.tubes_listed, "due_at": each.trip.due_at if each.trip else None}


def _tube(each: Any) -> dict[str, Any]:
    names = ("members", "rack", "typed", "gate", "condition")
    return {"tube": each.pk} | {name: getattr(each, name) for name in names}
