"""The worker's day on a phone: doors in walking order, what is owed at each."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import names_of, page
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.pages.common import EVERYBODY, STAFF
from yanmen.subsystems.grid.queries import areas
from yanmen.subsystems.grid.queries import day as days
from yanmen.subsystems.grid.queries.conflicts import own_conflicts

SHOWN = 60


@page(
    "grid/",
    role=EVERYBODY,
    name="grid.day",
    zh="今日入户",
    en="Today's doors",
    methods=("GET", "POST"),
    icon="home",
    order=20,
)
def today(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Doors where something is owed today, in the order to walk them; of an area wider than a county, its counties."""
    now, refusal = moment_of(request), None
    if request.method == "GET" and areas.is_wide(scope):
        chosen = request.GET.get("area", "")
        if not (chosen.isdecimal() and len(chosen) >= areas.COUNTY and scope.includes(chosen[:12])):
            return _counties(request, scope, now)
        scope = scope.narrowed(chosen[:12])
    if request.method == "POST":
        try:
            made = actions.register_doors(**asked_by(request), area=scope.area)
            messages.success(request, ngettext("%(n)d door made.", "%(n)d doors made.", made) % {"n": made})
            return redirect("grid.day")
        except Refusal as error:
            refusal = error
    everybody = bool(request.GET.get("all"))
    found = days.day_of(scope, now=now, everybody=everybody)
    if found.calls:
        log_access(scope, "doors of a grid", count=found.people, now=now)
    context = {
        "day": found, "calls": found.calls[:SHOWN], "left": max(0, len(found.calls) - SHOWN), "everybody": everybody,
        "differing": _differing(scope, now), "refusal": refusal, "now": now,
    }  # fmt: skip
    return render(request, "grid/day.html", context, status=422 if refusal else 200)


def _differing(scope: Scope, now: datetime) -> int:
    """How many fields wait for the asker to decide which of two people is right."""
    return sum(each.open for each in own_conflicts(scope, now=now)) if scope.role in names_of(STAFF) else 0


def _counties(request: HttpRequest, scope: Scope, now: datetime) -> HttpResponse:
    """Where something is owed, and how much: nobody walks the doors of a province."""
    found = areas.areas_owed(scope, now=now)
    doors, people = (sum(getattr(each, name) for each in found) for name in ("doors", "people"))
    return render(request, "grid/areas.html", {"areas": found, "doors": doors, "people": people, "now": now})
