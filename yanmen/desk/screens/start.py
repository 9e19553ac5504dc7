"""The first screens: where a role starts, and the commander's situation page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.desk import maps, restrictions, situation
from yanmen.desk.kinds import COMMAND, INSPECTOR, POLICY_AUTHOR
from yanmen.desk.pages import ANY, page
from yanmen.desk.templatetags.desk import area_name, say, task_title
from yanmen.desk.words import word
from yanmen.registry.scope import Scope

FIRST = {COMMAND.name: "desk.situation", INSPECTOR.name: "desk.situation", POLICY_AUTHOR.name: "desk.policy"}
CURVE_DAYS = 45
SHORTEST_CURVE = 21


@page("", role=ANY, name="desk.start", zh="首页", en="Start", nav=False)
def start(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Each role starts with the work it owes."""
    return redirect(FIRST.get(scope.role, "desk.worklist"))


@page(
    "situation/",
    role=(COMMAND, INSPECTOR),
    name="desk.situation",
    zh="态势",
    en="Situation",
    icon="home",
    group="watch",
    order=1,
)
def home(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Six figures, the map, the curve, overdue work, what changed, what is restricted."""
    now = request.now  # type: ignore[attr-defined]
    marked = situation.tiers(scope)
    late = situation.overdue_by_unit(scope, now=now)
    context = {
        "figures": situation.figures(scope, now=now),
        "curve": curve(scope, days=CURVE_DAYS, now=now),
        "late": late[:10],
        "late_chart": _late_chart(late[:10]),
        "changes": situation.changes(scope, now=now),
        "marked": sorted(marked.items(), key=lambda pair: (-maps.SEVERITY.get(pair[1]["value"], 0), pair[0]))[:9],
        "held": situation.held_by_place(scope, now=now),
        "ledger": restrictions.summary(scope, days=7, now=now),
        **map_context(request, scope, marked),
    }
    return render(request, "desk/situation.html", context)


@page("situation/map/", role=(COMMAND, INSPECTOR), name="desk.map", zh="风险地图", en="Risk map", nav=False)
def map_part(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The map alone: htmx swaps hexes and boundaries."""
    return render(request, "desk/parts/map.html", map_context(request, scope, situation.tiers(scope)))


def map_context(request: HttpRequest, scope: Scope, marked: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The picture of the scope's counties, painted by tier."""
    drawn = maps.picture(scope, request.GET.get("map", ""))
    return {
        "map": drawn,
        "painted": maps.painted(drawn, marked) if drawn else [],
        "boundaries_installed": maps.boundaries.installed(),
        "legend": ["high", "medium", "low", "none"],
    }


def curve(scope: Scope, *, days: int, now: Any) -> dict[str, Any]:
    """The epidemic curve as chart data."""
    by_day = _from_first_case(situation.cases_by_day(scope, days=days, now=now))
    kinds = sorted({kind for counts in by_day.values() for kind in counts}, key=_kind_order)
    return {
        "days": [day.strftime("%m-%d") for day in by_day],
        "series": [
            {"name": say(word(f"case.{kind}")), "values": [counts.get(kind, 0) for counts in by_day.values()]}
            for kind in kinds
        ],
        "total": sum(sum(counts.values()) for counts in by_day.values()),
    }


def _from_first_case(by_day: dict[date, dict[str, int]]) -> dict[date, dict[str, int]]:
    """Leave out the quiet days before the first case, but show three weeks at least."""
    days = list(by_day)
    first = next((place for place, day in enumerate(days) if by_day[day]), len(days))
    start = max(0, min(first - 3, len(days) - SHORTEST_CURVE))
    return {day: by_day[day] for day in days[start:]}


def _kind_order(kind: str) -> int:
    order = ["confirmed", "asymptomatic", "suspected"]
    return order.index(kind) if kind in order else len(order)


def _late_chart(units: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = list(dict.fromkeys(kind for unit in units for kind, _count in unit["kinds"]))
    return {
        "names": [area_name(unit["unit"]) for unit in units],
        "href": [f"/tasks/?due=overdue&role=all&area={unit['unit']}" for unit in units],
        "totals": [str(unit["tasks"]) for unit in units],
        "series": [
            {"name": task_title(kind), "values": [dict(unit["kinds"]).get(kind, 0) for unit in units]} for kind in kinds
        ]
        or [{"name": _("Overdue"), "values": []}],
    }
