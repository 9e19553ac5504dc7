"""Nobody lost: for each chain what came in, where it is now, and what is not accounted for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.desk.asking import moment_of
from yanmen.desk.balances import LOST, Told, line_of, lost_of, tell
from yanmen.desk.pages import PAGES, page
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope

SHOWN = 200


@page(
    "command/nobody-lost/",
    role=(COMMAND, INSPECTOR),
    name="command.nobody_lost",
    zh="一个不漏",
    en="Nobody lost",
    icon="check",
    order=25,
)
def nobody_lost(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Every chain as one bar: where everybody is, and the number that must be zero."""
    now = moment_of(request)
    told = tell(scope, now=now)
    context = {
        "lines": [shown(each, scope, now) for each in told], "lost": sum(each.lost for each in told),
        "came": sum(each.came for each in told), "broken": sum(bool(each.lost) for each in told), "now": now,
    }  # fmt: skip
    return render(request, "command/nobody_lost.html", context)


@page(
    "command/nobody-lost/<slug:line>/",
    role=(COMMAND, INSPECTOR),
    name="command.lost",
    zh="去向不明",
    en="Not accounted for",
)
def lost(request: HttpRequest, scope: Scope, line: str) -> HttpResponse:
    """What a chain does not account for, the oldest first."""
    now, known = moment_of(request), line_of(line)
    if known is None:
        raise Http404
    found = lost_of(known, scope, now=now, limit=SHOWN)
    people = {row["person"] for row in found if row["person"]}
    if people and scope.sees_people:
        log_access(scope, f"not accounted for: {known.name}", count=len(people), now=now)
    return render(
        request,
        "command/lost.html",
        {"line": known, "rows": found, "shown": SHOWN, "now": now, "way": _way(known.page, scope)},
    )


def shown(told: Told, scope: Scope, now: datetime) -> dict[str, Any]:
    """A line with its parts as shares of a bar; what is not accounted for stands last."""
    at, parts = 0.0, []
    for number, part in enumerate(told.line.parts):
        many = told.counts[part.name]
        wide = 100 * many / told.came if told.came else 0.0
        look = LOST if part.name == LOST else str(number)
        parts.append({"part": part, "many": many, "at": at, "wide": wide, "look": look})
        at += wide
    hours = (now - told.oldest).total_seconds() / 3600 if told.oldest else None
    return {"told": told, "line": told.line, "parts": parts, "hours": hours, "way": _way(told.line.page, scope)}


def _way(name: str, scope: Scope) -> str:
    """The page with everybody of the chain, where it is there and opens for the asker."""
    found = PAGES.get(name)
    return name if found and "<" not in found.path and found.opens_for(scope.role) else ""
