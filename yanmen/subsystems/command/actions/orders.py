"""Giving orders: to a frozen set of units, at the top or as a unit's own sub-order; recalling and replacing them.

However many units there are, an order takes the same few statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.loop import facts
from yanmen.loop.catalogue import catalogue
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.command import kinds
from yanmen.subsystems.command.methods import hops
from yanmen.subsystems.command.methods.targets import next_level
from yanmen.subsystems.command.models import Order, Receipt
from yanmen.subsystems.command.models.orders import URGENCIES
from yanmen.subsystems.command.queries.orders import lead
from yanmen.subsystems.command.queries.statements import HOPS, rows_of, statement
from yanmen.subsystems.command.queries.targets import question, units

MOST_TEXT = 4000
ENDS = ("tasks", "facts")


@transaction.atomic
def issue(
    *,
    scope: Scope,
    target: Mapping[str, Any],
    title: str,
    text: str,
    document: str,
    by: str,
    now: datetime,
    urgency: str = "ordinary",
    due_at: datetime | None = None,
    clauses: Sequence[str] = (),
    end: Mapping[str, Any] | None = None,
    parent: Receipt | None = None,
    replaces: Order | None = None,
    counted: int | None = None,
) -> Order:
    """Give an order to every unit that the target names at this moment. The set is frozen with its question and its count.

    `counted` is the number that whoever gives it has seen: where it is another by now, nothing is sent.
    """
    norm = _norm(now)
    _check(title, text, document, urgency)
    kept, sql = question(scope, target)
    named = units(scope, kept)
    if not named:
        raise Refusal("没有单位符合条件，指令未下达。", "No unit fits. Nothing was sent.", field="target")
    if counted not in (None, len(named)):
        raise Refusal(
            f"您看到的是{counted}个单位，现在符合条件的是{len(named)}个，指令未下达。请核对后重新下达。",
            f"You saw {counted} units; now {len(named)} fit. Nothing was sent: look at them and give the order again.",
            field="counted", value=str(counted),
        )  # fmt: skip
    deadline = due_at or now + timedelta(hours=norm["done_hours"][URGENCIES.index(urgency)])
    _check_deadline(deadline, parent, now)
    made = Order.objects.create(
        area=scope.area, root_id=parent.root_id if parent else None, parent=parent, title=title.strip()[:200],
        text=text.strip()[:MOST_TEXT], document=document.strip()[:200],
        clauses=[each.strip()[:200] for each in clauses if each.strip()][:20], urgency=urgency, target=kept, target_sql=sql,
        target_count=len(named), end=_end(end), due_at=deadline, issued_at=now, issued_by=by,
    )  # fmt: skip
    due = hops.due(norm, urgency, now, deadline)
    about: dict[str, Any] = {"order": made.pk, "root": made.root_id or made.pk, "units": named, "now": now, **due}
    with connection.cursor() as cursor:
        cursor.execute(statement("give_out"), about)
    detail = hops.owed(made.pk, urgency, deadline, lead(scope, now=now))
    rows = [{"area": area, "occurred_at": now, "detail": detail} for area in named]
    facts.record_many(kinds.ORDER_ISSUED.name, rows, by=by, now=now)
    if replaces is not None:
        recall(scope=scope, order=replaces, why=f"→ {made.pk}", by=by, now=now, replaced_by=made)
    return made


@transaction.atomic
def split(
    *,
    scope: Scope,
    receipt: Receipt,
    by: str,
    now: datetime,
    target: Mapping[str, Any] | None = None,
    text: str = "",
    due_at: datetime | None = None,
) -> Order:
    """Pass an order on to the unit's own units below, by default all of the next level. Its coverage is folded from theirs."""
    receipt = Receipt.objects.select_for_update(of=("self",)).select_related("order").get(pk=receipt.pk)
    if receipt.area != scope.area:
        raise NotAllowed("只能分解本单位的指令。", "A unit passes on only what it has in hand itself.", field="receipt")
    if receipt.state not in ("accepted", "split"):
        raise Refusal(
            "请先受领，再分解下达。", "Accept the order before you pass it on.", field="state", value=receipt.state
        )
    level = next_level(scope.area)
    if not level:
        raise Refusal(
            "村（社区）以下没有下级单位。", "There is no unit below a village.", field="area", value=scope.area
        )
    whole = receipt.order
    made = issue(
        scope=scope, target=target or {"kind": "below", "level": level}, title=whole.title, text=text.strip() or whole.text,
        document=whole.document, clauses=whole.clauses, urgency=whole.urgency, due_at=due_at or receipt.due_at, end=whole.end,
        parent=receipt, by=by, now=now,
    )  # fmt: skip
    Receipt.objects.filter(pk=receipt.pk).update(state="split", split_at=receipt.split_at or now)
    return made


@transaction.atomic
def recall(*, scope: Scope, order: Order, why: str, by: str, now: datetime, replaced_by: Order | None = None) -> int:
    """Take an order back, with everything that came of it below. Returns how many units had it in hand."""
    if order.area != scope.area:
        raise NotAllowed(
            "只有下达单位可以撤回指令。",
            "Only the unit that gave an order can recall it.",
            field="order",
            value=str(order.pk),
        )
    if not why.strip():
        raise Refusal("请写明撤回理由。", "Say why the order is recalled.", field="why")
    locked = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if locked.state != "open":
        raise Refusal(
            "该指令已撤回或已被替代。", "The order is recalled or replaced already.", field="order", value=locked.state
        )
    tree = [row["id"] for row in rows_of(scope, "tree_below", {"order": order.pk})]
    state = "superseded" if replaced_by else "recalled"
    Order.objects.filter(pk__in=tree, state="open").update(
        state=state, closed_at=now, closed_by=by, closed_why=why.strip()[:400], replaced_by=replaced_by
    )
    open_rows = Receipt.objects.filter(order__in=tree).exclude(state__in=("verified", "recalled"))
    held = list(open_rows.values_list("area", "order_id"))
    open_rows.update(state="recalled", step_due=None)
    rows = [
        {
            "area": area,
            "occurred_at": now,
            "detail": {"order": number, "answers": str(number), "reason": why.strip()[:400]},
        }
        for area, number in held
    ]
    facts.record_many(kinds.ORDER_RECALLED.name, rows, by=by, now=now)
    return len(held)


def _norm(now: datetime) -> Mapping[str, Any]:
    norm = numbers(HOPS, local_date(now))
    if not norm:
        raise Refusal(
            "政策包没有规定指令各环节的时限（norms/command/hops）。",
            "No pack gives the clocks of orders (norms/command/hops).",
        )
    return norm


def _check(title: str, text: str, document: str, urgency: str) -> None:
    for field, value, zh, en in (
        ("title", title, "标题", "a title"), ("text", text, "指令内容", "what is to be done"), ("document", document, "文号", "the number of the document"),
    ):  # fmt: skip
        if not value.strip():
            raise Refusal(f"请填写{zh}。", f"An order needs {en}.", field=field)
    if urgency not in URGENCIES:
        raise Refusal("请选择缓急等级。", f"Choose one of: {', '.join(URGENCIES)}.", field="urgency", value=urgency)


def _check_deadline(deadline: datetime, parent: Receipt | None, now: datetime) -> None:
    if deadline <= now:
        raise Refusal(
            "办结期限应在此刻之后。",
            "The deadline lies behind. Choose a later moment.",
            field="due_at",
            value=deadline.isoformat(),
        )
    if parent is not None and deadline > parent.due_at:
        raise Refusal(
            f"分解指令的期限不能晚于上级期限（{parent.due_at:%m-%d %H:%M}）。", "A sub-order is due no later than the order it comes from.",
            field="due_at", value=deadline.isoformat(),
        )  # fmt: skip


def _end(end: Mapping[str, Any] | None) -> dict[str, Any]:
    """The measurable end: tasks of a kind done, or a fact of a kind recorded, in each unit."""
    if not end:
        return {}
    by, kind = str(end.get("by", "")), str(end.get("kind", ""))
    shelf: Mapping[str, Any] = catalogue.tasks if by == "tasks" else catalogue.facts
    if by not in ENDS or kind not in shelf:
        raise Refusal(
            "没有这种任务或事实，无法据以计算完成情况。",
            "There is no such task or fact to measure the order by.",
            field="end",
            value=kind,
        )
    return {"by": by, "kind": kind}
