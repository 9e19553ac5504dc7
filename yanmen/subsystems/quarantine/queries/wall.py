"""Rooms and transfers of an area as the wall shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.courses import OPEN_TRANSFER
from yanmen.subsystems.quarantine.models import Site
from yanmen.subsystems.quarantine.queries.statements import statement
from yanmen.subsystems.quarantine.queries.transfers import at_either_end

SERVING = ("open", "closing")


def rooms_by_state(scope: Scope, *, now: datetime) -> tuple[int, dict[str, dict[str, int]]]:
    """How many sites serve, and their rooms, beds and people by what a room is now."""
    sites = list(scope.within(Site.objects, "area").filter(state__in=SERVING).values_list("pk", flat=True))
    if not sites:
        return 0, {}
    counted = f"""SELECT now, count(*)::int AS rooms, sum(beds)::int AS beds, sum(staying)::int AS people
                  FROM ({statement("rooms_now")}) AS r GROUP BY now"""
    about: dict[str, Any] = {"sites": sites, "now": now, "tomorrow": local_date(now) + timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(counted, about)
        return len(sites), {row.pop("now"): row for row in records(cursor)}


def transfers_by_state(scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Open transfers by state, how many of them are late, and how many people arrived today."""
    today = start_of(local_date(now))
    rows = at_either_end(scope).filter(Q(state__in=OPEN_TRANSFER) | Q(arrived_at__gte=today)).order_by()
    late = Count("pk", filter=Q(state__in=OPEN_TRANSFER, due_at__lt=now))
    counted = rows.values("state").annotate(people=Count("pk"), late=late)
    found: dict[str, dict[str, Any]] = {str(row["state"]): dict(row) for row in counted}
    return {
        "open": {state: found[state]["people"] for state in OPEN_TRANSFER if state in found},
        "late": sum(row["late"] for row in found.values()),
        "arrived": found.get("arrived", {}).get("people", 0),
    }
