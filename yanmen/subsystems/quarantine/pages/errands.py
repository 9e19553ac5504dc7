"""How far a plan is that was asked for: a card that looks again by itself until the plan is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.models import Errand
from yanmen.subsystems.quarantine.models.errands import OPEN
from yanmen.subsystems.quarantine.queries import errands as queries

SHOWN = timedelta(hours=12)


@page(
    "quarantine/errands/<int:errand>/", role=(DISPATCHER, MANAGER, STAFF, "transfer_team", "command.staff"),
    name="quarantine.errand", zh="方案进度", en="How far the plan is",
)  # fmt: skip
def errand_card(request: HttpRequest, scope: Scope, errand: int) -> HttpResponse:
    """The card alone, as the page around it asks for it again and again."""
    found = queries.errand(scope, errand)
    if found is None:
        raise Http404(str(errand))
    return render(request, "quarantine/errand.html", {"errand": card_of(scope, found), "scope": scope})


def card(request: HttpRequest, scope: Scope, kind: str) -> dict[str, Any] | None:
    """What was asked for last, while it is under way and for some hours after."""
    found = queries.latest(scope, kind)
    if found is None or (found.ended_at and moment_of(request) - found.ended_at > SHOWN):
        return None
    return card_of(scope, found)


def card_of(scope: Scope, one: Errand) -> dict[str, Any]:
    """An errand as its card shows it."""
    return {
        "row": one,
        "open": one.state in OPEN,
        "before": queries.before(scope, one) if one.state == "waiting" else 0,
        "by_itself": one.asked_by.startswith("job:"),
        "told": one.told,
        "home": "quarantine.waiting" if one.kind == "rooms" else "quarantine.transfers",
    }
