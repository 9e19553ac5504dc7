"""What the forms of cases send, as values; a refusal says how to write it."""

from __future__ import annotations

from datetime import date, datetime

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal


def day_of(text: str) -> date | None:
    """A day, or none where nothing is said."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("日期应写成2022-10-07。", "Write the day as 2022-10-07.", value=text[:20]) from None


def moment_of(text: str) -> datetime:
    """A moment in the local time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError:
        raise Refusal(
            "时间应写成2022-10-07 08:30。", "Write the time as 2022-10-07 08:30.", field="found_at", value=text[:20]
        ) from None


def ct_of(text: str) -> float | None:
    """A cycle threshold, or none where nothing is said."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise Refusal("Ct值应为数字。", "A Ct is a number.", field="ct", value=text[:20]) from None
