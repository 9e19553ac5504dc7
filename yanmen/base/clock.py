"""Time as the province knows it. Only the doors read a clock; everything below is handed `now`."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where the doors get the time from."""

    def now(self) -> datetime:
        """The present moment, with its time zone."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved: for drills and tests."""

    def __init__(self, moment: datetime) -> None:
        self._moment = _aware(moment)

    def now(self) -> datetime:
        return self._moment

    def move(self, step: timedelta) -> datetime:
        """Let `step` pass and say what time it is then."""
        self._moment += step
        return self._moment


def local_date(moment: datetime) -> date:
    """The calendar day in Shanxi at this moment: day 0 of a stay is counted on it."""
    return _aware(moment).astimezone(BEIJING).date()


def start_of(day: date) -> datetime:
    """The first moment of a calendar day in Shanxi."""
    return datetime.combine(day, time.min, BEIJING)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day in Shanxi: `at(date(2022, 10, 7), 9, 30)`."""
    return datetime.combine(day, time(hour, minute), BEIJING)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone. Pass an aware datetime.")
    return moment
