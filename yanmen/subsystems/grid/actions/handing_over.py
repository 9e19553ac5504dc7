"""What answers and edits have in common when telephones hand them over: how many at once, and how old they may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers

NORM = "grid.offline"
MOST = 500
CREATED, REPEATED, REFUSED = "created", "repeated", "refused"
CLOCKS_DIFFER = timedelta(minutes=5)


def too_many(said: Sequence[Any], field: str) -> None:
    """Refuse more than are taken at once."""
    if len(said) > MOST:
        raise Refusal(
            f"一次至多{MOST}条，请分批提交。", f"Send at most {MOST} at once.", field=field, value=str(len(said))
        )


def check_moment(moment: datetime, field: str, *, now: datetime) -> None:
    """Refuse what was said in the future, or longer ago than may be handed over."""
    days = int(numbers(NORM, local_date(now)).get("oldest_days", 0))
    if not now - timedelta(days=days) <= moment <= now + CLOCKS_DIFFER:
        raise Refusal(
            f"登记时间应在最近{days}天内且不晚于现在。请核对手机时间。",
            f"What is handed over is of the last {days} days and not of the future. Check the clock of the telephone.",
            field=field,
            value=moment.isoformat(),
        )
