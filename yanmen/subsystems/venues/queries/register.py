"""Reading the register of venues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from yanmen.base import venue_code
from yanmen.loop.policies import numbers
from yanmen.registry.models import Account
from yanmen.registry.scope import Scope
from yanmen.registry.vault import venue_key
from yanmen.subsystems.venues.kinds import STAFF
from yanmen.subsystems.venues.models import Venue
from yanmen.subsystems.venues.queries.statements import STAYS

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Rows, and the key from which the next page starts."""

    rows: list[Venue]
    after: str | None


def venues(
    scope: Scope, *, text: str = "", kind: str = "", closed: bool = False, after: str = "", limit: int = PAGE
) -> Page:
    """Venues of the asker's areas in the order of registration; staff see the ones they answer for."""
    rows = visible(scope).filter(closed_at__isnull=not closed)
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(
            Q(place__name_zh__icontains=text) | Q(place__name_en__icontains=text) | Q(place__address__icontains=text)
        )
    if after.isdigit():
        rows = rows.filter(pk__gt=int(after))
    found = list(rows.order_by("pk")[: limit + 1])
    return Page(found[:limit], str(found[limit - 1].pk) if len(found) > limit else None)


def venue(scope: Scope, place: int) -> Venue | None:
    """One venue, if it is the asker's to see."""
    return visible(scope).filter(pk=place).first()


def counts(scope: Scope) -> dict[str, int]:
    """How many venues are open, closed, and open without a code ever printed."""
    rows = visible(scope)
    return {
        "open": rows.filter(closed_at=None).count(),
        "closed": rows.exclude(closed_at=None).count(),
        "not_printed": rows.filter(closed_at=None, printed_at=None).count(),
    }


def visible(scope: Scope) -> QuerySet[Venue]:
    """What the asker may see: the venues of the area; of staff, those they are responsible for."""
    rows: QuerySet[Venue] = scope.within(Venue.objects.select_related("place", "place__organisation"), "area")
    return rows.filter(responsible_id=scope.account) if scope.role == STAFF.name else rows


def code_text(scope: Scope, one: Venue) -> str:
    """What the printed code says, for a venue of the asker's areas."""
    scope.require(one.area)
    return venue_code.make(one.pk, bytes(one.seed), venue_key())


def stay_minutes(one: Venue, *, day: date) -> int | None:
    """How long a visit lasts there when nothing says when it ended: its own time, or its kind's."""
    policy: dict[str, Any] = dict(numbers(STAYS, day))
    return one.stay_minutes or policy.get(one.kind) or policy.get("other")


def account_of(scope: Scope, username: str, *, now: datetime) -> Account | None:
    """An account that holds a grant in the asker's areas now, by its user name."""
    held = Q(grants__valid_to=None) | Q(grants__valid_to__gt=now)
    rows = scope.within(Account.objects.filter(held), "grants__area").filter(
        username=username.lower().strip(), is_active=True
    )
    found: Account | None = rows.distinct().first()
    return found
