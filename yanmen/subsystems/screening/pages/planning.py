"""The planning desk: what an area needs, where sites could stand, when a running round will finish."""

from __future__ import annotations

from datetime import date, timedelta
from math import isfinite
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yanmen.base.clock import BEIJING, local_date
from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.kinds import MANAGER
from yanmen.subsystems.screening.methods.pooling import best_pool, pool
from yanmen.subsystems.screening.methods.site_map import Dot, draw
from yanmen.subsystems.screening.methods.staffing import Needs, laboratories_needed, needs
from yanmen.subsystems.screening.queries import planning as queries
from yanmen.subsystems.screening.queries.campaigns import people_of
from yanmen.subsystems.screening.queries.sites import laboratories

STAFF = (MANAGER, COMMAND)
SECONDS = 4.0
STAGES = {
    "sites": {"zh": "采样点", "en": "Sampling sites"},
    "vehicles": {"zh": "转运车辆", "en": "Vehicles"},
    "laboratory": {"zh": "检测机构", "en": "Laboratories"},
}


@page(
    "screening/planning/", role=STAFF, name="screening.planning", zh="核酸检测测算", en="Planning of testing", icon="scale",
)  # fmt: skip
def planning(request: HttpRequest, scope: Scope) -> HttpResponse:
    """People in; sites, desks, samplers, tubes and laboratories out, as the guide of a day asks."""
    now = request.now
    context: dict[str, Any] = {"rounds": queries.running_rounds(scope, now=now), "asked": request.GET}
    context |= {"area": scope.area, "people": "", "hours": "", "infected": ""}
    try:
        context |= _planned(request, scope)
        status = 200
    except Refusal as refusal:
        context["refusal"] = refusal
        status = 422 if request.GET else 200
    return render(request, "screening/planning.html", context, status=status)


@page(
    "screening/planning/sites/", role=STAFF, name="screening.planning_sites", zh="采样点选址建议", en="Suggested sampling sites",
    icon="map", nav=False,
)  # fmt: skip
def planning_sites(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The fewest sites for the settlements of an area, on a map."""
    context: dict[str, Any] = {"asked": request.GET, "area": scope.area, "walk": "", "capacity": ""}
    try:
        context |= _suggested(request, scope)
        status = 200
    except Refusal as refusal:
        context["refusal"] = refusal
        status = 422
    return render(request, "screening/planning_sites.html", context, status=status)


@page(
    "screening/planning/rounds/<int:round>/", role=STAFF, name="screening.forecast", zh="完成时间预测", en="When the round finishes",
)  # fmt: skip
def forecast(request: HttpRequest, scope: Scope, round: int) -> HttpResponse:
    """Where the round is, when it ends, what holds it up, and what a loss would cost."""
    now = request.now
    found = queries.running_round(scope, round, now=now)
    if found is None:
        raise Http404(str(round))
    try:
        vehicles = int(_number(request, "vehicles", 0)) if request.GET.get("vehicles") else None
        flow = queries.flow(scope, found, now=now, vehicles=vehicles)
    except Refusal as refusal:
        context = {"round": found, "refusal": refusal, "asked": request.GET}
        return render(request, "screening/planning_round.html", context, status=422)
    end = flow.finish
    context = {
        "round": found,
        "flow": flow,
        "ends_at": now + timedelta(hours=end.hours) if end.hours is not None else None,
        "late": end.hours is None or now + timedelta(hours=end.hours) > found.closes_at,
        "bottleneck": STAGES.get(end.bottleneck),
        "stages": [_stage_row(flow, number, now) for number in range(len(flow.stages))],
        "losses": [_loss_row(each, flow, now) for each in queries.losses(flow)],
        "chart": _chart(flow, now),
        "asked": request.GET,
    }
    return render(request, "screening/planning_round.html", context)


def _planned(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    now = request.now
    area = _area(request, scope)
    basis = queries.basis(_day(request, local_date(now)))
    people = int(_number(request, "people", people_of(scope, area)))
    if not people:
        return {"basis": basis, "area": area, "people": 0}
    hours = _number(request, "hours", basis.hours(people))
    found = needs(people, pace=basis.pace_for(hours), norms=basis.norms)
    parts = basis.pace.parts
    infected = _number(request, "infected", parts["infected_per_100000"])
    about = {name: parts[f"{key}_percent"] / 100 for name, key in (("se", "sensitivity"), ("sp", "specificity"), ("dilution", "dilution"))}  # fmt: skip
    own = [each.tubes_a_day for each in laboratories(scope, now=now) if each.area.startswith(area)]
    best = best_pool(infected / 100_000, sizes=(1, *found.tubes), **about).size
    return {
        "area": area,
        "basis": basis,
        "people": people,
        "hours": hours,
        "infected": infected,
        "needs": found,
        "enough": found.samplers_by_norm is None or found.samplers_by_norm >= found.samplers_by_desks,
        "spare": basis.spare_laboratories(people),
        "own": {"count": len(own), "tubes": sum(own)},
        "sizes": [_size_row(found, size, infected / 100_000, about, own, best) for size in (1, *found.tubes)],
    }


def _size_row(
    found: Needs, size: int, prevalence: float, about: dict[str, Any], own: list[int], best: int
) -> dict[str, Any]:
    """A size of tube: what it takes, what it finds, and whether the laboratories here carry it."""
    tubes = found.tubes.get(size, found.people)
    a_day = found.tubes_a_day.get(size, round(found.people * 24 / found.window))
    one = pool(size, prevalence, **about)
    return {
        "pool": one,
        "found": round(100 * one.sensitivity, 1),
        "tests": round(100 * one.tests, 1),
        "tubes": tubes,
        "a_day": a_day,
        "laboratories": laboratories_needed(a_day, own),
        "best": size == best,
    }


def _suggested(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    now = request.now
    area = _area(request, scope)
    basis = queries.basis(_day(request, local_date(now)))
    walk = _number(request, "walk", basis.walk)
    capacity = int(_number(request, "capacity", basis.norms.people_per_station[1]))
    found = queries.suggested(scope, area, walk=walk, capacity=capacity, seconds=SECONDS)
    chinese = (get_language() or "zh").startswith("zh")
    names = [each.name_zh if chinese else each.name_en or each.name_zh for each in found.settlements]
    held = found.held
    dots = [
        Dot(name, each.longitude or 0.0, each.latitude or 0.0, each.people, held.sites.get(number, 0))
        for number, (each, name) in enumerate(zip(found.settlements, names, strict=True))
    ]
    going: dict[int, float] = {}
    for _from, to, people in held.ways:
        going[to] = going.get(to, 0.0) + people
    sites = [(found.settlements[at], names[at], number, round(going.get(at, 0))) for at, number in held.sites.items()]
    people = sum(sent for _from, _to, sent in held.ways)
    title = _("Map of settlements and suggested sites")
    return {
        "area": area,
        "walk": round(walk),
        "capacity": capacity,
        "found": found,
        "sites": sorted(sites, key=lambda row: -row[3]),
        "people": round(people),
        "mean_walk": round(held.walked / people) if people else 0,
        "farthest": round(held.farthest),
        "pointless": sum(each.people for each in found.pointless),
        "drawing": mark_safe(draw(dots, [(a, b) for a, b, _p in held.ways], title=title, walk=walk)) if dots else "",
    }


def _stage_row(flow: queries.Flow, number: int, now: Any) -> dict[str, Any]:
    stage, end = flow.stages[number], flow.finish
    alone = end.alone[stage.name]
    return {
        "title": STAGES[stage.name],
        "an_hour": round(stage.per_hour[0]) if stage.per_hour[0] < 1e9 else None,
        "waiting": round(stage.waiting),
        "under_way": round(stage.under_way),
        "alone": now + timedelta(hours=alone) if alone is not None else None,
        "sooner": round(end.sooner[stage.name], 1),
        "holds": stage.name == end.bottleneck,
    }


def _loss_row(each: queries.Loss, flow: queries.Flow, now: Any) -> dict[str, Any]:
    hours, end = each.without.hours, flow.finish.hours
    return {
        "kind": STAGES["sites" if each.kind == "site" else "laboratory"],
        "place": each.what.place,
        "percent": round(100 * each.share),
        "ends_at": now + timedelta(hours=hours) if hours is not None else None,
        "later": round(hours - end, 1) if hours is not None and end is not None else None,
    }


def _chart(flow: queries.Flow, now: Any) -> dict[str, Any]:
    """People sampled and told by the hour, counted until now, then as forecast."""
    end = flow.finish
    coming = min(queries.LONGEST, int(end.hours) + 2 if end.hours is not None else 72)
    seen = len(flow.seen["sampled"])
    start = flow.round.opens_at.astimezone(BEIJING)
    labels = [(start + timedelta(hours=hour + 1)).strftime("%m-%d %H:%M") for hour in range(seen - 1)]
    labels += [(now.astimezone(BEIJING) + timedelta(hours=hour)).strftime("%m-%d %H:%M") for hour in range(coming + 1)]
    sampled, told = _added(flow.seen["sampled"]), _added(flow.seen["released"])
    nothing: list[float | None] = [None]
    later = [
        [round(already + number) for number in end.done[row][: coming + 1]]
        for row, already in ((0, sampled[-1]), (2, told[-1]))
    ]
    series = [
        (_("Sampled, counted"), [*sampled, *nothing * coming]),
        (_("Result released, counted"), [*told, *nothing * coming]),
        (_("Sampled, forecast"), [*nothing * (seen - 1), *later[0]]),
        (_("Result released, forecast"), [*nothing * (seen - 1), *later[1]]),
    ]
    return {"days": labels, "series": [{"name": name, "values": values, "line": True} for name, values in series]}


def _added(hours: list[float]) -> list[int]:
    total, found = 0.0, []
    for each in hours:
        total += each
        found.append(round(total))
    return found


def _area(request: HttpRequest, scope: Scope) -> str:
    code = request.GET.get("area", "").strip().split(" ")[0][:12] or scope.area
    if not (code.isascii() and code.isdecimal()):
        raise Refusal("地区请填代码。", "Give the code of an area.", field="area", value=code)
    scope.require(code)
    return code


def _day(request: HttpRequest, default: date) -> date:
    text = request.GET.get("on", "").strip()
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise Refusal("日期应写成2022-10-01。", "Write the day as 2022-10-01.", field="on", value=text[:20]) from None


def _number(request: HttpRequest, field: str, default: float) -> float:
    text = request.GET.get(field, "").strip().replace(",", "")
    try:
        value = float(text) if text else float(default)
    except ValueError:
        value = float("nan")
    if not (isfinite(value) and 0 <= value < 1e9):
        raise Refusal("此处应为不小于0的数。", "A number of 0 or more is expected here.", field=field, value=text[:20])
    return value
