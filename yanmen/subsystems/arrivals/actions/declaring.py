"""Telling that somebody comes: one declaration a person and day, with companions and further stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base import area_codes
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import people
from yanmen.registry.models import Person
from yanmen.subsystems.arrivals import kinds
from yanmen.subsystems.arrivals.actions.common import effective_fact, lock
from yanmen.subsystems.arrivals.methods.course import TRANSPORTS

COUNTY_DIGITS = 6


@transaction.atomic
def declare(
    *,
    person: Person,
    origin: str,
    left_origin_on: date | None,
    expected_on: date,
    destination: str,
    by: str,
    now: datetime,
    arrived_origin_on: date | None = None,
    transport: str = "other",
    vehicle: str = "",
    address: str = "",
) -> str:
    """Record that somebody is coming. One declaration a person and day: a second one corrects the first."""
    about = {
        "origin": origin,
        "arrived_origin_on": arrived_origin_on,
        "left_origin_on": left_origin_on,
        "expected_on": expected_on,
        "transport": transport,
        "destination": destination,
    }
    check_declaration(**about)  # type: ignore[arg-type]
    lock(person.pk)
    detail = declaration_detail(**about, vehicle=vehicle, address=address)  # type: ignore[arg-type]
    if person.guardian_id:
        detail["guardian"] = str(person.guardian_id)
    earlier = _declared(person.pk, expected_on)
    if earlier is None:
        fact_id = uuid7(now)
        detail["journey"] = str(fact_id)
        facts.record(
            kinds.DECLARED.name,
            id=fact_id,
            person=person.pk,
            area=destination,
            occurred_at=now,
            by=by,
            now=now,
            detail=detail,
        )
        return str(fact_id)
    known_id, known = earlier
    if any(known.get(name) != value for name, value in detail.items()):
        facts.correct(known_id, detail=detail, area=destination, by=by, now=now)
    return str(known.get("journey", known_id))


def add_stay(
    *,
    person: Person,
    origin: str,
    arrived_origin_on: date | None,
    left_origin_on: date | None,
    by: str,
    now: datetime,
    area: str = "",
    journey: str = "",
    note: str = "",
) -> UUID:
    """Record a further stay on the way: where the traveller changed trains, slept, or was before."""
    _check_stay(origin, arrived_origin_on, left_origin_on)
    fact_id = uuid7(now)
    detail = {
        "origin": origin,
        "arrived_origin_on": arrived_origin_on and arrived_origin_on.isoformat(),
        "left_origin_on": left_origin_on and left_origin_on.isoformat(),
        "stay": str(fact_id),
        "note": note,
    }
    if journey:
        detail["journey"] = journey
    return facts.record(
        kinds.STAYED.name,
        id=fact_id,
        person=person.pk,
        area=area or person.area,
        occurred_at=now,
        by=by,
        now=now,
        detail=detail,
    )


@transaction.atomic
def declare_companions(
    *, guardian: Person, journey: Mapping[str, Any], children: Iterable[Mapping[str, Any]], by: str, now: datetime
) -> list[tuple[Person, str]]:
    """Declare the children who travel with their guardian: each is a person with a journey of their own."""
    declared = []
    for child in children:
        person = people.register_person(
            **dict(child),
            area=guardian.area,
            address=guardian.address,
            guardian=guardian,
            by=by,
            now=now,
        )
        declared.append((person, declare(person=person, **journey, by=by, now=now)))
    return declared


def _declared(person: int, expected_on: date) -> tuple[UUID, dict[str, Any]] | None:
    return effective_fact(
        "person_id = %s AND kind = 'arrivals.declared' AND detail ->> 'expected_on' = %s",
        [person, expected_on.isoformat()],
    )


def declaration_detail(
    *,
    origin: str,
    arrived_origin_on: date | None,
    left_origin_on: date | None,
    expected_on: date,
    transport: str,
    destination: str,
    vehicle: str,
    address: str,
) -> dict[str, Any]:
    """What a declaration says, as the fact keeps it."""
    return {
        "origin": origin,
        "arrived_origin_on": arrived_origin_on and arrived_origin_on.isoformat(),
        "left_origin_on": left_origin_on and left_origin_on.isoformat(),
        "expected_on": expected_on.isoformat(),
        "transport": transport,
        "vehicle": vehicle,
        "destination": destination,
        "address": address,
    }


def check_declaration(
    *,
    origin: str,
    arrived_origin_on: date | None,
    left_origin_on: date | None,
    expected_on: date,
    transport: str,
    destination: str,
) -> None:
    """Refuse a declaration that contradicts itself or names no county, before anything is stored."""
    _check_stay(origin, arrived_origin_on, left_origin_on)
    check_area("destination", destination)
    if transport not in TRANSPORTS:
        raise Refusal(
            f"“{transport}”不是交通方式。可选：{'、'.join(TRANSPORTS)}。",
            f'"{transport}" is no means of transport. Choose one of: {", ".join(TRANSPORTS)}.',
            field="transport",
            value=transport,
        )
    if left_origin_on and expected_on < left_origin_on:
        raise Refusal(
            "预计抵达日期早于离开日期。请核对两个日期。",
            "The expected day lies before the day of departure. Check both dates.",
            field="expected_on",
            value=expected_on.isoformat(),
        )


def _check_stay(origin: str, arrived_on: date | None, left_on: date | None) -> None:
    check_area("origin", origin)
    if len(origin) < COUNTY_DIGITS:
        raise Refusal(
            "出发地须具体到县（市、区）。请填写 6 位以上代码，例如 140121。",
            "Name at least the county of origin: six digits or more, for example 140121.",
            field="origin",
            value=origin,
        )
    if arrived_on and left_on and left_on < arrived_on:
        raise Refusal(
            "离开日期早于到达日期。请核对两个日期。",
            "The day of departure lies before the day of arrival there. Check both dates.",
            field="left_origin_on",
            value=left_on.isoformat(),
        )


def check_area(field: str, code: str) -> None:
    """Refuse what is no area code, naming the field."""
    if not area_codes.valid(code):
        raise Refusal(
            f"“{code}”不是行政区划代码。请填写 6、9 或 12 位代码，例如 140121。",
            f'"{code}" is no area code. Give 6, 9 or 12 digits, for example 140121.',
            field=field,
            value=code,
        )
