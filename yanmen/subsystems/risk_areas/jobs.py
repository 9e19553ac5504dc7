"""What risk areas do by themselves: send the key-area list to the addresses that are owed it."""

from __future__ import annotations

from datetime import datetime

from yanmen.subsystems.risk_areas.actions import deliver_due
from yanmen.subsystems.risk_areas.actions.delivering import Sent


def every_minute(now: datetime) -> Sent:
    """Send what is due; a failed try comes back after a growing pause."""
    return deliver_due(by="job:risk_areas", now=now)
