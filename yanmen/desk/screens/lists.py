"""Lists: the worklist of a role, measures, facts, areas by tier."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.desk import situation, worklists
from yanmen.desk.menu import GROUPS
from yanmen.desk.pages import ANY, nav_of, page
from yanmen.desk.words import role
from yanmen.loop.catalogue import catalogue
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope


@page("tasks/", role=ANY, name="desk.worklist", zh="任务清单", en="Worklist", icon="tasks", group="work", order=1)
def worklist(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What this role owes here, overdue first."""
    asked = request.GET.dict()
    found = worklists.tasks(scope, asked, now=request.now)  # type: ignore[attr-defined]
    worklists.name_subjects(found.rows)
    sees_all = scope.role in worklists.SEE_ALL_ROLES
    roles = [(name, role(name)) for name in catalogue.roles] if sees_all else []
    kinds = [kind for kind in catalogue.tasks.values() if sees_all or kind.role == scope.role]
    context = {
        "tasks": found.rows,
        "kinds": kinds,
        "roles": roles,
        "sees_all": sees_all,
        "own_pages": [] if found.rows else [one for one in nav_of(scope.role) if one.group not in GROUPS],
        **_common(request, scope, found.after),
    }
    return render(request, "desk/worklist.html", context)


@page("measures/", role=ANY, name="desk.measures", zh="措施", en="Measures", icon="shield", group="work")
def measures(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Obligations in force, and those that ended."""
    found = worklists.measures(scope, request.GET.dict())
    worklists.name_subjects(found.rows)
    context = {"measures": found.rows, "kinds": catalogue.measures.values(), **_common(request, scope, found.after)}
    return render(request, "desk/measures.html", context)


@page("facts/", role=ANY, name="desk.facts", zh="事实", en="Facts", icon="list", group="data")
def facts(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What happened, as recorded."""
    found = worklists.facts(scope, request.GET.dict(), now=request.now)  # type: ignore[attr-defined]
    worklists.name_people(found.rows)
    context = {"facts": found.rows, "kinds": catalogue.facts.values(), **_common(request, scope, found.after)}
    return render(request, "desk/facts.html", context)


@page("areas/", role=ANY, name="desk.areas", zh="风险地区", en="Areas by tier", icon="map", group="watch", order=2)
def areas(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Areas that carry a tier, and a search for any area."""
    text = request.GET.get("q", "").strip()
    current = Area.objects.filter(valid_to=None)
    hits = scope.within(current, "code").filter(name_zh__contains=text) | scope.within(current, "code").filter(
        name_en__icontains=text
    )
    context = {
        "rows": worklists.areas_by_tier(scope, situation.tiers(scope), request.GET.get("tier", "")),
        "hits": hits.order_by("code")[:30] if text else [],
        "text": text,
        **_common(request, scope, ""),
    }
    return render(request, "desk/areas.html", context)


def _common(request: HttpRequest, scope: Scope, after: str) -> dict[str, Any]:
    units = scope.within(Area.objects.filter(valid_to=None, parent__code=scope.area), "code").order_by("code")
    parameters = request.GET.copy()
    parameters["after"] = after
    return {
        "asked": request.GET.dict(),
        "units": units,
        "next": f"?{parameters.urlencode()}" if after else "",
        "filtered": bool(request.GET),
    }
