"""Sites for everybody: where one is tested now, and how long one waits. Open to strangers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from yanmen.desk.asking import moment_of
from yanmen.desk.networks import within_rate
from yanmen.desk.pages import PUBLIC, page
from yanmen.desk.templatetags.desk import say
from yanmen.subsystems.screening.methods.open_map import Spot, draw
from yanmen.subsystems.screening.methods.words import SITES, STATES
from yanmen.subsystems.screening.queries import open_sites as queries

SHOWN = 60


@page("screening/open-sites/", role=PUBLIC, name="screening.open_sites", zh="便民核酸采样点", en="Where to be tested")
def open_sites(request: HttpRequest, scope: None) -> HttpResponse:
    """Sites of a county or of all, with hours, queue and wait."""
    now, area = moment_of(request), request.GET.get("area", "").strip()[:20]
    within_rate(request, "open sites by network", now=now)
    found = queries.open_sites(scope, area=area, now=now, limit=SHOWN)
    context = {
        "sites": found.sites,
        "map": _map(found.sites),
        "left_off": found.left_off,
        "counties": queries.open_counties(scope, now=now),
        "area": area,
        "kinds": SITES,
        "states": STATES,
    }
    answer = render(request, "screening/open_sites.html", context)
    answer["Cache-Control"] = "private, max-age=30"
    return answer


def _map(sites: list[queries.OpenSite]) -> str:
    """Sites with coordinates as dots; nothing where there are fewer than two."""
    spots = [
        Spot(
            number, f"site-{each.place}", each.longitude, each.latitude,
            f"{say(each.name)}: {say(each.wait.said if each.wait else STATES[each.state])}",
            each.wait.band if each.wait else each.state,
        )
        for number, each in enumerate(sites, 1)
        if each.longitude is not None and each.latitude is not None
    ]  # fmt: skip
    return mark_safe(draw(spots, title=_("Map of the sites"))) if len(spots) > 1 else ""
