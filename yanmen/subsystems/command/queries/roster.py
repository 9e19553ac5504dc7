"""Who is on duty: now, in a week; hours with nobody, hours with two leaders; what is open at a hand-over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from yanmen.base import area_codes
from yanmen.base.clock import local_date, start_of
from yanmen.loop.models import Task
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.methods.shifts import Stretch, doubles, gaps
from yanmen.subsystems.command.models import Handover, Receipt, Request, Shift
from yanmen.subsystems.command.queries.statements import DUTY

WEEK = 7
MOST = 500


def standing(scope: Scope) -> "QuerySet[Shift]":
    """Shifts that are not cancelled; those of the areas above are to be seen too, so that a unit knows whom to call."""
    del scope
    return Shift.objects.filter(cancelled_at=None)


def on_now(scope: Scope, *, now: datetime, limit: int = MOST) -> list[Shift]:
    """Who is on duty at this moment: above the asker, in their area, and in those below; leaders first."""
    rows = standing(scope).filter(starts_at__lte=now, ends_at__gt=now)
    above = Q(area__in=area_codes.ancestors_of(scope.area))
    below = Q(area__gte=scope.area, area__lt=scope.area + "~")
    return list(rows.filter(above | below).order_by("area", "-duty", "starts_at")[:limit])


def on_duty(scope: Scope, area: str, *, now: datetime) -> list[Shift]:
    """Who is told of what has climbed to an area: its leader and officers on duty, else those of the nearest area above that has any."""
    rows = standing(scope).filter(starts_at__lte=now, ends_at__gt=now, area__in=area_codes.ancestors_of(area))
    found = list(rows.order_by("-area", "-duty"))
    return [each for each in found if each.area == found[0].area]


def week(scope: Scope, monday: date, *, now: datetime) -> dict[str, Any]:
    """The shifts of the asker's own area in a week, by duty and day, with the hours nobody covers and those that two do."""
    begins, ends = start_of(monday), start_of(monday + timedelta(days=WEEK))
    rows = list(
        standing(scope).filter(area=scope.area, starts_at__lt=ends, ends_at__gt=begins).order_by("starts_at", "pk")
    )
    least = timedelta(minutes=numbers(DUTY, local_date(now)).get("gap_minutes", 1))
    found: dict[str, Any] = {"begins": begins, "ends": ends, "shifts": rows, "days": [], "gaps": {}, "doubles": []}
    for duty in ("leader", "officer"):
        held = [Stretch(each.starts_at, each.ends_at) for each in rows if each.duty == duty]
        found["gaps"][duty] = gaps(held, begins, ends, least)
        if duty == "leader":
            found["doubles"] = doubles(held, least)
    for number in range(WEEK):
        day = monday + timedelta(days=number)
        first, last = start_of(day), start_of(day + timedelta(days=1))
        found["days"].append({"day": day, "leader": _within(rows, "leader", first, last), "officer": _within(rows, "officer", first, last)})  # fmt: skip
    return found


def open_items(scope: Scope, *, now: datetime) -> dict[str, int]:
    """What whoever takes over finds open: overdue tasks, orders nobody read, hops that are late, requests that wait."""
    mine = scope.within(Receipt.objects, "area")
    return {
        "tasks_overdue": scope.within(Task.objects, "area").filter(state="failed").count(),
        "orders_unread": mine.filter(state__in=("issued", "received")).count(),
        "orders_to_do": Receipt.objects.filter(area=scope.area, state__in=("accepted", "split")).count(),
        "hops_late": mine.filter(step_due__lt=now).count(),
        "to_verify": Receipt.objects.filter(order__area=scope.area, state="done", order__state="open").count(),
        "requests_open": Request.objects.filter(to_area=scope.area, answered_at=None).count(),
    }


def handovers(scope: Scope, *, limit: int = 30) -> "QuerySet[Handover]":
    """Hand-overs of the asker's own desk, newest first."""
    return Handover.objects.filter(area=scope.area).order_by("-at", "-pk")[:limit]


def _within(rows: list[Shift], duty: str, first: datetime, last: datetime) -> list[dict[str, Any]]:
    """The shifts of a day; where each lies in it, in percent of the day, for the picture."""
    whole = (last - first).total_seconds()
    found = []
    for each in rows:
        if each.duty == duty and each.starts_at < last and each.ends_at > first:
            begins, ends = max(each.starts_at, first), min(each.ends_at, last)
            at = 100 * (begins - first).total_seconds() / whole
            found.append({"shift": each, "begins": begins, "ends": ends, "at": at, "wide": 100 * (ends - begins).total_seconds() / whole})  # fmt: skip
    return found
