"""How full venues are, now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.desk.templatetags.desk import own_name
from yanmen.registry.scope import Scope
from yanmen.subsystems.venues.methods.words import KINDS
from yanmen.subsystems.venues.pages.registers import EVERYBODY
from yanmen.subsystems.venues.queries import inside

SHOWN = 50
MOST_BARS = 12


@page(
    "venues/inside/",
    role=EVERYBODY,
    name="venues.inside",
    zh="场所在场人数",
    en="People in venues",
    icon="users",
    group="venues",
)
def people_inside(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The fullest venues first, and the areas added up."""
    rows = inside.inside(scope, now=moment_of(request))
    areas = inside.inside_by_area(scope, rows)
    context = {
        "rows": rows[:SHOWN],
        "more": max(len(rows) - SHOWN, 0),
        "areas": areas,
        "kinds": KINDS,
        "people": sum(row.people for row in rows),
        "venues": len(rows),
        "full": sum(row.full for row in rows),
        "used": sum(row.people > 0 for row in rows),
        "chart": {
            "names": [own_name(row["area"]) for row in areas[:MOST_BARS]],
            "series": [{"name": _("People inside"), "values": [row["people"] for row in areas[:MOST_BARS]]}],
        },
    }
    return render(request, "venues/inside.html", context)
