"""Whom facts show around a case once people's judgements are heeded: what the finder writes, and what lists say before it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yanmen.base.clock import start_of
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import kinds
from yanmen.subsystems.tracing.methods import settings
from yanmen.subsystems.tracing.methods.settings import SETTINGS, SettingsPolicy, TracedCase
from yanmen.subsystems.tracing.queries import exposures, meetings
from yanmen.subsystems.tracing.queries.exposures import Exposure, Standing

CLOSE, SECOND = 1, 2
Key = tuple[str, int, str, int]
"""Kind of fact, person, setting, linked close contact (0 in the first degree): one fact each."""


def shown(
    scope: Scope,
    case: TracedCase,
    policy: SettingsPolicy,
    stands: Sequence[Standing],
    *,
    finder: str,
    now: datetime,
    degree: int = SECOND,
) -> list[Exposure]:
    """Everybody whom facts show to be a contact or somebody to judge, where no person's judgement says otherwise."""
    before = exposures.judged_before_merging(scope, case, finder=finder)
    own = [each for each in stands if each.recorded_by != finder]
    judged = Judged.of([*own, *before])
    first = [each for each in meetings.met(scope, case, policy, now=now) if not judged.settles(each)]
    first += _taken_over(before, own, judged, case)
    if degree < SECOND or not policy.second_degree or case.setting == settings.RE_POSITIVE:
        return first
    close = _close(scope, first, stands, judged, finder=finder, now=now)
    but = {case.person, *case.members, *(person for person, *_ in close)}
    second = meetings.met_second(scope, close, policy, but=but)
    return first + [each for each in second if not judged.settles(each)]


@dataclass(frozen=True)
class Judged:
    """What people decided about people and a case."""

    excluded: frozenset[int]
    close: frozenset[int]
    settled: frozenset[tuple[int, str]]

    @classmethod
    def of(cls, stands: Iterable[Standing]) -> Judged:
        """From the standing facts that persons recorded. A judgement that names no known setting is about all of them."""
        rows = list(stands)
        said = [each for each in rows if each.kind in (kinds.CONTACT_FOUND.name, kinds.GENERAL_CONTACT_FOUND.name)]
        return cls(
            frozenset(each.person for each in rows if each.kind == kinds.CONTACT_EXCLUDED.name),
            frozenset(each.person for each in said if each.detail.get("degree") == CLOSE),
            frozenset((each.person, each.via if each.via in SETTINGS else "") for each in said),
        )

    def settles(self, found: Exposure) -> bool:
        """Whether a person's judgement holds in place of what was found."""
        weaker = found.outcome != settings.CLOSE or found.degree == SECOND
        return (
            found.person in self.excluded
            or (found.person, "") in self.settled
            or (found.person, found.setting) in self.settled
            or (weaker and found.person in self.close)
        )


def _taken_over(
    before: Iterable[Standing], own: Iterable[Standing], judged: Judged, case: TracedCase
) -> list[Exposure]:
    """Close and general contacts that a person judged around a merged report, as contacts of the case that stays."""
    known = {(each.kind, each.person, each.via) for each in own}
    found: dict[Key, Exposure] = {}
    for each in before:
        if each.kind not in (kinds.CONTACT_FOUND.name, kinds.GENERAL_CONTACT_FOUND.name):
            continue
        if (each.kind, each.person, each.via) in known or each.person in {*judged.excluded, case.person}:
            continue
        detail = each.detail
        last = date.fromisoformat(detail["last_exposed"])
        taken = Exposure(
            each.person,
            settings.CLOSE if each.kind == kinds.CONTACT_FOUND.name else settings.GENERAL,
            each.via,
            start_of(date.fromisoformat(detail.get("first_exposed") or detail["last_exposed"])),
            start_of(last + timedelta(days=1)),
            detail.get("minutes"),
            float(detail.get("certainty", 1)),
            (str(each.id),),
            int(detail.get("degree") or CLOSE),
            detail.get("linked"),
            detail.get("high_risk"),
        )
        found[key_of(taken)] = taken
    return list(found.values())


def _close(
    scope: Scope, first: Iterable[Exposure], stands: Iterable[Standing], judged: Judged, *, finder: str, now: datetime
) -> list[tuple[int, str, datetime, datetime]]:
    """Close contacts, found or judged: setting, first exposure, and quarantine (else when they were found, else now)."""
    contact = kinds.CONTACT_FOUND.name
    own = [each for each in stands if each.kind == contact and each.detail.get("degree") == CLOSE]
    rows = [
        (each.person, each.setting, each.first_at)
        for each in first
        if each.outcome == settings.CLOSE and each.degree == CLOSE
    ]
    rows += [
        (
            each.person,
            each.via,
            start_of(date.fromisoformat(each.detail.get("first_exposed") or each.detail["last_exposed"])),
        )
        for each in own
        if each.recorded_by != finder and each.person not in judged.excluded
    ]
    since: dict[int, datetime] = {}
    for person, _, at in rows:
        since[person] = min(at, since.get(person, at))
    brought = exposures.transfers(scope, since)
    found_at: dict[int, datetime] = {}
    for each in own:
        found_at[each.person] = min(each.recorded_at, found_at.get(each.person, each.recorded_at))
    return [(person, setting, at, brought.get(person) or found_at.get(person) or now) for person, setting, at in rows]


def key_of(each: Exposure) -> Key:
    """The fact that says what was found."""
    kind = kinds.CONTACT_FOUND if each.outcome == settings.CLOSE else kinds.GENERAL_CONTACT_FOUND
    return (kind.name, each.person, each.setting, (each.linked or 0) if each.degree == SECOND else 0)


def key_of_fact(fact: Standing) -> Key:
    """The same for a fact that stands."""
    return (fact.kind, fact.person, fact.via, int(fact.detail.get("linked") or 0))
