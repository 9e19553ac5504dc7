"""Who else was at a place and when, for a day or around the stays of a case; and the places where cases stayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.rows import records
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.statements import statement

MOST = 200
MOST_STAYS = 5000
REPORTED_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Visit:
    """One stay at the place, and the minutes of it at the same time as the case."""

    fact_id: UUID
    person: int
    name: str
    home: str
    arrived: datetime
    left: datetime
    via: str
    is_case: bool
    minutes: int
    overlaps: bool
    judged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visits:
    """The stays that are shown, and how many there are in all: stays, people, people at the same time as the case."""

    rows: list[Visit]
    stays: int = 0
    people: int = 0
    together: int = 0


@dataclass(frozen=True)
class CaseStay:
    """A case's stay at a place. Who it is, `person` and `name`, is told only where report and person are the asker's (`mine`)."""

    key: str
    disease: str
    reported_in: str
    found_at: datetime
    mine: bool
    person: int | None
    name: str
    fact_id: UUID
    place: int
    area: str
    arrived: datetime
    left: datetime


@dataclass
class VenueOfCases:
    """A place where cases stayed: a stay of each case by its key, and all of them, latest first."""

    place: Place
    cases: dict[str, CaseStay]
    stays: list[CaseStay]

    @property
    def last(self) -> CaseStay:
        """The latest stay of a case there."""
        return self.stays[0]


def place(scope: Scope, number: int) -> Place | None:
    """A place of the asker's areas."""
    found: Place | None = scope.within(Place.objects, "area").filter(pk=number).first()
    return found


def visits(
    scope: Scope,
    place: int,
    *,
    since: datetime,
    until: datetime,
    case: Sequence[CaseStay] = (),
    together: bool = False,
    limit: int = MOST,
) -> Visits:
    """Stays at a place, those longest together with the stays of a case first; `together` leaves out the others."""
    about: dict[str, Any] = {"place": place, "since": since, "until": until, "limit": limit}
    about |= {"case_stays": [stay.fact_id for stay in case], "together": together and bool(case)}
    with connection.cursor() as cursor:
        cursor.execute(statement("venue_visits"), about)
        rows = records(cursor)
    judged = _judged(scope, [row["person"] for row in rows], case[0].key) if case else {}
    found = [
        Visit(
            row["fact_id"], row["person"], row["name"], row["home"], row["arrived"], row["left_at"], row["via"],
            row["is_case"], row["minutes"], row["at_once"], judged.get(row["person"], ()),
        )
        for row in rows
    ]  # fmt: skip
    return Visits(found, *((rows[0]["stays"], rows[0]["people"], rows[0]["together"]) if rows else (0, 0, 0)))


def by_hour(scope: Scope, place: int, *, since: datetime, case: Sequence[CaseStay] = ()) -> list[dict[str, Any]]:
    """People in each hour of a day, without the case; how many of them while the case was there."""
    about: dict[str, Any] = {
        "place": place,
        "since": since,
        "until": since + timedelta(days=1),
        "case_stays": [stay.fact_id for stay in case],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement("venue_hours"), about)
        return records(cursor)


def case_stays(
    scope: Scope, *, now: datetime, since: datetime, place: int | None = None, limit: int = MOST_STAYS
) -> list[CaseStay]:
    """Stays of cases, wherever reported, before they were found, latest first: at one place, or everywhere in the asker's areas."""
    about: dict[str, Any] = {
        "place": place,
        "since": since,
        "until": now,
        "reported_since": now - REPORTED_WITHIN,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, disease, reported_in, found_at, mine, person, name, fact_id, place, area, arrived, left_at AS left"
            " FROM tracing_case_stays(%(place)s, %(since)s, %(until)s, %(reported_since)s, %(limit)s)",
            about,
        )
        return [CaseStay(**row) for row in records(cursor)]


def venues_of_cases(scope: Scope, *, now: datetime, since: datetime, limit: int = MOST) -> list[VenueOfCases]:
    """Places of the asker's areas where cases stayed, those with most cases first."""
    found: dict[int, list[CaseStay]] = {}
    for stay in case_stays(scope, now=now, since=since):
        found.setdefault(stay.place, []).append(stay)
    places = Place.objects.in_bulk(list(found))
    rows = [
        VenueOfCases(places[number], {stay.key: stay for stay in stays}, stays)
        for number, stays in found.items()
        if number in places
    ]
    return sorted(rows, key=lambda one: (len(one.cases), one.last.left), reverse=True)[:limit]


def _judged(scope: Scope, people: list[int], key: str) -> dict[int, tuple[str, ...]]:
    """What tracing already says of these people and the case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(person.same_as_id, fact.person_id), array_agg(DISTINCT fact.kind || coalesce(':' || (fact.detail ->> 'degree'), ''))"
            " FROM loop_fact AS fact JOIN registry_person AS person ON person.id = fact.person_id"
            " WHERE fact.detail ->> 'case' = %(case)s AND fact.kind LIKE 'tracing.%%'"
            " AND fact.kind IN ('tracing.contact_found', 'tracing.general_contact_found', 'tracing.co_resident_found',"
            "                   'tracing.companion_flagged', 'tracing.scene_exposed')"
            " AND coalesce(person.same_as_id, fact.person_id) = ANY(%(people)s)"
            " AND fact.area >= %(area)s AND fact.area < %(area)s || '~'"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id) GROUP BY 1",
            {"case": key, "people": people, "area": scope.area},
        )
        return {person: tuple(kinds) for person, kinds in cursor.fetchall()}
