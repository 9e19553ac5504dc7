"""Reading sites and laboratories: which there are, when they are open, how busy they are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.hours import is_open
from yanmen.subsystems.screening.models import Laboratory, Site
from yanmen.subsystems.screening.queries.statements import BINDINGS

PAGE = 50
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Load:
    """How busy a site is: people bound there in the last hour and today, a desk, and as a part of what its desks can do."""

    hour: int = 0
    today: int = 0
    desks: int = 1
    a_desk_hour: int = 0
    busy_share: float = 1.0
    open: bool = True

    @property
    def a_desk(self) -> float:
        """People a desk in the last hour."""
        return round(self.hour / self.desks, 1)

    @property
    def percent(self) -> int | None:
        """What its desks did in the last hour, in percent of what they can; none where the policy has no number."""
        return round(100 * self.hour / (self.desks * self.a_desk_hour)) if self.a_desk_hour else None

    @property
    def word(self) -> str:
        """`closed`, `idle`, `flowing` or `full`."""
        if not self.open:
            return "closed"
        if not self.hour:
            return "idle"
        full = self.a_desk_hour and self.hour >= self.desks * self.a_desk_hour * self.busy_share
        return "full" if full else "flowing"


def sites(
    scope: Scope,
    *,
    now: datetime,
    kind: str = "",
    text: str = "",
    closed: bool = False,
    after: int = 0,
    limit: int = PAGE,
) -> list[tuple[Site, Load]]:
    """Sites of the asker's areas in the order of registration, each with its present load."""
    rows = scope.within(Site.objects.select_related("place"), "area").filter(_in_use(now, closed), pk__gt=after)
    rows = rows.filter(kind=kind) if kind else rows
    if text:
        rows = rows.filter(
            Q(place__name_zh__icontains=text) | Q(place__name_en__icontains=text) | Q(place__address__icontains=text)
        )
    return with_load(scope, list(rows.order_by("pk")[:limit]), now=now)


def site(scope: Scope, place: int) -> Site | None:
    """One site of the asker's areas."""
    found: Site | None = scope.within(Site.objects.select_related("place"), "area").filter(pk=place).first()
    return found


def laboratories(scope: Scope, *, now: datetime, closed: bool = False) -> list[Laboratory]:
    """Laboratories of the asker's areas."""
    rows: QuerySet[Laboratory] = scope.within(Laboratory.objects.select_related("place"), "area")
    return list(rows.filter(_in_use(now, closed)).order_by("pk"))


def laboratory(scope: Scope, place: int) -> Laboratory | None:
    """One laboratory of the asker's areas."""
    rows = scope.within(Laboratory.objects.select_related("place"), "area")
    found: Laboratory | None = rows.filter(pk=place).first()
    return found


def counts(scope: Scope, *, now: datetime) -> dict[str, int]:
    """How many sites of each kind are in use, and laboratories."""
    rows = scope.within(Site.objects, "area").filter(_in_use(now, False))
    kinds = list(rows.values_list("kind", "desks"))
    return {
        "sites": len(kinds),
        "convenience": sum(kind == "convenience" for kind, _ in kinds),
        "desks": sum(desks for _, desks in kinds),
        "laboratories": scope.within(Laboratory.objects, "area").filter(_in_use(now, False)).count(),
    }


def with_load(scope: Scope, rows: Sequence[Site], *, now: datetime) -> list[tuple[Site, Load]]:
    """These sites with how busy they are now."""
    policy: dict[str, Any] = dict(numbers(BINDINGS, local_date(now)))
    bound = _bound([row.pk for row in rows], now)
    about = {"a_desk_hour": policy.get("people_a_desk_hour", 0), "busy_share": policy.get("busy_share", 1.0)}
    return [(row, Load(*bound.get(row.pk, (0, 0)), desks=row.desks, open=_takes(row, now), **about)) for row in rows]


def by_hour(scope: Scope, of: Site, *, now: datetime) -> list[tuple[str, int]]:
    """People bound at a site by the hour, of the last twelve."""
    start = now.replace(minute=0, second=0, microsecond=0) - 11 * HOUR
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h, count(b.id) FROM generate_series(%(start)s, %(now)s, interval '1 hour') h"
            " LEFT JOIN loop_bulk_screening_bound b ON b.place_id = %(place)s AND b.id >= first_id_of(%(day)s)"
            "  AND b.occurred_at >= h AND b.occurred_at < h + interval '1 hour' GROUP BY 1 ORDER BY 1",
            {"start": start, "now": now, "place": of.pk, "day": local_date(start) - timedelta(days=1)},
        )
        return [(hour.astimezone(now.tzinfo).strftime("%H:00"), people) for hour, people in cursor.fetchall()]


def _bound(places: list[int], now: datetime) -> dict[int, tuple[int, int]]:
    day = local_date(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.place_id, count(*) FILTER (WHERE b.occurred_at > %(hour)s), count(*) FROM loop_bulk_screening_bound b"
            " WHERE b.place_id = ANY (%(places)s) AND b.id >= first_id_of(%(yesterday)s)"
            " AND b.occurred_at >= day_start(%(day)s) AND b.occurred_at <= %(now)s GROUP BY 1",
            {"places": places, "now": now, "hour": now - HOUR, "day": day, "yesterday": day - timedelta(days=1)},
        )
        return {place: (hour, today) for place, hour, today in cursor.fetchall()}


def _takes(row: Site, now: datetime) -> bool:
    return row.open_from <= now and (row.open_to is None or now < row.open_to) and is_open(row.hours, now)


def _in_use(now: datetime, closed: bool) -> Q:
    over = Q(open_to__isnull=False, open_to__lte=now)
    return over if closed else ~over
