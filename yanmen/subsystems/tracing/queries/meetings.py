"""Who met a case, setting by setting: households, journeys and groups, tubes, venues; and, in the second degree, who met a close contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date, start_of
from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import BulkKind
from yanmen.registry.areas import only_province
from yanmen.registry.models import Person, Place
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.tracing.methods.seats import Nearness, Seat, nearness, reach_of
from yanmen.subsystems.tracing.methods.settings import (
    CLOSE,
    GENERAL,
    HOUSEHOLD,
    JOURNEYS,
    NOTHING,
    PROPOSED,
    TOLD,
    TUBE,
    VENUE,
    SettingsPolicy,
    TracedCase,
)
from yanmen.subsystems.tracing.queries.exposures import Exposure, Index, rows_of
from yanmen.subsystems.tracing.queries.statements import statement
from yanmen.subsystems.tracing.queries.stays import met_by

BOUND = "screening.bound"
MOST_BASIS = 20
RANK = {CLOSE: 0, GENERAL: 1, PROPOSED: 2}


def met(
    scope: Scope, case: TracedCase, policy: SettingsPolicy, *, now: datetime, settings: Iterable[str] = ()
) -> list[Exposure]:
    """First degree: a row a person, outcome and setting. Somebody close in one setting is not a general contact or proposed in
    another. `settings` narrows what is looked at."""
    wanted = case.settings(policy) & frozenset(settings) if settings else case.settings(policy)
    until = case.ended_at or start_of(local_date(now) + timedelta(days=1))
    index = Index(case.person, case.members, case.since(policy), until, max(case.since(policy), case.apart_at))
    found = _around(scope, [index], wanted, policy)
    if VENUE in wanted:
        found += _venues(scope, case, policy, now)
    return _strongest(_folded(found))


def met_second(
    scope: Scope, contacts: Sequence[tuple[int, str, datetime, datetime]], policy: SettingsPolicy, *, but: Iterable[int]
) -> list[Exposure]:
    """Second degree, around close contacts given as person, setting, first exposure and end (their quarantine): a row a person and
    contact. Those in `but` (the case, close contacts) are left out."""
    first: dict[int, tuple[datetime, datetime, bool]] = {}
    for person, setting, since, until in contacts:
        risky = setting in policy.high_risk
        if policy.only_of_high_risk and not risky:
            continue
        known = first.get(person, (since, until, False))
        first[person] = (min(since, known[0]), max(until, known[1]), risky or known[2])
    members = _members(scope, first)
    index = [Index(one, members[one], since, until, until) for one, (since, until, _) in first.items() if since < until]
    left_out = frozenset(but)
    best: dict[tuple[int, int], Exposure] = {}
    for each in _around(scope, index, policy.second_degree, policy, but=left_out):
        if each.outcome != CLOSE or each.person in left_out or each.linked is None:
            continue
        now_best = best.get((each.person, each.linked))
        if now_best is None or (each.last_exposed, each.certainty) > (now_best.last_exposed, now_best.certainty):
            best[each.person, each.linked] = replace(each, degree=2, high_risk=first[each.linked][2])
    return list(best.values())


def _around(
    scope: Scope, index: Sequence[Index], settings: frozenset[str], policy: SettingsPolicy, *, but: Iterable[int] = ()
) -> list[Exposure]:
    """Everybody who met some people. With `but`, whoever of others was near, and nobody else."""
    if not index:
        return []
    flat = [(each, member) for each in index for member in each.members]
    about: dict[str, Any] = {
        "roots": [each.root for each, _ in flat],
        "members": [member for _, member in flat],
        "since": [each.since for each, _ in flat],
        "until": [each.until for each, _ in flat],
        "apart": [each.apart for each, _ in flat],
        "but": sorted(but),
    }
    found = _households(scope, about, policy) if HOUSEHOLD in settings else []
    if told := sorted(settings.intersection(TOLD)):
        found += _told(scope, about | {"settings": told, "journeys": list(JOURNEYS)}, policy)
    if TUBE in settings:
        found += _tubes(scope, about, policy)
    return found


def _households(scope: Scope, about: Mapping[str, Any], policy: SettingsPolicy) -> list[Exposure]:
    outcome = policy.makes(HOUSEHOLD)
    rows = rows_of(scope, statement("find_households"), {**about, "until": about["apart"]})
    sure = policy.certainty(HOUSEHOLD, outcome)
    return [
        Exposure(row["person"], outcome, HOUSEHOLD, row["first_at"], row["last_at"], certainty=sure, linked=row["root"])
        for row in rows
    ]


def _told(scope: Scope, about: Mapping[str, Any], policy: SettingsPolicy) -> list[Exposure]:
    found = []
    asked = {**about, "near": bool(about["but"]), "by_unit": sorted(policy.same_unit)}
    for row in rows_of(scope, statement("find_told"), asked):
        setting = row["setting"]
        reach = reach_of(setting, row["own_layout"] or row["layout"], policy)
        case = Seat(row["own_unit"], row["own_row"], row["own_staff"], row["own_layout"])
        outcome = _outcome(
            setting, nearness(case, Seat(row["unit"], row["row"], row["staff"], row["layout"]), reach), policy
        )
        if outcome == NOTHING:
            continue
        found.append(
            Exposure(
                row["person"],
                outcome,
                setting,
                row["first_at"],
                row["last_at"],
                _minutes(row["last_at"] - row["first_at"]),
                policy.certainty(setting, outcome),
                _basis(row),
                linked=row["root"],
            )
        )
    return found


def _outcome(setting: str, near: Nearness, policy: SettingsPolicy) -> str:
    if near is Nearness.NEAR:
        return policy.makes(setting)
    if near is Nearness.UNKNOWN:
        return PROPOSED if policy.makes(setting) else NOTHING
    return GENERAL if setting in policy.others_general else NOTHING


def _tubes(scope: Scope, about: Mapping[str, Any], policy: SettingsPolicy) -> list[Exposure]:
    kind = catalogue.facts.get(BOUND)
    if not isinstance(kind, BulkKind):
        return []
    rows = rows_of(
        scope,
        statement("find_tubes").replace("{bound}", kind.table),
        {**about, "use": timedelta(hours=policy.tube_hours)},
    )
    outcome = policy.makes(TUBE)
    return [
        Exposure(
            row["person"],
            outcome,
            TUBE,
            row["first_at"],
            row["last_at"],
            None,
            policy.certainty(TUBE, outcome),
            _basis(row),
            linked=row["root"],
        )
        for row in rows
    ]


def _venues(scope: Scope, case: TracedCase, policy: SettingsPolicy, now: datetime) -> list[Exposure]:
    """Long times together in the kinds of places that the policy names, as stays show them."""
    outcome = policy.makes(VENUE)
    with acting(system(only_province(), purpose="control")) as wide:
        until = case.until(now)
        rows = met_by(wide, case.person, since=case.since(policy), until=until, minutes=policy.venue_minutes)
        kinds = dict(Place.objects.filter(pk__in={row.place for row in rows}).values_list("pk", "kind"))
    rows = [row for row in rows if kinds.get(row.place) in policy.venue_kinds]
    roots = _roots(scope, (row.person for row in rows))
    sure = policy.certainty(VENUE, outcome)
    return [
        Exposure(
            roots[row.person],
            outcome,
            VENUE,
            row.first_at,
            row.last_at,
            row.minutes,
            sure,
            tuple(sorted(map(str, row.facts)))[:MOST_BASIS],
            linked=case.person,
            place=row.place,
        )
        for row in rows
    ]


def _folded(found: Iterable[Exposure]) -> list[Exposure]:
    """One row a person, outcome and setting."""
    by_key: dict[tuple[int, str, str], Exposure] = {}
    for each in found:
        key = (each.person, each.outcome, each.setting)
        known = by_key.get(key)
        each = replace(each, linked=None)
        by_key[key] = each if known is None else _joined(known, each)
    return list(by_key.values())


def _joined(one: Exposure, other: Exposure) -> Exposure:
    minutes = [each.minutes for each in (one, other) if each.minutes is not None]
    longer = max(one, other, key=lambda each: each.minutes or 0)
    return replace(
        one,
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
        minutes=sum(minutes) if minutes else None,
        certainty=max(one.certainty, other.certainty),
        basis=tuple(sorted({*one.basis, *other.basis}))[:MOST_BASIS],
        place=longer.place,
    )


def _strongest(found: Iterable[Exposure]) -> list[Exposure]:
    """Close contacts by all their settings; general and proposed ones only where nothing stronger is known."""
    rows = sorted(found, key=lambda each: (RANK[each.outcome], each.person, each.setting))
    close = {each.person for each in rows if each.outcome == CLOSE}
    return [each for each in rows if each.outcome == CLOSE or each.person not in close]


def _members(scope: Scope, people: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """All records of each of some people."""
    asked = set(people)
    members = {each: [each] for each in asked}
    twins = Person.objects.using("loop").filter(same_as_id__in=asked).values_list("same_as_id", "pk")
    for root, twin in twins:
        members[root].append(twin)
    return {root: tuple(all_of) for root, all_of in members.items()}


def _roots(scope: Scope, people: Iterable[int]) -> dict[int, int]:
    rows = Person.objects.using("loop").filter(pk__in=set(people)).values_list("pk", "same_as_id")
    return {pk: root or pk for pk, root in rows}


def _basis(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted((str(row["own_fact"]), str(row["other_fact"]))))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
