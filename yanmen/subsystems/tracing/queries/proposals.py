"""People whom facts propose as contacts and whom somebody of the asker's area has to judge: case by case, from stays and seats as they stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.registry.models import Person, Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.kinds import TRAIL_DAYS
from yanmen.subsystems.tracing.methods.settings import PROPOSED, TracedCase
from yanmen.subsystems.tracing.queries.exposures import Exposure, policy_on, standing, traced_case
from yanmen.subsystems.tracing.queries.shown import CLOSE, shown
from yanmen.subsystems.tracing.queries.statements import statement

CASES_A_PAGE = 12


@dataclass(frozen=True)
class OpenCase:
    """A case of the asker's area, or one that stayed at a place there; `name` only where report and person are the asker's."""

    key: str
    found_at: datetime
    reported_in: str
    mine: bool
    name: str


@dataclass(frozen=True)
class Proposal:
    """Somebody of the asker's area who met a case in a setting in which a person decides what they are."""

    person: int
    name: str
    home: str
    case: OpenCase
    disease: str
    setting: str
    first_exposed: date
    last_exposed: date
    minutes: int | None
    certainty: float
    place: Place | None

    @property
    def key(self) -> str:
        """What names this proposal in a form."""
        return f"{self.person}:{self.setting}:{self.case.key}"

    @property
    def percent(self) -> int:
        """The certainty in percent."""
        return round(100 * self.certainty)


@dataclass(frozen=True)
class Proposals:
    """The proposals around some cases, how many more people are registered elsewhere, and the cases there are."""

    rows: list[Proposal]
    elsewhere: int
    cases: list[OpenCase]
    looked_at: list[OpenCase]


def proposals(scope: Scope, *, finder: str, now: datetime, only: Collection[str] = (), page: int = 0) -> Proposals:
    """What waits for judgement around the cases in `only`, or around a page of the cases found last."""
    cases = open_cases(scope, now=now)
    first = page * CASES_A_PAGE
    looked_at = [one for one in cases if one.key in only] if only else cases[first : first + CASES_A_PAGE]
    found = [(one, traced, each) for one in looked_at for traced, each in _around(scope, one.key, finder, now)]
    people = {each.person for _, _, each in found}
    known = {one.pk: one for one in scope.within(Person.objects, "area").filter(pk__in=people)}
    places = Place.objects.in_bulk({each.place for _, _, each in found if each.place is not None})
    rows = [
        Proposal(
            each.person, known[each.person].name, known[each.person].area, one, traced.disease, each.setting,
            each.first_exposed, each.last_exposed, each.minutes, each.certainty, places.get(each.place or 0),
        )
        for one, traced, each in found
        if each.person in known
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row.certainty, -(row.minutes or 0), row.case.key, row.person, row.setting))
    return Proposals(rows, len(people) - len(known), cases, looked_at)


def open_cases(scope: Scope, *, now: datetime) -> list[OpenCase]:
    """Cases of the last days that may propose somebody here, those found last first."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement("open_cases"), {"area": scope.area, "since": now - timedelta(days=TRAIL_DAYS), "now": now}
        )
        return [OpenCase(**row) for row in records(cursor)]


def chosen(scope: Scope, keys: Sequence[str], *, finder: str, now: datetime) -> list[Proposal]:
    """Of the proposals named, those that still wait for judgement."""
    wanted = set(keys)
    cases = {key.rpartition(":")[2] for key in wanted}
    return [row for row in proposals(scope, finder=finder, now=now, only=cases).rows if row.key in wanted]


def _around(scope: Scope, key: str, finder: str, now: datetime) -> list[tuple[TracedCase, Exposure]]:
    case, policy = traced_case(scope, key), policy_on(local_date(now))
    if case is None or policy is None or not case.traced:
        return []
    found = shown(scope, case, policy, standing(scope, key), finder=finder, now=now, degree=CLOSE)
    return [(case, each) for each in found if each.outcome == PROPOSED]
