"""Sites that take whoever comes: when they are open, and how long one waits. For anybody; of no person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any

from django.db import connection

from yanmen.base import area_codes
from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.hours import is_open, next_opening, on_day
from yanmen.subsystems.screening.methods.waiting import Norm, Seen, Wait, is_recent, wait
from yanmen.subsystems.screening.methods.words import OPEN_TO_ALL, STATES
from yanmen.subsystems.screening.queries.statements import BINDINGS, QUEUES

MOST = 300
Said = Mapping[str, str]


@dataclass(frozen=True)
class OpenSite:
    """A site as residents see it. `people` wait by the report of `reported_at`; `wait` is there while it is open."""

    place: int
    name: Said
    address: str
    area: str
    area_name: Said
    county: str
    county_name: Said
    kind: str
    desks: int
    today: list[str]
    state: str
    opens_at: datetime | None
    people: int | None
    reported_at: datetime | None
    recent: bool
    wait: Wait | None
    longitude: float | None
    latitude: float | None

    @property
    def rank(self) -> tuple[Any, ...]:
        """Open ones first, then the shortest wait, then by opening."""
        opens = self.opens_at.timestamp() if self.opens_at else inf
        return list(STATES).index(self.state), self.wait.rank if self.wait else (0, 0), opens, self.county, self.place


@dataclass(frozen=True)
class OpenSites:
    """The first sites of an area, and how many more there are."""

    sites: list[OpenSite]
    left_off: int


def open_sites(scope: Scope | None, *, area: str, now: datetime, limit: int = MOST) -> OpenSites:
    """Sites of an area (all, without one) that take whoever comes, in the order in which people choose. No scope is needed."""
    if area:
        area_codes.level_of(area)
    norm, lately = _norm(now)
    about: dict[str, Any] = {"area": area, "kinds": list(OPEN_TO_ALL), "now": now, "since": now - lately}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM screening_open_sites(%(area)s, %(kinds)s, %(now)s, %(since)s)", about)
        found = sorted((_site(row, norm, now) for row in records(cursor)), key=lambda each: each.rank)
    return OpenSites(found[:limit], max(0, len(found) - limit))


def open_counties(scope: Scope | None, *, now: datetime) -> list[dict[str, Any]]:
    """Counties with such sites: code, name, how many. No scope is needed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(area, 6) AS code, min(county_zh) AS county_zh, min(county_en) AS county_en, count(*) AS sites"
            " FROM screening_open_sites('', %s, %s, %s) GROUP BY 1 ORDER BY 1",
            [list(OPEN_TO_ALL), now, now],
        )
        return [
            {"code": row["code"], "sites": row["sites"], "name": _named(row, "county", row["code"])}
            for row in records(cursor)
        ]


def _norm(now: datetime) -> tuple[Norm | None, timedelta]:
    queues, desks = numbers(QUEUES, local_date(now)), numbers(BINDINGS, local_date(now))
    if not queues or not desks:
        return None, timedelta(0)
    norm = Norm(
        queues["report_minutes"], queues["pace_people"], queues["long_wait_minutes"], desks["people_a_desk_hour"]
    )
    return norm, timedelta(minutes=queues["pace_minutes"])


def _site(row: dict[str, Any], norm: Norm | None, now: datetime) -> OpenSite:
    hours = json.loads(row["hours"])
    recent = is_recent(row["reported_at"], norm, now)
    state = _state(row, hours, now, seen=recent or row["bound"] > 0)
    seen = Seen(row["desks"], row["people"], row["reported_at"], row["bound"], row["bound_since"])
    place = {name: row[name] for name in ("place", "address", "area", "kind", "desks", "people", "reported_at")}
    return OpenSite(
        **place,
        name=_named(row, "name", ""),
        area_name=_named(row, "area", row["area"]),
        county=row["area"][:6],
        county_name=_named(row, "county", row["area"][:6]),
        today=on_day(hours, now) if row["open_from"] <= now else [],
        state=state,
        opens_at=_opens(row, hours, now) if state == "closed" else None,
        recent=recent,
        wait=None if state == "closed" else wait(seen, norm, now),
        longitude=row["longitude"],
        latitude=row["latitude"],
    )


def _state(row: Mapping[str, Any], hours: list[dict[str, str]], now: datetime, *, seen: bool) -> str:
    """Open by its hours; where none are stated, open when somebody was seen at work there."""
    if now < row["open_from"] or not is_open(hours, now):
        return "closed"
    return "open" if hours or seen else "unsaid"


def _opens(row: Mapping[str, Any], hours: list[dict[str, str]], now: datetime) -> datetime | None:
    """When a closed site opens next, if it does within its days."""
    first = row["open_from"]
    opens = first if first > now and is_open(hours, first) else next_opening(hours, max(now, first))
    return None if opens is None or (row["open_to"] and opens >= row["open_to"]) else opens


def _named(row: Mapping[str, Any], what: str, otherwise: str) -> Said:
    zh, en = row[f"{what}_zh"], row[f"{what}_en"]
    return {"zh": zh or otherwise, "en": en or zh or otherwise}
