"""Who called somebody, about what and what was answered; and how often people are called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.models import Account
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.statements import statement

CAP = "tracing.calls"
SHOWN = timedelta(days=60)
TOP = 20


@dataclass(frozen=True)
class Call:
    """One attempt to reach somebody, by whichever desk."""

    id: UUID
    at: datetime
    by: str
    area: str
    channel: str
    outcome: str
    about: str
    answer: str
    case: str
    beyond: str


@dataclass(frozen=True)
class Calls:
    """What everybody asked one person lately, newest first, and how many more calls are within the cap."""

    rows: list[Call]
    today: int
    lately: int
    a_day: int | None
    in_all: int | None
    in_days: int | None

    @property
    def last(self) -> Call | None:
        """The last attempt."""
        return self.rows[0] if self.rows else None

    @property
    def left_today(self) -> int | None:
        """Calls that may still be made today; none where no cap is in force."""
        if self.a_day is None or self.in_all is None:
            return None
        return max(0, min(self.a_day - self.today, self.in_all - self.lately))


@dataclass(frozen=True)
class Metric:
    """How often people of the asker's areas were called between two moments."""

    people: int
    calls: int
    spread: list[tuple[int, int]]
    top: list[tuple[int, str, str, int]]
    areas: list[tuple[str, int, int, int]]


def calls(scope: Scope, person: int, *, now: datetime) -> Calls:
    """Everybody's calls of one person, for those who answer for them or were asked to find them."""
    cap = numbers(CAP, local_date(now))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tracing_calls(%s, %s)", [person, now - SHOWN])
        found = records(cursor)
    names = _names({row["by"] for row in found})
    rows = [_call(row, names) for row in found]
    midnight = start_of(local_date(now))
    days = int(cap["in_days"]) if cap else 0
    since = start_of(local_date(now) - timedelta(days=days - 1)) if cap else now
    return Calls(
        rows,
        sum(each.at >= midnight for each in rows),
        sum(each.at >= since for each in rows),
        int(cap["calls_a_day"]) if cap else None,
        int(cap["calls_in_all"]) if cap else None,
        days or None,
    )


def call_metric(scope: Scope, *, since: datetime, until: datetime) -> Metric:
    """How often people were called: how many once, twice, …; who most often; and by area one level down."""
    about: dict[str, Any] = {"area": scope.area, "since": since, "until": until, "top": TOP}
    with connection.cursor() as cursor:
        cursor.execute(statement("calls_counted"), about | {"deeper": _deeper(scope.area)})
        found = records(cursor)
    spread = sorted((row["calls"], row["people"]) for row in found if row["what"] == "spread")
    top = [(row["person"], row["name"] or "", row["area"], row["calls"]) for row in found if row["what"] == "top"]
    areas = [(row["area"], row["people"], row["calls"], row["most"]) for row in found if row["what"] == "area"]
    return Metric(
        sum(people for _, people in spread), sum(number * people for number, people in spread), spread,
        sorted(top, key=lambda one: (-one[3], one[0])), sorted(areas),
    )  # fmt: skip


def _call(row: Mapping[str, Any], names: Mapping[str, str]) -> Call:
    detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
    said = {name: str(detail.get(name) or "") for name in ("channel", "outcome", "about", "answer", "case", "beyond")}
    return Call(row["id"], row["at"], names.get(row["by"], row["by"]), row["area"], **said)


def _names(signed: set[str]) -> dict[str, str]:
    numbered = {each: int(each.removeprefix("account:")) for each in signed if each.removeprefix("account:").isdigit()}
    known = {row.pk: row.name for row in Account.objects.filter(pk__in=list(numbered.values()))}
    return {each: known[number] for each, number in numbered.items() if number in known}


def _deeper(area: str) -> int:
    return next(length for length in (4, 6, 9, 12, 12) if length > len(area) or length == 12)
