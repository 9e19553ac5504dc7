"""What tracing does by itself."""

from __future__ import annotations

from datetime import datetime

from yanmen.subsystems.tracing.actions.finding import FINDER
from yanmen.subsystems.tracing.actions.following import follow
from yanmen.subsystems.tracing.actions.packing import pack
from yanmen.subsystems.tracing.actions.watching import find_due


def every_minute(now: datetime) -> None:
    """Stays follow the facts, and contacts follow both."""
    follow(by=FINDER, now=now)
    find_due(by=FINDER, now=now)
    pack(by=FINDER, now=now)
