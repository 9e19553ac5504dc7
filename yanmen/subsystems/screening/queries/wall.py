"""Testing of an area as the wall shows it: rounds that run, tubes of the last day, what the laboratories can do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.rows import records
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.queries.statements import statement

A_DAY = timedelta(days=1)


def rounds_now(scope: Scope, *, now: datetime, most: int) -> list[dict[str, Any]]:
    """Rounds that run now, the soonest closing first, with the people of the area to be sampled and sampled."""
    around = [scope.area[:length] for length in (2, 4, 6, 9) if length < len(scope.area)]
    return _rows("wall_rounds", area=scope.area, around=around, now=now, most=most)


def flow_now(scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Tubes and people of the last day, tubes without a result, tubes that the area's laboratories test in a day."""
    return _rows("wall_flow", area=scope.area, now=now, since=now - A_DAY)[0]


def _rows(name: str, **about: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), about)
        return records(cursor)
