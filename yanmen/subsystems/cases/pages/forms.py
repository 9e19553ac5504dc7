"""What the forms of cases send, as values; a refusal says how to write it."""

from __future__ import annotations

from datetime import date, datetime

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal


def day_of(text: str, field: str = "") -> date | None:
    """A day, or none where nothing is said."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("日期应写成2022-10-07。", "Write the day as 2022-10-07.", field=field, value=text[:20]) from None


def moment_of(text: str, field: str = "found_at") -> datetime:
    """A moment in the local time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError:
        raise Refusal(
            "时间应写成2022-10-07 08:30。", "Write the time as 2022-10-07 08:30.", field=field, value=text[:20]
        ) from None


def moment_or_none(text: str, field: str) -> datetime | None:
    """A moment in the local time, or none where nothing is said."""
    return moment_of(text, field) if text else None


def ct_of(text: str) -> float | None:
    """A cycle threshold, or none where nothing is said."""
    return number_of(text, "ct", "Ct值应为数字。", "A Ct is a number.")


def degrees_of(text: str) -> float | None:
    """A temperature, or none where nothing is said."""
    return number_of(
        text, "temperature", "体温应为数字，如38.2。", "A temperature is a number of degrees Celsius, such as 38.2."
    )


def number_of(text: str, field: str, zh: str, en: str) -> float | None:
    """A number, or none where nothing is said."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise Refusal(zh, en, field=field, value=text[:20]) from None
