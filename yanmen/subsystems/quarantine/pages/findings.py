"""Who is held too long, and who went too early: worked out at once from stays and measures, each with a clock."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.methods.words import FINDINGS
from yanmen.subsystems.quarantine.queries import findings as queries

SHOWN = 300
MAY_OPEN_STAYS = (MANAGER.name, STAFF.name, DISPATCHER.name, COMMAND.name)


@page(
    "quarantine/findings/", role=(MANAGER, STAFF, DISPATCHER, COMMAND, "inspector"), name="quarantine.findings",
    zh="超期与提前核查", en="Held too long, gone too early", icon="alert", order=44,
)  # fmt: skip
def findings(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Findings by kind, the first to be late first."""
    now = moment_of(request)
    rows = queries.findings(scope, now=now)
    kind = request.GET.get("kind", "")
    shown = [each for each in rows if each.kind == kind] if kind in FINDINGS else rows
    if shown:
        log_access(scope, "findings about stays", count=len(shown), now=now)
    context = {
        "rows": [(each, each.late(now)) for each in shown[:SHOWN]],
        "more": max(0, len(shown) - SHOWN),
        "counts": queries.counts(rows, now),
        "titles": FINDINGS,
        "kind": kind if kind in FINDINGS else "",
        "total": len(rows),
        "may_open": scope.role in MAY_OPEN_STAYS,
        "now": now,
    }
    return render(request, "quarantine/findings.html", context)
