"""Passes: by hour, by key, by vehicle. They are personal data: only those of the asker's areas, plates masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.identity import mask_name
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints.kinds import TRAIL_DAYS
from yanmen.subsystems.checkpoints.methods.plates import masked

PAGE = 50


@dataclass(frozen=True)
class Pass:
    """One person, or one unread code, at a post."""

    id: UUID
    at: datetime
    post: int
    post_name: str
    person: int | None
    name: str
    direction: str
    lane: int | None
    shown: str
    reason: str
    knowledge_minutes: int | None
    vehicle: str
    group: UUID | None


@dataclass(frozen=True)
class Page:
    """Rows, and the key from which the next page starts."""

    rows: list[Pass]
    after: str


_COLUMNS = """
    SELECT passed.id, passed.occurred_at, passed.place_id, place.name_zh, passed.person_id, person.name, passed.direction,
           passed.lane, coalesce(passed.shown, ''), coalesce(passed.reason, ''), passed.knowledge_minutes,
           coalesce(passed.vehicle, ''), passed.group_id
    FROM loop_bulk_checkpoints_passed passed
    JOIN registry_place place ON place.id = passed.place_id
    LEFT JOIN registry_person person ON person.id = passed.person_id
    WHERE passed.area COLLATE "C" >= %(area)s AND passed.area COLLATE "C" < %(area)s || '~'
      AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = passed.id)
"""


def passes(scope: Scope, *, post: int, now: datetime, after: str = "", limit: int = PAGE) -> Page:
    """Passes of one post, latest first; `after` is the key that the page before gave."""
    moment, _, key = after.partition("_")
    rows = _rows(
        scope,
        """ AND passed.place_id = %(post)s AND passed.occurred_at > %(since)s
        AND (%(key)s = '' OR (passed.occurred_at, passed.id) < (nullif(%(moment)s, '')::timestamptz, nullif(%(key)s, '')::uuid))
        ORDER BY passed.occurred_at DESC, passed.id DESC LIMIT %(limit)s""",
        {"post": post, "since": now - timedelta(days=TRAIL_DAYS), "moment": moment, "key": key, "limit": limit + 1},
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], f"{last.at.isoformat()}_{last.id}" if last else "")


def vehicle_passes(scope: Scope, plate: str, *, now: datetime) -> list[Pass]:
    """The passes of one vehicle in the asker's areas, with everybody in it, latest first."""
    return _rows(
        scope,
        " AND passed.vehicle = %(plate)s AND passed.occurred_at > %(since)s ORDER BY passed.occurred_at DESC, passed.id DESC LIMIT 500",
        {"plate": plate, "since": now - timedelta(days=TRAIL_DAYS)},
        shown_plates=True,
    )


def companions(scope: Scope, group: UUID) -> list[Pass]:
    """Everybody who passed in one vehicle group."""
    return _rows(
        scope, " AND passed.group_id = %(group)s ORDER BY passed.occurred_at, passed.id LIMIT 200", {"group": group}
    )


def by_hour(scope: Scope, *, post: int, now: datetime, hours: int = 24) -> list[dict[str, Any]]:
    """Vehicles (or people on foot) and people each hour up to now, oldest first; hours without any are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT hour, count(passed.id), count(DISTINCT coalesce(passed.group_id, passed.id))
            FROM generate_series(date_trunc('hour', %(now)s::timestamptz) - (%(hours)s - 1) * interval '1 hour',
                                 date_trunc('hour', %(now)s::timestamptz), interval '1 hour') AS hour
            LEFT JOIN loop_bulk_checkpoints_passed passed
              ON passed.place_id = %(post)s AND passed.occurred_at >= hour AND passed.occurred_at < hour + interval '1 hour'
             AND passed.area COLLATE "C" >= %(area)s AND passed.area COLLATE "C" < %(area)s || '~'
            GROUP BY hour ORDER BY hour
            """,
            {"now": now, "hours": hours, "post": post, "area": scope.area},
        )
        return [{"hour": hour, "people": people, "arrivals": groups} for hour, people, groups in cursor.fetchall()]


def verdicts(scope: Scope, *, post: int, now: datetime) -> list[dict[str, Any]]:
    """What the codes showed in the last 24 hours, and how often."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(nullif(shown, ''), 'unread'), coalesce(reason, ''), count(*)
            FROM loop_bulk_checkpoints_passed
            WHERE place_id = %(post)s AND occurred_at > %(since)s AND occurred_at <= %(now)s
              AND area COLLATE "C" >= %(area)s AND area COLLATE "C" < %(area)s || '~'
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """,
            {"post": post, "since": now - timedelta(hours=24), "now": now, "area": scope.area},
        )
        return [{"shown": shown, "reason": reason, "count": count} for shown, reason, count in cursor.fetchall()]


def _rows(scope: Scope, tail: str, about: dict[str, Any], *, shown_plates: bool = False) -> list[Pass]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS + tail, about | {"area": scope.area})
        return [_pass(row, shown_plates) for row in cursor.fetchall()]


def _pass(row: tuple[Any, ...], shown_plates: bool) -> Pass:
    id_, at, post, post_name, person, name, direction, lane, shown, reason, minutes, vehicle, group = row
    plate = vehicle if shown_plates or not vehicle else masked(vehicle)
    return Pass(
        id_,
        at,
        post,
        post_name,
        person,
        mask_name(name or ""),
        direction or "",
        lane,
        shown,
        reason,
        minutes,
        plate,
        group,
    )
