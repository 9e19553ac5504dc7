"""Requests upward: a unit asks the one above for teams, supplies, rooms or a decision; it is seen, granted or refused with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from yanmen.base.area_codes import parent_of
from yanmen.base.clock import local_date
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.models import Receipt, Request
from yanmen.subsystems.command.models.orders import OUTCOMES, WANTED
from yanmen.subsystems.command.queries.statements import REQUESTS


def ask(
    *,
    scope: Scope,
    kind: str,
    text: str,
    by: str,
    now: datetime,
    amount: int | None = None,
    needed_at: datetime | None = None,
    receipt: Receipt | None = None,
) -> Request:
    """Ask the unit above. It has a clock of its own kind to answer."""
    above = parent_of(scope.area)
    if above is None:
        raise Refusal("本级没有上级可请示。", "There is no unit above this one here.", field="area", value=scope.area)
    if kind not in WANTED:
        raise Refusal("请选择请求的类别。", f"Choose one of: {', '.join(WANTED)}.", field="kind", value=kind)
    if not text.strip():
        raise Refusal("请写明需要什么、为什么。", "Say what is needed, and why.", field="text")
    if needed_at is not None and needed_at <= now:
        raise Refusal(
            "需要的时间应在此刻之后。",
            "The moment it is needed lies behind.",
            field="needed_at",
            value=needed_at.isoformat(),
        )
    if receipt is not None and receipt.area != scope.area:
        raise NotAllowed("只能就本单位的指令提出请求。", "Name an order that is in your own hands.", field="receipt")
    hours = numbers(REQUESTS, local_date(now)).get(kind)
    if hours is None:
        raise Refusal(
            "政策包没有规定答复时限（norms/command/requests）。",
            "No pack gives the clocks of requests (norms/command/requests).",
        )
    return Request.objects.create(
        area=scope.area, to_area=above, kind=kind, text=text.strip()[:2000], amount=amount, needed_at=needed_at, receipt=receipt,
        asked_at=now, asked_by=by, due_at=now + timedelta(hours=hours),
    )  # fmt: skip


@transaction.atomic
def answer(*, scope: Scope, request: int, outcome: str, reason: str, by: str, now: datetime) -> Request:
    """Grant a request, in part or whole, or refuse it. A refusal, and a part, say why."""
    if outcome not in OUTCOMES:
        raise Refusal("请选择答复。", f"Choose one of: {', '.join(OUTCOMES)}.", field="outcome", value=outcome)
    if outcome != "granted" and not reason.strip():
        raise Refusal("请写明理由。", "Say why it is not granted as asked.", field="reason")
    found = _addressed(scope, request)
    if found.answered_at is not None:
        raise Refusal("该请求已答复。", "This request is answered already.", field="request", value=found.outcome)
    found.seen_at, found.seen_by = found.seen_at or now, found.seen_by or by
    found.answered_at, found.answered_by, found.outcome, found.reason = now, by, outcome, reason.strip()[:1000]
    found.save(update_fields=["seen_at", "seen_by", "answered_at", "answered_by", "outcome", "reason"])
    return found


def see(*, scope: Scope, by: str, now: datetime) -> int:
    """The unit above has seen what was asked of it. Returns how many requests that were new."""
    return Request.objects.filter(to_area=scope.area, seen_at=None).update(seen_at=now, seen_by=by)


def _addressed(scope: Scope, request: int) -> Request:
    rows = Request.objects.select_for_update(of=("self",))
    found: Request | None = scope.within(rows, "area").filter(pk=request).first()
    if found is None:
        raise Refusal("您的辖区没有这项请求。", "No unit of yours has asked this.", field="request", value=str(request))
    if not found.to_area.startswith(scope.area) or found.area == scope.area:
        raise NotAllowed("由被请求的上级答复。", "The unit that was asked answers, or one above it.", field="request")
    return found
