"""Counting finished days, and what they hint at. The last three days are counted again: devices deliver late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connections, transaction

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.subsystems.venues.actions import presences
from yanmen.subsystems.venues.methods.coverage import Day, Spot, hints
from yanmen.subsystems.venues.queries.statements import COVERAGE, statement

LATE = 3
_LOCK = 7405
_ZERO = date(2000, 1, 1)


def count_days(*, by: str, now: datetime) -> list[date]:
    """Count every day that is over and due, then renew the hints. Returns the days."""
    limits = numbers(COVERAGE, local_date(now))
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SELECT day, at FROM venues_roll")
        due = _due(dict(cursor.fetchall()), local_date(now), limits.get("past_days", LATE))
        if not due or not limits:
            return []
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return []
        for day in due:
            _count(cursor, day, now)
        _renew_hints(cursor, local_date(now) - timedelta(days=1), limits, now)
    return due


def _due(counted: Mapping[date, datetime], today: date, most: int) -> list[date]:
    """Days never counted, and those of the last three that were not counted again today."""
    days = [today - timedelta(days=back) for back in range(most, 0, -1)]
    return [
        day for day in days if day not in counted or ((today - day).days <= LATE and local_date(counted[day]) < today)
    ]


def _count(cursor: Any, day: date, now: datetime) -> None:
    passes = " UNION ALL ".join(
        f"SELECT x.place_id FROM {table} x WHERE x.id >= first_id_of(%(day)s - 1)"
        " AND x.occurred_at >= day_start(%(day)s) AND x.occurred_at < day_start(%(day)s + 1)"
        for table in presences.passes()
    )
    about = {"day": day, "now": now}
    cursor.execute(statement("count_day").replace("{passes}", passes or "SELECT NULL::bigint AS place_id"), about)
    cursor.execute(
        "INSERT INTO venues_roll (day, at) VALUES (%(day)s, %(now)s) ON CONFLICT (day) DO UPDATE SET at = excluded.at",
        about,
    )


def _renew_hints(cursor: Any, day: date, limits: Mapping[str, int], now: datetime) -> None:
    cursor.execute(statement("past_days"), {"day": day, "days": limits["past_days"] + 1, "now": now})
    found = list(_hints(cursor.fetchall(), day, limits))
    cursor.execute("DELETE FROM venues_hint")
    cursor.executemany(
        'INSERT INTO venues_hint (venue_id, area, day, name, value, "limit") VALUES (%s, %s, %s, %s, %s, %s)', found
    )


def _hints(rows: list[tuple[Any, ...]], day: date, limits: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    for place, area, days, entered, checked_in in rows:
        told = [Day(_ZERO + timedelta(days=first), *rest) for first, *rest in days]
        spot = Spot(entered, checked_in) if entered else None
        for hint in hints(told, spot, limits):
            yield place, area, day, hint.name, hint.value, hint.limit
