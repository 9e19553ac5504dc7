"""Shifts, who is on, what is not covered, and how many each shift needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection
from django.db.models import Count, F, Prefetch, Q, QuerySet

from yanmen.base.clock import local_date
from yanmen.base.queues import Staffed, servers_by_hour
from yanmen.loop.policies import shelf
from yanmen.loop.policy.norms import load_norms
from yanmen.registry.accounts import holders
from yanmen.registry.models import Account
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints.kinds import MANAGER, OFFICER
from yanmen.subsystems.checkpoints.models import Post, Shift, ShiftNote, Turn

NORM = "checkpoints.lanes"
PROFILE_DAYS = 7


@dataclass(frozen=True)
class Staffing:
    """Lanes and staff for each hour of the day, and what they rest on."""

    hours: list[Staffed]
    staff: list[int]
    days: int
    numbers: Mapping[str, int]

    def for_hours(self, starts_at: datetime, ends_at: datetime) -> int:
        """Staff that the busiest hour between two moments needs."""
        first = starts_at.hour
        count = max(1, ceil((ends_at - starts_at).total_seconds() / 3600))
        return max(self.staff[(first + step) % 24] for step in range(min(count, 24)))


def shifts(scope: Scope, *, since: datetime, until: datetime, post: int | None = None) -> QuerySet[Shift]:
    """Shifts that touch a span, by post and time, with who is on them."""
    turns = Prefetch(
        "turns", Turn.objects.filter(released_at=None).select_related("account").order_by("pk"), "standing"
    )
    rows = scope.within(Shift.objects, "area").filter(starts_at__lt=until, ends_at__gt=since)
    rows = rows.filter(post=post) if post is not None else rows
    counted = rows.annotate(covered=Count("turns", filter=Q(turns__released_at=None)))
    return counted.select_related("post__place").prefetch_related(turns).order_by("post", "starts_at")  # type: ignore[no-any-return]


def on_now(scope: Scope, *, now: datetime, post: int | None = None) -> QuerySet[Turn]:
    """Whose turn it is at this moment."""
    rows = scope.within(Turn.objects, "area").filter(released_at=None, starts_at__lte=now, ends_at__gt=now)
    rows = rows.filter(shift__post=post) if post is not None else rows
    return rows.select_related("account", "shift__post__place").order_by("shift__post", "pk")  # type: ignore[no-any-return]


def uncovered(scope: Scope, *, now: datetime, days: int = 7) -> QuerySet[Shift]:
    """Shifts from now on that lack somebody, the next first."""
    rows = shifts(scope, since=now, until=now + timedelta(days=days))
    return rows.filter(needed__gt=F("covered")).order_by("starts_at", "post")


def notes(scope: Scope, *, post: int, limit: int = 20) -> QuerySet[ShiftNote]:
    """What shifts of a post told those after them, newest first."""
    rows = scope.within(ShiftNote.objects, "area").filter(shift__post=post)
    return rows.select_related("shift").order_by("-at", "-pk")[:limit]  # type: ignore[no-any-return]


def staff(scope: Scope, *, area: str, now: datetime) -> list[Account]:
    """Who may stand at a post of an area: those who hold one of its roles there."""
    scope.require(area)
    found = {each.pk: each for role in (OFFICER, MANAGER) for each in holders(role.name, area, now)}
    return [found[pk] for pk in sorted(found)]


def staffing(scope: Scope, post: Post, *, now: datetime) -> Staffing | None:
    """What the queue model asks for, from the passes of the last week; None while there is no norm or no pass."""
    numbers = _numbers(post.area, now)
    profile, days = _profile(scope, post.pk, now)
    if not numbers or not days:
        return None
    hours = servers_by_hour(
        profile,
        numbers["seconds_a_vehicle"],
        target_seconds=numbers["longest_wait_seconds"],
        share=numbers["percent_within"] / 100,
        service_cv2=(numbers["variation_percent"] / 100) ** 2,
    )
    each = [ceil(hour.servers / numbers["lanes_per_officer"]) + numbers["officers_beside_lanes"] for hour in hours]
    return Staffing(hours, each, days, numbers)


def _profile(scope: Scope, post: int, now: datetime) -> tuple[list[float], int]:
    """Mean arrivals (vehicles, or people on foot) in each hour of the day, over the whole days that have any."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT extract(hour FROM occurred_at AT TIME ZONE 'Asia/Shanghai')::int, count(DISTINCT coalesce(group_id, id)),
                   array_agg(DISTINCT local_date(occurred_at))
            FROM loop_bulk_checkpoints_passed
            WHERE place_id = %(post)s AND occurred_at >= %(since)s AND occurred_at < %(now)s
              AND area COLLATE "C" >= %(area)s AND area COLLATE "C" < %(area)s || '~'
            GROUP BY 1
            """,
            {"post": post, "since": now - timedelta(days=PROFILE_DAYS), "now": now, "area": scope.area},
        )
        rows = cursor.fetchall()
    days = {day for _, _, seen in rows for day in seen}
    counts: dict[int, int] = {hour: count for hour, count, _ in rows}
    return [counts.get(hour, 0) / max(len(days), 1) for hour in range(24)], len(days)


def _numbers(area: str, now: datetime) -> dict[str, Any]:
    """The norm in force where the post stands."""
    found = [norm for norm in load_norms(shelf.policy()) if norm.id == NORM and area.startswith(norm.area)]
    dated = found[0].at(local_date(now)) if found else None
    return dict(dated.parts) if dated else {}
