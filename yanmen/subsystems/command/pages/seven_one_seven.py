"""7-1-7: was every outbreak found in seven days, told in one and answered in seven; what held it up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.queries import seven_one_seven as queries


@page(
    "command/7-1-7/",
    role=(COMMAND, INSPECTOR),
    name="command.seven_one_seven",
    zh="7-1-7 时效",
    en="7-1-7",
    icon="clock",
    order=30,
)
def seven_one_seven(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Outbreaks by county with their three clocks, and the shares that met them."""
    found = queries.outbreaks(scope, now=moment_of(request))
    context = {"rows": found, "shares": queries.shares(found), "steps": queries.STEPS}
    return render(request, "command/seven_one_seven.html", context)
