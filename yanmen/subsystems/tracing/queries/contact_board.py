"""The board of contacts: by case, state, degree, setting and certainty, page by page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.desk_words import BOARD_STATES
from yanmen.subsystems.tracing.queries.statements import statement

FOLLOW_UP = "tracing.follow_up"
WINDOW = timedelta(days=60)
PAGE_SIZE, MOST_ROWS, MOST_CASES = 50, 20_000, 60
FILTERS = ("case", "state", "degree", "via", "unit", "judge")
_COLUMNS = "id, person_id, name, home, household_id, case_id, degree, via, certainty, last_exposed, found_at, state, task, due_at, last_day, end_reason"


@dataclass(frozen=True)
class Contact:
    """Somebody found around a case, and how far that has come."""

    id: UUID
    person_id: int
    name: str
    home: str
    household_id: int | None
    case_id: str
    degree: str
    via: str
    certainty: float | None
    last_exposed: date | None
    found_at: datetime
    state: str
    task: str
    due_at: datetime | None
    last_day: date | None
    end_reason: str

    @property
    def percent(self) -> int | None:
        """The certainty in percent; none where a person judged without saying it."""
        return None if self.certainty is None else round(100 * self.certainty)


@dataclass(frozen=True)
class Board:
    """A page of contacts, the key after which the next one starts, and how many stand in each state."""

    rows: list[Contact]
    after: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Everybody under the filters, whatever the state."""
        return sum(self.counts.values())


def board(scope: Scope, asked: Mapping[str, str], *, now: datetime, limit: int = PAGE_SIZE) -> Board:
    """Contacts under the filters of `asked` (see FILTERS, and `after`), those found last first."""
    about = _about(scope, asked, now)
    moment, _, key = asked.get("after", "").partition("_")
    try:
        page = {"moment": datetime.fromisoformat(moment), "key": str(UUID(key))} if moment else None
    except ValueError:
        page = None
    beyond = " AND (found_at, id) < (%(moment)s, %(key)s::uuid)" if page else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement('contact_board')}, page AS (SELECT {_COLUMNS} FROM shown"
            f" WHERE (%(state)s = '' OR state = %(state)s){beyond} ORDER BY found_at DESC, id DESC LIMIT %(limit)s),"
            " counted AS (SELECT jsonb_object_agg(state, n)::text AS counts FROM (SELECT state, count(*) AS n FROM shown GROUP BY state) AS each)"
            " SELECT page.*, counted.counts FROM counted LEFT JOIN page ON true ORDER BY found_at DESC, id DESC",
            about | (page or {}) | {"limit": limit + 1},
        )
        found = records(cursor)
    counts = json.loads(found[0]["counts"] or "{}")
    rows = [_contact({name: row[name] for name in row if name != "counts"}) for row in found if row["id"]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Board(
        rows[:limit],
        f"{last.found_at.isoformat()}_{last.id}" if last else "",
        {state: counts.get(state, 0) for state in BOARD_STATES},
    )


def chosen(scope: Scope, found: Sequence[UUID], *, now: datetime) -> list[Contact]:
    """Contacts of the board by the numbers of what found them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement('contact_board')} SELECT {_COLUMNS} FROM shown WHERE id = ANY(%(found)s) ORDER BY person_id",
            _about(scope, {}, now) | {"found": list(found)},
        )
        return [_contact(row) for row in records(cursor)]


def cases_on_board(scope: Scope, *, now: datetime) -> list[tuple[str, str, int]]:
    """Key, name and number of contacts of the cases on the board, those with most contacts first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.detail ->> 'case', count(DISTINCT fact.person_id) FROM loop_fact AS fact"
            " WHERE fact.kind IN ('tracing.contact_found', 'tracing.co_resident_found', 'tracing.general_contact_found')"
            " AND fact.area >= %(area)s AND fact.area < %(area)s || '~' AND fact.occurred_at >= %(since)s"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)"
            " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s",
            {"area": scope.area, "since": now - WINDOW, "most": MOST_CASES},
        )
        found = cursor.fetchall()
        cursor.execute(
            "SELECT coalesce(fact.detail ->> 'case', fact.id::text), person.name FROM loop_fact AS fact"
            " JOIN registry_person AS person ON person.id = fact.person_id"
            " WHERE fact.kind = 'cases.reported' AND coalesce(fact.detail ->> 'case', fact.id::text) = ANY(%(keys)s)"
            " AND fact.area >= %(area)s AND fact.area < %(area)s || '~'",
            {"keys": [key for key, _ in found], "area": scope.area},
        )
        names = dict(cursor.fetchall())
    return [(key, names.get(key, ""), count) for key, count in found]


def judge_below(scope: Scope, *, now: datetime) -> float:
    """Below which certainty a person judges; 0 where policy says nothing."""
    return float(numbers(FOLLOW_UP, local_date(now)).get("judge_below", 0))


def _about(scope: Scope, asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    unit = asked.get("unit", "")
    return {
        "area": scope.area,
        "since": now - WINDOW,
        "now": now,
        "case": asked.get("case", "")[:60],
        "state": asked.get("state", "")[:20],
        "degree": asked.get("degree", "")[:20],
        "via": asked.get("via", "")[:20],
        "unit": unit if unit.isdigit() else "",
        "judge": asked.get("judge") == "1",
        "judge_below": judge_below(scope, now=now),
    }


def _contact(row: dict[str, Any]) -> Contact:
    texts = {name: row[name] or "" for name in ("name", "home", "task", "end_reason", "degree")}
    return Contact(**row | texts)
