"""Who is in the closed loop of a site, and what those who left it owe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date
from yanmen.loop import reading
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.models import Cycle, Site

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Working:
    """Somebody in the loop: the day of their cycle, days until it ends (None where the edition sets no end), and whether it is over."""

    cycle: Cycle
    day: int
    left: int | None

    @property
    def over(self) -> bool:
        """They should have left the loop."""
        return self.left is not None and self.left < 0


@dataclass(frozen=True)
class Gone:
    """Somebody who left the loop, and where they have to stay now, until when."""

    cycle: Cycle
    place: str
    until: date | None


def working(scope: Scope, site: Site, *, now: datetime) -> list[Working]:
    """Who is in the loop, whose cycle ends first."""
    today = local_date(now)
    rows = scope.within(Cycle.objects.select_related("person"), "area").filter(site=site, left_at=None)
    return [
        Working(
            cycle,
            (today - local_date(cycle.entered_at)).days + 1,
            (cycle.ends_on - today).days if cycle.ends_on else None,
        )
        for cycle in rows.order_by("ends_on", "zone", "pk")
    ]


def gone(scope: Scope, site: Site, *, now: datetime) -> list[Gone]:
    """Who left lately, with what the loop asks of them now."""
    rows = scope.within(Cycle.objects.select_related("person"), "area").filter(site=site, left_at__gte=now - LATELY)
    return [_gone(scope, cycle, local_date(now)) for cycle in rows.order_by("-left_at")[:100]]


def overdue(scope: Scope, *, now: datetime) -> int:
    """How many of the asker's are in the loop after their cycle's end."""
    return int(scope.within(Cycle.objects, "area").filter(left_at=None, ends_on__lt=local_date(now)).count())


def _gone(scope: Scope, cycle: Cycle, today: date) -> Gone:
    days: list[dict[str, Any]] = reading.plan(scope, cycle.person_id, as_of=today).get("days", [])
    place = days[0].get("place", "") if days else ""
    last = [day["day"] for day in days if day.get("place") == place]
    return Gone(cycle, place or "", last[-1] if last and place else None)
