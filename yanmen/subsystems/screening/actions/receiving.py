"""Boxes at the laboratory: every tube is received, missing, damaged or unexpected before the box is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.actions.transport import CODE, locked, note
from yanmen.subsystems.screening.actions.voiding import restore_tubes, void_tubes
from yanmen.subsystems.screening.methods.courses import BOX
from yanmen.subsystems.screening.models import Box, Tube
from yanmen.subsystems.screening.queries.looking import pool_sizes

RECEIVED, DAMAGED, MISSING, UNEXPECTED = "received", "damaged", "missing", "unexpected"


@dataclass(frozen=True)
class Scanned:
    """What a scan showed: the tube, its condition now, what else was found, and whether it had been scanned before."""

    tube: Tube
    condition: str
    findings: tuple[str, ...] = ()
    again: bool = False


@transaction.atomic
def receive_box(*, scope: Scope, box: int, by: str, now: datetime) -> Box:
    """A box has arrived. Its tubes are scanned next; a trip has arrived with the last of its boxes."""
    found = _here(scope, box)
    found.state = BOX.after(found.state, "receive")
    found.received_at, found.received_by = now, by
    found.save(update_fields=["state", "received_at", "received_by"])
    if found.trip is not None and not found.trip.boxes.filter(state="in_transit").exists():
        found.trip.arrived_at = now
        found.trip.save(update_fields=["arrived_at"])
    return found


@transaction.atomic
def receive_tube(*, scope: Scope, box: int, tube: str, by: str, now: datetime, condition: str = RECEIVED) -> Scanned:
    """A tube was taken out of a box and scanned. A damaged one is void at once, so that its members hear of it."""
    found = _counting(scope, box)
    code = tube.strip()
    if condition not in (RECEIVED, DAMAGED) or not CODE.fullmatch(code):
        raise Refusal("条码或状态不正确，请重新扫描。", "The label or the condition is not right. Scan again.", field="tube", value=code[:40])  # fmt: skip
    held = found.tubes.select_for_update(of=("self",)).filter(pk=code).first() or _stranger(found, code, now)
    if held.released_at is not None or held.logged_at is not None:
        raise Refusal("此管已上机或已有结果。请隔离放置并核查是否重复使用。", "This tube is on a run or has a result. Keep it apart: was it used again?", field="tube", value=code)  # fmt: skip
    listed = held.box_id == found.pk and held.condition != UNEXPECTED
    if held.received_at is not None and (condition == RECEIVED) == (held.condition != DAMAGED):
        return Scanned(held, held.condition, again=True)
    findings = _take_in(held, found, condition, listed, now)
    if condition == DAMAGED:
        void_tubes(scope=scope, tubes=[code], why=DAMAGED, by=by, now=now)
    elif held.void_at is not None:
        restore_tubes(scope=scope, tubes=[code], reason=f"found in box {found.code}", by=by, now=now)
    held.refresh_from_db()
    return Scanned(held, held.condition, findings)


@transaction.atomic
def mark_missing(*, scope: Scope, box: int, by: str, now: datetime) -> list[str]:
    """Whatever is on the list and was not scanned is missing. Returns which tubes."""
    found = _counting(scope, box)
    gone = list(found.tubes.select_for_update(of=("self",)).filter(condition="").order_by("code"))
    for tube in gone:
        note(tube, MISSING, found, now)
    Tube.objects.filter(pk__in=[tube.pk for tube in gone]).update(condition=MISSING)
    return [tube.pk for tube in gone]


@transaction.atomic
def reconcile_box(*, scope: Scope, box: int, by: str, now: datetime) -> int:
    """The box is done: every tube of its list has a condition. Members of missing tubes are sampled again; returns how many."""
    found = _counting(scope, box)
    state = BOX.after(found.state, "reconcile")
    rest = list(found.tubes.filter(condition="").order_by("code").values_list("pk", flat=True))
    if rest:
        some = "、".join(rest[:5])
        raise Refusal(
            f"清单内还有{len(rest)}管没有清点（{some}…）。请继续扫描，或标为缺失。",
            f"{len(rest)} tubes of the list have no condition yet ({', '.join(rest[:5])}…). Scan on, or mark them missing.",
            field="box",
            value=found.code,
        )
    found.state, found.reconciled_at = state, now
    found.save(update_fields=["state", "reconciled_at"])
    missing = list(found.tubes.filter(condition=MISSING).values_list("pk", flat=True))
    return void_tubes(scope=scope, tubes=missing, why=MISSING, by=by, now=now)


def _here(scope: Scope, key: int) -> Box:
    found = locked(scope, key)
    scope.require(found.lab_area)
    return found


def _counting(scope: Scope, key: int) -> Box:
    found = _here(scope, key)
    if found.state != RECEIVED:
        raise Refusal("请先签收此箱。", "Receive the box first.", field="box", value=found.code)
    return found


def _stranger(box: Box, code: str, now: datetime) -> Tube:
    """A tube that is not on the list: bound elsewhere, on another list, or never heard of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT screening_reach(%s, %s)", [code, box.pk])
    known = Tube.objects.select_for_update(of=("self",)).filter(pk=code).first()
    if known is not None:
        return known
    holds = max(pool_sizes(local_date(now)))
    about = {"area": box.area, "lab_area": box.lab_area, "capacity": holds, "first_at": now, "last_at": now}
    return Tube.objects.create(code=code, **about)


def _take_in(tube: Tube, box: Box, condition: str, listed: bool, now: datetime) -> tuple[str, ...]:
    found = []
    if not listed:
        found.append(UNEXPECTED)
        if tube.site_id is not None and tube.site_id != box.site_id:
            found.append("other_site")
        if tube.box is None or tube.box.state in ("draft", "ready", "discarded"):
            tube.box = box
    if condition == DAMAGED:
        found.append(DAMAGED)
    tube.condition = DAMAGED if condition == DAMAGED else RECEIVED if listed else UNEXPECTED
    tube.received_at, tube.laboratory_id, tube.lab_area = now, box.laboratory_id, box.lab_area
    tube.save(update_fields=["box", "condition", "received_at", "laboratory", "lab_area"])
    for kind in found:
        note(tube, kind, box, now)
    return tuple(found)
