"""Floors and rooms: made in one act, given a zone, closed with a reason; and their way between two stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions.linen import laid_out, stripped
from yanmen.subsystems.quarantine.actions.sites import locked
from yanmen.subsystems.quarantine.methods.courses import ROOM, STAYING
from yanmen.subsystems.quarantine.methods.rooming import read_levels, read_numbers
from yanmen.subsystems.quarantine.methods.words import FEATURES, ZONES
from yanmen.subsystems.quarantine.models import Floor, Room, RoomStep, Stay
from yanmen.subsystems.quarantine.queries.statements import statement

MOST_ROOMS, MOST_BEDS, MOST_SETS = 5_000, 200, 20
STEPS = ("strip", "disinfect", "inspect", "fail")


@dataclass(frozen=True)
class Made:
    """What one act made of floors and rooms; what was there already is left as it is."""

    floors: int
    rooms: int
    known: int


@transaction.atomic
def add_rooms(
    *, scope: Scope, site: int, floors: str, rooms: str, by: str, now: datetime, beds: int = 1,
    features: Sequence[str] = (), zone: str = "observation",
) -> Made:  # fmt: skip
    """Make rooms 01-20 on floors 2-6: numbers are the floor and what is written. Rooms are only made where guests live."""
    found = locked(scope, site)
    levels, ends = read_levels(floors), read_numbers(rooms) if rooms.strip() else []
    _check(beds, features, zone)
    if bool(ends) != (zone == "observation"):
        raise Refusal("隔离观察区须填写房间；其他区只登记楼层。", "Give rooms to the observation area, and to no other.", field="rooms")  # fmt: skip
    there = {floor.level: floor for floor in Floor.objects.filter(site=found)}
    new = [Floor(site=found, area=found.area, level=n, name=f"{n}层", zone=zone) for n in levels if n not in there]
    there |= {floor.level: floor for floor in Floor.objects.bulk_create(new)}
    if other := next((n for n in levels if ends and there[n].zone != "observation"), None):
        raise Refusal(
            f"{other}层不是隔离观察区。", f"Floor {other} is no observation area.", field="floors", value=str(other)
        )
    known = set(Room.objects.filter(site=found).values_list("number", flat=True))
    made = [
        Room(floor=there[level], site=found, area=found.area, number=f"{level}{end}", beds=beds, features=list(features), position=position)
        for level in levels for position, end in enumerate(ends, 1) if f"{level}{end}" not in known
    ]  # fmt: skip
    if len(known) + len(made) > MOST_ROOMS:
        raise Refusal(f"一个隔离点最多{MOST_ROOMS}间。", f"A site has at most {MOST_ROOMS} rooms.", field="rooms")
    Room.objects.bulk_create(made)
    return Made(len(new), len(made), len(levels) * len(ends) - len(made))


@transaction.atomic
def zone_floor(*, scope: Scope, floor: int, zone: str, by: str, now: datetime) -> Floor:
    """Say to which of the three areas a floor belongs. A floor where people stay remains the observation area."""
    _check(1, (), zone)
    found: Floor | None = scope.within(Floor.objects.select_for_update(), "area").filter(pk=floor).first()
    if found is None:
        raise Refusal(
            "您的辖区内没有这一楼层。", "There is no such floor in your areas.", field="floor", value=str(floor)
        )
    if zone != "observation" and Stay.objects.filter(room__floor=found, state__in=STAYING).exists():
        raise Refusal("该层有人居住。", "People have rooms on this floor.", field="floor", value=found.name)
    found.zone = zone
    found.save(update_fields=["zone"])
    return found


@transaction.atomic
def change_rooms(
    *, scope: Scope, rooms: Iterable[int], beds: int, features: Sequence[str], by: str, now: datetime
) -> int:
    """Correct beds and features of rooms. Beds in use stay."""
    _check(beds, features, "observation")
    found = held_rooms(scope, rooms)
    used = Counter(Stay.objects.filter(room__in=found, state__in=STAYING).values_list("room_id", flat=True))
    if full := next((room for room in found if used[room.pk] > beds), None):
        raise Refusal(f"{full.number}房有{used[full.pk]}人。", f"Room {full.number} has {used[full.pk]} people.", field="beds", value=str(beds))  # fmt: skip
    for room in found:
        room.beds, room.features = beds, list(features)
    Room.objects.bulk_update(found, ["beds", "features"])
    return len(found)


@transaction.atomic
def close_rooms(*, scope: Scope, rooms: Iterable[int], why: str, by: str, now: datetime) -> int:
    """Nobody may be put into these rooms, and why. Who has one keeps it until they leave."""
    if not why.strip():
        raise Refusal("请写明停用原因。", "Say why the room is closed.", field="why")
    found = held_rooms(scope, rooms)
    for room in found:
        room.closed_why = why.strip()[:200]
    Room.objects.bulk_update(found, ["closed_why"])
    return len(found)


@transaction.atomic
def reopen_rooms(*, scope: Scope, rooms: Iterable[int], by: str, now: datetime) -> int:
    """Closed rooms take people again."""
    found = held_rooms(scope, rooms)
    for room in found:
        room.closed_why = ""
    Room.objects.bulk_update(found, ["closed_why"])
    return len(found)


@transaction.atomic
def step_rooms(
    *, scope: Scope, rooms: Iterable[int], act: str, by: str, now: datetime, sets: int = 0, note: str = ""
) -> int:
    """Rooms go one step between two stays. `sets` of linen come out of each when it is stripped, and into it when it is clean.

    Who disinfected a room does not say that it is clean. A clean room is held by nobody any more.
    """
    found = held_rooms(scope, rooms)
    if act not in STEPS:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    if not 0 <= sets <= MOST_SETS:
        raise Refusal(
            f"每间布草应为0至{MOST_SETS}套。", f"0 to {MOST_SETS} sets a room.", field="sets", value=str(sets)
        )
    for room in found:
        if act == "inspect" and room.state == "disinfected" and room.state_by == by:
            raise Refusal(
                f"{room.number}房由您消毒，请由另一人验收。", f"You disinfected room {room.number}: somebody else looks at it.",
                field="by", value=room.number,
            )  # fmt: skip
        room.state, room.state_at, room.state_by = ROOM.after(room.state, act), now, by
        room.save(update_fields=["state", "state_at", "state_by"])
    RoomStep.objects.bulk_create(
        RoomStep(room=room, site_id=room.site_id, area=room.area, state=room.state, at=now, by=by, note=note.strip()[:200])
        for room in found
    )  # fmt: skip
    if sets and act in ("strip", "inspect"):
        for room in found:
            (stripped if act == "strip" else laid_out)(scope=scope, room=room, sets=sets, by=by, now=now)
    if act == "inspect":
        with connection.cursor() as cursor:
            cursor.execute(statement("end_holds"), {"rooms": [room.pk for room in found], "now": now})
    return len(found)


def held_rooms(scope: Scope, rooms: Iterable[int]) -> list[Room]:
    """Rooms of the asker's, held until the transaction ends; none may be elsewhere."""
    wanted = sorted(set(rooms))
    found = list(scope.within(Room.objects.select_for_update(), "area").filter(pk__in=wanted).order_by("pk"))
    if not wanted or len(found) < len(wanted):
        raise Refusal("请选择您辖区内的房间。", "Choose rooms of your areas.", field="rooms")
    return found


def _check(beds: int, features: Sequence[str], zone: str) -> None:
    if not 1 <= beds <= MOST_BEDS:
        raise Refusal(
            f"床位应为1至{MOST_BEDS}张。", f"A room has from 1 to {MOST_BEDS} beds.", field="beds", value=str(beds)
        )
    if strange := next((each for each in features if each not in FEATURES), None):
        raise Refusal(
            "请从列表中选择房间条件。", "Choose features from the list.", field="features", value=strange[:40]
        )
    if zone not in ZONES:
        raise Refusal("请从三区中选择。", "Choose one of the three areas.", field="zone", value=zone[:40])
