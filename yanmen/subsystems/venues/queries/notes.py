"""Reading the notes about check-ins in doubt."""

from __future__ import annotations

from django.db.models import QuerySet

from yanmen.registry.scope import Scope
from yanmen.subsystems.venues.kinds import STAFF
from yanmen.subsystems.venues.models import Note

PAGE = 50


def notes(
    scope: Scope, *, seen: bool = False, venue: int | None = None, before: int | None = None, limit: int = PAGE
) -> list[Note]:
    """Notes of the asker's areas, newest first: those nobody looked into yet, or those somebody did."""
    rows = _visible(scope).filter(seen_at__isnull=not seen)
    if venue is not None:
        rows = rows.filter(venue_id=venue)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def note(scope: Scope, pk: int) -> Note | None:
    """One note."""
    return _visible(scope).filter(pk=pk).first()


def waiting(scope: Scope) -> int:
    """How many notes nobody looked into yet."""
    return _visible(scope).filter(seen_at=None).count()


def _visible(scope: Scope) -> QuerySet[Note]:
    rows: QuerySet[Note] = scope.within(Note.objects.select_related("venue__place"), "area").filter(scans__gt=0)
    return rows.filter(venue__responsible_id=scope.account) if scope.role == STAFF.name else rows
