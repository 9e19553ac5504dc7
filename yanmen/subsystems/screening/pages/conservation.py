"""Where every tube is: the balance of an area or a campaign, with named holders."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.kinds import MANAGER
from yanmen.subsystems.screening.methods.words import GATES
from yanmen.subsystems.screening.models import Campaign
from yanmen.subsystems.screening.queries import conservation

SHOWN = 200


@page(
    "screening/balance/", role=(MANAGER, "command.staff", "inspector"), name="screening.balance", zh="采样管盘点",
    en="Where every tube is", icon="scale", order=46,
)  # fmt: skip
def balance(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Sums by gate, then every holder by name; late ones first."""
    now = request.now
    chosen = request.GET.get("campaign", "")
    campaign = int(chosen) if chosen.isdecimal() and len(chosen) < 16 else None
    found = conservation.balance(scope, now=now, campaign=campaign)
    held = [each for each in found.holdings if each.gate not in conservation.ENDED]
    held.sort(key=lambda each: (-each.late, each.oldest))
    gates = found.by_gate()
    shown = [name for name in GATES if gates[name][0]]
    context = {
        "balance": found,
        "gates": [(name, GATES[name], *gates[name]) for name in shown],
        "chart": {
            "names": [_said(GATES[name], request) for name in shown],
            "series": [{"name": "", "values": [gates[name][0] for name in shown]}],
        },
        "held": held[:SHOWN],
        "more": max(0, len(held) - SHOWN),
        "titles": GATES,
        "holders": conservation.HOLDERS,
        "campaigns": scope.within(Campaign.objects, "area").order_by("-starts_at")[:30],
        "campaign": campaign,
        "now": now,
    }
    return render(request, "screening/balance.html", context)


def _said(title: dict[str, str], request: HttpRequest) -> str:
    return title["en" if request.LANGUAGE_CODE.startswith("en") else "zh"]
