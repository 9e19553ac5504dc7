"""How many people are inside, now and through a day. Numbers alone: nothing here says who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.clock import start_of
from yanmen.registry.scope import Scope
from yanmen.subsystems.venues.models import Venue
from yanmen.subsystems.venues.queries.register import visible

HOUR = timedelta(hours=1)
MOST = 2000


@dataclass(frozen=True)
class Inside:
    """A venue and how many are in it."""

    venue: Venue
    people: int

    @property
    def share(self) -> float | None:
        """Of its capacity; None where nobody said how many it takes."""
        return self.people / self.venue.capacity if self.venue.capacity else None

    @property
    def percent(self) -> int | None:
        """The same in whole percent."""
        return None if self.share is None else round(100 * self.share)

    @property
    def full(self) -> bool:
        """More than it takes."""
        return bool(self.venue.capacity) and self.people >= (self.venue.capacity or 0)


def inside(scope: Scope, *, now: datetime, places: Sequence[int] | None = None) -> list[Inside]:
    """People inside each open venue of the asker's areas, the fullest first."""
    rows = visible(scope).filter(closed_at=None)
    venues = {venue.pk: venue for venue in (rows if places is None else rows.filter(pk__in=places))[:MOST]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, count(*) FROM venues_visits(%(places)s, %(now)s, %(now)s, %(now)s)"
            " WHERE entered_at <= %(now)s AND ended_at > %(now)s GROUP BY place",
            {"places": list(venues), "now": now},
        )
        found: dict[int, int] = dict(cursor.fetchall())
    each = [Inside(venue, found.get(pk, 0)) for pk, venue in venues.items()]
    return sorted(each, key=lambda one: (-(one.share or 0), -one.people, one.venue.pk))


def inside_by_area(scope: Scope, rows: Sequence[Inside]) -> list[dict[str, Any]]:
    """The same added up by the areas just below the asker's."""
    length = {2: 4, 4: 6, 6: 9, 9: 12}.get(len(scope.area), 12)
    found: dict[str, dict[str, Any]] = {}
    for one in rows:
        area = one.venue.area[:length]
        row = found.setdefault(area, {"area": area, "venues": 0, "people": 0, "capacity": 0, "full": 0})
        row["venues"] += 1
        row["people"] += one.people
        row["capacity"] += one.venue.capacity or 0
        row["full"] += one.full
    return sorted(found.values(), key=lambda row: (-row["people"], row["area"]))


def by_hour(scope: Scope, place: int, *, day: date, now: datetime) -> list[dict[str, int]]:
    """Check-ins of each hour of a day, and how many were inside when it ended (or now); none of hours to come."""
    if not visible(scope).filter(pk=place).exists():
        return []
    start = start_of(day)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.hour, count(*) FILTER (WHERE v.entered_at >= h.begins AND v.entered_at < h.ends),"
            "       count(*) FILTER (WHERE v.entered_at <= least(h.ends, %(now)s) AND v.ended_at > least(h.ends, %(now)s))"
            " FROM (SELECT n AS hour, %(start)s + n * interval '1 hour' AS begins, %(start)s + (n + 1) * interval '1 hour' AS ends"
            "       FROM generate_series(0, 23) n) h"
            " LEFT JOIN venues_visits(ARRAY[%(place)s]::bigint[], %(start)s, least(%(start)s + interval '1 day', %(now)s), %(now)s) v ON true"
            " WHERE h.begins <= %(now)s GROUP BY h.hour ORDER BY h.hour",
            {"start": start, "place": place, "now": now},
        )
        return [{"hour": hour, "check_ins": came, "inside": there} for hour, came, there in cursor.fetchall()]
