"""The clock at the doors. Everything below takes ``now`` as an argument.

A drill or a demo may start the clock at another moment (setting ``YANMEN_CLOCK``, an
aware datetime); it runs on from there, and every page says so.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.conf import settings

from yanmen.base.clock import BEIJING, SystemClock

_started = time.monotonic()


def shifted() -> bool:
    """Is this the clock of a drill or a demo?"""
    return getattr(settings, "YANMEN_CLOCK", None) is not None


def now() -> datetime:
    """This moment, in the time of the place this program works for."""
    start: datetime | None = getattr(settings, "YANMEN_CLOCK", None)
    if start is None:
        return SystemClock().now().astimezone(BEIJING)
    return start.astimezone(BEIJING) + timedelta(seconds=time.monotonic() - _started)
