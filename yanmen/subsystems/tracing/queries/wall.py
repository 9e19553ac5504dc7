"""The chains of an area as the wall and reports show them: as many days as can be drawn at once, and what they come to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.diseases import COVID
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.chains import Outbreak, outbreak
from yanmen.subsystems.tracing.queries.statements import statement

WINDOWS = (30, 14, 7, 3)
MOST = 300
"""Cases that a picture on a wall can hold."""


def shown(scope: Scope, *, now: datetime, day: date | None = None) -> tuple[int, int, Outbreak | None]:
    """The longest window up to a day with few enough cases: its days, its cases, the chains in it as known now; no chains where even
    three days hold too many."""
    today = day or local_date(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT local_date(c.found_at), count(*)::int FROM ({statement('chain_cases')}) c GROUP BY 1",
            {
                "area": scope.area, "disease": COVID, "since": start_of(today - timedelta(days=WINDOWS[0])),
                "until": start_of(today + timedelta(days=1)), "known_at": now,
            },
        )  # fmt: skip
        by_day = dict(cursor.fetchall())
    for days in WINDOWS:
        since = today - timedelta(days=days)
        cases = sum(number for day, number in by_day.items() if day >= since)
        if cases <= MOST:
            return days, cases, outbreak(scope, now=now, since=since, until=today) if cases else None
    return WINDOWS[-1], cases, None
