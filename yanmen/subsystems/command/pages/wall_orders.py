"""What orders and the roster have on the wall: coverage and the slowest hop; who is on duty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yanmen.desk.wall_panels import panel
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.methods import order_words as words
from yanmen.subsystems.command.queries import orders, roster

LINES = 4


@panel(
    name="orders", zh="指令", en="Orders", order=20, width=4, role=(COMMAND, INSPECTOR), rest=10, page="command.orders",
    source=("指令回执", "receipts of the units"), nothing=("没有办理中的指令。", "No order is open."),
)  # fmt: skip
def open_orders(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Open orders: how far each is, and the hop that holds it up."""
    rows = orders.board(scope, now=now)
    if not rows:
        return None
    for row in rows:
        row["share"] = 100 * row["leaves_done"] // row["leaves"] if row["leaves"] else 0
        row["hop_title"] = words.HOP_TITLES.get(row["hop"])
    units, done = sum(row["leaves"] for row in rows), sum(row["leaves_done"] for row in rows)
    return {
        "open": len(rows), "units": units, "share": 100 * done // units if units else 0, "late": sum(row["leaves_late"] for row in rows),
        "rows": rows[:LINES],
    }  # fmt: skip


@panel(
    name="duty", zh="值班", en="On duty", order=25, width=2, role=(COMMAND, INSPECTOR), rest=30, page="command.duty",
    source=("值班表", "the duty roster"), nothing=("此刻无人值班。", "Nobody is on duty."),
)  # fmt: skip
def duty(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Who is on duty in this area at this moment."""
    rows = [each for each in roster.on_now(scope, now=now) if each.area.startswith(scope.area)]
    here = [each for each in rows if each.area == scope.area]
    if not rows:
        return None
    return {"rows": [{"name": each.name, "title": words.DUTY[each.duty], "ends_at": each.ends_at} for each in here[:LINES]], "below": len({each.area for each in rows} - {scope.area})}  # fmt: skip
