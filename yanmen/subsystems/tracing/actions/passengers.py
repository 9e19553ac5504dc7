"""Lists of passengers, classes, wards: who was where on a vehicle or in a group. A receipt for each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from yanmen.base.clock import BEIJING, start_of
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.loop import facts
from yanmen.registry import cells
from yanmen.registry.area_cells import AreaCells
from yanmen.registry.importing import (
    CREATED,
    MATCHED,
    Column,
    Context,
    Importer,
    Outcome,
    Receipt,
    Values,
    apply,
    preview,
    read_sheet,
)
from yanmen.registry.people import ID_TYPES, Details
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import kinds
from yanmen.subsystems.tracing.actions.known import Known, find_or_register
from yanmen.subsystems.tracing.methods.seats import Seat
from yanmen.subsystems.tracing.methods.told import check_setting, setting_detail
from yanmen.subsystems.tracing.queries import seats as told_seats

Answers = list[Outcome | Refusal]
_CLOCK = re.compile(r"(\d{1,2})\s*[:：时]\s*(\d{1,2})分?(?:[:：]\d{1,2})?", re.ASCII)
_SEAT = re.compile(r"0*(\d{1,3})\s*[排行]?\s*([A-Za-z]?)\s*[座号]?", re.ASCII)


def clock(text: str) -> time:
    """A time of day: 14:05, 14时5分."""
    found = _CLOCK.fullmatch(text.strip())
    try:
        if found:
            return time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise Refusal("时间请写成 14:05。", "Write the time as 14:05.", value=text[:20])


COLUMNS = (
    Column("name", "姓名", "Name", required=True),
    Column("id_type", "证件类型", "Document type", cells.choice({key: title for key, title in ID_TYPES.items() if key})),
    Column("id_number", "证件号码", "Document number", secret=True, also=("身份证号", "身份证号码")),
    Column("phone", "手机号", "Phone", secret=True, also=("联系电话", "电话")),
    Column("born_on", "出生日期", "Born on", cells.day),
    Column("area", "地区", "Area", also=("地区代码", "area_code", "所在地区", "现住地区")),
    Column("unit", "车厢", "Carriage", also=("舱位", "舱室", "房间", "病房", "楼层", "unit", "cabin", "room")),
    Column("row", "排号", "Row", cells.whole, also=("隔间", "包厢", "bay", "compartment")),
    Column("seat", "座位号", "Seat", also=("座号", "席位", "铺位")),
    Column("staff", "乘务人员", "Crew", cells.choice({"yes": ("是", "yes"), "no": ("否", "no")}), also=("工作人员", "staff")),
    Column("boarded_at", "上车时间", "Boarded at", clock, also=("登机时间", "登船时间", "进入时间")),
    Column("left_at", "下车时间", "Left at", clock, also=("离机时间", "离船时间", "离开时间")),
)  # fmt: skip


@dataclass(frozen=True)
class Journey:
    """What a list is about: the setting, its number or name, the day, and how it is laid out."""

    setting: str
    name: str
    on: date
    layout: str = ""


def importer_of(journey: Journey) -> Importer:
    """The list of one journey or group on one day."""
    return Importer(
        f"passengers:{journey.setting}:{journey.name.strip()}:{journey.on.isoformat()}"[:100],
        "同乘同处名单",
        "People of one journey or group",
        COLUMNS,
        apply_rows=lambda rows, context: _apply(rows, context, journey),
    )


def import_passengers(
    *, scope: Scope, journey: Journey, content: bytes, file_name: str, by: str, now: datetime, try_only: bool = False
) -> Receipt:
    """Take over a list. The same list again changes nothing; a seat that differs is corrected."""
    if by != scope.by:
        raise NotAllowed(
            "名单由经办人本人提交。", "Whoever brings a list sends it in their own name.", field="by", value=by
        )
    check_setting(
        setting=journey.setting,
        name=journey.name,
        at=start_of(journey.on),
        until=None,
        layout=journey.layout,
        now=now,
        kept_days=kinds.TRAIL_DAYS,
    )
    importer = importer_of(journey)
    sheet = read_sheet(importer, content, file_name, now=now)
    return (preview if try_only else apply)(importer, sheet, scope=scope, now=now)


def _apply(rows: Sequence[Values], context: Context, journey: Journey) -> Answers:
    answers: list[Outcome | Refusal | None] = [None] * len(rows)
    areas = AreaCells.load([row["area"] for row in rows if "area" in row], context.scope)
    ready: dict[int, tuple[Details, datetime, dict[str, Any]]] = {}
    for number, row in enumerate(rows):
        try:
            ready[number] = _read(row, areas, context, journey)
        except Refusal as refusal:
            answers[number] = refusal
    people = find_or_register(
        scope=context.scope, rows=[details for details, *_ in ready.values()], by=context.by, now=context.now
    )
    found = dict(zip(ready, people, strict=True))
    known = told_seats.known(
        context.scope,
        journey.setting,
        journey.name.strip(),
        [each.person for each in found.values() if isinstance(each, Known)],
    )
    fresh: dict[int, dict[str, Any]] = {}
    for number, person in found.items():
        if isinstance(person, Refusal):
            answers[number] = person
            continue
        _, at, detail = ready[number]
        before = known.get((person.person, journey.on))
        answers[number] = Outcome(MATCHED if before or person.person in fresh else CREATED, str(person.person))
        if before is None or before.detail != detail or before.at != at:
            row = {"person": person.person, "area": person.area, "occurred_at": at, "detail": detail}
            fresh[person.person] = row | ({"corrects": before.id} if before else {})
    facts.record_many(kinds.SETTING_TOLD.name, fresh.values(), by=context.by, now=context.now)
    return [answer for answer in answers if answer is not None]


def _read(
    row: Values, areas: AreaCells, context: Context, journey: Journey
) -> tuple[Details, datetime, dict[str, Any]]:
    at = _at(journey.on, row["boarded_at"]) if "boarded_at" in row else start_of(journey.on)
    until = _at(journey.on, row["left_at"]) if "left_at" in row else None
    if until and until <= at:
        until = _at(date.fromordinal(journey.on.toordinal() + 1), row["left_at"])  # it went on past midnight
    check_setting(
        setting=journey.setting,
        name=journey.name,
        at=at,
        until=until,
        layout=journey.layout,
        now=context.now,
        kept_days=kinds.TRAIL_DAYS,
    )
    label = row.get("seat", "")
    seat = Seat(row.get("unit", ""), row.get("row") or _row_of(label), row.get("staff") == "yes", journey.layout)
    who = {key: row[key] for key in ("name", "id_type", "id_number", "phone", "born_on") if key in row}
    area = areas.code(row["area"]) if "area" in row else context.scope.area
    return Details(area=area, **who), at, setting_detail(journey.setting, journey.name, seat, until, label)


def _row_of(seat: str) -> int | None:
    """The row that a seat's label begins with: 12A, 012F, 7排C座."""
    found = _SEAT.fullmatch(seat.strip())
    return int(found[1]) if found else None


def _at(day: date, clock_time: time) -> datetime:
    return datetime.combine(day, clock_time, BEIJING)
