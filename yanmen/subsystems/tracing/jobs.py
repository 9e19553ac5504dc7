"""What tracing does by itself."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from yanmen.subsystems.tracing.actions.exporting import drop_expired
from yanmen.subsystems.tracing.actions.finding import FINDER
from yanmen.subsystems.tracing.actions.following import follow
from yanmen.subsystems.tracing.actions.packing import pack
from yanmen.subsystems.tracing.actions.watching import find_due

STAYS = "stays"
"""The folder below the operator's own in which days are exported for questions about very many."""


def every_minute(now: datetime) -> None:
    """Stays follow the facts, and contacts follow both; no exported day outlives its trail."""
    follow(by=FINDER, now=now)
    find_due(by=FINDER, now=now)
    pack(by=FINDER, now=now)
    drop_expired(folder=settings.YANMEN_HOME / STAYS, by=FINDER, now=now)
