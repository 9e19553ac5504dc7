"""What the wall says of modes, of nobody lost and of 7-1-7."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yanmen.desk.balances import tell
from yanmen.desk.wall_panels import panel
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.queries import mode as modes
from yanmen.subsystems.command.queries import seven_one_seven as events

WATCH = (COMMAND, INSPECTOR)
LINES = 4


@panel(
    name="mode", zh="平战状态", en="Mode", order=80, width=3, role=WATCH, page="command.modes",
    source=("经批准的平战转换", "switches that another unit approved"), nothing=("本辖区处于平时状态。", "The whole area is in peace."),
)  # fmt: skip
def mode(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Which areas are in emergency, since when and until when."""
    found = modes.in_force(scope)
    if not found:
        return None
    told = {str(each.id): each for each in modes.proposals(scope, now=now)}
    rows = [each | {"title": modes.title_of(each["desk"]), "of": told.get(each["proposal"])} for each in found]
    on = [each for each in rows if each["kind"] == "emergency_mode"]
    return {
        "on": len({each["area"] for each in on}),
        "staged": len(rows) - len(on),
        "rows": (on or rows)[:LINES],
        "more": max(0, len(on or rows) - LINES),
    }


@panel(
    name="nobody_lost", zh="一个不漏", en="Nobody lost", order=82, width=4, role=WATCH, page="command.nobody_lost", rest=20,
    source=("各环节事实逐一核对", "every chain balanced from facts"), nothing=("还没有需要核对的。", "Nothing to balance yet."),
)  # fmt: skip
def nobody_lost(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """How many are not accounted for, chain by chain, the worst first."""
    told = tell(scope, now=now)
    if not any(each.came for each in told):
        return None
    rows = sorted((each for each in told if each.lost), key=lambda each: -each.lost)
    return {
        "lost": sum(each.lost for each in told),
        "came": sum(each.came for each in told),
        "rows": rows[:LINES],
        "chains": sum(bool(each.came) for each in told),
    }


@panel(
    name="seven_one_seven", zh="7-1-7 时效", en="7-1-7", order=84, width=3, role=WATCH, page="command.seven_one_seven", rest=20,
    source=("病例报告、流调与收治的时刻", "the moments of reports, investigations and admissions"), nothing=("近期没有疫情事件。", "No outbreak lately."),
)  # fmt: skip
def seven_one_seven(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """The share of outbreaks that met each clock."""
    found = events.outbreaks(scope, now=now)
    return {"shares": events.shares(found), "events": len(found)} if found else None
