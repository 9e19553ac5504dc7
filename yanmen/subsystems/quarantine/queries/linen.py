"""Where the linen of a site is: what came less what went."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Sum

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.housekeeping import LINEN_PLACES
from yanmen.subsystems.quarantine.models import LinenMove, Site
from yanmen.subsystems.quarantine.queries.turnover import NORM


def holdings(scope: Scope, site: Site) -> dict[str, int]:
    """Sets in each place."""
    scope.require(site.area)
    found = dict.fromkeys(LINEN_PLACES, 0)
    moved = LinenMove.objects.filter(site=site).order_by().values_list("source", "target").annotate(n=Sum("sets"))
    for source, target, sets in moved:
        found[source] -= sets
        found[target] += sets
    del found["outside"]
    return found


def moves(scope: Scope, site: Site, *, limit: int = 50) -> list[LinenMove]:
    """What was moved, newest first."""
    rows = scope.within(LinenMove.objects.select_related("room"), "area").filter(site=site)
    return list(rows.order_by("-at", "-pk")[:limit])


def overdue(scope: Scope, site: Site, *, now: datetime) -> int:
    """Sets that have been at the laundry for longer than they should: first in, first out."""
    hours = numbers(NORM, local_date(now)).get("linen_back_hours")
    if not hours:
        return 0
    mine = scope.within(LinenMove.objects, "area").filter(site=site)
    early = mine.filter(target="laundry", at__lt=now - timedelta(hours=hours)).aggregate(n=Sum("sets"))["n"] or 0
    back = mine.filter(source="laundry").aggregate(n=Sum("sets"))["n"] or 0
    return max(0, early - back)
