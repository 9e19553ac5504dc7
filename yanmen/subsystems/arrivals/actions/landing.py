"""What becomes of a journey: landed, no-show, rerouted, declared elsewhere, taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import people
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.arrivals import kinds, queries
from yanmen.subsystems.arrivals.actions.common import answer_given, effective_fact, journey_of, record_answer
from yanmen.subsystems.arrivals.actions.declaring import check_area, declare
from yanmen.subsystems.arrivals.methods.course import COURSE


def land(
    *,
    scope: Scope,
    journey: str,
    by: str,
    now: datetime,
    landed_at: datetime | None = None,
    station: str = "",
    note: str = "",
) -> UUID:
    """Record that the traveller has landed. From now on the landing test is owed."""
    found = journey_of(scope, journey, now)
    if found.landed_at is not None:
        return answer_given(found, kinds.LANDED.name)
    COURSE.after(found.stage, "land")
    detail = {"origin": found.origin, "transport": found.transport, "station": station, "note": note}
    return record_answer(kinds.LANDED.name, found, detail, by=by, now=now, occurred_at=landed_at or now)


@transaction.atomic
def land_undeclared(
    *,
    scope: Scope,
    person: Person,
    origin: str,
    left_origin_on: date | None,
    area: str,
    by: str,
    now: datetime,
    station: str = "",
) -> str:
    """Somebody stands at the station who declared nothing: declare and land them in one step."""
    waiting = queries.open_journey(scope, person.pk, now=now)
    journey = (
        waiting.journey
        if waiting
        else declare(
            person=person,
            origin=origin,
            left_origin_on=left_origin_on,
            expected_on=local_date(now),
            destination=area,
            by=by,
            now=now,
        )
    )
    land(scope=scope, journey=journey, station=station, by=by, now=now)
    return journey


def mark_no_show(*, scope: Scope, journey: str, by: str, now: datetime, note: str = "") -> UUID:
    """Record that the traveller did not come: nothing is asked of somebody who never left."""
    found = journey_of(scope, journey, now)
    if found.stage == "no_show":
        return answer_given(found, kinds.NO_SHOW.name)
    COURSE.after(found.stage, "mark_no_show")
    return record_answer(kinds.NO_SHOW.name, found, {"note": note}, by=by, now=now)


@transaction.atomic
def reroute(
    *, scope: Scope, journey: str, destination: str, expected_on: date, by: str, now: datetime, note: str = ""
) -> str:
    """The traveller goes elsewhere: the journey is handed to the new destination in the same step."""
    found = journey_of(scope, journey, now)
    COURSE.after(found.stage, "reroute")
    check_area("destination", destination)
    record_answer(
        kinds.REROUTED.name,
        found,
        {"destination": destination, "expected_on": expected_on.isoformat(), "note": note},
        by=by,
        now=now,
    )
    known = effective_fact("id = %s", [found.fact_id])
    assert known is not None  # the journey was read from this fact in this transaction
    if scope.within(Person.objects, "area").filter(pk=found.person_id).exists():
        people.hand_over([found.person_id], area=destination, by=by, now=now)
    anew = {"destination": destination, "expected_on": expected_on.isoformat(), "address": ""}
    fact_id = uuid7(now)
    with acting(replace(scope, area=destination), now=now):  # handing over writes once where the receiver reads
        facts.record(
            kinds.DECLARED.name,
            id=fact_id,
            person=found.person_id,
            area=destination,
            occurred_at=now,
            by=by,
            now=now,
            detail=known[1] | anew | {"journey": str(fact_id)},
        )
    return str(fact_id)


def declared_elsewhere(*, scope: Scope, journey: str, destination: str, by: str, now: datetime, note: str = "") -> UUID:
    """Another area already has this traveller's declaration: this one asks for nothing more."""
    found = journey_of(scope, journey, now)
    if found.stage == "declared_elsewhere":
        return answer_given(found, kinds.DECLARED_ELSEWHERE.name)
    COURSE.after(found.stage, "declared_elsewhere")
    return record_answer(
        kinds.DECLARED_ELSEWHERE.name, found, {"destination": destination, "note": note}, by=by, now=now
    )


@transaction.atomic
def take_over(*, scope: Scope, journey: str, by: str, now: datetime, address: str = "", note: str = "") -> UUID:
    """The community of the destination takes the traveller over, and answers for them from now on."""
    found = journey_of(scope, journey, now)
    COURSE.after(found.stage, "take_over")
    person = scope.within(Person.objects, "area").filter(pk=found.person_id).first()
    if person is not None and person.area != found.destination:
        people.hand_over([person.pk], area=found.destination, by=by, now=now)
    return record_answer(kinds.TAKEN_OVER.name, found, {"address": address, "note": note}, by=by, now=now)


def record_step(
    *, scope: Scope, kind: str, journey: str, by: str, now: datetime, detail: Mapping[str, str] | None = None
) -> UUID:
    """Record a transfer, a visit at home, or the check before release."""
    allowed = (kinds.TRANSFERRED.name, kinds.VISITED.name, kinds.RELEASED_CHECKED.name)
    if kind not in allowed:
        raise Refusal(
            f"“{kind}”不是可登记的步骤。可选：{'、'.join(allowed)}。",
            f'"{kind}" is no step of a journey. Choose one of: {", ".join(allowed)}.',
            field="kind",
            value=kind,
        )
    return record_answer(kind, journey_of(scope, journey, now), dict(detail or {}), by=by, now=now)
