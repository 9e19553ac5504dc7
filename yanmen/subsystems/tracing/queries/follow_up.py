"""Doors where something is owed to contacts on a day, a household together, each with a point where one is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Avg, Count

from yanmen.base.area_codes import ancestors_of
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.statements import statement

NORM = "tracing.follow_up"
LATE_DAYS = 14
Key = tuple[str, int]
"""A door: ("household", its number), or ("person", their number) for somebody without one."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Due:
    """Somebody to whom something is owed, and what comes first."""

    person: int
    name: str
    born_on: date | None
    kinds: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True)
class Door:
    """A household, or somebody alone: who there is owed something, where, and a point if there is one."""

    key: Key
    address: str
    area: str
    point: Point | None
    people: list[Due] = field(default_factory=list)

    def late(self, now: datetime) -> bool:
        """Whether something was due before now."""
        return any(each.due_at < now for each in self.people)


def due_doors(scope: Scope, *, day: date) -> list[Door]:
    """Doors of the asker's areas where something is owed on a day, by area and address."""
    about: dict[str, Any] = {"area": scope.area, "day": day, "late_days": LATE_DAYS}
    about["elsewhere"] = list(numbers(NORM, day).get("places_elsewhere", []))
    with connection.cursor() as cursor:
        cursor.execute(statement("follow_up_due"), about)
        rows = records(cursor)
    points = _points(scope)
    doors: dict[Key, Door] = {}
    for row in rows:
        key: Key = ("household", row["household_id"]) if row["household_id"] else ("person", row["person_id"])
        if key not in doors:
            doors[key] = Door(key, row["address"] or "", row["area"], point_of(row["area"], points))
        doors[key].people.append(
            Due(row["person_id"], row["name"], row["born_on"], tuple(sorted(row["kinds"])), row["due_at"])
        )
    return list(doors.values())


def point_of(area: str, points: Mapping[str, Point]) -> Point | None:
    """The point of an area, or of the smallest one around it that has one, down to the county."""
    return next((points[code] for code in reversed(ancestors_of(area)) if code in points and len(code) >= 6), None)


def _points(scope: Scope) -> dict[str, Point]:
    """The middle of the places with coordinates in each area and in those around it."""
    rows = (
        scope.within(Place.objects, "area")
        .filter(longitude__isnull=False, latitude__isnull=False)
        .values("area")
        .annotate(x=Avg("longitude"), y=Avg("latitude"), n=Count("pk"))
    )
    sums: dict[str, list[tuple[float, float, int]]] = {}
    for row in rows:
        for code in ancestors_of(row["area"]):
            sums.setdefault(code, []).append((row["x"], row["y"], row["n"]))
    return {code: _middle(parts) for code, parts in sums.items()}


def _middle(parts: Sequence[tuple[float, float, int]]) -> Point:
    count = sum(n for *_, n in parts)
    return sum(x * n for x, _, n in parts) / count, sum(y * n for _, y, n in parts) / count
