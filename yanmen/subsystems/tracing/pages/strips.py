"""A day as a strip of 1440 minutes: where a bar begins and how long it is, for the pictures of stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

DAY = 1440
LEAST = 6
"""A bar is drawn at least so wide, or nobody sees it."""


@dataclass(frozen=True)
class Bar:
    """A part of the day, and what it is a bar of."""

    x: int
    width: int
    mark: str = ""
    number: int = 0


def bar(since: datetime | None, until: datetime, *, day: datetime, mark: str = "", number: int = 0) -> Bar | None:
    """The part of a stay that lies in the day; none where no part does."""
    first = max(0, round(((since or until) - day).total_seconds() / 60))
    last = min(DAY, round((until - day).total_seconds() / 60))
    if first >= DAY or last < 0 or (last == 0 and since is not None):
        return None
    width = max(LEAST, last - first)
    return Bar(min(first, DAY - width), width, mark, number)
