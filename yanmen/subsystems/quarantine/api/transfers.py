"""The API of transfers for both sides: asking, approving, runs, vehicles."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.subsystems.quarantine.actions import requests, runs, transfers, vehicles
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.models import Run, Transfer, Vehicle
from yanmen.subsystems.quarantine.queries import transfers as queries

router = Router()
TEAM = "transfer_team"
SEES = (DISPATCHER, MANAGER, STAFF, TEAM, "command.staff")
PLANS = (DISPATCHER, TEAM)
APPROVES = (DISPATCHER, MANAGER)
ASKS = (DISPATCHER, MANAGER, TEAM)
RECEIVES = (DISPATCHER, TEAM, MANAGER, STAFF)
Number = Annotated[int, Path(ge=1, le=2**53)]
Key = Annotated[int, Field(ge=1, le=2**53)]
Keys = Annotated[list[Key], Field(min_length=1, max_length=2000)]
Text = r"^[^\x00]*$"
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=Text)]
Why = Annotated[str, Field(min_length=1, max_length=200, pattern=Text)]
State = Annotated[str, Query(max_length=20, pattern=Text)]
Need = Annotated[str, Field(max_length=20, pattern=Text)]


class Asked(Input):
    """Who is to be brought: to the stays they were given, or to a place, or home where no place is said."""

    stays: list[Key] = Field([], max_length=2000)
    people: list[Key] = Field([], max_length=2000)
    to_place: Key | None = None
    group: Literal["", "case", "contact", "home"] = ""
    why: Literal["", "infected", "close_contact", "second_contact", "home"] = ""
    needs: list[Need] = Field([], max_length=20)
    from_place: Key | None = None
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    ready_at: AwareDatetime | None = None


class Chosen(Input):
    """Transfers."""

    transfers: Keys


class WithWhy(Chosen):
    """Transfers, and why."""

    why: Why


class PickedUp(Chosen):
    """Who took them."""

    picked_up_by: Name


class Received(Chosen):
    """Who received them."""

    received_by: Name


class VehicleIn(Input):
    """A vehicle and its stand."""

    area: str = Field(pattern=r"^\d{2,12}$")
    plate: str = Field(min_length=1, max_length=20, pattern=Text)
    kind: str = Field("van", max_length=20, pattern=Text)
    seats: int = Field(ge=1, le=100)
    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)


class Stand(Input):
    """Where a vehicle stands between two runs."""

    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)


class RunIn(Chosen):
    """A run by hand: these transfers in this order."""

    vehicle: Key
    departs_at: AwareDatetime | None = None


class Planning(Input):
    """How long to search."""

    seconds: float = Field(5.0, ge=0.5, le=30.0)


class Driver(Input):
    """Who drives."""

    driver: Name


class Cleaner(Input):
    """Who disinfected the vehicle."""

    disinfected_by: Name


class TransferOut(Schema):
    """A transfer and how far it is."""

    id: int
    person: int
    party: int
    state: str
    group: str
    area: str
    to_area: str
    from_text: str
    to_text: str
    to_place: int | None
    stay: int | None
    needs: list[str]
    ready_at: datetime | None
    due_at: datetime
    run: int | None
    position: int | None
    pick_up_at: datetime | None
    arrive_at: datetime | None
    picked_up_at: datetime | None
    arrived_at: datetime | None
    received_by: str
    why: str


class RunOut(Schema):
    """A run of a vehicle."""

    id: int
    vehicle: int
    plate: str
    area: str
    group: str
    state: str
    departs_at: datetime
    back_at: datetime
    free_at: datetime
    metres: float
    driver: str
    disinfected_by: str


class RunWithRiders(RunOut):
    """A run with its transfers in order."""

    transfers: list[TransferOut]


class VehicleOut(Schema):
    """A vehicle."""

    id: int
    area: str
    plate: str
    kind: str
    seats: int
    longitude: float
    latitude: float
    closed_at: datetime | None


class Planned(Schema):
    """What a plan brought, beside what is done without one. `faults` counts what does not hold, by its name; late is no more than late."""

    runs: int
    people: int
    skipped: int
    left: int
    kilometres: float
    vehicles: int
    last_arrival: datetime
    naive_kilometres: float
    naive_vehicles: int
    naive_last_arrival: datetime
    faults: dict[str, int]


@router.get("/transfers", response=list[TransferOut], summary="Transfers of both ends, soonest due first")
@allow(role=SEES)
def listed(request: HttpRequest, state: State = "") -> list[TransferOut]:
    rows = queries.at_either_end(request.scope)
    rows = rows.filter(state=state) if state else rows.filter(ended_at=None)
    return [_transfer(each) for each in rows.order_by("due_at", "party", "pk")[: queries.MOST]]


@router.post("/transfers", response={201: list[TransferOut]}, summary="Ask for transfers")
@allow(role=ASKS)
def ask(request: HttpRequest, body: Asked) -> Status[list[TransferOut]]:
    about = asked_by(request)
    if body.stays:
        made = requests.request_stays(stays=body.stays, needs=body.needs, **about)
    else:
        point = (body.longitude, body.latitude) if body.longitude is not None and body.latitude is not None else None
        given = body.dict(exclude={"stays", "longitude", "latitude"})
        made = requests.request_transfers(from_point=point, **given, **about)
    return Status(201, [_transfer(each) for each in made])


@router.get("/transfers/{int:transfer}", response=TransferOut, summary="One transfer")
@allow(role=SEES)
def one(request: HttpRequest, transfer: Number) -> TransferOut:
    found = queries.transfer(request.scope, transfer)
    if found is None:
        raise Http404
    return _transfer(found)


@router.post("/transfers/release", response=list[TransferOut], summary="The sending side lets them go")
@allow(role=APPROVES)
def release(request: HttpRequest, body: Chosen) -> list[TransferOut]:
    return _all(transfers.release(transfers=body.transfers, **asked_by(request)))


@router.post("/transfers/accept", response=list[TransferOut], summary="The receiving side takes them")
@allow(role=APPROVES)
def accept(request: HttpRequest, body: Chosen) -> list[TransferOut]:
    return _all(transfers.accept(transfers=body.transfers, **asked_by(request)))


@router.post("/transfers/approve", response=list[TransferOut], summary="Whatever the asker may approve of these")
@allow(role=APPROVES)
def approve(request: HttpRequest, body: Chosen) -> list[TransferOut]:
    return _all(transfers.approve(transfers=body.transfers, **asked_by(request)))


@router.post("/transfers/refuse", response=list[TransferOut], summary="Either side does not agree")
@allow(role=APPROVES)
def refuse(request: HttpRequest, body: WithWhy) -> list[TransferOut]:
    return _all(transfers.refuse(**body.dict(), **asked_by(request)))


@router.post("/transfers/cancel", response=list[TransferOut], summary="Not needed any more")
@allow(role=(*APPROVES, TEAM))
def cancel(request: HttpRequest, body: WithWhy) -> list[TransferOut]:
    return _all(transfers.cancel(**body.dict(), **asked_by(request)))


@router.post("/transfers/pick-up", response=list[TransferOut], summary="They are in the vehicle")
@allow(role=PLANS)
def pick_up(request: HttpRequest, body: PickedUp) -> list[TransferOut]:
    return _all(transfers.pick_up(**body.dict(), **asked_by(request)))


@router.post("/transfers/arrive", response=list[TransferOut], summary="They are there and taken in")
@allow(role=RECEIVES)
def arrive(request: HttpRequest, body: Received) -> list[TransferOut]:
    return _all(transfers.arrive(**body.dict(), **asked_by(request)))


@router.post("/transfers/bring-back", response=list[TransferOut], summary="They could not be handed over")
@allow(role=PLANS)
def bring_back(request: HttpRequest, body: WithWhy) -> list[TransferOut]:
    return _all(transfers.bring_back(**body.dict(), **asked_by(request)))


@router.post("/transfers/plan", response=Planned, summary="Plan the runs of everybody approved, and take the plan over")
@allow(role=PLANS)
def plan(request: HttpRequest, body: Planning) -> Planned:
    proposal, adopted = runs.plan_runs(seconds=body.seconds, **asked_by(request))
    faults: dict[str, int] = {}
    for each in proposal.faults:
        faults[each.code] = faults.get(each.code, 0) + 1
    return Planned(
        runs=adopted.runs, people=adopted.people, skipped=adopted.skipped, left=len(proposal.plan.left),
        kilometres=proposal.plan.metres / 1000, vehicles=proposal.plan.vans,
        last_arrival=proposal.board.at(proposal.plan.last), naive_kilometres=proposal.naive.metres / 1000,
        naive_vehicles=proposal.naive.vans, naive_last_arrival=proposal.board.at(proposal.naive.last), faults=faults,
    )  # fmt: skip


@router.get("/runs", response=list[RunOut], summary="Runs planned, out or being disinfected")
@allow(role=SEES)
def under_way(request: HttpRequest) -> list[RunOut]:
    return [RunOut(**_run(each)) for each in queries.runs(request.scope)[: queries.MOST]]


@router.post("/runs", response={201: RunWithRiders}, summary="A run by hand")
@allow(role=PLANS)
def by_hand(request: HttpRequest, body: RunIn) -> Status[RunWithRiders]:
    made = runs.put_on_run(**body.dict(), **asked_by(request))
    return Status(201, _told(request, made.pk))


@router.get("/runs/{run}", response=RunWithRiders, summary="A run and who is on it, in order")
@allow(role=SEES)
def of_run(request: HttpRequest, run: Number) -> RunWithRiders:
    return _told(request, run)


@router.post("/runs/{run}/depart", response=RunWithRiders, summary="The vehicle leaves")
@allow(role=PLANS)
def depart(request: HttpRequest, run: Number, body: Driver) -> RunWithRiders:
    runs.depart(run=run, driver=body.driver, **asked_by(request))
    return _told(request, run)


@router.post("/runs/{run}/finish", response=RunWithRiders, summary="Everybody is handed over")
@allow(role=PLANS)
def finish(request: HttpRequest, run: Number) -> RunWithRiders:
    runs.finish(run=run, **asked_by(request))
    return _told(request, run)


@router.post("/runs/{run}/disinfected", response=RunWithRiders, summary="The vehicle is disinfected and free")
@allow(role=PLANS)
def disinfected(request: HttpRequest, run: Number, body: Cleaner) -> RunWithRiders:
    runs.disinfected(run=run, disinfected_by=body.disinfected_by, **asked_by(request))
    return _told(request, run)


@router.post("/runs/{run}/cancel", response=RunWithRiders, summary="Give up a run that has not departed")
@allow(role=PLANS)
def cancel_run(request: HttpRequest, run: Number) -> RunWithRiders:
    runs.cancel_run(run=run, **asked_by(request))
    return _told(request, run)


@router.get("/vehicles", response=list[VehicleOut], summary="Vehicles in use")
@allow(role=SEES)
def in_use(request: HttpRequest) -> list[VehicleOut]:
    return [_vehicle(each) for each in queries.vehicles(request.scope)]


@router.post("/vehicles", response={201: VehicleOut}, summary="Register a vehicle")
@allow(role=PLANS)
def register(request: HttpRequest, body: VehicleIn) -> Status[VehicleOut]:
    return Status(201, _vehicle(vehicles.register_vehicle(**body.dict(), **asked_by(request))))


@router.post("/vehicles/{vehicle}/stand", response=VehicleOut, summary="It stands elsewhere between two runs")
@allow(role=PLANS)
def stand(request: HttpRequest, vehicle: Number, body: Stand) -> VehicleOut:
    return _vehicle(vehicles.stand_vehicle(vehicle=vehicle, **body.dict(), **asked_by(request)))


@router.post("/vehicles/{vehicle}/close", response=VehicleOut, summary="Not used any more")
@allow(role=PLANS)
def close(request: HttpRequest, vehicle: Number) -> VehicleOut:
    return _vehicle(vehicles.close_vehicle(vehicle=vehicle, **asked_by(request)))


def _all(rows: list[Transfer]) -> list[TransferOut]:
    return [_transfer(each) for each in rows]


def _transfer(each: Transfer) -> TransferOut:
    names = set(TransferOut.model_fields) - {"person", "to_place", "stay", "run"}
    about: dict[str, Any] = {name: getattr(each, name) for name in names}
    about |= {"person": each.person_id, "to_place": each.to_place_id, "stay": each.stay_id, "run": each.run_id}
    return TransferOut(**about)


def _run(each: Run) -> dict[str, Any]:
    names = set(RunOut.model_fields) - {"vehicle", "plate"}
    return {name: getattr(each, name) for name in names} | {"vehicle": each.vehicle_id, "plate": each.vehicle.plate}


def _told(request: Any, number: int) -> RunWithRiders:
    found = queries.run(request.scope, number)
    if found is None:
        raise Http404
    return RunWithRiders(**_run(found), transfers=[_transfer(each) for each in found.transfers.all()])


def _vehicle(each: Vehicle) -> VehicleOut:
    return VehicleOut(**{name: getattr(each, name) for name in VehicleOut.model_fields})
