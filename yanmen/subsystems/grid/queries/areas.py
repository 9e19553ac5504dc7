"""What is owed at doors today in the areas below a wide one: counted by the database, a row an area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.desk.policy_book import place_ranks
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.queries.duties import DAY, HOME
from yanmen.subsystems.grid.queries.statements import statement

COUNTY = 6
"""Digits of a county: nobody walks the doors of a wider area."""


@dataclass(frozen=True)
class AreaOwed:
    """An area in which something is owed: to how many people, behind how many doors, and for how many a task is overdue."""

    area: str
    people: int
    doors: int
    late: int


def is_wide(scope: Scope) -> bool:
    """Whether the asker's area is wider than a county."""
    return len(scope.area) < COUNTY


def areas_owed(scope: Scope, *, now: datetime) -> list[AreaOwed]:
    """The counties of a wide area in which something is owed at a door today."""
    day = local_date(now)
    home, walked = numbers(HOME, day), numbers(DAY, day)
    places = place_ranks()
    about: dict[str, Any] = {
        "area": scope.area, "day": day, "now": now, "digits": COUNTY, "places": list(places), "ranks": list(places.values()),
        "visited": list(home.get("visited_places", ())), "every": int(home.get("visit_every_days", 1)),
        "fresh": int(home.get("fit_days", 0)), "elsewhere": list(walked.get("places_elsewhere", ())),
        "late_days": int(walked.get("late_days", 0)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("owed_by_area"), about)
        return [AreaOwed(**row) for row in records(cursor)]
