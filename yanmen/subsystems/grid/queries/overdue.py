"""Visits at doors and checks of homes that are overdue, and how far up each has been told. Worked out at once, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.desk.policy_book import place_ranks
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.grid.methods.climbing import reached
from yanmen.subsystems.grid.models import Door
from yanmen.subsystems.grid.queries.statements import statement

HOME = "quarantine.home"
VISIT, CHECK = "door_visit", "check_home"
TITLES = {
    VISIT: {"zh": "上门探视逾期", "en": "A visit at the door is overdue"},
    CHECK: {"zh": "居家条件评估逾期", "en": "A check of the home is overdue"},
}
MOST = 5000
LATELY = 7
"""Days of which a page says what was done."""


@dataclass(frozen=True)
class Overdue:
    """Something owed at a door that nobody did in time: of whom, since when, and the area that answers for it by now."""

    kind: str
    person: int
    name: str
    address: str
    area: str
    door: int | None
    done_on: date | None
    due_at: datetime
    reached: str

    def told_to(self, area: str) -> bool:
        """Whether it has come up as far as an area of this level."""
        return len(self.reached) <= len(area)


def overdue(scope: Scope, *, now: datetime, most: int = MOST) -> list[Overdue]:
    """Everything overdue at the doors of the asker's areas, the oldest first."""
    day = local_date(now)
    norm = numbers(HOME, day)
    if not norm:
        return []
    ranks = place_ranks()
    every, fresh = int(norm["visit_every_days"]), int(norm["fit_days"])
    about: dict[str, Any] = {
        "area": scope.area, "day": day, "now": now, "every": every, "fresh": fresh, "limit": most,
        "visited": list(norm["visited_places"]), "places": list(ranks), "ranks": list(ranks.values()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("overdue"), about)
        rows = records(cursor)
    clocks = {VISIT: timedelta(days=every), CHECK: timedelta(days=1)}
    return [
        Overdue(
            row["kind"], row["person"], row["name"] or "", row["address"] or "", row["area"], row["door"], row["done_on"],
            row["due_at"], reached(row["area"], row["due_at"], clocks[row["kind"]], now),
        )
        for row in rows
    ]  # fmt: skip


def done_lately(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """How many people of the asker's areas were visited and how many homes checked, a row a day (`day`, `visited`, `checked`)."""
    since = start_of(local_date(now)) - timedelta(days=LATELY - 1)
    with connection.cursor() as cursor:
        cursor.execute(statement("doors_lately"), {"area": scope.area, "since": since, "now": now})
        return records(cursor)


def counts(rows: Iterable[Overdue]) -> dict[str, int]:
    """How many of each kind."""
    found = dict.fromkeys(TITLES, 0)
    for each in rows:
        found[each.kind] += 1
    return found


def audit(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """What is overdue at registered doors, as the audit lists breaks. Where no grid is kept nobody could have answered it."""
    with acting(scope):
        if not scope.within(Door.objects, "area").exists():
            return []
        rows = [each for each in overdue(scope, now=now) if each.door is not None]
    return [
        {
            "check": f"grid_{each.kind}",
            "zh": TITLES[each.kind]["zh"],
            "en": TITLES[each.kind]["en"],
            "row": {
                "person": each.person,
                "area": each.area,
                "due_at": each.due_at.isoformat(),
                "reached": each.reached,
            },
        }
        for each in rows
    ]
