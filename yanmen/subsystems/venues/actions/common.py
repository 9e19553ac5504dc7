"""What registering by hand and by file share: a new venue's row, and telling the edges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from secrets import token_bytes
from typing import Any

from yanmen.base.venue_code import SEED_BYTES
from yanmen.loop import outbox
from yanmen.registry.models import Place
from yanmen.subsystems.venues.actions.norms import keep_norms
from yanmen.subsystems.venues.models import Venue

TOPIC = "venues.changed"


def add(*, place: Place, values: dict[str, Any], responsible: int | None, by: str, now: datetime) -> Venue:
    """The row of a new venue, with a seed of its own."""
    keep_norms()
    return Venue.objects.create(
        place=place, area=place.area, seed=token_bytes(SEED_BYTES), seeded_at=now, opened_at=now, opened_by=by,
        responsible_id=responsible, **values,
    )  # fmt: skip


def tell(places: Iterable[int], *, now: datetime) -> None:
    """Let the edges know which venues to ask about again. The last act of a transaction."""
    if numbers := sorted(set(places)):
        outbox.tell(TOPIC, {"places": numbers}, now=now)
