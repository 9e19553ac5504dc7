"""What screening has on the wall: rounds and their coverage, how long results take, how full the laboratories are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.wall_panels import panel
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.queries.tracking import turn_round
from yanmen.subsystems.screening.queries.wall import flow_now, rounds_now

ROUNDS = 3


@panel(
    name="testing", zh="核酸检测", en="Testing now", order=50, width=5, role=(COMMAND, INSPECTOR), rest=20,
    page="screening.turn_round", source=("采样、送检与检测记录，24 小时", "samples, transport and laboratories, 24 hours"),
    nothing=("24 小时内没有采样，也没有检测机构。", "No sample in 24 hours, and no laboratory here."),
)  # fmt: skip
def testing(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Coverage of the rounds that run, tubes on their way, hours from sampling to result, load of the laboratories."""
    rounds, flow = rounds_now(scope, now=now, most=ROUNDS), flow_now(scope, now=now)
    if not rounds and not any(flow.values()):
        return None
    whole = next((hop for hop in turn_round(scope, now=now) if hop.gate == "all"), None)
    return {
        "rounds": [row | _shown(row) for row in rounds],
        "flow": flow,
        "load": _percent(flow["released"], flow["capacity"]) if flow["capacity"] else None,
        "median": f"{whole.median / 3600:.1f}" if whole else None,
        "p90": f"{whole.p90 / 3600:.1f}" if whole else None,
    }


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    names = {"zh": row["name_zh"], "en": row["name_en"] or row["name_zh"]}
    return {"title": names, "percent": _percent(row["sampled"], row["people"])}


def _percent(part: int, whole: int) -> str:
    """Rounded down: a hundred is everybody."""
    return f"{int(1000 * part / whole) / 10:.1f}" if whole else "–"
