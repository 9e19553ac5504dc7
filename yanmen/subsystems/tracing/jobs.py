"""What tracing does by itself."""

from __future__ import annotations

from datetime import datetime

from yanmen.subsystems.tracing.actions.following import follow

BY = "job:tracing"


def every_minute(now: datetime) -> None:
    """Stays follow the facts."""
    follow(by=BY, now=now)
