"""Opening hours as people write them: `1-5 08:00-18:00; 6-7 09:00-12:00`, Monday being 1. No hours: always open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal

Hours = list[dict[str, str]]
_PART = re.compile(r"^([1-7])(?:-([1-7]))?\s+(\d{2}:\d{2})-(\d{2}:\d{2})$")
_TIME = re.compile(r"^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$")


def read_hours(text: str) -> Hours:
    """The parts of a text; empty when it says nothing. Raises a refusal at the first part that says no hours."""
    found = []
    for part in filter(None, (each.strip() for each in re.split("[;；]", text.replace("：", ":")))):
        match = _PART.match(part)
        if match is None or not all(_TIME.match(match[place]) for place in (3, 4)) or match[3] >= match[4]:
            raise _wrong(part)
        first, last = match[1], match[2] or match[1]
        if first > last:
            raise _wrong(part)
        found.append({"days": first if first == last else f"{first}-{last}", "from": match[3], "to": match[4]})
    return found


def write_hours(hours: Sequence[dict[str, str]]) -> str:
    """The text that `read_hours` reads."""
    return "; ".join(f"{part['days']} {part['from']}-{part['to']}" for part in hours)


def is_open(hours: Sequence[dict[str, str]], moment: datetime) -> bool:
    """Whether a place with these hours is open at a moment, by the clock in Beijing."""
    time = moment.astimezone(BEIJING).strftime("%H:%M")
    return not hours or any(part["from"] <= time < part["to"] for part in _parts(hours, moment))


def on_day(hours: Sequence[dict[str, str]], moment: datetime) -> list[str]:
    """The spans of the day of a moment, as `08:00–12:00`; none on a day when the place does not open."""
    return [f"{part['from']}–{part['to']}" for part in _parts(hours, moment)]


def next_opening(hours: Sequence[dict[str, str]], moment: datetime) -> datetime | None:
    """When a place that is closed at a moment opens next; None without hours."""
    midnight = moment.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    for days in range(8):
        day = midnight + timedelta(days=days)
        starts = [
            day + timedelta(hours=int(part["from"][:2]), minutes=int(part["from"][3:])) for part in _parts(hours, day)
        ]
        later = [start for start in starts if start > moment]
        if later:
            return min(later)
    return None


def _parts(hours: Sequence[dict[str, str]], moment: datetime) -> list[dict[str, str]]:
    day = str(moment.astimezone(BEIJING).isoweekday())
    return sorted((part for part in hours if part["days"][0] <= day <= part["days"][-1]), key=lambda part: part["from"])


def _wrong(part: str) -> Refusal:
    return Refusal(
        "开放时间请按“1-5 08:00-18:00; 6-7 09:00-12:00”填写（1为星期一）。",
        "Write hours as 1-5 08:00-18:00; 6-7 09:00-12:00, where 1 is Monday.",
        field="hours",
        value=part[:40],
    )
