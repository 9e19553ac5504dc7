"""Who stays in a site, and everything the desks of a site may know of them: measures, what is owed, results, temperatures."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.loop.policies import shelf
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.methods.serving import Stretch, last_day_served, strictest
from yanmen.subsystems.quarantine.models import Stay
from yanmen.subsystems.quarantine.queries.statements import statement

TESTS = ("test", "release_test", "antigen_test", "landing_test")
COUNTED = ("in_force", "completed")
TOLD = (
    kinds.NEED_TOLD.name,
    kinds.SYMPTOMS.name,
    kinds.SEEN_BY_DOCTOR.name,
    kinds.CARED_FOR.name,
    kinds.RELEASE_CHECKED.name,
    "cases.reported",
    "cases.discharged",
)
FUNCTIONS = {
    "stages": "SELECT * FROM quarantine_guest_stages(%(people)s)",
    "duties": "SELECT * FROM quarantine_guest_tasks(%(people)s)",
    "results": "SELECT * FROM quarantine_guest_results(%(people)s, %(since)s::date, %(now)s)",
    "links": "SELECT * FROM quarantine_guest_links(%(people)s, %(now)s)",
}


@dataclass(frozen=True)
class Stage:
    """One stage of a measure on the calendar."""

    measure: int
    rule: str
    kind: str
    reason: str
    state: str
    over_hold: bool
    count_from: date
    last_day: date | None
    known_on: date
    ended_at: datetime | None
    end_reason: str
    place: str
    first: date
    last: date | None
    is_last: bool
    marks: Mapping[str, Any]
    source: Mapping[str, Any]

    @property
    def stretch(self) -> Stretch:
        """As a fold over measures reads it, by the days of the edition."""
        return Stretch(
            place=self.place, first=self.first, last=self.last, rank=shelf.policy().strictness(self.place),
            measure=self.measure, kind=self.kind, rule=self.rule, reason=self.reason,
            fallback=self.marks.get("fallback_place") or "", voluntary=self.marks.get("voluntary_place") or "",
        )  # fmt: skip


@dataclass(frozen=True)
class Guest:
    """A stay and what is known of who stays."""

    stay: Stay
    name: str = ""
    sex: str = ""
    born_on: date | None = None
    address: str = ""
    stages: Sequence[Stage] = ()
    duties: Sequence[Mapping[str, Any]] = ()
    results: Sequence[Mapping[str, Any]] = ()
    links: Sequence[Mapping[str, Any]] = ()
    checks: Sequence[Mapping[str, Any]] = ()
    told: Sequence[Mapping[str, Any]] = ()
    needs: Sequence[Mapping[str, Any]] = ()

    @property
    def since(self) -> datetime:
        """From when on the site answers for them."""
        moment: datetime = self.stay.admitted_at or self.stay.assigned_at
        return moment

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """What was told of them under one kind of fact."""
        return [each for each in self.told if each["kind"] == kind]

    def counted(self) -> list[Stage]:
        """Stages of measures that are or were in force; a measure whose reason was gone never was."""
        return [each for each in self.stages if each.state in COUNTED]

    def served(self, today: date) -> tuple[bool, date | None]:
        """Whether policy has asked for this kind of site since they came, and the last day it does (None: nobody can say)."""
        stretches = [each.stretch for each in self.counted()]
        begun = local_date(self.since)
        firsts = [each.first for each in stretches if begun < each.first < today]
        for day in (today, *sorted(firsts, reverse=True), begun):
            found = last_day_served(stretches, day, self.stay.site.kind)
            if found[0]:
                return found
        return False, None

    def stricter_elsewhere(self, today: date) -> bool:
        """Whether policy wants them in a stricter place than this one today: they are waiting to be brought there."""
        held = strictest([each.stretch for each in self.counted()], today)
        if held is None or self.stay.site.kind in held.site_kinds:
            return False
        return all(held.rank > each.stretch.rank for each in self.serving(today))

    def serving(self, today: date) -> list[Stage]:
        """The stages that ask, or have asked, for this kind of site: the last to end first."""
        here = [
            each for each in self.counted() if self.stay.site.kind in each.stretch.site_kinds and each.first <= today
        ]
        return sorted(here, key=lambda each: each.last or date.max, reverse=True)

    def withheld(self) -> list[Stage]:
        """Last stages of measures that have run their days and are kept by a condition that does not hold."""
        return [each for each in self.counted() if each.over_hold and each.is_last and each.state == "in_force"]


def stays(
    scope: Scope,
    *,
    site: int | None = None,
    states: Sequence[str] = ("admitted",),
    numbers: Sequence[int] | None = None,
) -> list[Stay]:
    """Stays in the sites of the asker's areas, by room; all of them, or those of these numbers."""
    rows = scope.within(Stay.objects, "area").filter(state__in=states).select_related("site__place", "room__floor")
    rows = rows.filter(site=site) if site is not None else rows
    rows = rows.filter(pk__in=numbers) if numbers is not None else rows
    return list(rows.order_by("site_id", "room__floor__level", "room__position", "room__number", "pk"))


def stay(scope: Scope, number: int) -> Stay | None:
    """A stay that the asker answers for: of their own site, or of somebody of their own area."""
    found: Stay | None = Stay.objects.select_related("site__place", "room__floor").filter(pk=number).first()
    return found if found and (scope.includes(found.area) or scope.includes(found.home_area)) else None


def guests(scope: Scope, chosen: Iterable[Stay], *, now: datetime) -> list[Guest]:
    """Everything about some stays, a statement a matter."""
    del scope  # row-level security and the functions know it
    rows = list(chosen)
    if not rows:
        return []
    about: dict[str, Any] = {
        "people": sorted({each.person_id for each in rows}),
        "since": start_of(local_date(min(each.assigned_at for each in rows)) - timedelta(days=30)),
        "now": now,
        "kinds": list(TOLD),
    }
    found = {name: _by_person(text, about) for name, text in FUNCTIONS.items()}
    found |= {name: _by_person(statement(f"guest_{name}"), about) for name in ("checks", "needs")}
    found["told"] = _by_person(statement("guest_facts"), about)
    people = _people(about["people"])
    return [_guest(each, people.get(each.person_id, {}), found) for each in rows]


def named(scope: Scope, chosen: Iterable[Stay]) -> list[Guest]:
    """Who some stays are of, and nothing else about them."""
    del scope
    rows = list(chosen)
    people = _people([each.person_id for each in rows])
    return [Guest(each, name=people.get(each.person_id, {}).get("name", "")) for each in rows]


def guest(scope: Scope, number: int, *, now: datetime) -> Guest | None:
    """One stay and everything about it."""
    found = stay(scope, number)
    return guests(scope, [found], now=now)[0] if found else None


def _guest(one: Stay, person: Mapping[str, Any], found: Mapping[str, Mapping[int, list[dict[str, Any]]]]) -> Guest:
    own: dict[str, Any] = {name: rows.get(one.person_id, []) for name, rows in found.items()}
    begun = one.admitted_at or one.assigned_at
    own["stages"] = [Stage(**{name: each[name] for name in Stage.__dataclass_fields__}) for each in own["stages"]]
    for name in ("checks", "told"):
        own[name] = [each for each in own[name] if _within(each["at"], begun, one.ended_at)]
    return Guest(
        stay=one, name=person.get("name", ""), sex=person.get("sex", ""), born_on=person.get("born_on"),
        address=person.get("address", ""), **own,
    )  # fmt: skip


def _within(moment: datetime, begun: datetime, ended: datetime | None) -> bool:
    return moment >= begun and (ended is None or moment <= ended)


def _people(wanted: Sequence[int]) -> dict[int, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, sex, born_on, address FROM quarantine_people(%s)", [list(wanted)])
        return {row["id"]: row for row in records(cursor)}


def _by_person(text: str, about: Mapping[str, Any]) -> dict[int, list[dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(text, about)
        rows = records(cursor)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.pop("person")].append(_decoded(row))
    return found


def _decoded(row: dict[str, Any]) -> dict[str, Any]:
    """Identifiers as text: they are shown, compared and sent, never reckoned with. JSON as what it says."""
    for name in ("detail", "marks", "source"):
        if isinstance(row.get(name), str):
            row[name] = json.loads(row[name])
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}
