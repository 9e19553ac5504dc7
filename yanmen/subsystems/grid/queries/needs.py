"""Needs of the weak: those that nobody has met, each by its own clock, and how soon others were met."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.rows import records
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.kinds import WORKER
from yanmen.subsystems.grid.methods.words import NEEDS
from yanmen.subsystems.grid.models import Door
from yanmen.subsystems.grid.queries.statements import statement

LISTED_DAYS = 60
TOLD_DAYS = 7


@dataclass(frozen=True)
class Need:
    """Somebody needs something: what, since when, until when, and who owes it."""

    id: UUID
    person: int
    name: str
    address: str
    area: str
    need: str
    urgent: bool
    text: str
    told_at: datetime
    due_at: datetime | None
    escalated_to: str
    at_home: bool
    door: int | None

    @property
    def title(self) -> dict[str, str]:
        """What is needed, in words."""
        return _title(self.need)

    def late(self, now: datetime) -> bool:
        """Whether its clock has run out."""
        return self.due_at is not None and self.due_at < now


@dataclass(frozen=True)
class Told:
    """What was needed lately: how often it was told and met, and the median hours until it was (None: never yet)."""

    need: str
    told: int
    met: int
    hours: float | None

    @property
    def title(self) -> dict[str, str]:
        """What is needed, in words."""
        return _title(self.need)


def needs_told(scope: Scope, *, now: datetime) -> list[Told]:
    """What people of the asker's areas needed in the last seven days, the most frequent first. Names nobody."""
    with connection.cursor() as cursor:
        cursor.execute(statement("needs_told"), {"area": scope.area, "since": now - timedelta(days=TOLD_DAYS)})
        return [Told(**row) for row in records(cursor)]


def open_needs(scope: Scope, *, now: datetime) -> list[Need]:
    """Needs of the asker's areas that nobody has met: the overdue first, then the urgent, then by their clocks."""
    with connection.cursor() as cursor:
        cursor.execute(statement("needs_open"), {"area": scope.area, "since": now - timedelta(days=LISTED_DAYS)})
        rows = records(cursor)
    people = {
        each.pk: each
        for each in scope.within(Person.objects.select_related("household"), "area").filter(
            pk__in={row["person"] for row in rows}
        )
    }
    households = {each.household_id for each in people.values() if each.household_id}
    doors = dict(scope.within(Door.objects, "area").filter(household__in=households).values_list("household", "pk"))
    found = [_need(row, people[row["person"]], doors) for row in rows if row["person"] in people]
    return sorted(found, key=lambda need: (not need.late(now), not need.urgent, need.due_at or need.told_at))


def _title(need: str) -> dict[str, str]:
    return NEEDS.get(need, {"zh": need, "en": need})


def _need(row: dict[str, Any], one: Person, doors: dict[int, int]) -> Need:
    detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
    home = one.household
    # The loop's task may begin later, when another need of the person was met: the hours are the task's, the start is the need's.
    due = row["occurred_at"] + (row["due_at"] - row["opens_at"]) if row["due_at"] else None
    return Need(
        row["id"], one.pk, one.name, (home.address if home else "") or one.address, one.area, str(detail.get("need", "")),
        bool(detail.get("urgent")), str(detail.get("text", "")), row["occurred_at"], due, row["escalated_to"] or "",
        row["role"] in (None, WORKER), doors.get(one.household_id) if one.household_id else None,
    )  # fmt: skip
