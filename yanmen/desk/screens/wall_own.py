"""The desk's own panels of the wall: figures, map, curve, overdue work, what changed, what is restricted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from yanmen.base.clock import local_date
from yanmen.desk import curves, maps, restrictions, situation
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.templatetags.desk import own_name, task_title
from yanmen.desk.wall_panels import panel
from yanmen.registry.areas import children
from yanmen.registry.scope import Scope

WATCH = (COMMAND, INSPECTOR)
CURVE_DAYS = 45
CASE_DAYS, LEDGER_DAYS = 14, 7
UNITS, CLAUSES, CHANGES = 7, 5, 8
COUNTY = 6
"""Areas of this code length and longer have no map of what is in them: they are shown as a list of tiles."""


@panel(
    name="figures", zh="六项指标", en="Six figures", order=0, width=12, role=WATCH, place="top",
    source=("病例报告、措施与任务", "case reports, measures and tasks"),
)  # fmt: skip
def figures(scope: Scope, *, now: datetime) -> Mapping[str, Any]:
    """The six numbers that matter, each with the list behind it."""
    return {"figures": situation.figures(scope, now=now)}


@panel(
    name="map", zh="风险地图", en="Risk map", order=10, width=4, role=WATCH, place="map", page="desk.areas",
    source=("由病例报告按政策计算的风险等级", "tiers computed from case reports under policy"),
    nothing=("没有可用的地图。", "There is no map of this area."),
)  # fmt: skip
def county_map(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Counties within their boundaries, or what lies in a county as tiles."""
    if len(scope.area) >= COUNTY:
        return inside(scope, now=now)
    return _painted(scope, maps.outlines(scope) or maps.tiles(scope))


@panel(
    name="tiles", zh="风险地图（等大格）", en="Risk map, one tile a county", order=11, width=4, role=WATCH, place="map",
    page="desk.areas", source=("由病例报告按政策计算的风险等级", "tiers computed from case reports under policy"),
)  # fmt: skip
def county_tiles(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """The same as tiles of one size, beside a map of boundaries: small counties are seen too."""
    return _painted(scope, maps.tiles(scope))


@panel(
    name="curve", zh="流行曲线", en="Epidemic curve", order=20, width=5, role=WATCH, place="middle", page="desk.facts",
    source=("病例报告，按报告日，含更正", "case reports by day of report, corrections included"),
    nothing=("近 45 天没有病例报告。", "No case was reported in the last 45 days."),
)  # fmt: skip
def curve(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Cases by day and kind; how many each infected person infects, with the doubt about it."""
    drawn = curves.curve(scope, days=CURVE_DAYS, now=now)
    if not drawn["total"]:
        return None
    found = curves.reproduction(scope, first=drawn.pop("first"), days=len(drawn["days"]))
    about = {name: found[name] for name in ("low", "median", "high", "firm")} if found else None
    words = {"median": _("Rt"), "band": _("95 % of what it may be")}
    return {"curve": drawn | {"rt": about and about | {"words": words}}, "rt": found}


@panel(
    name="overdue", zh="逾期任务（按单位）", en="Overdue, by unit", order=30, width=3, role=WATCH, place="side",
    page="desk.worklist", query="due=overdue&role=all", source=("任务与其时限", "tasks and their deadlines"),
    nothing=("没有逾期任务。", "Nothing is overdue."),
)  # fmt: skip
def overdue(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Who owes most, and what."""
    late = situation.overdue_by_unit(scope, now=now)
    if not late:
        return None
    return {"late": late, "total": sum(unit["tasks"] for unit in late), "chart": _late_chart(late[:UNITS])}


@panel(
    name="changes", zh="24 小时变化", en="Changed in 24 hours", order=35, width=3, role=WATCH, place="side",
    page="desk.measures", source=("台账", "the ledger"),
    nothing=("24 小时内没有变化。", "Nothing changed in 24 hours."),
)  # fmt: skip
def changes(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """What the loop did since yesterday at this time, most first."""
    found = situation.changes(scope, now=now)
    ordered = sorted(found, key=lambda row: (row["subject_type"] != "area", -row["number"]))
    return {"changes": ordered[:CHANGES], "more": len(ordered) - CHANGES} if found else None


@panel(
    name="ledger", zh="管控台账（7 天）", en="Restriction ledger, 7 days", order=40, width=5, role=WATCH, page="desk.ledger",
    source=("措施与病例报告", "measures and case reports"),
    nothing=("近 7 天没有人被限制。", "Nobody was restricted in the last 7 days."),
)  # fmt: skip
def ledger(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Person-days by clause, beside the infections found among those people."""
    found = restrictions.by_clause(scope, days=LEDGER_DAYS, most=CLAUSES, now=now)
    return {"clauses": found, "most": max(row["person_days"] for row in found)} if found else None


def inside(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """The areas one level below with their tier and cases."""
    below = list(children(scope.area, on=local_date(now)))
    if not below:
        return None
    marked, cases = situation.tiers(scope), situation.cases_inside(scope, days=CASE_DAYS, now=now)
    units = [{"code": one.code, "tier": _worst(marked, one.code), "cases": cases.get(one.code, 0)} for one in below]
    units.sort(key=lambda unit: (-maps.SEVERITY[unit["tier"]], -unit["cases"], unit["code"]))
    return {"units": units, "days": CASE_DAYS, "legend": ["high", "medium", "low", "none"]}


def _worst(marked: dict[str, dict[str, Any]], code: str) -> str:
    found = [row["value"] for area, row in marked.items() if area.startswith(code) or code.startswith(area)]
    return max(found, key=lambda tier: maps.SEVERITY.get(tier, 0), default="none")


def _painted(scope: Scope, drawn: maps.Map | None) -> Mapping[str, Any] | None:
    if drawn is None:
        return None
    marked = situation.tiers(scope)
    return {"map": drawn, "painted": maps.painted(drawn, marked), "legend": ["high", "medium", "low", "none"]}


def _late_chart(units: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = list(dict.fromkeys(kind for unit in units for kind, _count in unit["kinds"]))
    return {
        "names": [own_name(unit["unit"]) for unit in units],
        "href": [f"/tasks/?due=overdue&role=all&area={unit['unit']}" for unit in units],
        "totals": [str(unit["tasks"]) for unit in units],
        "series": [
            {"name": task_title(kind), "values": [dict(unit["kinds"]).get(kind, 0) for unit in units]} for kind in kinds
        ]
        or [{"name": _("Overdue"), "values": []}],
    }
