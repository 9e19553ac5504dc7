"""What is done for somebody who was near a case: told, visited, vaccinated, brought to quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import kinds
from yanmen.subsystems.tracing.actions.judging import person_of, stated

TRANSFERRED = "arrivals.transferred"  # a transfer is one thing, whoever is brought


def tell_risk(*, scope: Scope, person: int, by: str, now: datetime, case: str = "", channel: str = "") -> UUID:
    """The person was told of the risk, and to see a doctor with symptoms."""
    detail = {"case": case or None, "channel": channel or None}
    return _done(scope, kinds.RISK_TOLD.name, person, detail, by=by, now=now)


def record_visit(
    *,
    scope: Scope,
    person: int,
    by: str,
    now: datetime,
    case: str = "",
    temperature: float | None = None,
    symptoms: bool | None = None,
    onset_on: date | None = None,
    channel: str = "",
    note: str = "",
) -> UUID:
    """A contact was followed up, at home or by telephone; `onset_on` if symptoms began before today."""
    detail = {"case": case or None, "temperature": temperature, "symptoms": symptoms}
    detail |= {"onset_on": onset_on.isoformat() if onset_on else None}
    detail |= {"channel": channel or None, "note": note.strip() or None}
    return _done(scope, kinds.CONTACT_VISITED.name, person, detail, by=by, now=now)


def record_immunity(
    *, scope: Scope, person: int, disease: str, immune: bool, basis: str, by: str, now: datetime
) -> UUID:
    """It was found out whether somebody is immune: by doses on record, past disease or antibodies."""
    detail = {"disease": disease, "immune": immune, "basis": basis or None}
    return _done(scope, kinds.IMMUNITY_FOUND.name, person, detail, by=by, now=now)


def vaccinate_contact(
    *, scope: Scope, person: int, disease: str, by: str, now: datetime, case: str = "", vaccine: str = ""
) -> UUID:
    """A contact was vaccinated after the exposure."""
    detail = {"disease": disease, "case": case or None, "vaccine": vaccine or None}
    return _done(scope, kinds.CONTACT_VACCINATED.name, person, detail, by=by, now=now)


def record_transfer(*, scope: Scope, person: int, to_place: str, received_by: str, by: str, now: datetime) -> UUID:
    """A contact was brought to the place of the measure, and taken in there."""
    detail = {"to_place": to_place, "received_by": received_by}
    return _done(scope, TRANSFERRED, person, detail, by=by, now=now)


def _done(scope: Scope, kind: str, number: int, detail: Mapping[str, Any], *, by: str, now: datetime) -> UUID:
    person = person_of(scope, number, "person")
    return facts.record(
        kind, person=person.pk, area=person.area, occurred_at=now, by=by, now=now, detail=stated(detail)
    )
