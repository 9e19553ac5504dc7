"""Where every bag of waste is, and which are past their clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.housekeeping import WASTE_STATES
from yanmen.subsystems.quarantine.models import Site, WasteBag, WasteLoad

NORM = "quarantine.waste"
CLOCKS = {
    "sealed": ("sealed_at", "hand_over_hours"),
    "weighed": ("sealed_at", "hand_over_hours"),
    "stored": ("taken_at", "store_hours"),
}
"""From which moment and by which number of the norm each step is late."""


@dataclass(frozen=True)
class Bag:
    """A bag that somebody holds, when its step is due, and whether that is over."""

    bag: WasteBag
    due: datetime | None
    late: bool


def held(scope: Scope, site: Site, *, now: datetime, limit: int = 500) -> list[Bag]:
    """Bags that are neither disposed of nor on a vehicle, the oldest first."""
    norm = numbers(NORM, local_date(now))
    rows = (
        scope.within(WasteBag.objects.select_related("room"), "area")
        .filter(site=site)
        .exclude(state__in=("disposed", "loaded"))
    )
    return [_bag(bag, norm, now) for bag in rows.order_by("sealed_at", "pk")[:limit]]


def counted(scope: Scope, site: Site) -> list[tuple[str, int, Decimal]]:
    """Bags and kilograms in each state; their sum is every bag ever sealed here."""
    rows = scope.within(WasteBag.objects, "area").filter(site=site).order_by().values_list("state")
    found = {state: (count, kg) for state, count, kg in rows.annotate(n=Count("pk"), kg=Sum("kg"))}
    return [(state, *_weighed(found.get(state))) for state in WASTE_STATES]


def loads(scope: Scope, site: Site, *, now: datetime, limit: int = 30) -> list[tuple[WasteLoad, bool]]:
    """Loads of a site, those on the way first; late is what the plant has not told of in time."""
    hours = numbers(NORM, local_date(now)).get("disposal_hours")
    rows = scope.within(WasteLoad.objects, "area").filter(site=site).order_by("-disposed_at", "-loaded_at")
    return [
        (load, bool(hours) and load.disposed_at is None and load.loaded_at + timedelta(hours=hours or 0) < now)
        for load in sorted(rows[:limit], key=lambda load: load.disposed_at is not None)
    ]


def late_bags(scope: Scope, *, now: datetime) -> list[Bag]:
    """Bags of every site of the asker's that are past their clock."""
    norm = numbers(NORM, local_date(now))
    rows = scope.within(WasteBag.objects.select_related("site__place"), "area").filter(state__in=tuple(CLOCKS))
    return [bag for bag in (_bag(row, norm, now) for row in rows.order_by("sealed_at")[:5000]) if bag.late]


def _weighed(found: tuple[int, Decimal | None] | None) -> tuple[int, Decimal]:
    return (found[0], found[1] or Decimal(0)) if found else (0, Decimal(0))


def _bag(bag: WasteBag, norm: Mapping[str, Any], now: datetime) -> Bag:
    since, hours = CLOCKS.get(bag.state, ("", ""))
    due = getattr(bag, since) + timedelta(hours=norm[hours]) if since and norm.get(hours) else None
    return Bag(bag, due, due is not None and due < now)
