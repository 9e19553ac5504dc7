"""What is owed today to whom at home: tasks of the loop, and what follows from measures in force there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.loop.policies import numbers, shelf
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.methods import answers
from yanmen.subsystems.grid.queries.statements import statement

HOME, DAY = "quarantine.home", "grid.day"
CHECK_HOME, DOOR_VISIT, MEET_NEED = "check_home", "door_visit", "meet_need"
KEPT_DAYS = 365


@dataclass(frozen=True)
class Owed:
    """One thing owed to somebody: the kind of task, and until when."""

    kind: str
    due_at: datetime


@dataclass(frozen=True)
class Said:
    """A fact that answers something."""

    id: UUID
    kind: str
    at: datetime
    detail: Mapping[str, Any]


@dataclass
class Resident:
    """Somebody behind a door: where measures hold them, what is owed, what facts say already."""

    person: int
    name: str
    born_on: date | None
    area: str
    address: str
    household: int | None
    place: str = ""
    owed: list[Owed] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def late(self, now: datetime) -> bool:
        """Whether something is overdue."""
        return any(each.due_at < now for each in self.owed)

    def owes(self, kind: str) -> bool:
        """Whether a task of this kind is owed."""
        return any(each.kind == kind for each in self.owed)

    def last(self, kind: str) -> Said | None:
        """The latest fact of a kind."""
        return next((each for each in reversed(self.said) if each.kind == kind), None)

    def needs(self) -> list[Said]:
        """Needs told that nobody has met."""
        met = {each.detail.get("told") for each in self.said if each.kind == answers.NEED_MET}
        return [each for each in self.said if each.kind == answers.NEED_TOLD and str(each.id) not in met]


def residents_owed(scope: Scope, *, now: datetime) -> list[Resident]:
    """Everybody in the asker's areas to whom something is owed at home today."""
    return [one for one in _with_duties(scope, None, now) if one.owed]


def residents_at(scope: Scope, people: Iterable[int], *, now: datetime) -> list[Resident]:
    """Given people of the asker's areas with what is owed to them, or nothing."""
    return _with_duties(scope, list(people), now)


def add_home_duties(one: Resident, *, now: datetime) -> None:
    """A visit a day, and a check of the home, where a measure in force holds somebody there. They end with the measure."""
    day = local_date(now)
    norm = numbers(HOME, day)
    if not norm or one.place not in norm.get("visited_places", ()):
        return
    tonight = start_of(day + timedelta(days=1))
    every = timedelta(days=int(norm["visit_every_days"]) - 1)
    visited, checked = one.last(answers.DOOR_VISITED), one.last(answers.HOME_CHECKED)
    if not one.owes(DOOR_VISIT) and not (visited and local_date(visited.at) >= day - every):
        one.owed.append(Owed(DOOR_VISIT, tonight))
    fresh = timedelta(days=int(norm["fit_days"]))
    if not one.owes(CHECK_HOME) and not (checked and local_date(checked.at) > day - fresh):
        one.owed.append(Owed(CHECK_HOME, tonight))


def _with_duties(scope: Scope, asked: list[int] | None, now: datetime) -> list[Resident]:
    """Those asked about, or everybody whom a task or a measure names."""
    day = local_date(now)
    late_days = int(numbers(DAY, day).get("late_days", 0))
    about = {"area": scope.area, "day": day, "late_days": late_days, "people": asked}
    tasks, places = _rows("owed_tasks", about), _places(_rows("held_at", about))
    named = {row["person"] for row in tasks} | {each for each, place in places.items() if _visited(place, day)}
    found = _residents(scope, named if asked is None else asked, places, now)
    for row in tasks:
        if row["person"] in found and not _elsewhere(places.get(row["person"], ""), day):
            found[row["person"]].owed.append(Owed(row["kind"], row["due_at"]))
    for one in found.values():
        add_home_duties(one, now=now)
    return list(found.values())


def _residents(scope: Scope, people: Iterable[int], places: Mapping[int, str], now: datetime) -> dict[int, Resident]:
    rows = scope.within(Person.objects.select_related("household"), "area").filter(pk__in=list(people), same_as=None)
    found = {
        row.pk: Resident(
            row.pk, row.name, row.born_on, row.household.area if row.household else row.area,
            (row.household.address if row.household else "") or row.address, row.household_id, places.get(row.pk, ""),
        )
        for row in rows.order_by("pk")
    }  # fmt: skip
    kinds = [*answers.FIELDS, "quarantine.checked"]
    since = start_of(local_date(now) - timedelta(days=KEPT_DAYS))
    for row in _rows("said_of", {"people": list(found), "kinds": kinds, "since": since}):
        detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
        found[row["person"]].said.append(Said(row["id"], row["kind"], row["occurred_at"], detail))
    return found


def _places(rows: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """The strictest place of each person."""
    strictness = shelf.policy().strictness
    strictest: dict[int, str] = {}
    for row in rows:
        held = strictest.get(row["person"])
        if held is None or strictness(row["place"]) > strictness(held):
            strictest[row["person"]] = row["place"]
    return strictest


def _visited(place: str, day: date) -> bool:
    return place in numbers(HOME, day).get("visited_places", ())


def _elsewhere(place: str, day: date) -> bool:
    return place in numbers(DAY, day).get("places_elsewhere", ())


def _rows(name: str, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), dict(about))
        return records(cursor)
