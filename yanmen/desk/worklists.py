"""Lists of tasks, measures, facts and areas, page by page by key. Every read takes a Scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime

from yanmen.base.clock import local_date, start_of
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.loop.models import Fact, Measure, Task
from yanmen.registry.models import Area, Person, Place
from yanmen.registry.scope import Scope

SIZE = 50
OPEN = ("open", "failed")
SEE_ALL_ROLES = (COMMAND.name, INSPECTOR.name)


@dataclass(frozen=True)
class Slice:
    """One page of a list and the key after which the next one starts."""

    rows: list[Any]
    after: str


def tasks(scope: Scope, asked: dict[str, str], *, now: datetime, size: int = SIZE) -> Slice:
    """Tasks in the scope, oldest deadline first, so overdue ones lead."""
    found = scope.within(Task.objects.all(), "area")
    if not (scope.role in SEE_ALL_ROLES and asked.get("role") == "all"):
        found = found.filter(role=asked["role"] if asked.get("role") and scope.role in SEE_ALL_ROLES else scope.role)
    found = _narrowed(found, scope, asked)
    state = asked.get("state") or "owed"
    found = found.filter(state__in=OPEN) if state == "owed" else found.filter(state=state)
    found = {"overdue": found.filter(due_at__lt=now), "today": _due_on(found, local_date(now))}.get(
        asked.get("due", ""), found
    )
    return _page(found, asked.get("after", ""), "due_at", parse_datetime, size)


def measures(scope: Scope, asked: dict[str, str], *, size: int = SIZE) -> Slice:
    """Measures in the scope, the newest first."""
    found = _narrowed(scope.within(Measure.objects.select_related("edition"), "area"), scope, asked)
    if asked.get("subject") in ("person", "area", "place"):
        found = found.filter(subject_type=asked["subject"])
    if asked.get("over_hold"):
        found = found.filter(over_hold=True)
    last_day = parse_date(asked.get("last_day", ""))
    if last_day:
        found = found.filter(last_day=last_day)
    state = asked.get("state") or "in_force"
    found = found if state == "all" else found.filter(state=state)
    if asked.get("rule"):
        found = found.filter(rule=asked["rule"])
    return _page(found, asked.get("after", ""), "-imposed_at", parse_datetime, size)


def facts(scope: Scope, asked: dict[str, str], *, now: datetime, size: int = SIZE) -> Slice:
    """Facts in the scope, the newest first; those corrected or withdrawn are marked."""
    found = _narrowed(scope.within(Fact.objects.filter(recorded_at__lte=now), "area"), scope, asked)
    day = parse_date(asked.get("day", ""))
    if day:
        found = found.filter(
            occurred_at__gte=start_of(day), occurred_at__lt=start_of(date.fromordinal(day.toordinal() + 1))
        )
    page = _page(found, asked.get("after", ""), "-occurred_at", parse_datetime, size)
    replaced = set(Fact.objects.filter(corrects__in=[row.pk for row in page.rows]).values_list("corrects", flat=True))
    for row in page.rows:
        row.replaced = row.pk in replaced
    return page


def name_subjects(rows: Sequence[Any]) -> None:
    """Give each row with (subject_type, subject) its ``who``: a person, an area or a place."""
    models = {"person": Person, "area": Area, "place": Place}
    for kind, model in models.items():
        mine = [row for row in rows if row.subject_type == kind]
        known = model.objects.in_bulk({row.subject for row in mine}) if mine else {}
        for row in mine:
            row.who = known.get(row.subject)


def name_people(rows: Sequence[Fact]) -> None:
    """Give each fact its ``who``."""
    known = Person.objects.in_bulk({row.person_id for row in rows if row.person_id})
    for row in rows:
        row.who = known.get(row.person_id)


def _narrowed(found: QuerySet[Any], scope: Scope, asked: dict[str, str]) -> QuerySet[Any]:
    area = asked.get("area", "")
    if area and scope.includes(area):
        found = found.filter(area__gte=area, area__lt=area + "~")
    return found.filter(kind=asked["kind"]) if asked.get("kind") else found


def _due_on(found: QuerySet[Any], day: date) -> QuerySet[Any]:
    return found.filter(due_at__lt=start_of(date.fromordinal(day.toordinal() + 1)))


def _page(found: QuerySet[Any], after: str, order: str, read: Any, size: int) -> Slice:
    """Keyset paging: rows after ``value~id`` in the order of (field, id)."""
    field, down = order.lstrip("-"), order.startswith("-")
    value, _, number = after.partition("~")
    key = read(value) if value else None
    if key is not None and number:
        step = "lt" if down else "gt"
        found = found.filter(Q(**{f"{field}__{step}": key}) | Q(**{field: key, f"pk__{step}": number}))
    sign = "-" if down else ""
    rows = list(found.order_by(order, f"{sign}pk")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Slice(rows[:size], f"{getattr(last, field).isoformat()}~{last.pk}" if last else "")


def areas_by_tier(scope: Scope, tiers: dict[str, dict[str, Any]], tier: str = "") -> list[dict[str, Any]]:
    """Areas with a tier, strictest first."""
    order = {"high": 0, "medium": 1, "low": 2}
    found = [{"code": code, **row} for code, row in tiers.items() if not tier or row["value"] == tier]
    return sorted(found, key=lambda row: (order.get(row["value"], 9), row["code"]))
