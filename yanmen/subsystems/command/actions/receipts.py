"""What a unit says of an order in its hands, and what the unit that gave it answers. Nobody signs for another unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from yanmen.base.clock import local_date
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.loop import facts
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.command import kinds
from yanmen.subsystems.command.methods.hops import owed
from yanmen.subsystems.command.models import Order, Receipt
from yanmen.subsystems.command.models.orders import URGENCIES
from yanmen.subsystems.command.queries.orders import lead
from yanmen.subsystems.command.queries.statements import HOPS

SHORTEST = 4
NOTE = 1000


def receive(*, scope: Scope, by: str, now: datetime) -> int:
    """The unit's desk has received everything that was sent to it. Returns how many orders that were new."""
    return Receipt.objects.filter(area=scope.area, state="issued").update(
        state="received", received_at=now, received_by=by, step_due=F("read_due")
    )


@transaction.atomic
def read(*, scope: Scope, receipt: int, by: str, now: datetime) -> Receipt:
    """Somebody of the unit has read the order; saying it twice keeps the first time."""
    mine = _mine(scope, receipt, ("issued", "received", "read", "accepted", "split", "done", "verified"))
    if mine.state in ("issued", "received"):
        _step(mine, "read", now, by, step_due=mine.accept_due)
    return mine


@transaction.atomic
def accept(*, scope: Scope, receipt: int, by: str, now: datetime) -> Receipt:
    """The unit takes the order on."""
    mine = _mine(scope, receipt, ("issued", "received", "read"))
    _step(mine, "accepted", now, by, step_due=mine.due_at)
    _say(kinds.ORDER_ACCEPTED.name, [mine.area], mine.order, {}, by=by, now=now)
    return mine


@transaction.atomic
def done(*, scope: Scope, receipt: int, note: str, by: str, now: datetime) -> Receipt:
    """The unit says that it is done, and what was done. Whoever gave the order verifies it."""
    if len(note.strip()) < SHORTEST:
        raise Refusal("请写明完成了什么。", "Say what was done.", field="note", value=note)
    mine = _mine(scope, receipt, ("accepted", "split"))
    mine.done_note = note.strip()[:NOTE]
    _step(mine, "done", now, by, step_due=None)
    _say(kinds.ORDER_DONE.name, [mine.area], mine.order, {"note": mine.done_note}, by=by, now=now)
    return mine


@transaction.atomic
def verify(*, scope: Scope, order: Order, units: Sequence[str], by: str, now: datetime) -> int:
    """The unit that gave the order has checked these units' claims. Two statements, however many there are."""
    _giver(scope, order)
    rows = Receipt.objects.select_for_update().filter(order=order, state="done", area__in=list(units))
    areas = list(rows.values_list("area", flat=True))
    if not areas:
        raise Refusal("所选单位没有待核实的办结。", "None of these units has reported the order done.", field="units")
    Receipt.objects.filter(order=order, area__in=areas).update(
        state="verified", verified_at=now, verified_by=by, step_due=None
    )
    _say(kinds.ORDER_VERIFIED.name, areas, order, {}, by=by, now=now)
    return len(areas)


@transaction.atomic
def send_back(
    *, scope: Scope, order: Order, unit: str, reason: str, by: str, now: datetime, due_at: datetime | None = None
) -> Receipt:
    """A claim does not hold: the unit owes the order again, with a new deadline if the old one is over."""
    _giver(scope, order)
    if len(reason.strip()) < SHORTEST:
        raise Refusal("请写明退回理由。", "Say why this is sent back.", field="reason", value=reason)
    found = Receipt.objects.select_for_update().filter(order=order, area=unit, state="done").first()
    if found is None:
        raise Refusal(
            "该单位没有待核实的办结。", "This unit has not reported the order done.", field="unit", value=unit
        )
    norm = numbers(HOPS, local_date(now))
    again = due_at or max(found.due_at, now + timedelta(hours=norm["done_hours"][URGENCIES.index(order.urgency)]))
    if again <= now:
        raise Refusal(
            "新的期限应在此刻之后。", "The new deadline lies behind.", field="due_at", value=again.isoformat()
        )
    found.state = "split" if found.split_at else "accepted"
    found.due_at = found.step_due = again
    found.done_at, found.returned_at, found.returned_why = None, now, reason.strip()[:400]
    found.returns += 1
    found.save(update_fields=["state", "due_at", "step_due", "done_at", "returned_at", "returned_why", "returns"])
    detail = owed(order.pk, order.urgency, again, lead(scope, now=now)) | {"reason": found.returned_why}
    _say(kinds.ORDER_RETURNED.name, [unit], order, detail, by=by, now=now)
    return found


def _mine(scope: Scope, receipt: int, states: Sequence[str]) -> Receipt:
    rows = Receipt.objects.select_for_update(of=("self",)).select_related("order")
    found: Receipt | None = scope.within(rows, "area").filter(pk=receipt).first()
    if found is None:
        raise Refusal("您的辖区没有这份指令。", "No unit of yours has this order.", field="receipt", value=str(receipt))
    if found.area != scope.area:
        raise NotAllowed(
            "只有承办单位本身可以签收和回报，上级不能代签。", "Only the unit itself can sign; nobody above can do it for them.",
            field="receipt", value=str(receipt),
        )  # fmt: skip
    if found.state not in states:
        raise Refusal(
            f"当前状态（{found.state}）不能进行此操作，请刷新页面。", f"This does not follow on “{found.state}”. Load the page again.",
            field="state", value=found.state,
        )  # fmt: skip
    return found


def _giver(scope: Scope, order: Order) -> None:
    if order.area != scope.area:
        raise NotAllowed(
            "由下达单位核实或退回。",
            "Whoever gave the order verifies it or sends it back.",
            field="order",
            value=str(order.pk),
        )
    if order.state != "open":
        raise Refusal(
            "该指令已撤回或已被替代。", "The order is recalled or replaced.", field="order", value=order.state
        )


def _step(mine: Receipt, state: str, now: datetime, by: str, *, step_due: datetime | None) -> None:
    """A later step implies the earlier ones: they carry its moment and hand."""
    mine.state, mine.step_due = state, step_due
    names = ["state", "step_due", "done_note"]
    for step in ("received", "read", "accepted", "done"):
        if getattr(mine, f"{step}_at") is None:
            setattr(mine, f"{step}_at", now)
            setattr(mine, f"{step}_by", by)
            names += [f"{step}_at", f"{step}_by"]
        if step == state:
            break
    mine.save(update_fields=names)


def _say(kind: str, areas: Sequence[str], order: Order, detail: dict[str, Any], *, by: str, now: datetime) -> None:
    about = {"order": order.pk, "answers": str(order.pk)} | detail
    rows = [{"area": area, "occurred_at": now, "detail": about} for area in areas]
    facts.record_many(kind, rows, by=by, now=now)
