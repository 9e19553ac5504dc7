"""Stored stays against the rules: rows as they stand, and what the editions want day by day; no part of this makes plans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.loop.policies import numbers, shelf
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.verifying import Fault, PersonRow, RoomRow, StayRow, verify
from yanmen.subsystems.quarantine.models import Plan
from yanmen.subsystems.quarantine.queries.statements import statement

AHEAD = 60
"""Days looked ahead; who is wanted on all of them has no end yet."""
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Verified:
    """How much was looked at, and what does not hold."""

    stays: int
    people: int
    named: int
    faults: list[Fault]


def verified(scope: Scope, *, now: datetime) -> Verified:
    """Every stay of the asker's areas, and everybody there whom an edition wants in a room today."""
    day = local_date(now)
    stays = _rows("stays_checked", area=scope.area, since=now - LOOK_BACK)
    staying = [row["person"] for row in stays]
    words = shelf.policy().words.get("places", {})
    order = sorted(words, key=lambda place: words[place].strictness)
    wanted = _rows("days_wanted", area=scope.area, people=staying, day=day, ahead=AHEAD, places=order)
    named = _named(scope)
    rules, between = numbers("quarantine.assigning", day), numbers("quarantine.rooms_between", day)
    people = _people(wanted, staying, day, now, rules)
    faults = verify(
        [_stay(row) for row in stays], {row["room"]: _room(row) for row in stays}, people, day=day, midnight=start_of, horizon=day + timedelta(days=AHEAD),
        turn_over=timedelta(hours=float(between.get("turnover_hours", 0))), child_age=int(rules.get("with_adult_age", -1)),
        adult_age=int(rules.get("adult_age", 0)), named=named,
    )  # fmt: skip
    return Verified(len(stays), len(people), len(named & people.keys()), faults)


def _people(
    wanted: list[dict[str, Any]], staying: list[int], day: date, now: datetime, rules: Mapping[str, Any]
) -> dict[int, PersonRow]:
    days: dict[int, dict[date, frozenset[str]]] = {}
    first: dict[int, dict[str, Any]] = {}
    for row in wanted:
        days.setdefault(row["person"], {})[row["day"]] = frozenset(row["accepted"])
        if row["day"] == day:
            first[row["person"]] = row
    found = {}
    for row in _rows("guests_known", people=sorted({*days, *staying}), now=now):
        person, today = row["person"], first.get(row["person"])
        home = json.loads(row["home"]) if isinstance(row["home"], str) else row["home"] or {}
        needs = dict(str(each).split(":", 1) for each in row["needs"] or ())
        special = {home.get("special") or ""} | ({"dialysis"} if "dialysis" in needs else set())
        place = today["place"] if today else ""
        infected = place in ("mobile_cabin_hospital", "designated_hospital")
        infected = infected or (today is not None and today["kind"] == "case_management")
        age = _years(row["born_on"], day)
        young = "child" if age is not None and age <= int(rules.get("with_adult_age", -1)) else ""
        home_will_do = not infected and bool({*special, young} & set(rules.get("stays_home", ())))
        found[person] = PersonRow(
            person, age, frozenset(special), needs.get("language", "").strip().lower(), infected,
            days.get(person, {}), home_will_do and bool(home.get("fit")) and bool(home.get("carer")), place,
        )  # fmt: skip
    return found


def _named(scope: Scope) -> frozenset[int]:
    """Who was told, in the plan adopted last of each area, why there is no room."""
    latest: dict[str, Plan] = {}
    for each in scope.within(Plan.objects, "area").filter(adopted_at__isnull=False).order_by("adopted_at"):
        latest[each.area] = each
    return frozenset(int(person) for plan in latest.values() for person in plan.left)


def _stay(row: dict[str, Any]) -> StayRow:
    return StayRow(
        row["stay"], row["person"], row["party"], row["room"], row["site"], row["group"], row["since"], row["until"],
        row["held_until"], row["state"] == "left",
    )  # fmt: skip


def _room(row: dict[str, Any]) -> RoomRow:
    has = {f"language:{each.lower()}" for each in row["languages"]} | ({"dialysis"} if row["dialysis"] else set())
    usable = row["zone"] == "observation" and not row["closed_why"] and row["site_state"] in ("open", "closing")
    return RoomRow(
        row["room"], row["room_site"], row["kind"], row["beds"], frozenset(row["features"]), frozenset(has), usable
    )


def _years(born: date | None, day: date) -> int | None:
    if born is None:
        return None
    return day.year - born.year - (1 if (day.month, day.day) < (born.month, born.day) else 0)


def _rows(name: str, **about: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), about)
        return records(cursor)
