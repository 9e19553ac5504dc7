"""The API of venues: register and codes, paper lists, people inside, check-ins in doubt, coverage."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import File, Router, Schema, Status, UploadedFile
from pydantic import Field

from yanmen.base.clock import local_date
from yanmen.desk.api import Input, allow
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry import importing
from yanmen.subsystems.venues import actions
from yanmen.subsystems.venues.kinds import MANAGER, STAFF
from yanmen.subsystems.venues.methods.words import EXPLAINED, HINTS, WHY
from yanmen.subsystems.venues.models import Note, Venue
from yanmen.subsystems.venues.queries import coverage, inside, notes, register

router = Router()
EVERYBODY = (MANAGER, STAFF, INSPECTOR, COMMAND, "grid_officer")
LARGEST = 5_000_000


class Change(Input):
    """What may be corrected about a venue; what is left out stays."""

    kind: str | None = Field(None, max_length=40)
    name_zh: str | None = Field(None, min_length=1, max_length=80)
    name_en: str | None = Field(None, max_length=80)
    address: str | None = Field(None, max_length=200)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    capacity: int | None = Field(None, ge=0, le=2_000_000)
    stay_minutes: int | None = Field(None, ge=1, le=720)
    responsible: str | None = Field(None, max_length=64)


class NewVenue(Change):
    """A venue to register."""

    kind: str = Field(max_length=40)
    name_zh: str = Field(min_length=1, max_length=80)
    area: str = Field(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$", description="GB/T 2260 code")
    organisation: int | None = Field(None, ge=1)


class SpotCheck(Input):
    """How many went in while somebody stood at the door, and how many of them checked in."""

    entered: int = Field(ge=1, le=100_000)
    checked_in: int = Field(ge=0, le=100_000)
    note: str = Field("", max_length=200)


class Finding(Input):
    """What was found about a note."""

    finding: str = Field(min_length=1, max_length=500)


class VenueOut(Schema):
    """A venue. Its code is given to those who print it, at `/code`."""

    place: int
    kind: str
    name_zh: str
    name_en: str
    area: str
    address: str
    capacity: int | None
    stay_minutes: int | None
    opened_at: datetime
    closed_at: datetime | None
    seeded_at: datetime
    printed_at: datetime | None


class Venues(Schema):
    """One page; ask again with `after` for the next."""

    rows: list[VenueOut]
    after: str | None


class NoteOut(Schema):
    """Check-ins in doubt at a venue, for one reason, on one day."""

    id: int
    venue: int
    why: str
    title: dict[str, str]
    explanation: dict[str, str]
    day: date
    first_at: datetime
    last_at: datetime
    scans: int
    people: int
    homes: dict[str, int]
    seen_at: datetime | None
    finding: str


class Rejected(Schema):
    """A line that was not taken."""

    line: int
    field: str
    value: str
    zh: str
    en: str


class Receipt(Schema):
    """What became of every line: created + matched + rejected = total."""

    total: int
    created: int
    matched: int
    rejected: int
    repeated: bool
    rows: list[Rejected]


@router.get("/register", response=Venues, summary="Venues, in the order of registration")
@allow(role=EVERYBODY)
def venues(request: HttpRequest, q: str = "", kind: str = "", closed: bool = False, after: str = "") -> dict[str, Any]:
    found = register.venues(request.scope, text=q[:80], kind=kind, closed=closed, after=after)
    return {"rows": [_out(row) for row in found.rows], "after": found.after}


@router.post("/register", response={201: VenueOut}, summary="Register a venue")
@allow(role=MANAGER)
def open_venue(request: HttpRequest, body: NewVenue) -> Status[dict[str, Any]]:
    values = {name: value for name, value in body.dict().items() if value is not None}
    return Status(201, _out(actions.open_venue(scope=request.scope, **values, by=request.scope.by, now=request.now)))


@router.post("/imports", response=Receipt, summary="Register many from a CSV or Excel file")
@allow(role=MANAGER)
def open_many(request: HttpRequest, file: File[UploadedFile], dry: bool = False) -> Receipt:
    sheet = importing.read_sheet(actions.VENUES, file.read(LARGEST + 1), file.name or "", now=request.now)
    run = importing.preview if dry else importing.apply
    return _receipt(run(actions.VENUES, sheet, scope=request.scope, now=request.now))


@router.get("/register/{place}", response=VenueOut, summary="One venue")
@allow(role=EVERYBODY)
def venue(request: HttpRequest, place: int) -> dict[str, Any]:
    return _out(_found(request, place))


@router.patch("/register/{place}", response=VenueOut, summary="Correct what is said about a venue")
@allow(role=MANAGER)
def change(request: HttpRequest, place: int, body: Change) -> dict[str, Any]:
    values = body.dict(exclude_unset=True)
    for name in ("name_en", "address", "responsible"):
        if name in values:
            values[name] = values[name] or ""
    for name in ("kind", "name_zh"):
        if values.get(name, "") is None:
            del values[name]
    return _out(actions.change(scope=request.scope, place=place, **values, by=request.scope.by, now=request.now))


@router.get("/register/{place}/code", summary="What the printed code says")
@allow(role=(MANAGER, STAFF))
def code(request: HttpRequest, place: int) -> dict[str, str]:
    return {"code": register.code_text(request.scope, _found(request, place))}


@router.post("/register/{place}/code", response=VenueOut, summary="Issue a new code; older prints are worthless")
@allow(role=MANAGER)
def renew(request: HttpRequest, place: int) -> dict[str, Any]:
    return _out(actions.renew_code(scope=request.scope, place=place, by=request.scope.by, now=request.now))


@router.post("/register/{place}/close", response=VenueOut, summary="Take no check-in from now on")
@allow(role=MANAGER)
def close(request: HttpRequest, place: int) -> dict[str, Any]:
    return _out(actions.close(scope=request.scope, place=place, by=request.scope.by, now=request.now))


@router.post("/register/{place}/reopen", response=VenueOut, summary="Open a closed venue again")
@allow(role=MANAGER)
def reopen(request: HttpRequest, place: int) -> dict[str, Any]:
    return _out(actions.reopen(scope=request.scope, place=place, by=request.scope.by, now=request.now))


@router.post("/register/{place}/visits", response=Receipt, summary="Enter a paper list (CSV or Excel)")
@allow(role=(MANAGER, STAFF, "grid_officer"))
def visits(request: HttpRequest, place: int, file: File[UploadedFile]) -> Receipt:
    found = _found(request, place)
    content, name = file.read(LARGEST + 1), file.name or ""
    about: dict[str, Any] = {"scope": request.scope, "by": request.scope.by, "now": request.now}
    return _receipt(actions.record_visits(place=found.pk, content=content, file_name=name, **about))


@router.post("/register/{place}/spot-checks", response={201: dict[str, str]}, summary="Count at the door")
@allow(role=(INSPECTOR, MANAGER, "grid_officer"))
def spot_check(request: HttpRequest, place: int, body: SpotCheck) -> Status[dict[str, str]]:
    about: dict[str, Any] = {"scope": request.scope, "by": request.scope.by, "now": request.now}
    return Status(201, {"fact": str(actions.spot_check(place=place, **body.dict(), **about))})


@router.get("/register/{place}/hours", summary="Check-ins and people inside by the hour of a day")
@allow(role=EVERYBODY)
def hours(request: HttpRequest, place: int, day: date | None = None) -> list[dict[str, int]]:
    found = _found(request, place)
    return inside.by_hour(request.scope, found.pk, day=day or local_date(request.now), now=request.now)


@router.get("/inside", summary="People inside now, the fullest venues first; with the areas added up")
@allow(role=EVERYBODY)
def people_inside(request: HttpRequest) -> dict[str, Any]:
    rows = inside.inside(request.scope, now=request.now)
    told = [{"place": row.venue.pk, "inside": row.people, "capacity": row.venue.capacity} for row in rows[:500]]
    return {"as_of": request.now, "venues": told, "areas": inside.inside_by_area(request.scope, rows)}


@router.get("/notes", response=list[NoteOut], summary="Check-ins in doubt, newest first")
@allow(role=(INSPECTOR, MANAGER, COMMAND, STAFF))
def in_doubt(request: HttpRequest, seen: bool = False, before: int | None = None) -> list[dict[str, Any]]:
    return [_note(row) for row in notes.notes(request.scope, seen=seen, before=before)]


@router.post("/notes/{note}", response=NoteOut, summary="Say what was found about a note")
@allow(role=(INSPECTOR, MANAGER))
def answer(request: HttpRequest, note: int, body: Finding) -> dict[str, Any]:
    about: dict[str, Any] = {"scope": request.scope, "by": request.scope.by, "now": request.now}
    return _note(actions.see_note(note=note, finding=body.finding, **about))


@router.get("/coverage", summary="How many open venues had check-ins in the last whole days, by area")
@allow(role=(INSPECTOR, COMMAND, MANAGER))
def covered(request: HttpRequest) -> dict[str, Any]:
    counted_to = coverage.counted_to(request.scope, now=request.now)
    found = coverage.coverage(request.scope, now=request.now)
    return found | {"counted_to": counted_to, "totals": coverage.totals(request.scope, now=request.now)}


@router.get("/hints", summary="Venues whose check-ins look missing or made up")
@allow(role=(INSPECTOR, COMMAND, MANAGER))
def hints(request: HttpRequest, name: str = "", after: int = 0) -> dict[str, Any]:
    rows = coverage.hinted(request.scope, name=name, after=after)
    told = [
        {
            "place": row.venue.pk,
            "hints": [{"name": h.name, "title": HINTS[h.name], "value": h.value, "limit": h.limit} for h in row.hints],
        }
        for row in rows
    ]
    return {"rows": told, "after": rows[-1].venue.pk if len(rows) == coverage.PAGE else None}


def _found(request: HttpRequest, place: int) -> Venue:
    found = register.venue(request.scope, place)
    if found is None:
        raise Http404(str(place))
    return found


def _out(row: Venue) -> dict[str, Any]:
    own = ("kind", "area", "capacity", "stay_minutes", "opened_at", "closed_at", "seeded_at", "printed_at")
    place = {name: getattr(row.place, name) for name in ("name_zh", "name_en", "address")}
    return {"place": row.pk} | place | {name: getattr(row, name) for name in own}


def _note(row: Note) -> dict[str, Any]:
    own = ("id", "why", "day", "first_at", "last_at", "scans", "people", "homes", "seen_at", "finding")
    said = {"venue": row.venue_id, "title": WHY[row.why], "explanation": EXPLAINED[row.why]}
    return {name: getattr(row, name) for name in own} | said


def _receipt(found: importing.Receipt) -> Receipt:
    rejected = [Rejected(**row.__dict__) for row in found.rows if row.outcome == importing.REJECTED]
    return Receipt(
        total=found.total,
        created=found.created,
        matched=found.matched,
        rejected=found.rejected,
        repeated=found.repeated,
        rows=rejected[:1000],
    )
