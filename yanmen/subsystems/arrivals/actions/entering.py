"""Two other ways of arriving: from abroad, and out of a closed-loop post."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from yanmen.loop import facts
from yanmen.registry.models import Person
from yanmen.subsystems.arrivals import kinds
from yanmen.subsystems.arrivals.actions.common import effective_fact, lock


@transaction.atomic
def enter_country(
    *,
    person: Person,
    entered_at: datetime,
    by: str,
    now: datetime,
    country: str = "",
    port: str = "",
    flight: str = "",
    quarantined_until: date | None = None,
) -> UUID:
    """Record that somebody entered the country. The same entry told twice is one."""
    detail = {"country": country, "port": port, "flight": flight}
    if quarantined_until:
        detail["quarantined_until"] = quarantined_until.isoformat()
    return _once(kinds.ENTERED_COUNTRY.name, person, entered_at, detail, by=by, now=now)


@transaction.atomic
def leave_closed_loop(
    *, person: Person, left_at: datetime, post: str, by: str, now: datetime, days_off_post: int | None = None
) -> UUID:
    """Record that a worker left a closed-loop post, and how long they were off it, if that is proven."""
    detail: dict[str, str | int] = {"post": post or person.post}
    if days_off_post is not None:
        detail["days_off_post"] = days_off_post
    return _once(kinds.LEFT_CLOSED_LOOP.name, person, left_at, detail, by=by, now=now)


def _once(
    kind: str, person: Person, at: datetime, detail: dict[str, str] | dict[str, str | int], *, by: str, now: datetime
) -> UUID:
    lock(person.pk)
    told = effective_fact("person_id = %s AND kind = %s AND occurred_at = %s", [person.pk, kind, at])
    if told is not None:
        return told[0]
    return facts.record(kind, person=person.pk, area=person.area, occurred_at=at, by=by, now=now, detail=detail)
