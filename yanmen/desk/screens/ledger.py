"""The restriction ledger: person-days by county, rule, edition; and who is held past the last day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date

from yanmen.base.clock import local_date
from yanmen.desk import restrictions, situation
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.pages import page
from yanmen.loop import reading
from yanmen.loop.models import Edition
from yanmen.registry.scope import Scope

VIEWS = ("county", "rule", "kind", "edition")


@page(
    "ledger/",
    role=(COMMAND, INSPECTOR),
    name="desk.ledger",
    zh="管控台账",
    en="Restriction ledger",
    icon="scale",
    group="watch",
    order=3,
)
def ledger(request: HttpRequest, scope: Scope) -> HttpResponse:
    """How long how many were held, and under what."""
    now = request.now  # type: ignore[attr-defined]
    last = parse_date(request.GET.get("to", "")) or local_date(now)
    first = parse_date(request.GET.get("from", "")) or last - timedelta(days=29)
    view = request.GET.get("by") if request.GET.get("by") in VIEWS else "county"
    rows = restrictions.by(str(view), scope, first=first, last=last, now=now)
    if view == "edition":
        _name_editions(rows)
    over = restrictions.over_hold(scope, now=now, after=_key(request.GET.get("after", "")))
    context = {
        "view": view,
        "views": VIEWS,
        "rows": rows,
        "most": max((row["person_days"] for row in rows), default=0),
        "total": restrictions.total(scope, first=first, last=last, now=now),
        "first": first,
        "last": last,
        "over": over,
        "over_total": situation.counts(scope, now=now)["over_hold"],
        "over_next": f"?after={over[-1]['last_day']}~{over[-1]['id']}" if len(over) == restrictions.OVER_SHOWN else "",
    }
    return render(request, "desk/ledger.html", context)


@page(
    "alarms/",
    role=(INSPECTOR, COMMAND),
    name="desk.alarms",
    zh="警报",
    en="Alarms",
    icon="bell",
    group="watch",
    order=4,
)
def alarms(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Attempts that were refused, and unusual shapes."""
    return render(request, "desk/alarms.html", {"rows": reading.alarms(scope)[:100]})


def _name_editions(rows: list[dict[str, Any]]) -> None:
    known = Edition.objects.in_bulk([row["name"] for row in rows])
    for row in rows:
        row["edition"] = known.get(row["name"])


def _key(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition("~")
    found = parse_date(day) if day else None
    return (found, int(number)) if found and number.isdigit() else None
