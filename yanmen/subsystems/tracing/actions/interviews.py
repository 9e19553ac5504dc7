"""What a case says: whom it met, and in which vehicles, classes and rooms it was. Who they are goes to the register, never into a fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.areas import only_province
from yanmen.registry.people import Details
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.tracing import kinds, queries
from yanmen.subsystems.tracing.actions.judging import CLOSE, no_such_person, record_contact, record_general_contact
from yanmen.subsystems.tracing.actions.known import find_or_register
from yanmen.subsystems.tracing.methods.seats import Seat
from yanmen.subsystems.tracing.methods.settings import DECLARED, SETTINGS
from yanmen.subsystems.tracing.methods.told import check_setting, setting_detail, unknown
from yanmen.subsystems.tracing.queries import seats as told_seats

SOMEWHERE = Seat()


@dataclass(frozen=True)
class Named:
    """A contact whom a case named. `elsewhere`: another area answers for them; `unknown_area`: nobody knows where they live, so the
    asker's area answers until another accepts a request to trace them."""

    person: int
    fact_id: UUID
    area: str
    created: bool
    elsewhere: bool
    unknown_area: bool


@transaction.atomic
def name_contact(
    *,
    scope: Scope,
    case: str,
    name: str,
    last_exposed: date,
    by: str,
    now: datetime,
    id_type: str = "",
    id_number: str = "",
    phone: str = "",
    born_on: date | None = None,
    area: str = "",
    first_exposed: date | None = None,
    setting: str = DECLARED,
    close: bool = True,
) -> Named:
    """A case names somebody it met: found in the register, or registered; and judged a close or a general contact."""
    if setting not in SETTINGS:
        raise unknown("setting", setting, SETTINGS)
    if area:
        scope.require(area)
    details = Details(
        name=name, id_type=id_type, id_number=id_number, phone=phone, born_on=born_on, area=area or scope.area
    )
    (found,) = find_or_register(scope=scope, rows=[details], by=by, now=now)
    if isinstance(found, Refusal):
        raise found
    about: dict[str, Any] = {"person": found.person, "case": case, "last_exposed": last_exposed}
    about |= {"first_exposed": first_exposed, "via": setting, "by": by, "now": now}
    with acting(system(only_province(), purpose="control"), now=now) as wide:
        fact = (
            record_contact(scope=wide, degree=CLOSE, **about) if close else record_general_contact(scope=wide, **about)
        )
    return Named(
        found.person, fact, found.area, found.created, not scope.includes(found.area), found.created and not area
    )


@transaction.atomic
def tell_setting(
    *,
    scope: Scope,
    person: int,
    setting: str,
    name: str,
    at: datetime,
    by: str,
    now: datetime,
    until: datetime | None = None,
    seat: Seat = SOMEWHERE,
    seat_label: str = "",
) -> UUID:
    """Somebody was on a vehicle, or in a class, ward, dormitory, workplace or floor. Said again with another seat, it is corrected."""
    check_setting(
        setting=setting, name=name, at=at, until=until, layout=seat.layout, now=now, kept_days=kinds.TRAIL_DAYS
    )
    found = queries.person(scope, person)
    if found is None:
        raise no_such_person("person", person)
    detail = setting_detail(setting, name, seat, until, seat_label)
    known = told_seats.known(scope, setting, name.strip(), [person]).get((person, local_date(at)))
    if known is not None and known.detail == detail and known.at == at:
        return known.id
    return facts.record(
        kinds.SETTING_TOLD.name, person=person, area=found.area, occurred_at=at, by=by, now=now, detail=detail,
        corrects=known.id if known else None,
    )  # fmt: skip
