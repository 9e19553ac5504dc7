"""The day of somebody in quarantine: when temperatures are due, what is a fever, when somebody is talked to again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date, start_of


def temperatures_due(day: date, numbers: Mapping[str, Any]) -> list[datetime]:
    """By when each temperature of a day is to be taken: the hours of the day shared evenly."""
    many = int(numbers.get("temperatures", 0))
    if not many:
        return []
    begin, end = (start_of(day) + timedelta(hours=numbers[name]) for name in ("from_hour", "to_hour"))
    return [begin + (end - begin) * part / many for part in range(1, many + 1)]


def temperatures_missing(
    taken: Iterable[datetime], *, day: date, since: datetime, now: datetime, numbers: Mapping[str, Any]
) -> int:
    """How many temperatures of a day should have been taken by now and were not; what was due before `since` does not count."""
    due = [each for each in temperatures_due(day, numbers) if since < each <= now]
    return max(0, len(due) - sum(local_date(each) == day for each in taken))


def feverish(celsius: float | None, numbers: Mapping[str, Any]) -> bool:
    """Whether a temperature is a fever by the norm; nobody's is where no norm holds."""
    return celsius is not None and "fever" in numbers and round(celsius, 1) >= numbers["fever"]


def plausible(celsius: float, numbers: Mapping[str, Any]) -> bool:
    """Whether a temperature can be one of a living person, or is a slip of the hand."""
    return "coldest" not in numbers or bool(numbers["coldest"] <= celsius <= numbers["warmest"])


def care_due(talks: Sequence[datetime], *, today: date, numbers: Mapping[str, Any]) -> bool:
    """Whether somebody who needs care is to be talked to today."""
    every = numbers.get("care_days")
    return every is not None and all(local_date(each) <= today - timedelta(days=every) for each in talks)
