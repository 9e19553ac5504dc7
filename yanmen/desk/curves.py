"""The epidemic curve as chart data: cases by day and kind, and how many each infected person infects."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from yanmen.base.clock import local_date
from yanmen.desk import situation
from yanmen.desk.templatetags.desk import say
from yanmen.desk.words import word
from yanmen.numbers.indicators import read_at
from yanmen.numbers.reproduction import Course, course
from yanmen.registry.scope import Scope

SHORTEST = 21
"""Days that a curve shows at least."""


def curve(scope: Scope, *, days: int, now: datetime) -> dict[str, Any]:
    """The epidemic curve as chart data: cases by day and kind, and how many each infected person infects."""
    by_day = _from_first_case(situation.cases_by_day(scope, days=days, now=now))
    kinds = sorted({kind for counts in by_day.values() for kind in counts}, key=_kind_order)
    return {
        "first": min(by_day),
        "days": [day.strftime("%m-%d") for day in by_day],
        "series": [
            {"name": say(word(f"case.{kind}")), "values": [counts.get(kind, 0) for counts in by_day.values()]}
            for kind in kinds
        ],
        "total": sum(sum(counts.values()) for counts in by_day.values()),
    }


def reproduction(scope: Scope, *, first: date, days: int) -> dict[str, Any] | None:
    """R by day from ``first`` on, with its middle 95 %, out of the copied ledger; none where nothing is copied or nothing can be said.

    ``low``, ``median`` and ``high`` have a place a day; ``firm``: so many of them are not provisional.
    """
    moment = read_at()
    found = _course(scope, first, local_date(moment), moment) if moment and local_date(moment) > first else None
    if found is None or found.last is None:
        return None
    by_place = {(one.day - first).days: one for one in found.days}
    drawn = {
        name: [round(getattr(by_place[n], name), 2) if n in by_place else None for n in range(days)]
        for name in ("low", "median", "high")
    }
    firm = max((n + 1 for n, one in by_place.items() if not one.provisional), default=0)
    return {**drawn, "firm": firm, "last": found.last, "read_at": found.read_at}


@lru_cache(maxsize=256)
def _course(scope: Scope, first: date, last: date, moment: datetime) -> Course:
    """Until the ledger is copied again, R stays what it is: `moment` stands for the copy."""
    return course(scope, first=first, last=last)


def _from_first_case(by_day: dict[date, dict[str, int]]) -> dict[date, dict[str, int]]:
    """Leave out the quiet days before the first case, but show three weeks at least."""
    days = list(by_day)
    first = next((place for place, day in enumerate(days) if by_day[day]), len(days))
    start = max(0, min(first - 3, len(days) - SHORTEST))
    return {day: by_day[day] for day in days[start:]}


def _kind_order(kind: str) -> int:
    order = ["confirmed", "asymptomatic", "suspected"]
    return order.index(kind) if kind in order else len(order)
