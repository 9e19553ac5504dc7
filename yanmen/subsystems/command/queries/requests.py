"""Requests upward: what was asked of the asker's unit, and what it asked itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.methods.hops import reached
from yanmen.subsystems.command.models import Request
from yanmen.subsystems.command.queries.statements import REQUESTS

SHOWN = 200


@dataclass(frozen=True)
class Asked:
    """A request and who has been told by now that it waits."""

    row: Request
    reached: str
    late: bool


def incoming(scope: Scope, *, now: datetime, limit: int = SHOWN) -> list[Asked]:
    """What was asked of the asker's unit, or has come up to it unanswered: open ones first, those due soonest first."""
    rows = scope.within(Request.objects, "area").exclude(area=scope.area)
    wanted = rows.filter(Q(to_area=scope.area) | Q(answered_at=None, due_at__lt=now))
    found = wanted.order_by(F("answered_at").desc(nulls_first=True), "due_at", "pk")[:limit]
    return [
        each for each in _told(found, now) if each.row.to_area == scope.area or len(each.reached) <= len(scope.area)
    ]


def outgoing(scope: Scope, *, now: datetime, limit: int = SHOWN) -> list[Asked]:
    """What the asker's unit asked of the one above."""
    rows = Request.objects.filter(area=scope.area).order_by(F("answered_at").desc(nulls_first=True), "due_at", "pk")
    return _told(rows[:limit], now)


def _told(rows: "object", now: datetime) -> list[Asked]:
    hours = numbers(REQUESTS, local_date(now)).get("climb_hours", 1)
    return [
        Asked(
            row,
            row.to_area if row.answered_at else reached(row.to_area, row.due_at, timedelta(hours=hours), now),
            row.answered_at is None and row.due_at < now,
        )
        for row in rows  # type: ignore[attr-defined]
    ]
