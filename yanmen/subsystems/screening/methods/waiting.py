"""How long people wait at a sampling site: from what its team reports, else from the pace at which it binds people.

- Reported: people waiting / pace, as in a line that is served in its order. The pace is that of the last minutes counted from
  the first binding in them, so a site that has just opened is not slow; after too few bindings it is what the desks can do.
- Not reported: the mean wait of M/M/c at that pace (`base.queues`). A site at the limit of its desks may have any queue: it is
  called busy, and no time is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, isinf

from yanmen.base.queues import mean_wait

HOUR = 3600.0
EXACT = 10
NONE, MINUTES, LONG, UNKNOWN, BUSY = BANDS = ("none", "minutes", "long", "unknown", "busy")
"""Bands of a wait, in the order in which residents see sites."""


@dataclass(frozen=True)
class Norm:
    """The numbers of the policy: how long a report is good for, what makes a pace, and what a desk can do."""

    report_minutes: float
    pace_people: int
    long_wait_minutes: int
    a_desk_hour: float


@dataclass(frozen=True)
class Seen:
    """What is known of a site: desks, who waits by the last report, who was bound in the last minutes and since when."""

    desks: int
    people: int | None = None
    reported_at: datetime | None = None
    bound: int = 0
    bound_since: datetime | None = None


@dataclass(frozen=True)
class Wait:
    """A wait: its band, the minutes where there are any, and what it rests on (`report`, `pace`, or nothing)."""

    band: str
    minutes: int | None = None
    basis: str = ""

    @property
    def rank(self) -> tuple[int, int]:
        """Shorter waits first, then those that nobody knows."""
        return BANDS.index(self.band), self.minutes or 0

    @property
    def said(self) -> Mapping[str, str]:
        """In words, in both languages."""
        return SAID[self.band] if self.minutes is None else _said(self.band, self.minutes)


SAID: Mapping[str, Mapping[str, str]] = {
    NONE: {"zh": "没有排队", "en": "No queue"},
    UNKNOWN: {"zh": "暂无近期报告", "en": "No recent report"},
    BUSY: {"zh": "繁忙，等候时间不明", "en": "Busy, nobody says how long"},
}


def is_recent(reported_at: datetime | None, norm: Norm | None, now: datetime) -> bool:
    """Whether a report still tells how things are."""
    if norm is None or reported_at is None:
        return False
    return (now - reported_at).total_seconds() <= norm.report_minutes * 60


def wait(seen: Seen, norm: Norm | None, now: datetime) -> Wait:
    """How long somebody waits who comes now."""
    if norm is None:
        return Wait(UNKNOWN)
    pace = _pace(seen, norm, now)
    if is_recent(seen.reported_at, norm, now):
        rate = pace or seen.desks * norm.a_desk_hour / 60
        return _band((seen.people or 0) / rate, "report", norm)
    if not pace:
        return Wait(UNKNOWN)
    seconds = mean_wait(seen.desks, pace * 60, HOUR / norm.a_desk_hour)
    return Wait(BUSY, basis="pace") if isinf(seconds) else _band(int(seconds / 60), "pace", norm)


def _pace(seen: Seen, norm: Norm, now: datetime) -> float | None:
    """People a minute; None where too few were bound to tell."""
    if seen.bound_since is None or seen.bound < norm.pace_people:
        return None
    return seen.bound / max((now - seen.bound_since).total_seconds() / 60, 1)


def _band(minutes: float, basis: str, norm: Norm) -> Wait:
    """The band of so many minutes; above ten they are told in steps of five."""
    if minutes == 0:
        return Wait(NONE, basis=basis)
    if minutes > norm.long_wait_minutes:
        return Wait(LONG, norm.long_wait_minutes, basis)
    return Wait(MINUTES, ceil(minutes) if minutes <= EXACT else 5 * ceil(minutes / 5), basis)


def _said(band: str, minutes: int) -> Mapping[str, str]:
    hours, odd = divmod(minutes, 60)
    if band == MINUTES:
        return {"zh": f"等候约{minutes}分钟", "en": f"Wait: about {minutes} min"}
    if odd or hours != 1:
        return {"zh": f"等候超过{minutes}分钟", "en": f"Wait: more than {minutes} min"}
    return {"zh": "等候超过1小时", "en": "Wait: more than an hour"}
