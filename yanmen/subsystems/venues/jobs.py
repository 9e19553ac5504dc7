"""What venues do by themselves: judge the check-ins that came in, and count the days that are over."""

from __future__ import annotations

from datetime import datetime

from yanmen.subsystems.venues import actions

BY = "job:venues"


def every_minute(now: datetime) -> None:
    """A claimed check-in counts after this has looked at it; a day is counted once it is over."""
    actions.judge(by=BY, now=now)
    actions.count_days(by=BY, now=now)
