"""Who needs a room or a home and has none: everybody whose place today some kind of site serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count

from yanmen.base.clock import local_date, start_of
from yanmen.loop.models import Measure, Task
from yanmen.loop.policies import numbers, shelf
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.courses import STAYING
from yanmen.subsystems.quarantine.methods.parties import Guest
from yanmen.subsystems.quarantine.methods.serving import (
    HOSPITAL_CASES,
    INFECTED_PLACES,
    Stretch,
    last_day_served,
    strictest,
)
from yanmen.subsystems.quarantine.methods.words import PLACES
from yanmen.subsystems.quarantine.models import Stay
from yanmen.subsystems.quarantine.queries import owed
from yanmen.subsystems.quarantine.queries.statements import statement

AT_HOME = "yellow_hotel"
"""The kind of site for people who would be at home."""
ROOM, HOME, CHECK = "room", "home", "check"
"""Needs a room; stays at a home that is fit; nobody has looked at the home yet."""


@dataclass(frozen=True)
class Waiting:
    """Somebody whose place today is a room or a home: what they need, for which measure, until which day, and due when."""

    known: owed.Known
    area: str
    need: str
    place: str
    measure: int
    kinds: tuple[str, ...]
    group: str
    source: str
    since: datetime
    until: date | None
    due_at: datetime | None
    staying: int | None = None

    @property
    def person(self) -> int:
        """Who."""
        return self.known.person


def waiting(scope: Scope, *, now: datetime, with_homes: bool = False) -> list[Waiting]:
    """People of the asker's areas without a room that serves them, the longest waiting first.

    With `with_homes`, those who stay at a fit home as well. Whoever has a room of a kind that serves their place is not here.
    """
    day = local_date(now)
    norm = numbers(owed.ASSIGNING, day)
    wanted = places_today(scope, day, None if with_homes else _candidates(scope, day, now))
    people = sorted(wanted)
    known = owed.known(scope, people, day=day, now=now)
    rooms = _rooms_of(people)
    due = _due(people)
    often = _often(scope, {mine.reason for _, mine in wanted.values()})
    found = []
    for person, (whole, mine) in wanted.items():
        if person not in known:
            continue
        need, kinds = _need(known[person], mine, norm)
        stay = rooms.get(person)
        if need == ROOM and stay and stay[1] in kinds and stay[2] == mine.group:
            continue
        source = mine.reason if often.get((mine.reason, mine.rule), 0) > 1 else mine.rule
        _, until = last_day_served(whole.stretches, day, kinds[0]) if kinds else (False, mine.last)
        found.append(
            Waiting(
                known[person], whole.area, need, mine.place, mine.measure, kinds, mine.group, source, whole.since, until,
                due.get(person), stay[0] if stay else None,
            )
        )  # fmt: skip
    kept = [each for each in found if with_homes or each.need != HOME]
    return sorted(kept, key=lambda each: (each.since, each.person))


def places_today(scope: Scope, day: date, people: Sequence[int] | None = None) -> dict[int, tuple[owed.Owed, Stretch]]:
    """People whose strictest place on a day some kind of site serves, or that the packs say needs a room: all, or of these."""
    served = {place for places in PLACES.values() for place in places} | set(shelf.policy().places("room"))
    found = {}
    for person, whole in owed.places_owed(scope, day=day, people=people).items():
        mine = strictest(whole.stretches, day)
        if mine and mine.place in served:
            found[person] = whole, mine
    return found


def guests(scope: Scope, people: Iterable[Waiting]) -> list[Guest]:
    """Those who need a room, as plans take them; where no point is known, the middle of the asker's areas."""
    middles = owed.points(scope)
    centre = owed.point_of(scope.area, middles) or next(iter(middles.values()), (0.0, 0.0))
    found = []
    for each in people:
        if each.need != ROOM:
            continue
        x, y = owed.point_of(each.known.area, middles) or centre
        found.append(
            Guest(
                each.person, each.known.household, each.known.guardian, each.known.age, each.kinds, each.group, each.source,
                x, y, each.known.special, each.known.language, each.since,
            )
        )  # fmt: skip
    return found


def end_of(until: date | None) -> datetime | None:
    """When a time ends whose last day this is: with that day."""
    return None if until is None else start_of(date.fromordinal(until.toordinal() + 1))


def _candidates(scope: Scope, day: date, now: datetime) -> list[int]:
    """People who may want for something: the database leaves out everybody whose room or home surely serves."""
    home = numbers(owed.HOME, day)
    about: dict[str, Any] = owed.places_known() | {
        "area": scope.area, "day": day, "now": now, "staying": list(STAYING), "home_kind": AT_HOME,
        "rooms": list(shelf.policy().places("room")), "case_kinds": list(HOSPITAL_CASES), "case_places": list(INFECTED_PLACES),
        "must_have": list(home.get("must_have", ())), "must_not": list(home.get("must_not", ())),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("people_waiting"), about)
        return [person for (person,) in cursor.fetchall()]


def _often(scope: Scope, reasons: set[str]) -> dict[tuple[str, str], int]:
    """How many people of the asker's areas each rule holds for each reason: who shares a source."""
    rows = scope.within(Measure.objects, "area").filter(subject_type="person", state="in_force", reason__in=reasons)
    counted = rows.order_by().values_list("reason", "rule").annotate(n=Count("pk"))  # a row a person: measure_once
    return {(reason, rule): n for reason, rule, n in counted}


def _need(known: owed.Known, mine: Stretch, norm: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """A room of these kinds of site, a fit home, or a look at the home."""
    kinds = mine.site_kinds
    own = tuple(kind for kind in kinds if mine.place in PLACES[kind])
    at_home = mine.place in PLACES[AT_HOME]
    if known.chosen and known.chosen == mine.voluntary:
        return ROOM, tuple(kind for kind in kinds if mine.voluntary in PLACES[kind])
    if at_home:
        if known.home is None:
            return CHECK, kinds
        return (HOME, kinds) if known.home else (ROOM, _elsewhere(kinds, own))
    if known.home and known.carer and mine.group == "contact" and _stays_home(known, norm):
        return HOME, kinds
    return ROOM, kinds if mine.fallback else own or kinds


def _elsewhere(kinds: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """Where the home is not fit: the place policy falls back to, then a hotel for people who would be at home."""
    return tuple(kind for kind in kinds if kind not in own) + own


def _stays_home(known: owed.Known, norm: Mapping[str, Any]) -> bool:
    """Special groups that need not go into central quarantine (eighth edition, annex 6)."""
    listed = set(norm.get("stays_home", ()))
    child = known.age is not None and known.age <= int(norm.get("with_adult_age", -1))
    return bool(known.special & listed) or (child and "child" in listed)


def _rooms_of(people: list[int]) -> dict[int, tuple[int, str, str]]:
    """The stay given last, the kind of its site and its group."""
    rows = Stay.objects.filter(person__in=people, state__in=STAYING).order_by("assigned_at", "pk")
    found = rows.values_list("person", "pk", "site__kind", "group")
    return {person: (stay, kind, group) for person, stay, kind, group in found}


def _due(people: list[int]) -> dict[int, datetime]:
    """When each must be there: the clock of the loop's task `transfer`, or of the look at the home."""
    rows = Task.objects.filter(
        subject_type="person", subject__in=people, kind__in=("transfer", "check_home"), state__in=("open", "failed")
    )
    return dict(rows.order_by("-due_at").values_list("subject", "due_at"))
