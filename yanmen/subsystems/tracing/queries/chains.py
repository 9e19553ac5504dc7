"""Chains of infection out of facts: cases, told sources and contacts of an area, a disease and a time, weighed and held together.

Two cases are a contact where one was found around the other (close or general), or where both were at one place at once in the days
that are asked about before an onset. A case without symptoms counts from its positive sample, else from the day it was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.diseases import COVID
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.attribution import Attribution, Contact
from yanmen.subsystems.tracing.methods.beliefs import CHAINS, prior_of, transmission_norm
from yanmen.subsystems.tracing.methods.chain_links import Source, Told, sources, with_told
from yanmen.subsystems.tracing.methods.fitting import Fitted, fit
from yanmen.subsystems.tracing.methods.settings import INFECTIONS, NORM, OTHER, VENUE
from yanmen.subsystems.tracing.queries.statements import statement

DAYS = 60
KEPT = 8
"""Candidates kept by name for each case."""
IMPORTED = ("arrival", "imported")


@dataclass(frozen=True)
class ChainCase:
    """A case as chains see it. `day`: onset, else its stand-in; `investigated_on`, `admitted_on`: none while that is owed."""

    key: str
    person: int | None
    area: str
    day: date
    onset_on: date | None
    found_on: date
    reported_at: datetime
    setting: str
    investigated_on: date | None = None
    admitted_on: date | None = None


@dataclass(frozen=True)
class Shared:
    """Two cases were at one place at once on a day."""

    one: str
    other: str
    place: int
    day: date


@dataclass(frozen=True)
class Outbreak:
    """Cases by key, in order of their days; what was told of sources; the weights; each one's source in the likeliest tree."""

    disease: str
    cases: Mapping[str, ChainCase]
    told: Mapping[str, Told]
    attributions: Sequence[Attribution]
    sources: Mapping[str, Source]
    shared: Sequence[Shared]
    contacts: int
    fitted: Fitted | None
    norm: Mapping[str, Any]

    @cached_property
    def by_case(self) -> dict[str, Attribution]:
        """The weights of each case."""
        return {each.case: each for each in self.attributions}


def outbreak(
    scope: Scope, *, now: datetime, disease: str = COVID, since: date | None = None, until: date | None = None
) -> Outbreak:
    """Everything about the chains of an area, as known at `now`. `since` and `until` are days of finding, both counted in."""
    until = until or local_date(now)
    since = since or until - timedelta(days=DAYS)
    norm, settings = numbers(CHAINS, until), numbers(NORM, until)
    reports = _rows(
        "chain_cases",
        scope,
        disease=disease,
        since=start_of(since),
        until=start_of(until + timedelta(days=1)),
        known_at=now,
    )
    people = _people(reports)
    said = _said(scope, people, [row["key"] for row in reports], now)
    cases, told, merged = _cases(reports, said)
    if not cases:
        return Outbreak(disease, {}, {}, [], {}, [], 0, None, norm)
    asked = int(norm.get("history_days", 0)) + int(settings.get("look_back", 0)) + int(norm.get("found_after_days", 0))
    prior = prior_of(numbers(transmission_norm(disease), until), norm, asked_days=max(asked, 1), disease=disease)
    of_person = _case_of_person(reports, cases)
    shared = _shared(scope, cases, people, of_person, norm)
    contacts = [*_contacts(scope, people, of_person, cases, merged, now), *_as_contacts(shared, settings)]
    onsets = {key: each.day.toordinal() for key, each in cases.items()}
    fitted = fit(
        onsets, prior.belief, contacts=contacts, unknown_share=prior.unknown_share, counts_as=prior.counts_as, keep=KEPT
    )
    attributions = with_told(fitted.attributions, told)
    return Outbreak(
        disease, cases, told, attributions, sources(attributions, told), shared,
        len({frozenset((each.one, each.other)) for each in contacts}), fitted, norm,
    )  # fmt: skip


def _cases(
    reports: Iterable[Mapping[str, Any]], said: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, ChainCase], dict[str, Told], dict[str, str]]:
    """Cases that stand, what was told of their sources, and which key each merged one became."""
    by_key: dict[str, list[Mapping[str, Any]]] = {}
    for row in said:
        by_key.setdefault(row["key"], []).append(row)
    merged = {
        row["key"]: row["into"]
        for rows in by_key.values()
        for row in rows
        if row["kind"] == "cases.merged" and row["into"]
    }
    found, told = [], {}
    for row in reports:
        later = by_key.get(row["key"], [])
        if row["key"] in merged or _latest(later, "becomes", row["kind"]) not in INFECTIONS:
            continue
        found.append(_case(row, later))
        source = next((each for each in reversed(later) if each["kind"] == "cases.source_told"), None)
        if source:
            infector = source["infector"] or ""
            sure = 1.0 if source["certainty"] is None else min(max(source["certainty"], 0.0), 1.0)
            told[row["key"]] = Told(merged.get(infector, infector), source["setting"] or "", sure)
    found.sort(key=lambda case: (case.day, case.key))
    return {case.key: case for case in found}, {key: each for key, each in told.items() if each.infector != key}, merged


def _case(row: Mapping[str, Any], later: Sequence[Mapping[str, Any]]) -> ChainCase:
    onset = _latest(later, "onset_on", row["onset_on"])
    found_on = local_date(row["found_at"])
    return ChainCase(
        key=row["key"],
        person=row["root"] or row["person_id"],
        area=row["area"],
        day=onset or row["sampled_on"] or found_on,
        onset_on=onset,
        found_on=found_on,
        reported_at=row["first_at"],
        setting=row["setting"] or "",
        investigated_on=_first_day(later, ("cases.investigated", "cases.core_traced")),
        admitted_on=_first_day(later, ("cases.admitted",)),
    )


def _latest(rows: Sequence[Mapping[str, Any]], column: str, otherwise: Any) -> Any:
    return next((row[column] for row in reversed(rows) if row[column] is not None), otherwise)


def _first_day(rows: Sequence[Mapping[str, Any]], kinds: Sequence[str]) -> date | None:
    return next((local_date(row["occurred_at"]) for row in rows if row["kind"] in kinds), None)


def _people(reports: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """Register number → the number that stands for the person."""
    found: dict[int, int] = {}
    for row in reports:
        if row["person_id"] is not None:
            root = row["root"] or row["person_id"]
            found |= {row["person_id"]: root, root: root}
    return found


def _case_of_person(reports: Iterable[Mapping[str, Any]], cases: Mapping[str, ChainCase]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in reports:
        if row["key"] in cases and row["person_id"] is not None:
            found.setdefault(row["root"] or row["person_id"], []).append(row["key"])
    return found


def _said(scope: Scope, people: Mapping[int, int], keys: list[str], now: datetime) -> list[dict[str, Any]]:
    return _rows("chain_said", scope, people=list(people), keys=keys, known_at=now) if people else []


def _contacts(
    scope: Scope,
    people: Mapping[int, int],
    of_person: Mapping[int, list[str]],
    cases: Mapping[str, ChainCase],
    merged: Mapping[str, str],
    now: datetime,
) -> list[Contact]:
    if not people:
        return []
    found = []
    for row in _rows("chain_contacts", scope, people=list(people), keys=[*cases, *merged], known_at=now):
        around = merged.get(row["key"], row["key"])
        first = row["first_exposed"] or row["last_exposed"]
        days = (first.toordinal(), row["last_exposed"].toordinal()) if first and first <= row["last_exposed"] else None
        for key in of_person.get(people[row["person_id"]], ()):
            if key != around and around in cases:
                certainty = min(max(row["certainty"], 0.0), 1.0)
                found.append(Contact(around, key, certainty, days, row["via"] or OTHER))
    return found


def _shared(
    scope: Scope,
    cases: Mapping[str, ChainCase],
    people: Mapping[int, int],
    of_person: Mapping[int, list[str]],
    norm: Mapping[str, Any],
) -> list[Shared]:
    """Shared places: stays of all cases from the days asked about before their onset until they were found."""
    asked = [(member, cases[key]) for member, root in people.items() for key in of_person.get(root, ())]
    if not asked:
        return []
    history = timedelta(days=int(norm["history_days"]))
    rows = _rows(
        "chain_shared", scope,
        people=[member for member, _ in asked],
        since=[start_of(case.day - history) for _, case in asked],
        until=[start_of(case.found_on + timedelta(days=1)) for _, case in asked],
        together=timedelta(minutes=int(norm["history_minutes"])),
    )  # fmt: skip
    found = set()
    for row in rows:
        for one in of_person.get(people[row["person_id"]], ()):
            for other in of_person.get(people[row["other"]], ()):
                if one < other:
                    found.add(Shared(one, other, row["place_id"], row["day"]))
    return sorted(found, key=lambda each: (each.day, each.place, each.one, each.other))


def _as_contacts(shared: Iterable[Shared], settings: Mapping[str, Any]) -> list[Contact]:
    sure = float(settings.get("certainty_venue", 1.0))
    return [Contact(each.one, each.other, sure, (each.day.toordinal(),) * 2, VENUE) for each in shared]


def _rows(name: str, scope: Scope, **about: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), about | {"area": scope.area})
        return records(cursor)
