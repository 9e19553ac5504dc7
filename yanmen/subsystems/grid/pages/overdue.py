"""What is overdue at doors and has come up to the asker: by area, the oldest first, with who has been told."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.queries import overdue as queries

SHOWN = 300


@page(
    "grid/overdue/", role=(MANAGER, WORKER, COMMAND, "inspector"), name="grid.overdue", zh="入户逾期", en="Overdue at doors",
    icon="alert",
)  # fmt: skip
def overdue(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What has been told to the asker's level; all of their areas on demand."""
    now = moment_of(request)
    found = queries.overdue(scope, now=now)
    told = [each for each in found if each.told_to(scope.area)]
    whole = request.GET.get("show") == "all"
    rows = found if whole else told
    kind = request.GET.get("kind", "")
    rows = [each for each in rows if each.kind == kind] if kind in queries.TITLES else rows
    if rows:
        log_access(scope, "overdue at doors", count=len({each.person for each in rows}), now=now)
    context = {
        "rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "all": len(found), "told": len(told), "whole": whole,
        "counts": queries.counts(found), "titles": queries.TITLES, "now": now,
        "may_open": scope.role in (WORKER, MANAGER.name),
        "areas": Counter(each.area for each in rows).most_common(12), "lately": queries.done_lately(scope, now=now),
    }  # fmt: skip
    return render(request, "grid/overdue.html", context)
