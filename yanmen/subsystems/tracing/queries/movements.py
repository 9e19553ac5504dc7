"""The way of a case through its look-back: stays from records, areas an investigator found, vehicles; what it confirmed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import BEIJING
from yanmen.base.rows import records
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.public_trail import estate_of
from yanmen.subsystems.tracing.queries import stays
from yanmen.subsystems.tracing.queries.case_person import CasePerson
from yanmen.subsystems.tracing.queries.statements import statement

VEHICLES = ("plane", "train", "bus", "ship")
HOMES = ("home", "dwelling", "residence")
CONFIRMED, DENIED = "confirmed", "denied"


@dataclass(frozen=True)
class Step:
    """One part of the way: at a place, in an area, or on a vehicle. `since` is empty where only the end is known."""

    number: int
    fact_id: UUID
    area: str
    since: datetime | None
    until: datetime
    via: str
    place: Place | None = None
    home: bool = False
    setting: str = ""
    name: str = ""
    unit: str = ""
    seat: str = ""
    said: str = ""

    @property
    def vehicle(self) -> bool:
        """Is it a ride?"""
        return self.setting in VEHICLES

    @property
    def minutes(self) -> int | None:
        """How long it lasted, where both ends are known."""
        return round((self.until - self.since).total_seconds() / 60) if self.since else None

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Longitude and latitude, where the place has them."""
        one = self.place
        return (one.longitude, one.latitude) if one and one.longitude is not None and one.latitude is not None else None


def movements(scope: Scope, case: CasePerson, *, since: datetime, until: datetime) -> list[Step]:
    """Every step of a case in a window, numbered in the order of time."""
    said = _said(case, since, until)
    told = {row["detail"].get("basis"): row["detail"] for row in said if row["kind"] == "cases.exposure_told"}
    found = stays.stays_of(scope, case.person, since=since, until=until)
    places = Place.objects.in_bulk(
        {stay.place for stay in found} | {row["place_id"] for row in said if row["place_id"]}
    )
    steps = [_stay(stay, places.get(stay.place), case, told.get(str(stay.fact_id))) for stay in found]
    steps += [
        step
        for row in said
        if row["kind"] != "cases.exposure_told" and since <= row["occurred_at"] < until
        if (step := _fact(row, places.get(row["place_id"]), told.get(str(row["id"])))) is not None
    ]
    told_only = [
        _interviewed(row) for row in said if row["kind"] == "cases.exposure_told" and not row["detail"].get("basis")
    ]
    steps += [step for step in told_only if step.until >= since and (step.since or step.until) < until]
    ordered = sorted(steps, key=lambda one: (one.since or one.until, one.until))
    return [replace(step, number=number) for number, step in enumerate(ordered, 1)]


def _said(case: CasePerson, since: datetime, until: datetime) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement("case_said"), {"people": list(case.members), "case": case.key, "since": since, "until": until}
        )
        rows = records(cursor)
    return [row | {"detail": json.loads(row["detail"])} for row in rows]


def _stay(stay: stays.Stay, place: Place | None, case: CasePerson, told: dict[str, Any] | None) -> Step:
    return Step(
        0, stay.fact_id, stay.area, stay.arrived, stay.left, stay.via, place=place,
        home=_is_home(place, case), said=_verdict(told),
    )  # fmt: skip


def _fact(row: dict[str, Any], place: Place | None, told: dict[str, Any] | None) -> Step | None:
    detail, verdict = row["detail"], _verdict(told)
    if row["kind"] == "cases.stay_found":
        return Step(0, row["id"], row["area"], None, row["occurred_at"], "investigator", said=verdict)
    if detail.get("setting") not in VEHICLES:
        return None
    until = _moment(detail.get("until")) or row["occurred_at"]
    seat = " ".join(str(detail[name]) for name in ("row", "seat") if detail.get(name))
    return Step(
        0, row["id"], row["area"], row["occurred_at"], until, "register", place=place, setting=detail["setting"],
        name=detail.get("name") or "", unit=detail.get("unit") or "", seat=seat, said=verdict,
    )  # fmt: skip


def _interviewed(row: dict[str, Any]) -> Step:
    """Somewhere only the case itself told of."""
    detail = row["detail"]
    until = _moment(detail.get("until")) or row["occurred_at"]
    return Step(
        0, row["id"], row["area"], _moment(detail.get("since")), until, "interview", name=detail.get("where") or "",
        said=_verdict(detail),
    )  # fmt: skip


def _verdict(told: dict[str, Any] | None) -> str:
    return "" if told is None or told.get("holds") is None else CONFIRMED if told["holds"] else DENIED


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


def _is_home(place: Place | None, case: CasePerson) -> bool:
    if place is None:
        return False
    estate = estate_of(case.address)
    own = len(estate) > 2 and estate in (estate_of(place.address), estate_of(place.name_zh))
    return place.kind in HOMES or own
