"""Turn-round by gate, backlog by laboratory, the oldest tubes; and one tube's way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.kinds import COURIER, LABORATORY, MANAGER, REVIEWER, SAMPLING
from yanmen.subsystems.screening.methods.words import GATES
from yanmen.subsystems.screening.models import Laboratory, Site
from yanmen.subsystems.screening.queries import tracking
from yanmen.subsystems.screening.queries.tracking import Hop

ALL = {"zh": "采样到出结果", "en": "Sampling to result"}
GROUPS = {"laboratory": Laboratory, "site": Site}


@page(
    "screening/turn-round/", role=(SAMPLING, MANAGER, COURIER, LABORATORY, REVIEWER, "command.staff"),
    name="screening.turn_round", zh="检测时效", en="Turn-round", icon="clock", order=45,
)  # fmt: skip
def turn_round(request: HttpRequest, scope: Scope) -> HttpResponse:
    """How long each hop took in the last day, what lies before each laboratory, which tubes wait longest."""
    now = request.now
    group = request.GET.get("by", "laboratory")
    group = group if group in GROUPS else "laboratory"
    found = tracking.turn_round(scope, now=now, by=group)
    hops = [(GATES.get(hop.gate, ALL), hop.tubes, hop.median / 60, hop.p90 / 60) for hop in found if not hop.key]
    hours = tracking.by_hour(scope, now=now)
    names = (("sampled", gettext("Sampled")), ("received", gettext("At the laboratory")), ("released", gettext("Result released")))  # fmt: skip
    asked = request.GET.get("tube", "").strip()[:40]
    context = {
        "hops": hops,
        "total": next((each for each in hops if each[0] is ALL), None),
        "chart": {
            "days": [each["hour"] for each in hours],
            "series": [
                {"name": title, "values": [each[name] for each in hours], "line": True} for name, title in names
            ],
            "total": sum(each[name] for each in hours for name, _ in names),
        },
        "backlog": tracking.backlog(scope, now=now),
        "oldest": tracking.oldest(scope, now=now, limit=30),
        "group": group,
        "by": _grouped(found, group),
        "asked": asked,
        "tube": tracking.find_tube(scope, asked, now=now) if asked else None,
        "now": now,
    }
    return render(request, "screening/turn_round.html", context)


def _grouped(found: Sequence[Hop], group: str) -> list[dict[str, Any]]:
    """A row a site or laboratory: tubes with a result, median and ninth decile from sampling, slowest first."""
    rows = [hop for hop in found if hop.gate == "all" and hop.key]
    model: Any = GROUPS[group]
    named = {each.pk: each for each in model.objects.select_related("place").filter(pk__in=[hop.key for hop in rows])}
    told = [
        {"place": named[hop.key].place, "tubes": hop.tubes, "median": hop.median / 60, "p90": hop.p90 / 60}
        for hop in rows
        if hop.key in named
    ]
    return sorted(told, key=lambda each: -each["median"])[:50]
