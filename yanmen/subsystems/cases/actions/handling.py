"""What is done about a case: audit, tracing, investigation, follow-up, assessment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from yanmen.base.clock import at
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import kinds, queries
from yanmen.subsystems.cases.actions.common import (
    case_of,
    known_area,
    not_before_birth,
    not_later_than,
    one_of,
    record_about,
)
from yanmen.subsystems.cases.methods.words import RISKS


@dataclass(frozen=True)
class StayFound:
    """A place the case was in while infectious: the smallest area known, and until when."""

    area: str
    until: datetime
    note: str = ""


@transaction.atomic
def audit_report(*, scope: Scope, case: str, by: str, now: datetime, note: str = "") -> UUID:
    """Confirm that the report is right and complete."""
    return record_about(kinds.AUDITED.name, case_of(scope, case, now), {"note": note}, by=by, now=now)


@transaction.atomic
def trace_core(
    *, scope: Scope, case: str, by: str, now: datetime, stays: Iterable[StayFound] = (), note: str = ""
) -> UUID:
    """Record the core trajectory: where the case was, as far as the first hours show."""
    found = case_of(scope, case, now)
    told = record_about(kinds.CORE_TRACED.name, found, {"note": note}, by=by, now=now)
    _record_stays(scope, case, stays, by=by, now=now)
    return told


@transaction.atomic
def investigate(
    *,
    scope: Scope,
    case: str,
    by: str,
    now: datetime,
    onset_on: date | None = None,
    source: str = "",
    stays: Iterable[StayFound] = (),
    note: str = "",
) -> UUID:
    """Record the finished investigation. An onset that differs from the report's corrects the report."""
    found = case_of(scope, case, now)
    if onset_on:
        not_before_birth(found.person_id, onset_on)
        not_later_than(at(onset_on, 0), now, "onset_on")
    onset = onset_on and onset_on.isoformat()
    told = record_about(
        kinds.INVESTIGATED.name, found, {"onset_on": onset, "source": source, "note": note}, by=by, now=now
    )
    if onset and onset != found.detail.get("onset_on"):
        facts.correct(found.fact_id, detail={"onset_on": onset}, by=by, now=now)
    _record_stays(scope, case, stays, by=by, now=now)
    return told


@transaction.atomic
def follow_up(*, scope: Scope, case: str, by: str, now: datetime, note: str = "") -> UUID:
    """Record a follow-up after discharge."""
    return record_about(kinds.FOLLOWED_UP.name, case_of(scope, case, now), {"note": note}, by=by, now=now)


@transaction.atomic
def assess(*, scope: Scope, case: str, risk: str, by: str, now: datetime, note: str = "") -> UUID:
    """Record whether a re-positive can transmit, with the Ct, the symptoms and the day of the course it rests on."""
    one_of("risk", risk, RISKS)
    found = case_of(scope, case, now)
    state = queries.aftercare(scope, case, now=now)
    basis = state.basis if state else {}
    return record_about(kinds.ASSESSED.name, found, {"risk": risk, "note": note, **basis}, by=by, now=now)


def _record_stays(scope: Scope, case: str, stays: Iterable[StayFound], *, by: str, now: datetime) -> None:
    found = case_of(scope, case, now)
    stays = list(stays)
    for stay in stays:
        not_later_than(stay.until, now, "until")
    rows = [
        {
            "person": found.person_id,
            "area": known_area(stay.area),
            "occurred_at": stay.until,
            "detail": {"case": found.key} | ({"note": stay.note} if stay.note else {}),
        }
        for stay in stays
    ]
    if rows:
        facts.record_many(kinds.STAY_FOUND.name, rows, by=by, now=now)
