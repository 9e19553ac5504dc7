"""What checkpoints do by themselves: find who rode with a case."""

from __future__ import annotations

from datetime import datetime

from yanmen.subsystems.checkpoints.actions import find_companions


def every_minute(now: datetime) -> int:
    """Companions of cases reported since, and of those withdrawn."""
    return find_companions(by="job:checkpoints", now=now)
