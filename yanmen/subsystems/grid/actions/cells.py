"""Doors made from the register, put where they stand; grids opened, given a worker and doors, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from yanmen.base.refusals import Refusal
from yanmen.registry import areas
from yanmen.registry.accounts import holders
from yanmen.registry.models import Household, Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.kinds import WORKER
from yanmen.subsystems.grid.methods.addresses import spot_of
from yanmen.subsystems.grid.models import Cell, Door

MOST_DOORS = 20_000


@transaction.atomic
def register_doors(*, scope: Scope, area: str, by: str, now: datetime) -> int:
    """Make a door for every household of an area, and for every address of people without one. Returns how many are new."""
    areas.area(area)
    within = scope.narrowed(area)
    known = set(within.within(Door.objects, "area").exclude(household=None).values_list("household", flat=True))
    homes = within.within(Household.objects, "area").exclude(pk__in=known).exclude(address="").order_by("pk")
    rows = homes.values_list("pk", "area", "address")[:MOST_DOORS]
    made = [_door(code, address, by, now, household=pk) for pk, code, address in rows]
    alone = within.within(Person.objects, "area").filter(household=None, same_as=None).exclude(address="")
    addresses = set(alone.values_list("area", "address"))
    addresses -= set(within.within(Door.objects, "area").filter(household=None).values_list("area", "address"))
    made += [_door(code, address, by, now) for code, address in sorted(addresses)[:MOST_DOORS]]
    Door.objects.bulk_create(made, batch_size=2000, ignore_conflicts=True)
    return len(made)


@transaction.atomic
def place_door(
    *, scope: Scope, door: int, by: str, now: datetime, position: int | None = None, longitude: float | None = None,
    latitude: float | None = None,
) -> Door:  # fmt: skip
    """Say where a door comes on the walk, or where it stands. `by` and `now` go with the day's list, which follows."""
    found: Door | None = scope.within(Door.objects, "area").filter(pk=door).first()
    if found is None:
        raise Refusal("没有这一户。", "There is no such door.", field="door", value=str(door))
    if (longitude is None) != (latitude is None):
        raise Refusal("经度和纬度须同时填写。", "Give both coordinates, or neither.", field="longitude")
    if longitude is not None and latitude is not None:
        if not (abs(longitude) <= 180 and abs(latitude) <= 90):
            raise Refusal(
                "坐标超出范围。",
                "The coordinates are not on earth.",
                field="longitude",
                value=f"{longitude}, {latitude}",
            )
        found.longitude, found.latitude = longitude, latitude
    if position is not None:
        if not 0 <= position <= 10**6:
            raise Refusal("顺序须为0至1000000。", "A position is 0 to 1000000.", field="position", value=str(position))
        found.position = position
    found.save(update_fields=["longitude", "latitude", "position"])
    return found


@transaction.atomic
def open_cell(
    *,
    scope: Scope,
    area: str,
    name: str,
    by: str,
    now: datetime,
    worker: int | None = None,
    deputies: Sequence[int] = (),
) -> Cell:
    """A grid begins; its worker and deputies hold the role of a grid worker there."""
    areas.area(area)
    scope.require(area)
    title = name.strip()
    if not title or len(title) > 80:
        raise Refusal(
            "请填写网格名称（80字以内）。", "Give a name of up to 80 characters.", field="name", value=title[:20]
        )
    if Cell.objects.filter(area=area, name=title, closed_at=None).exists():
        raise Refusal("该地区已有同名网格。", "There is a grid of this name there.", field="name", value=title)
    _check_workers(area, worker, deputies, now)
    return Cell.objects.create(
        area=area, name=title, worker_id=worker, deputies=list(deputies), opened_at=now, opened_by=by
    )


@transaction.atomic
def change_cell(
    *, scope: Scope, cell: int, by: str, now: datetime, worker: int | None = None, deputies: Sequence[int] = ()
) -> Cell:
    """Somebody else walks the grid from now on; `by` is kept by the access log of the page."""
    found = _open(scope, cell)
    _check_workers(found.area, worker, deputies, now)
    found.worker_id, found.deputies = worker, list(deputies)
    found.save(update_fields=["worker", "deputies"])
    return found


@transaction.atomic
def give_doors(*, scope: Scope, cell: int, text: str, by: str, now: datetime) -> int:
    """Give a grid the doors of its area whose address begins with, or whose building is, one of some names. Returns how many."""
    found = _open(scope, cell)
    names = [each.strip() for each in text.replace("，", ",").replace("、", ",").split(",") if each.strip()][:200]
    doors = scope.within(Door.objects, "area").filter(area__startswith=found.area)
    if names:
        wanted = Q(building__in=names)
        for each in names:
            wanted |= Q(address__startswith=each)
        doors = doors.filter(wanted)
    given = doors.update(cell=found)
    if not given:
        raise Refusal(
            "没有符合的住户。请核对楼号，或先从户籍登记生成门户。",
            "No door fits. Check the buildings, or make doors from the register first.",
            field="text",
            value=text[:60],
        )
    return int(given)


@transaction.atomic
def close_cell(*, scope: Scope, cell: int, by: str, now: datetime) -> None:
    """A grid ends; its doors are the area's."""
    found = _open(scope, cell)
    Door.objects.filter(cell=found).update(cell=None)
    found.closed_at, found.closed_by = now, by
    found.save(update_fields=["closed_at", "closed_by"])


def _door(area: str, address: str, by: str, now: datetime, *, household: int | None = None) -> Door:
    spot = spot_of(address)
    return Door(
        area=area, address=address[:200], household_id=household, building=spot.building[:40], entrance=spot.entrance[:20],
        floor=spot.floor, room=spot.room[:20], made_at=now, made_by=by,
    )  # fmt: skip


def _open(scope: Scope, cell: int) -> Cell:
    found: Cell | None = scope.within(Cell.objects, "area").filter(pk=cell, closed_at=None).first()
    if found is None:
        raise Refusal(
            "没有这个网格，或已停用。", "There is no such grid, or it is closed.", field="cell", value=str(cell)
        )
    return found


def _check_workers(area: str, worker: int | None, deputies: Sequence[int], now: datetime) -> None:
    able = {account.pk for account in holders(WORKER, area, now)}
    for field, number in [("worker", worker), *(("deputies", each) for each in deputies)]:
        if number is not None and number not in able:
            raise Refusal(
                "此账号在该地区没有网格员角色。请先授予角色。",
                "This account has no role of a grid worker there. Grant the role first.",
                field=field,
                value=str(number),
            )
