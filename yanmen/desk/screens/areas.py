"""One area: its tier, its zones, cases, people under measures, tasks, and the areas in it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.base.area_codes import ancestors_of
from yanmen.desk import situation
from yanmen.desk.curves import curve
from yanmen.desk.pages import ANY, page
from yanmen.loop import reading
from yanmen.loop.models import Measure, Task
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope


@page("areas/<slug:code>/", role=ANY, name="desk.area", zh="地区", en="Area", icon="map")
def area(request: HttpRequest, scope: Scope, code: str) -> HttpResponse:
    """What is known and owed in one area of the scope."""
    found = Area.objects.filter(code=code).order_by("-valid_from").first()
    if found is None or not scope.includes(code):
        raise Http404
    now = request.now  # type: ignore[attr-defined]
    here = scope.narrowed(code)
    marked = situation.tiers(here)
    zones = reading.measures(here).filter(subject_type="area").order_by("area", "count_from")
    context = {
        "area": found,
        "above": [one for one in ancestors_of(code) if one != code and scope.includes(one)],
        "tier": marked.get(code),
        "inside": sorted((pair for pair in marked.items() if pair[0] != code), key=lambda pair: pair[0]),
        "zones": [reading.measure_row(zone) for zone in zones[:50]],
        "curve": curve(here, days=30, now=now),
        "held": situation.held_by_place(here, now=now) if scope.sees_people else [],
        "counts": situation.counts(here, now=now),
        "late": here.within(Task.objects, "area").filter(state__in=("open", "failed"), due_at__lt=now).count(),
        "owed": here.within(Task.objects, "area").filter(state__in=("open", "failed")).count(),
        "people": here.within(Measure.objects, "area")
        .filter(subject_type="person", state="in_force")
        .values("subject")
        .distinct()
        .count(),
        "children": Area.objects.filter(parent=found, valid_to=None).order_by("code"),
        "marked": marked,
    }
    return render(request, "desk/area.html", context)
