"""What checkpoints do by themselves: find who rode with a case, and notice posts that tell nothing."""

from __future__ import annotations

from datetime import datetime

from yanmen.subsystems.checkpoints.actions import find_companions, tell_silent

BY = "job:checkpoints"


def every_minute(now: datetime) -> int:
    """Companions of cases reported since, and of those withdrawn; posts on a shift of which nothing comes in."""
    return find_companions(by=BY, now=now) + tell_silent(by=BY, now=now)
