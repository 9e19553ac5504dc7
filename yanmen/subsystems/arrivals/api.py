"""The API of arrivals: declare, land, say what became of a journey, and read the lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import File, Router, Schema, Status, UploadedFile
from pydantic import AwareDatetime, Field

from yanmen.desk.api import Input, allow
from yanmen.desk.errors import refusal
from yanmen.desk.refusals import SAID, computed_among, refuse
from yanmen.registry import importing, people
from yanmen.registry.models import Person
from yanmen.subsystems.arrivals import actions, queries
from yanmen.subsystems.arrivals.kinds import GRID_OFFICER, OFFICER, STATION

router = Router()
STAFF = (OFFICER, STATION, GRID_OFFICER)
Transport = Literal["train", "air", "coach", "car", "lorry", "other"]
AreaCode = Field(pattern=r"^\d{6}(\d{3}){0,2}$", description="GB/T 2260 code: 6, 9 or 12 digits")


class Traveller(Input):
    """Who comes. The document number is stored sealed."""

    name: str = Field(min_length=1, max_length=80)
    sex: Literal["male", "female", ""] = ""
    born_on: date | None = None
    id_type: str = Field("resident", max_length=40)
    id_number: str = Field("", max_length=40)
    phone: str = Field("", max_length=20)


class Stay(Input):
    """A further place of stay on the way."""

    origin: str = AreaCode
    arrived_origin_on: date | None = None
    left_origin_on: date | None = None


class Declaration(Input):
    """A journey to come: from where, since when, to where, and who travels along."""

    traveller: Traveller
    origin: str = AreaCode
    arrived_origin_on: date | None = None
    left_origin_on: date
    expected_on: date
    transport: Transport = "other"
    vehicle: str = Field("", max_length=40)
    destination: str = AreaCode
    address: str = Field("", max_length=200)
    stays: list[Stay] = Field(default_factory=list, max_length=20)
    children: list[Traveller] = Field(default_factory=list, max_length=10)


class Landing(Input):
    """A traveller has landed: by the key of the journey."""

    journey: str = Field(max_length=36)
    station: str = Field("", max_length=80)
    note: str = Field("", max_length=200)


class Answer(Input):
    """What became of a journey."""

    note: str = Field("", max_length=200)


class Elsewhere(Answer):
    """The traveller belongs to another area."""

    destination: str = AreaCode


class Rerouted(Elsewhere):
    """The traveller goes to another area, on a day."""

    expected_on: date


class TakenOver(Answer):
    """The community answers for the traveller from now on."""

    address: str = Field("", max_length=200)


class Entry(Input):
    """Somebody entered the country."""

    traveller: Traveller
    area: str = AreaCode
    entered_at: AwareDatetime
    country: str = Field("", max_length=60)
    port: str = Field("", max_length=60)
    flight: str = Field("", max_length=20)
    quarantined_until: date | None = None


class Exit(Input):
    """A worker left a closed-loop post."""

    traveller: Traveller
    area: str = AreaCode
    left_at: AwareDatetime
    post: str = Field(max_length=40)
    days_off_post: int | None = Field(None, ge=0, le=365)


class Recorded(Schema):
    """The fact, and the person it is about."""

    fact: UUID
    person: int


class Declared(Schema):
    """The key of the journey, of the person, and those of the children."""

    journey: str
    person: int
    children: list[str] = []


class JourneyOut(Schema):
    """A journey and its stage."""

    journey: str
    person_id: int
    name: str
    area: str
    origin: str
    destination: str
    transport: str
    vehicle: str
    left_origin_on: date | None
    expected_on: date
    landed_at: datetime | None
    test_due_at: datetime | None
    last_day: date | None
    stage: str
    stage_title: dict[str, str]


class Rejected(Schema):
    """A line that was not taken: which field, which value, and what to do."""

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


class Journeys(Schema):
    """One page; ask again with `after` for the next."""

    rows: list[JourneyOut]
    after: str | None


@router.post("/declarations", response={201: Declared}, summary="Declare an arrival")
@allow(role=STAFF)
def declare(request: HttpRequest, body: Declaration) -> Status[Declared]:
    person = _register(body.traveller, body.destination, body.address, request)
    about = body.dict(include={"origin", "arrived_origin_on", "left_origin_on", "expected_on", "transport", "vehicle"})
    about |= {"destination": body.destination, "address": body.address}
    by, now = request.scope.by, request.now
    journey = actions.declare(person=person, **about, by=by, now=now)
    for stay in body.stays:
        actions.add_stay(person=person, **stay.dict(), area=body.destination, journey=journey, by=by, now=now)
    children = actions.declare_companions(
        guardian=person, journey=about, children=[child.dict() for child in body.children], by=by, now=now
    )
    return Status(201, Declared(journey=journey, person=person.pk, children=[key for _, key in children]))


@router.post("/landings", response={201: JourneyOut}, summary="Record a landing")
@allow(role=STAFF)
def land(request: HttpRequest, body: Landing) -> Status[Any]:
    actions.land(
        scope=request.scope,
        journey=body.journey,
        station=body.station,
        note=body.note,
        by=request.scope.by,
        now=request.now,
    )
    return Status(201, _journey(request, body.journey))


@router.post("/entries", response={201: Recorded}, summary="Record an entry from abroad")
@allow(role=STAFF)
def enter(request: HttpRequest, body: Entry) -> Status[Recorded]:
    person = _register(body.traveller, body.area, "", request)
    about = body.dict(exclude={"traveller", "area"})
    fact = actions.enter_country(person=person, **about, by=request.scope.by, now=request.now)
    return Status(201, Recorded(fact=fact, person=person.pk))


@router.post("/closed-loop-exits", response={201: Recorded}, summary="Record an exit from a closed-loop post")
@allow(role=STAFF)
def leave_closed_loop(request: HttpRequest, body: Exit) -> Status[Recorded]:
    person = _register(body.traveller, body.area, "", request)
    about = body.dict(exclude={"traveller", "area"})
    fact = actions.leave_closed_loop(person=person, **about, by=request.scope.by, now=request.now)
    return Status(201, Recorded(fact=fact, person=person.pk))


@router.post("/imports", response={200: Receipt}, summary="Declare many from a CSV or Excel file")
@allow(role=OFFICER)
def declare_many(request: HttpRequest, file: File[UploadedFile], dry: bool = False) -> Receipt | HttpResponse:
    importer = actions.DECLARATIONS
    sheet = importing.read_sheet(importer, file.read(), file.name or "", now=request.now)
    if computed := computed_among(sheet.table.header):
        return _refuse(computed, sum(1 for _ in sheet.lines), request)
    run = importing.preview if dry else importing.apply
    found = run(importer, sheet, scope=request.scope, now=request.now)
    rejected = [Rejected(**row.__dict__) for row in found.rows if row.outcome == importing.REJECTED]
    return Receipt(
        total=found.total,
        created=found.created,
        matched=found.matched,
        rejected=found.rejected,
        repeated=found.repeated,
        rows=rejected[:1000],
    )


@router.get("/journeys", response=Journeys, summary="Journeys, by stage")
@allow(role=STAFF)
def journeys(request: HttpRequest, stage: str = "", area: str = "", after: str = "") -> queries.Page:
    return queries.journeys(request.scope, now=request.now, stage=stage, area=area, after=after)


@router.get("/counts", summary="How many journeys stand at each stage")
@allow(role=STAFF)
def counts(request: HttpRequest, area: str = "") -> dict[str, int]:
    return queries.counts(request.scope, now=request.now, area=area)


@router.get("/journeys/{journey}", response=JourneyOut, summary="One journey")
@allow(role=STAFF)
def journey(request: HttpRequest, journey: str) -> queries.Journey:
    return _journey(request, journey)


@router.post("/journeys/{journey}/no-show", response=JourneyOut, summary="The traveller did not come")
@allow(role=STAFF)
def no_show(request: HttpRequest, journey: str, body: Answer) -> queries.Journey:
    actions.mark_no_show(scope=request.scope, journey=journey, note=body.note, by=request.scope.by, now=request.now)
    return _journey(request, journey)


@router.post("/journeys/{journey}/reroute", response=Declared, summary="The traveller goes elsewhere")
@allow(role=STAFF)
def reroute(request: HttpRequest, journey: str, body: Rerouted) -> Declared:
    found = _journey(request, journey)
    key = actions.reroute(scope=request.scope, journey=journey, **body.dict(), by=request.scope.by, now=request.now)
    return Declared(journey=key, person=found.person_id)


@router.post("/journeys/{journey}/declared-elsewhere", response=JourneyOut, summary="Another area has the declaration")
@allow(role=STAFF)
def declared_elsewhere(request: HttpRequest, journey: str, body: Elsewhere) -> queries.Journey:
    actions.declared_elsewhere(
        scope=request.scope, journey=journey, **body.dict(), by=request.scope.by, now=request.now
    )
    return _journey(request, journey)


@router.post("/journeys/{journey}/take-over", response=JourneyOut, summary="The community takes the traveller over")
@allow(role=STAFF)
def take_over(request: HttpRequest, journey: str, body: TakenOver) -> queries.Journey:
    actions.take_over(scope=request.scope, journey=journey, **body.dict(), by=request.scope.by, now=request.now)
    return _journey(request, journey)


def _journey(request: HttpRequest, key: str) -> queries.Journey:
    found = queries.journey(request.scope, key, now=request.now)
    if found is None:
        raise Http404(key)
    return found


def _register(traveller: Traveller, area: str, address: str, request: HttpRequest) -> Person:
    request.scope.require(area)
    return people.register_person(**traveller.dict(), area=area, address=address, by=request.scope.by, now=request.now)


def _refuse(names: list[str], count: int, request: HttpRequest) -> HttpResponse:
    """A file that names a colour or a tier: nothing of it is taken, and inspection is told."""
    refuse(names, actor=request.scope.by, door=request.path, count=count, now=request.now)
    zh, en, remedy_zh, remedy_en = SAID
    said = refusal(zh, en, field=", ".join(names), remedy_zh=remedy_zh, remedy_en=remedy_en)
    return JsonResponse({"errors": [said]}, status=403)
