"""The register of vehicles for transfers."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.words import VEHICLES
from yanmen.subsystems.quarantine.models import Run, Vehicle


@transaction.atomic
def register_vehicle(
    *, scope: Scope, area: str, plate: str, kind: str, seats: int, longitude: float, latitude: float, by: str, now: datetime
) -> Vehicle:  # fmt: skip
    """A vehicle for transfers, its seats for people without driver and escort, and where it stands between two runs."""
    scope.require(area)
    number = plate.strip().upper()[:20]
    if not number:
        raise Refusal("请填写车牌号。", "Give the number plate.", field="plate")
    if kind not in VEHICLES:
        raise Refusal("没有这一车型。", "No such kind of vehicle.", field="kind", value=kind[:20])
    if not 1 <= seats <= 100:
        raise Refusal("座位数应在1到100之间。", "A vehicle has 1 to 100 seats.", field="seats", value=str(seats))
    _check_point(longitude, latitude)
    if Vehicle.objects.filter(plate=number, closed_at=None).exists():
        raise Refusal("此车牌已登记。", "This number plate is registered.", field="plate", value=number)
    return Vehicle.objects.create(
        area=area, plate=number, kind=kind, seats=seats, longitude=longitude, latitude=latitude, created_at=now, created_by=by,
    )  # fmt: skip


@transaction.atomic
def stand_vehicle(*, scope: Scope, vehicle: int, longitude: float, latitude: float, by: str, now: datetime) -> Vehicle:
    """The vehicle stands elsewhere between two runs from now on."""
    found = own_vehicle(scope, vehicle)
    _check_point(longitude, latitude)
    found.longitude, found.latitude = longitude, latitude
    found.save(update_fields=["longitude", "latitude"])
    return found


@transaction.atomic
def close_vehicle(*, scope: Scope, vehicle: int, by: str, now: datetime) -> Vehicle:
    """The vehicle is not used for transfers any more."""
    found = own_vehicle(scope, vehicle)
    if Run.objects.filter(vehicle=found, state__in=("planned", "out", "disinfecting")).exists():
        raise Refusal(
            "该车还有未完成的趟次。请先完成或取消；车辆发生故障的，请按故障登记。",
            "The vehicle has runs that have not ended. Finish or cancel them first; or say that it broke down.",
            field="vehicle",
            value=found.plate,
        )
    found.closed_at = now
    found.save(update_fields=["closed_at"])
    return found


@transaction.atomic
def lose_vehicle(*, scope: Scope, vehicle: int, by: str, now: datetime) -> int:
    """The vehicle cannot go on: whoever it has not picked up waits for another. Those aboard are told of on its run.

    Says how many wait again.
    """
    found = own_vehicle(scope, vehicle)
    with connection.cursor() as cursor:
        cursor.execute("SELECT quarantine_vehicle_lost(%s)", [found.pk])
        (freed,) = cursor.fetchone()
    found.closed_at = now
    found.save(update_fields=["closed_at"])
    return int(freed)


def own_vehicle(scope: Scope, number: int) -> Vehicle:
    """A vehicle of the asker's areas that is in use, for a change."""
    rows = scope.within(Vehicle.objects.select_for_update(), "area")
    found: Vehicle | None = rows.filter(pk=number, closed_at=None).first()
    if found is None:
        raise Refusal("您的辖区内没有这一车辆，或已停用。", "No such vehicle in use in your areas.", field="vehicle", value=str(number))  # fmt: skip
    return found


def _check_point(longitude: float, latitude: float) -> None:
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Refusal("经纬度不合理。", "Longitude or latitude makes no sense.", field="longitude", value=f"{longitude}, {latitude}")  # fmt: skip
