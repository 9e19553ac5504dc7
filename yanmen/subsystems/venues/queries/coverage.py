"""Reading coverage: which venues are used, and where check-ins look missing or made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.venues.methods.coverage import Day as Counted
from yanmen.subsystems.venues.methods.coverage import usual
from yanmen.subsystems.venues.models import Day, Hint, Venue
from yanmen.subsystems.venues.queries.register import visible
from yanmen.subsystems.venues.queries.statements import COVERAGE

PAGE = 50


@dataclass(frozen=True)
class Hinted:
    """A venue and everything that makes it worth a look."""

    venue: Venue
    hints: Sequence[Hint]


def coverage(scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Of the open venues, how many had check-ins in the last whole days; by the areas below."""
    days = numbers(COVERAGE, local_date(now)).get("covered_days", 7)
    used = set(_days(scope, now=now, back=days).filter(scans__gt=0).values_list("venue_id", flat=True))
    rows: dict[str, dict[str, Any]] = {}
    length = {2: 4, 4: 6, 6: 9, 9: 12}.get(len(scope.area), 12)
    for place, area in visible(scope).filter(closed_at=None).values_list("pk", "area"):
        row = rows.setdefault(area[:length], {"area": area[:length], "venues": 0, "covered": 0})
        row["venues"] += 1
        row["covered"] += place in used
    total = {
        "venues": sum(row["venues"] for row in rows.values()),
        "covered": sum(row["covered"] for row in rows.values()),
    }
    for row in [total, *rows.values()]:
        row["percent"] = round(100 * row["covered"] / row["venues"]) if row["venues"] else None
    areas = sorted(rows.values(), key=lambda row: (row["percent"], row["area"]))
    return total | {"days": days, "areas": areas}


def hinted(scope: Scope, *, name: str = "", after: int = 0, limit: int = PAGE) -> list[Hinted]:
    """Venues worth a look, in the order of registration; with one hint or any."""
    rows = _hints(scope).filter(name=name) if name else _hints(scope)
    places = list(
        rows.filter(venue_id__gt=after).order_by("venue_id").values_list("venue_id", flat=True).distinct()[:limit]
    )
    venues = visible(scope).in_bulk(places)
    found: dict[int, list[Hint]] = {}
    for hint in _hints(scope).filter(venue_id__in=places).order_by("pk"):
        found.setdefault(hint.venue_id, []).append(hint)
    return [Hinted(venues[place], found[place]) for place in places if place in venues]


def hints_of(scope: Scope, place: int) -> list[Hint]:
    """What hints at one venue."""
    return list(_hints(scope).filter(venue_id=place).order_by("pk"))


def hint_counts(scope: Scope) -> dict[str, int]:
    """How many venues have each hint."""
    rows = _hints(scope).values_list("name").annotate(found=Count("venue_id", distinct=True)).order_by()
    return dict(rows)


def days_of(scope: Scope, place: int, *, now: datetime) -> list[Day]:
    """The counted days of one venue, oldest first, as far back as it is compared with itself."""
    back = numbers(COVERAGE, local_date(now)).get("past_days", 14) + 1
    return list(_days(scope, now=now, back=back).filter(venue_id=place).order_by("day"))


def usual_of(scope: Scope, days: Sequence[Day]) -> float:
    """The median of the days before the last."""
    del scope
    return usual([Counted(day=row.day, scans=row.scans) for row in days])


def totals(scope: Scope, *, now: datetime, back: int = 14) -> list[dict[str, Any]]:
    """Check-ins of all the asker's venues by day: counted, of them by own phone, of them in doubt."""
    rows = _days(scope, now=now, back=back).values("day").order_by("day")
    return [dict(row) for row in rows.annotate(all=Sum("scans"), by_phone=Sum("claimed"), in_doubt=Sum("doubted"))]


def counted_to(scope: Scope, *, now: datetime) -> date | None:
    """The last day that was counted."""
    return _days(scope, now=now, back=60).order_by("-day").values_list("day", flat=True).first()


def _days(scope: Scope, *, now: datetime, back: int) -> QuerySet[Day]:
    today = local_date(now)
    within = Q(day__gte=today - timedelta(days=back), day__lt=today)
    rows: QuerySet[Day] = scope.within(Day.objects, "area").filter(within)
    return rows


def _hints(scope: Scope) -> QuerySet[Hint]:
    rows: QuerySet[Hint] = scope.within(Hint.objects, "area")
    return rows
