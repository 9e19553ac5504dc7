"""What screening does by itself: look at the bindings that came in, count how far running rounds are, and close those that are over."""

from __future__ import annotations

from datetime import datetime

from yanmen.subsystems.screening.actions.campaigns import close_due, count_rounds
from yanmen.subsystems.screening.actions.looking import look, look_back
from yanmen.subsystems.screening.actions.releasing import tell_late
from yanmen.subsystems.screening.actions.voiding import ask_late

BY = "job:screening"


def every_minute(now: datetime) -> None:
    """A tube has its row, and its findings, a minute after people were bound to it."""
    look(by=BY, now=now)
    look_back(by=BY, now=now)
    ask_late(by=BY, now=now)
    tell_late(by=BY, now=now)
    count_rounds(by=BY, now=now)
    close_due(by=BY, now=now)
