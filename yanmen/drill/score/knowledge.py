"""What the software knew, and when: read from its database, never from the truth. `recorded_at` says when it was known."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from yanmen.loop.policies import shelf

CONTACTS = ("tracing.contact_found", "tracing.co_resident_found")
"""Facts that name somebody as a contact of a case."""

ACTS = {
    "screening.sampled": ("采样", "Sampled"),
    "arrivals.declared": ("申报", "Declared"),
    "arrivals.landed": ("落地登记", "Registered on landing"),
    "arrivals.visited": ("上门核查", "Visited at home"),
    "arrivals.transferred": ("转运", "Transferred"),
    "grid.answered": ("入户登记", "Answered at the door"),
    "quarantine.admitted": ("入住隔离点", "Admitted to a site"),
    "quarantine.door_visited": ("上门探视", "Visited at the door"),
    "quarantine.checked": ("测温", "Temperature taken"),
    "tracing.called": ("流调电话", "Called by a tracer"),
    "tracing.contact_visited": ("随访", "Followed up"),
}
"""Facts in which a resident had to do something or let it be done."""

_FOUND = """
SELECT person_id, extract(epoch FROM min(recorded_at))::float8,
       extract(epoch FROM min(recorded_at) FILTER (WHERE kind = 'cases.reported'))::float8
FROM loop_fact
WHERE person_id IS NOT NULL AND recorded_at <= %(now)s
  AND (kind = 'cases.reported' AND coalesce(detail ->> 'kind', 'confirmed') IN ('confirmed', 'asymptomatic')
       OR kind = 'screening.result' AND detail ->> 'result' = 'positive')
GROUP BY 1
"""
_CONTACTS = """
SELECT person_id, extract(epoch FROM min(recorded_at))::float8
FROM loop_fact WHERE kind = ANY(%(contacts)s) AND person_id IS NOT NULL AND recorded_at <= %(now)s GROUP BY 1
"""
_HELD = """
SELECT m.subject, m.rule, s.place,
       extract(epoch FROM greatest(m.imposed_at, day_start(m.count_from + s.from_day)))::float8 AS first,
       extract(epoch FROM least(coalesce(m.ended_at, %(now)s), %(now)s,
               CASE WHEN NOT s.is_last THEN day_start(m.count_from + s.to_day + 1) END))::float8 AS last
FROM loop_measure m
JOIN loop_edition_stage s ON s.edition_id = m.edition_id AND s.place = ANY(%(holding)s)
WHERE m.subject_type = 'person' AND m.state <> 'proposed' AND m.imposed_at < %(now)s
"""
_OVER = """
SELECT coalesce(sum(local_date(least(coalesce(ended_at, %(now)s), %(now)s)) - last_day), 0)::int, count(DISTINCT subject)::int
FROM loop_measure WHERE subject_type = 'person' AND over_hold
"""
_TASKS = """
SELECT kind, count(*)::int AS tasks, count(*) FILTER (WHERE state = 'done')::int AS done,
       count(*) FILTER (WHERE state = 'failed' OR state = 'open' AND due_at < %(now)s
                        OR state = 'done' AND closed_at > due_at)::int AS late,
       count(*) FILTER (WHERE state = 'failed' OR state = 'open' AND due_at < %(now)s)::int AS owed
FROM loop_task WHERE due_at < %(now)s OR state = 'done' GROUP BY 1 ORDER BY late DESC, kind
"""
_ACTS = "SELECT kind, count(*)::int FROM loop_fact WHERE kind = ANY(%(acts)s) AND person_id IS NOT NULL GROUP BY 1"
_SAMPLES = """
SELECT (SELECT count(*) FROM loop_bulk_screening_bound)::int AS bound,
       (SELECT count(DISTINCT tube) FROM loop_bulk_screening_bound)::int AS tubes,
       (SELECT count(*) FROM loop_fact WHERE kind = 'screening.sampled')::int AS sampled,
       (SELECT count(*) FROM loop_bulk_presence_scanned)::int AS scans,
       (SELECT count(*) FROM loop_bulk_checkpoints_passed)::int AS passes
"""
_ROOMS = """
SELECT day::date, count(DISTINCT person_id)::int FROM (
    SELECT i.person_id, i.occurred_at AS first,
           coalesce((SELECT min(o.occurred_at) FROM loop_fact o WHERE o.kind = 'quarantine.left' AND o.person_id = i.person_id
                     AND o.occurred_at > i.occurred_at), %(now)s) AS last
    FROM loop_fact i WHERE i.kind = 'quarantine.admitted'
) stay, generate_series(local_date(first), local_date(last), interval '1 day') AS day GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Holding:
    """Somebody held in a place under a rule, from one moment to another (seconds since 1970)."""

    person: int
    rule: str
    place: str
    first: float
    last: float


@dataclass(frozen=True)
class Knowledge:
    """All that is asked of the software for a score."""

    found_at: Mapping[int, float]
    """Person to the moment at which the software first knew of the infection, by a positive result or a report."""
    reported_at: Mapping[int, float]
    """Person to the moment of the first case report."""
    contact_at: Mapping[int, float]
    """Person to the moment at which they were first named as a contact."""
    holdings: Sequence[Holding]
    over_hold_days: int
    over_held: int
    tasks: Sequence[Mapping[str, Any]]
    acts: Mapping[str, int]
    samples: Mapping[str, int]
    rooms: Mapping[dt.date, int]


@contextmanager
def reading() -> Iterator[Any]:
    """A cursor of the reading role; nothing can be written through it."""
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        yield cursor


def asked(cursor: Any, query: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a question by name of column."""
    cursor.execute(query, given)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_knowledge(*, now: dt.datetime) -> Knowledge:
    """Everything at once, as known at the end of the drill."""
    holding = list(shelf.policy().places("holds"))
    given = {"now": now, "contacts": list(CONTACTS), "holding": holding, "acts": list(ACTS)}
    with reading() as cursor:

        def rows(query: str) -> list[tuple[Any, ...]]:
            cursor.execute(query, given)
            return list(cursor.fetchall())

        found = rows(_FOUND)
        ((over_days, over_held),) = rows(_OVER)
        return Knowledge(
            found_at={person: first for person, first, _ in found},
            reported_at={person: report for person, _, report in found if report is not None},
            contact_at=dict(rows(_CONTACTS)),
            holdings=[Holding(*row) for row in rows(_HELD) if row[4] > row[3]],
            over_hold_days=over_days,
            over_held=over_held,
            tasks=asked(cursor, _TASKS, given),
            acts=dict(rows(_ACTS)),
            samples=asked(cursor, _SAMPLES, given)[0],
            rooms=dict(rows(_ROOMS)),
        )


def by_person(holdings: Sequence[Holding]) -> dict[int, list[Holding]]:
    """Who was held when and where."""
    found: dict[int, list[Holding]] = defaultdict(list)
    for each in holdings:
        found[each.person].append(each)
    return found
