"""The API of runs and vehicles: planned or by hand, under way, disinfected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.subsystems.quarantine.actions import runs, vehicles
from yanmen.subsystems.quarantine.api.transfers import PLANS, SEES, Chosen, Key, Name, Number, Text, TransferOut, told
from yanmen.subsystems.quarantine.models import Run, Vehicle
from yanmen.subsystems.quarantine.queries import transfers as queries

router = Router()


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


class Driver(Input):
    """Who drives."""

    driver: Name


class Cleaner(Input):
    """Who disinfected the vehicle."""

    disinfected_by: Name


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


@router.get("/runs", response=list[RunOut], summary="Runs planned, out or being disinfected")
@allow(role=SEES)
def under_way(request: HttpRequest) -> list[RunOut]:
    return [RunOut(**_run(each)) for each in queries.runs(request.scope)[: queries.MOST]]


@router.post("/runs", response={201: RunWithRiders}, summary="A run by hand")
@allow(role=PLANS)
def by_hand(request: HttpRequest, body: RunIn) -> Status[RunWithRiders]:
    made = runs.put_on_run(**body.dict(), **asked_by(request))
    return Status(201, _of(request, made.pk))


@router.get("/runs/{run}", response=RunWithRiders, summary="A run and who is on it, in order")
@allow(role=SEES)
def of_run(request: HttpRequest, run: Number) -> RunWithRiders:
    return _of(request, run)


@router.post("/runs/{run}/depart", response=RunWithRiders, summary="The vehicle leaves")
@allow(role=PLANS)
def depart(request: HttpRequest, run: Number, body: Driver) -> RunWithRiders:
    runs.depart(run=run, driver=body.driver, **asked_by(request))
    return _of(request, run)


@router.post("/runs/{run}/finish", response=RunWithRiders, summary="Everybody is handed over")
@allow(role=PLANS)
def finish(request: HttpRequest, run: Number) -> RunWithRiders:
    runs.finish(run=run, **asked_by(request))
    return _of(request, run)


@router.post("/runs/{run}/disinfected", response=RunWithRiders, summary="The vehicle is disinfected and free")
@allow(role=PLANS)
def disinfected(request: HttpRequest, run: Number, body: Cleaner) -> RunWithRiders:
    runs.disinfected(run=run, disinfected_by=body.disinfected_by, **asked_by(request))
    return _of(request, run)


@router.post("/runs/{run}/cancel", response=RunWithRiders, summary="Give up a run that has not departed")
@allow(role=PLANS)
def cancel_run(request: HttpRequest, run: Number) -> RunWithRiders:
    runs.cancel_run(run=run, **asked_by(request))
    return _of(request, run)


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


def _run(each: Run) -> dict[str, Any]:
    names = set(RunOut.model_fields) - {"vehicle", "plate"}
    return {name: getattr(each, name) for name in names} | {"vehicle": each.vehicle_id, "plate": each.vehicle.plate}


def _of(request: Any, number: int) -> RunWithRiders:
    found = queries.run(request.scope, number)
    if found is None:
        raise Http404
    return RunWithRiders(**_run(found), transfers=[told(each) for each in found.transfers.all()])


def _vehicle(each: Vehicle) -> VehicleOut:
    return VehicleOut(**{name: getattr(each, name) for name in VehicleOut.model_fields})
