"""The API of sites: which there are, which rooms are free, what can open by when, what does not balance."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Query, Router, Schema, UploadedFile
from pydantic import Field

from yanmen.base.refusals import Refusal
from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry import importing
from yanmen.subsystems.quarantine.actions import rooms as room_actions
from yanmen.subsystems.quarantine.actions import sites as actions
from yanmen.subsystems.quarantine.actions.site_files import ROOMS, SITES
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.queries import activation as opening
from yanmen.subsystems.quarantine.queries import conservation
from yanmen.subsystems.quarantine.queries import sites as queries

router = Router()
READERS = (MANAGER, STAFF, DISPATCHER, COMMAND)
LARGEST = 5_000_000
Number = Annotated[int, Query(ge=0, le=2**53)]


class SiteOut(Schema):
    """A site, and its rooms by what they are now."""

    site: int
    name_zh: str
    name_en: str
    area: str
    kind: str
    state: str
    ready_hours: int
    longitude: float | None
    latitude: float | None
    rooms: dict[str, int]
    free_beds: int
    people: int


class FreeRoomOut(Schema):
    """A room that somebody can be put into now."""

    site: int
    room: int
    number: str
    beds: int
    features: list[str]


class StageOut(Schema):
    """Rooms that are open within so many hours, and what is asked; nothing where nothing is asked."""

    hours: int
    rooms: int
    asked: int | None
    short: int


class LineOut(Schema):
    """An area's rooms against the norms."""

    area: str
    name_zh: str
    population: int | None
    sites: int
    rooms: int
    free: int
    largest: int
    asked: int | None
    meets: bool
    stages: list[StageOut]


class FaultOut(Schema):
    """Something that does not balance."""

    check: str
    zh: str
    en: str
    site: int
    what: str
    area: str


class Counted(Schema):
    """What became of the lines of a file."""

    total: int
    created: int
    matched: int
    rejected: int
    rows: list[dict[str, Any]]


class RoomsIn(Input):
    """Floors and rooms in one act."""

    floors: str = Field(max_length=80, description="2-6, 8")
    rooms: str = Field("", max_length=200, description="01-20")
    beds: int = Field(1, ge=1, le=200)
    features: list[str] = Field(default_factory=list, max_length=20)
    zone: str = Field("observation", max_length=40)


class StepIn(Input):
    """Rooms that go a step between two stays."""

    rooms: list[int] = Field(min_length=1, max_length=2000)
    act: str = Field(max_length=20, description="strip, disinfect, inspect, fail")
    sets: int = Field(0, ge=0, le=20)


@router.get("/sites", response=list[SiteOut], summary="Sites and what their rooms are now")
@allow(role=READERS)
def sites(request: HttpRequest, kind: str = "", state: str = "", after: Number = 0) -> list[dict[str, Any]]:
    rows = queries.sites(
        request.scope, kind=kind[:40], state=state[:40], closed=state == "closed", after=after, limit=500
    )
    counted = queries.capacities(request.scope, [row.pk for row in rows], now=request.now)
    return [
        {
            "site": row.pk, "name_zh": row.place.name_zh, "name_en": row.place.name_en, "area": row.area, "kind": row.kind,
            "state": row.state, "ready_hours": row.ready_hours, "longitude": row.place.longitude, "latitude": row.place.latitude,
            "rooms": counted[row.pk].rooms, "free_beds": counted[row.pk].free_beds, "people": counted[row.pk].people,
        }
        for row in rows
    ]  # fmt: skip


@router.get("/rooms/free", response=list[FreeRoomOut], summary="Rooms that somebody can be put into now")
@allow(role=READERS)
def free(request: HttpRequest, kind: str = "", features: str = "") -> list[dict[str, Any]]:
    wanted = [each for each in features[:200].split(",") if each]
    rows = queries.free_rooms(request.scope, now=request.now, kind=kind[:40], features=wanted)
    return [
        {"site": r["site"], "room": r["id"], "number": r["number"], "beds": r["beds"], "features": r["features"]}
        for r in rows
    ]


@router.get("/activation", response=list[LineOut], summary="Which rooms can open by when, against the norms")
@allow(role=(MANAGER, DISPATCHER, COMMAND))
def activation(request: HttpRequest) -> list[dict[str, Any]]:
    names = ("area", "name_zh", "population", "sites", "rooms", "free", "largest", "asked", "meets")
    return [
        {name: getattr(line, name) for name in names}
        | {"stages": [dict(zip(("hours", "rooms", "asked", "short"), stage, strict=True)) for stage in line.stages]}
        for line in opening.activation(request.scope, now=request.now)
    ]


@router.get("/balance", response=list[FaultOut], summary="What does not balance: rooms, linen, bags, loads")
@allow(role=(MANAGER, COMMAND, "inspector"))
def balance(request: HttpRequest) -> list[dict[str, Any]]:
    found = conservation.audit(request.scope, now=request.now, alias="default")
    return [{name: each[name] for name in ("check", "zh", "en")} | each["row"] for each in found]


@router.post("/sites/{int:site}/rooms", response=dict[str, int], summary="Make floors and rooms in one act")
@allow(role=MANAGER)
def make_rooms(request: HttpRequest, site: int, body: RoomsIn) -> dict[str, int]:
    return vars(room_actions.add_rooms(site=site, **body.dict(), **asked_by(request)))


@router.post(
    "/sites/{int:site}/moves/{act}",
    response=dict[str, str],
    summary="Open a site, let it wind down, close it, give it up",
)
@allow(role=MANAGER)
def move(request: HttpRequest, site: int, act: str) -> dict[str, str]:
    return {"state": actions.move_site(site=site, act=act[:20], **asked_by(request)).state}


@router.post("/rooms/steps", response=dict[str, int], summary="Rooms go one step between two stays")
@allow(role=(MANAGER, STAFF))
def steps(request: HttpRequest, body: StepIn) -> dict[str, int]:
    return {"rooms": room_actions.step_rooms(**body.dict(), **asked_by(request))}


@router.post("/sites/imports/{kind}", response=Counted, summary="Bring in sites or rooms from a CSV or Excel file")
@allow(role=MANAGER)
def bring_in(request: HttpRequest, kind: str, file: File[UploadedFile], dry: bool = False) -> Counted:
    importer = {"sites": SITES, "rooms": ROOMS}.get(kind)
    if importer is None:
        raise Refusal("请导入 sites 或 rooms。", "Bring in sites or rooms.", field="kind", value=kind[:20])
    scope, now = request.scope, request.now
    sheet = importing.read_sheet(importer, file.read(LARGEST + 1), file.name or "", now=now)
    found = (importing.preview if dry else importing.apply)(importer, sheet, scope=scope, now=now)
    rejected = [vars(row) for row in found.rows if row.outcome == importing.REJECTED][:1000]
    return Counted(
        **{name: getattr(found, name) for name in ("total", "created", "matched", "rejected")}, rows=rejected
    )
