"""The API of sites and laboratories: the register, hours, and how busy each site is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import File, Router, Schema, Status, UploadedFile
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.desk.pages import ANY
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry import importing
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import COURIER, LABORATORY, MANAGER, REVIEWER, SAMPLING
from yanmen.subsystems.screening.methods.hours import read_hours, write_hours
from yanmen.subsystems.screening.models import Laboratory, Site
from yanmen.subsystems.screening.models.places import MOST_WAITING
from yanmen.subsystems.screening.queries import sites as queries

router = Router()
LARGEST = 5_000_000
AREA = r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$"


class SiteChange(Input):
    """What may be corrected about a site; what is left out stays."""

    kind: str | None = Field(None, max_length=40)
    name_zh: str | None = Field(None, min_length=1, max_length=80)
    name_en: str | None = Field(None, max_length=80)
    address: str | None = Field(None, max_length=200)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    desks: int | None = Field(None, ge=1, le=200)
    hours: str | None = Field(None, max_length=200, description="1-5 08:00-18:00; 6-7 09:00-12:00")


class SiteIn(SiteChange):
    """A site to register."""

    kind: str = Field(max_length=40)
    name_zh: str = Field(min_length=1, max_length=80)
    area: str = Field(pattern=AREA, description="GB/T 2260 code")


class LaboratoryIn(Input):
    """A laboratory to register."""

    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field("", max_length=80)
    address: str = Field("", max_length=200)
    area: str = Field(pattern=AREA, description="GB/T 2260 code")
    tubes_a_day: int = Field(ge=1, le=1_000_000)
    hours_a_run: float = Field(4, gt=0, le=72)


class QueueIn(Input):
    """Who waits at a site now."""

    people: int = Field(ge=0, le=MOST_WAITING)


class SiteOut(Schema):
    """A site, and how busy it is."""

    place: int
    kind: str
    name_zh: str
    name_en: str
    area: str
    address: str
    longitude: float | None
    latitude: float | None
    desks: int
    hours: str
    open_from: datetime
    open_to: datetime | None
    queue_people: int | None
    queue_at: datetime | None
    people_last_hour: int
    people_today: int
    a_desk: float
    percent: int | None
    state: str


class LaboratoryOut(Schema):
    """A laboratory and what it can do."""

    place: int
    name_zh: str
    name_en: str
    area: str
    address: str
    tubes_a_day: int
    hours_a_run: float
    open_from: datetime
    open_to: datetime | None


class Counted(Schema):
    """What became of the lines of a file."""

    total: int
    created: int
    matched: int
    rejected: int
    rows: list[dict[str, Any]]


@router.get("/sites", response=list[SiteOut], summary="Sampling sites with hours and present load")
@allow(role=ANY)
def sites(
    request: HttpRequest, kind: str = "", q: str = "", closed: bool = False, after: int = 0
) -> list[dict[str, Any]]:
    about: dict[str, Any] = {"kind": kind, "text": q[:80], "closed": closed, "after": after}
    return [_site(row, load) for row, load in queries.sites(request.scope, now=request.now, **about)]


@router.post("/sites", response={201: SiteOut}, summary="Register a sampling site")
@allow(role=MANAGER)
def open_site(request: HttpRequest, body: SiteIn) -> Status[dict[str, Any]]:
    return Status(201, _told(request, actions.open_site(**_values(body, unset=False), **asked_by(request))))


@router.post("/sites/imports", response=Counted, summary="Register many from a CSV or Excel file")
@allow(role=MANAGER)
def open_sites(request: HttpRequest, file: File[UploadedFile], dry: bool = False) -> Counted:
    return _import(request, actions.SITES, file, dry)


@router.patch("/sites/{place}", response=SiteOut, summary="Correct what is said about a site")
@allow(role=MANAGER)
def change_site(request: HttpRequest, place: int, body: SiteChange) -> dict[str, Any]:
    return _told(request, actions.change_site(place=place, **_values(body), **asked_by(request)))


@router.post("/sites/{place}/close", response=SiteOut, summary="Take nobody from now on")
@allow(role=MANAGER)
def close_site(request: HttpRequest, place: int) -> dict[str, Any]:
    return _told(request, actions.close_site(place=place, **asked_by(request)))


@router.post("/sites/{place}/reopen", response=SiteOut, summary="Open a closed site again")
@allow(role=MANAGER)
def reopen_site(request: HttpRequest, place: int) -> dict[str, Any]:
    return _told(request, actions.reopen_site(place=place, **asked_by(request)))


@router.post("/sites/{place}/queue", response=SiteOut, summary="Say how many people wait at a site now")
@allow(role=(SAMPLING, MANAGER))
def report_queue(request: HttpRequest, place: int, body: QueueIn) -> dict[str, Any]:
    return _told(request, actions.report_queue(place=place, people=body.people, **asked_by(request)))


@router.get("/laboratories", response=list[LaboratoryOut], summary="Laboratories of the asker's areas")
@allow(role=(MANAGER, COMMAND, SAMPLING, LABORATORY, REVIEWER, COURIER))
def laboratories(request: HttpRequest, closed: bool = False) -> list[dict[str, Any]]:
    return [_laboratory(row) for row in queries.laboratories(request.scope, now=request.now, closed=closed)]


@router.post("/laboratories", response={201: LaboratoryOut}, summary="Register a laboratory")
@allow(role=MANAGER)
def open_laboratory(request: HttpRequest, body: LaboratoryIn) -> Status[dict[str, Any]]:
    return Status(201, _laboratory(actions.open_laboratory(**body.dict(), **asked_by(request))))


@router.post("/laboratories/imports", response=Counted, summary="Register many from a CSV or Excel file")
@allow(role=MANAGER)
def open_laboratories(request: HttpRequest, file: File[UploadedFile], dry: bool = False) -> Counted:
    return _import(request, actions.LABORATORIES, file, dry)


def _values(body: SiteChange, *, unset: bool = True) -> dict[str, Any]:
    """What was sent: an explicit null empties a point, and means nothing elsewhere."""
    found = body.dict(exclude_unset=unset)
    found = {name: value for name, value in found.items() if value is not None or name in ("longitude", "latitude")}
    return found | ({"hours": read_hours(found["hours"])} if "hours" in found else {})


def _told(request: HttpRequest, row: Site) -> dict[str, Any]:
    [(found, load)] = queries.with_load(request.scope, [row], now=request.now)
    return _site(found, load)


def _site(row: Site, load: queries.Load) -> dict[str, Any]:
    place = {name: getattr(row.place, name) for name in ("name_zh", "name_en", "address", "longitude", "latitude")}
    own = {
        name: getattr(row, name)
        for name in ("kind", "area", "desks", "open_from", "open_to", "queue_people", "queue_at")
    }
    busy: dict[str, Any] = {"people_last_hour": load.hour, "people_today": load.today, "a_desk": load.a_desk}
    busy |= {"percent": load.percent, "state": load.word}
    return {"place": row.pk, "hours": write_hours(row.hours)} | place | own | busy


def _laboratory(row: Laboratory) -> dict[str, Any]:
    place = {name: getattr(row.place, name) for name in ("name_zh", "name_en", "address")}
    own = ("area", "tubes_a_day", "hours_a_run", "open_from", "open_to")
    return {"place": row.pk} | place | {name: getattr(row, name) for name in own}


def _import(request: HttpRequest, importer: importing.Importer, file: UploadedFile, dry: bool) -> Counted:
    scope, now = request.scope, request.now
    sheet = importing.read_sheet(importer, file.read(LARGEST + 1), file.name or "", now=now)
    found = (importing.preview if dry else importing.apply)(importer, sheet, scope=scope, now=now)
    rejected = [vars(row) for row in found.rows if row.outcome == importing.REJECTED][:1000]
    counts = {name: getattr(found, name) for name in ("total", "created", "matched", "rejected")}
    return Counted(**counts, rows=rejected)
