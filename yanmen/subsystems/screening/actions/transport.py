"""Every write about boxes before the laboratory: packing, sending, recalling, carrying; a box that is lost, and found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yanmen.base.clock import BEIJING, local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.actions.voiding import restore_tubes, void_tubes
from yanmen.subsystems.screening.methods.courses import BOX, BOX_STATES, LOCKED
from yanmen.subsystems.screening.models import Box, Finding, Laboratory, Site, Temperature, Trip, Tube
from yanmen.subsystems.screening.queries import transport as ways
from yanmen.subsystems.screening.queries.looking import pool_sizes
from yanmen.subsystems.screening.queries.statements import TRANSPORT

CODE = re.compile(r"[0-9A-Za-z._/-]{1,40}")
"""What the label of a tube or a box may say; the edge takes the same."""
FUTURE = timedelta(minutes=5)


@transaction.atomic
def create_box(
    *, scope: Scope, site: int, laboratory: int, by: str, now: datetime, code: str = "", capacity: int | None = None
) -> Box:
    """A new box at a site for a laboratory. Without a code of its own it gets one that says where and when."""
    found: Site | None = scope.within(Site.objects.select_for_update(of=("self",)), "area").filter(pk=site).first()
    if found is None or (found.open_to and found.open_to <= now):
        raise Refusal("您的辖区内没有这一采样点，或已关闭。", "No open site of this number in your area.", field="site", value=str(site))  # fmt: skip
    goal = Laboratory.objects.filter(pk=laboratory, open_from__lte=now).exclude(open_to__lte=now).first()
    if goal is None:
        raise Refusal("没有这一检测机构，或已停用。请另选一家。", "No open laboratory of this number. Choose another.", field="laboratory", value=str(laboratory))  # fmt: skip
    norm = _norm(now)
    holds = capacity or int(norm["box_tubes"])
    if not 1 <= holds <= 2000:
        raise Refusal("容量应在1到2000管之间。", "A box holds 1 to 2,000 tubes.", field="capacity", value=str(holds))
    label = _label(code, "code") if code.strip() else _next_code(found, now)
    if Box.objects.filter(code=label).exists():
        raise Refusal("此箱号已用过，请换一个标签。", "This box number was used before. Take another label.", field="code", value=label)  # fmt: skip
    return Box.objects.create(
        code=label, area=found.area, site=found, laboratory=goal, lab_area=goal.area, capacity=holds, packed_by=by,
        coldest=norm["coldest"], warmest=norm["warmest"], created_at=now,
    )  # fmt: skip


@transaction.atomic
def pack_tube(
    *, scope: Scope, box: int, tube: str, by: str, now: datetime, rack: str = "", typed: bool = False
) -> tuple[Tube, list[str]]:
    """Put a tube into a box that is being packed. A tube that the server has never heard of is taken: its bindings may still
    be on a phone. Returns the tube, and the findings that this made."""
    found = _box(scope, box, "area")
    if found.state != BOX.start:
        raise _not_while(found, "放入样本管", "take a tube")
    code = _label(tube, "tube")
    if found.tubes.count() >= found.capacity:
        raise Refusal(f"箱已满（{found.capacity}管）。请封箱并换新箱。", f"The box is full ({found.capacity} tubes). Close it and take a new one.", field="tube", value=code)  # fmt: skip
    known: Tube | None = scope.within(Tube.objects.select_for_update(of=("self",)), "area").filter(pk=code).first()
    if known is None:
        known = _unknown(code, found, now)
    _may_go_in(known, found)
    known.box, known.rack, known.boxed_at, known.typed = found, rack.strip()[:40], now, typed
    known.save(update_fields=["box", "rack", "boxed_at", "typed"])
    if known.site_id is None or known.site_id == found.site_id:
        return known, []
    note(known, "other_site", found, now, {"bound_at": known.site_id})
    return known, ["other_site"]


@transaction.atomic
def take_out(*, scope: Scope, box: int, tube: str, by: str, now: datetime) -> Box:
    """Take a tube out again; a box that was ready is being packed again."""
    found = _box(scope, box, "area")
    if found.state not in ("draft", "ready"):
        raise _not_while(found, "取出样本管", "give a tube back")
    changed = found.tubes.filter(pk=tube.strip()).update(box=None, boxed_at=None, rack="", typed=False)
    if not changed:
        raise Refusal("此管不在箱内。", "This tube is not in the box.", field="tube", value=tube[:40])
    if found.state == "ready":
        _step(found, "reopen", ready_at=None)
    return found


@transaction.atomic
def close_box(*, scope: Scope, box: int, by: str, now: datetime) -> Box:
    """The box is complete and may be sent. An empty box is not."""
    found = _box(scope, box, "area")
    if not found.tubes.exists():
        raise Refusal("箱内没有样本管。", "The box is empty.", field="box", value=found.code)
    return _step(found, "close", ready_at=now)


@transaction.atomic
def reopen_box(*, scope: Scope, box: int, by: str, now: datetime) -> Box:
    """Pack on."""
    return _step(_box(scope, box, "area"), "reopen", ready_at=None)


@transaction.atomic
def discard_box(*, scope: Scope, box: int, by: str, now: datetime) -> Box:
    """Give a box up before it is sent: its tubes lie in no box again."""
    found = _box(scope, box, "area")
    _step(found, "discard")
    found.tubes.update(box=None, boxed_at=None, rack="", typed=False)
    return found


@transaction.atomic
def send_box(*, scope: Scope, box: int, by: str, now: datetime) -> Box:
    """Send a box: from now on its list is locked."""
    found = _step(_box(scope, box, "area"), "send", sent_at=now)
    found.tubes.update(sent_at=now, laboratory=found.laboratory_id, lab_area=found.lab_area)
    return found


@transaction.atomic
def recall_box(*, scope: Scope, box: int, by: str, now: datetime) -> Box:
    """Take a sending back: only within the norm's minutes, and before a vehicle has it."""
    found = _box(scope, box, "area")
    minutes = _norm(now)["recall_minutes"]
    if found.state == "sent" and found.sent_at and now > found.sent_at + timedelta(minutes=minutes):
        raise Refusal(
            f"发出已超过{minutes}分钟，不能撤回。请联系实验室。",
            f"It was sent more than {minutes} minutes ago and is not recalled any more. Call the laboratory.",
            field="box",
            value=found.code,
        )
    _step(found, "recall", sent_at=None)
    found.tubes.update(sent_at=None, laboratory=None, lab_area="")
    return found


@transaction.atomic
def depart(*, scope: Scope, boxes: Sequence[int], vehicle: str, courier: str, by: str, now: datetime) -> Trip:
    """A vehicle leaves with boxes for one laboratory. When it is due follows from the norm's hours."""
    if not vehicle.strip() or not courier.strip():
        raise Refusal(
            "请写明车辆和转运人员。", "Say which vehicle, and who carries the boxes.", field="vehicle", value=""
        )
    rows = ways.at_either_end(scope, Box.objects.select_for_update(of=("self",)))
    taken: list[Box] = list(rows.filter(pk__in=list(boxes)).order_by("pk"))
    if not taken or len(taken) != len(set(boxes)):
        raise Refusal("请选择要带走的箱。", "Choose the boxes that go along.", field="boxes", value="")
    if len({each.laboratory_id for each in taken}) > 1:
        raise Refusal("一趟只送一个检测机构。", "One trip goes to one laboratory.", field="boxes", value="")
    hours = _norm(now)["received_hours"]
    first = taken[0]
    oldest = min((each.sent_at for each in taken if each.sent_at), default=now)
    trip = Trip.objects.create(
        area=first.area, laboratory_id=first.laboratory_id, lab_area=first.lab_area, vehicle=vehicle.strip()[:20],
        courier=courier.strip()[:64], departed_at=now, due_at=oldest + timedelta(hours=hours),
    )  # fmt: skip
    for each in taken:
        _step(each, "depart", trip=trip)
    return trip


@transaction.atomic
def record_temperature(*, scope: Scope, box: int, celsius: float, by: str, now: datetime, at: datetime | None = None) -> bool:  # fmt: skip
    """Note what the thermometer says. Returns whether it is within the box's bounds."""
    found = ways.box(scope, box)
    moment = at or now
    if found is None or found.state in ("reconciled", "discarded"):
        raise Refusal("没有这一运送中的箱。", "No such box is being packed or carried.", field="box", value=str(box))
    if not -100 <= celsius <= 100 or moment > now + FUTURE:
        raise Refusal("温度或时间不合理。", "The temperature or the time makes no sense.", field="celsius", value=str(celsius))  # fmt: skip
    Temperature.objects.bulk_create([Temperature(box=found, at=moment, celsius=celsius, by=by)], ignore_conflicts=True)
    return bool(found.coldest <= celsius <= found.warmest)


@transaction.atomic
def lose_box(*, scope: Scope, box: int, by: str, now: datetime) -> int:
    """A box is lost: its tubes are void and their members sampled again. Returns how many people that is."""
    found = locked(scope, box)
    _step(found, "lose", lost_at=now)
    gone = list(found.tubes.filter(received_at=None))
    for tube in gone:
        note(tube, "missing", found, now, {"lost": True})
    return void_tubes(scope=scope, tubes=[tube.pk for tube in gone], why="lost", by=by, now=now)


@transaction.atomic
def find_box(*, scope: Scope, box: int, by: str, now: datetime) -> int:
    """A lost box has come to its laboratory after all: it is counted there, and nobody is asked to be sampled again for it."""
    found = _box(scope, box, "lab_area")
    _step(found, "find", received_at=now, received_by=by)
    tubes = list(found.tubes.filter(void_why="lost").values_list("pk", flat=True))
    return restore_tubes(scope=scope, tubes=tubes, reason=f"box {found.code} found", by=by, now=now)


def locked(scope: Scope, key: int) -> Box:
    """A box of either end, for a change."""
    rows = ways.at_either_end(scope, Box.objects.select_for_update(of=("self",)).select_related("site"))
    found: Box | None = rows.filter(pk=key).first()
    if found is None:
        raise _nowhere(key)
    return found


def note(tube: Tube, kind: str, box: Box, now: datetime, more: dict[str, Any] | None = None) -> None:
    """What may be wrong with a tube of a box, once."""
    about = {"box": box.code, **(more or {})}
    one = Finding(kind=kind, tube=tube.pk, area=tube.area, site=box.site, key=str(box.pk), detail=about, found_at=now)
    Finding.objects.bulk_create([one], ignore_conflicts=True)


def _box(scope: Scope, key: int, end: str) -> Box:
    rows = Box.objects.select_for_update(of=("self",)).select_related("site")
    found: Box | None = scope.within(rows, end).filter(pk=key).first()
    if found is None:
        raise _nowhere(key)
    return found


def _step(box: Box, act: str, **changes: Any) -> Box:
    box.state = BOX.after(box.state, act)
    for name, value in changes.items():
        setattr(box, name, value)
    box.save(update_fields=["state", *changes])
    return box


def _nowhere(key: int) -> Refusal:
    return Refusal("您的辖区内没有这一箱。请核对箱号。", "No such box in your areas. Check its number.", field="box", value=str(key))  # fmt: skip


def _not_while(box: Box, zh: str, en: str) -> Refusal:
    state = BOX_STATES[box.state]
    return Refusal(f"箱{box.code}{state['zh']}，不能{zh}。", f"Box {box.code} does not {en}: {state['en']}.", field="box", value=box.code)  # fmt: skip


def _label(text: str, field: str) -> str:
    code = text.strip()
    if not CODE.fullmatch(code):
        raise Refusal(
            "条码应为1至40位字母、数字或 . _ / -。请重新扫描。",
            "A label has 1 to 40 letters, digits or . _ / -. Scan again.",
            field=field,
            value=code[:40],
        )
    return code


def _norm(now: datetime) -> Mapping[str, Any]:
    """The policy's numbers on transport; without them nobody guesses."""
    found = numbers(TRANSPORT, local_date(now))
    if not found:
        raise Refusal(
            "现行政策没有样本转运参数，不能装箱转运。请补充政策包。",
            "The policy in force says nothing of transport. Add its numbers to the pack.",
            field="box",
        )
    return found


def _next_code(site: Site, now: datetime) -> str:
    day = now.astimezone(BEIJING)
    return f"BX{site.pk}-{day:%y%m%d}-{site.boxes.count() + 1:03d}"


def _unknown(code: str, box: Box, now: datetime) -> Tube:
    """A tube that nobody has reported yet; who is in it, and how many it holds, comes with the bindings."""
    holds = max(pool_sizes(local_date(now)))
    about = {"area": box.area, "site": box.site, "capacity": holds, "first_at": now, "last_at": now}
    made, _ = Tube.objects.get_or_create(code=code, defaults=about)
    return made


def _may_go_in(tube: Tube, box: Box) -> None:
    if tube.void_at or tube.released_at or tube.received_at:
        raise Refusal(
            "此管已有结果、已签收或已作废，不能再装箱。请隔离放置并核查。",
            "This tube has a result, was received, or is void. Keep it apart and look into it.",
            field="tube",
            value=tube.pk,
        )
    other = tube.box
    if other is None or other.state == "discarded":
        return
    if other.pk == box.pk:
        raise Refusal("此管已在本箱内。", "This tube is in this box already.", field="tube", value=tube.pk)
    locked_zh = "，清单已锁定" if other.state in LOCKED else "，请先从该箱取出"
    locked_en = "whose list is locked" if other.state in LOCKED else "take it out there first"
    raise Refusal(f"此管已在箱{other.code}内{locked_zh}。", f"This tube is in box {other.code}: {locked_en}.", field="tube", value=tube.pk)  # fmt: skip
