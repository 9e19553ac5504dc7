"""Looking at check-ins by phone that came in: what cannot be true is noted and never counts as presence.

A doubt is a fact about a check-in, not about the person: it changes nobody's status. Doing it twice changes nothing:
facts are kept first, then the look itself, and a look that was lost is made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, connections, transaction

from yanmen.base.clock import local_date
from yanmen.base.ids import uuid7s
from yanmen.base.rows import records
from yanmen.loop import facts
from yanmen.loop.alarms import raise_alarm
from yanmen.loop.own_kinds import WITHDRAWN
from yanmen.loop.policies import numbers
from yanmen.registry.models import Area
from yanmen.registry.scope import acting, system
from yanmen.subsystems.venues.actions import presences
from yanmen.subsystems.venues.actions.norms import keep_norms
from yanmen.subsystems.venues.kinds import SCAN_DOUBTED
from yanmen.subsystems.venues.queries.statements import REMOTE_SCANS, statement

ALARM = "venue_code_forwarded"
_LOCK = 7404
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Judged:
    """What a look found."""

    scans: int = 0
    doubted: int = 0
    cleared: int = 0


def judge(*, by: str, now: datetime) -> Judged:
    """Judge what came in since the last look, note what is in doubt, and let the rest count."""
    keep_norms()
    policy = numbers(REMOTE_SCANS, local_date(now))
    if not policy:
        return Judged()
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return Judged()
        about = _window(cursor, policy, now)
        if about["to"] <= about["from"]:
            return Judged()
        doubted, cleared = _find(cursor, about)
        _keep(doubted, cleared, by=by, now=now)
        return _let_count(cursor, about, len(doubted), len(cleared))


def _window(cursor: Any, policy: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    cursor.execute("SELECT max(up_to), max(settled_to) FROM venues_judging")
    up_to, settled_to = cursor.fetchone()
    window, to = timedelta(minutes=policy["burst_minutes"]), now - timedelta(minutes=policy["wait_minutes"])
    return {
        "now": now,
        "from": up_to or _EVER,
        "to": to,
        "settled_from": settled_to or _EVER,
        "settled_to": to - window,
        "window": window,
        "people": policy["burst_people"],
        "times": policy["burst_times_usual"],
        "past": timedelta(days=policy["usual_days"]),
        "anchor": timedelta(hours=policy["anchor_hours"]),
        "suspect": timedelta(days=policy["suspect_days"]),
        "places": policy["excluding_places"],
        "compatible": policy["compatible_kinds"],
        "transfer": timedelta(hours=policy["transfer_hours"]),
        "look": timedelta(hours=policy["look_hours"]),
        "least_km": policy["least_km"],
        "kmh": policy["fastest_kmh"],
    }


def _find(cursor: Any, about: dict[str, Any]) -> tuple[Rows, Rows]:
    """Doubts to keep, and doubts that no longer stand. A check-in is doubted once, for the first reason found."""
    forwarded = _rows(cursor, presences.filled(statement("forwarded")), about)
    found = {row["id"]: row | {"why": "forwarded"} for row in forwarded}
    for row in _rows(cursor, statement("excluded"), about):
        found.setdefault(row["id"], row | {"why": "excluded"})
    elsewhere = {
        "other": list(found),
        "again": [row["person_id"] for row in found.values()],
        "again_at": [row["occurred_at"] for row in found.values()],
    }
    speed = _rows(cursor, presences.filled(statement("speed")), about | elsewhere)
    doubted = [*found.values(), *(row | {"why": "speed"} for row in speed if row["doubt"] is None)]
    return doubted, [row | {"why": "speed"} for row in speed if row["doubt"] is not None]


def _keep(doubted: Rows, cleared: Rows, *, by: str, now: datetime) -> None:
    touched = [*doubted, *cleared]
    for area in Area.objects.filter(level="province", valid_to=None).values_list("code", flat=True) if touched else ():
        with acting(system(area)):
            facts.record_many(SCAN_DOUBTED.name, _doubts(_within(doubted, area), now), by=by, now=now)
            facts.record_many(WITHDRAWN.name, _withdrawals(_within(cleared, area), now), by=by, now=now)
            _note(_within(touched, area), by=by, now=now)


def _doubts(rows: Rows, now: datetime) -> Iterable[dict[str, Any]]:
    for number, row in zip(uuid7s(now, len(rows)), rows, strict=True):
        detail = {"scan": str(row["id"]), "why": row["why"], "home": row["home"]}
        if row["why"] == "speed":
            detail |= {"km": round(row["km"]), "minutes": round(row["minutes"])}
        about = {"person": row["person_id"], "place": row["place_id"], "area": row["area"]}
        yield {"id": number, "occurred_at": row["occurred_at"], "detail": detail, **about}


def _withdrawals(rows: Rows, now: datetime) -> Iterable[dict[str, Any]]:
    for number, row in zip(uuid7s(now, len(rows)), rows, strict=True):
        about = {"person": row["person_id"], "place": row["place_id"], "area": row["area"], "corrects": row["doubt"]}
        reason = {"reason": "a later record decides", "kind": SCAN_DOUBTED.name}
        yield {"id": number, "occurred_at": now, "detail": reason, **about}


def _note(rows: Rows, *, by: str, now: datetime) -> None:
    about = {
        "now": now,
        "places": [row["place_id"] for row in rows],
        "whys": [row["why"] for row in rows],
        "days": [local_date(row["occurred_at"]) for row in rows],
    }
    with connection.cursor() as cursor:
        notes = _rows(cursor, statement("notes"), about)
    for note in notes:
        if note["is_new"] and note["why"] == "forwarded":
            detail = {"venue": note["venue_id"], "day": note["day"], "people": note["people"]}
            raise_alarm(kind=ALARM, actor=by, count=note["scans"], detail=detail, now=now)


def _let_count(cursor: Any, about: Mapping[str, Any], doubted: int, cleared: int) -> Judged:
    """From here on what was judged counts; it wakes whom a check-in of that place and area would wake."""
    cursor.execute(
        "INSERT INTO venues_judging (at, up_to, settled_to, scans, doubted)"
        " VALUES (%(now)s, %(to)s, %(settled_to)s, 0, %(doubted)s) RETURNING id",
        {**about, "doubted": doubted},
    )
    (number,) = cursor.fetchone()
    cursor.execute(statement("wake"), about)
    (_, scans) = cursor.fetchone()
    cursor.execute(statement("wake_near_cases"), about)
    cursor.execute("UPDATE venues_judging SET scans = %s WHERE id = %s", [scans, number])
    return Judged(int(scans), doubted, cleared)


def _within(rows: Rows, area: str) -> Rows:
    return [row for row in rows if row["area"].startswith(area)]


def _rows(cursor: Any, sql: str, about: Mapping[str, Any]) -> Rows:
    cursor.execute(sql, about)
    return records(cursor)
