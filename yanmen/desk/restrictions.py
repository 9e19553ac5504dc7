"""The restriction ledger: how many days people were held, where, under which rule and edition.

Held are those under a measure with a stage in a place of which the packs say that it holds people.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date, start_of
from yanmen.desk.policy_book import book
from yanmen.desk.rows import one, rows, within
from yanmen.registry.scope import Scope

_STAYS = """
WITH stretch AS (
    SELECT e.measure_id, e.subject, e.area, e.rule, e.kind, e.edition_id, e.state, e.at, m.over_hold,
           lead(e.at) OVER (PARTITION BY e.measure_id ORDER BY e.id) AS until
    FROM loop_measure m JOIN loop_event e ON e.measure_id = m.id AND e.subject = m.subject AND e.subject_type = m.subject_type
    WHERE e.at <= %(now)s AND m.subject_type = 'person' AND m.area >= %(first)s AND m.area < %(after)s
      AND local_date(m.imposed_at) <= %(to)s AND local_date(coalesce(m.ended_at, %(now)s)) >= %(from)s
), stay AS (
    SELECT s.measure_id, s.subject, s.area, s.rule, s.kind, s.edition_id, s.over_hold,
           daterange(greatest(local_date(s.at), %(from)s), least(local_date(coalesce(s.until, %(now)s)), %(to)s), '[]') AS days
    FROM stretch s
    WHERE s.state = 'in_force' AND (s.until IS NULL OR s.until > s.at) AND s.area >= %(first)s AND s.area < %(after)s
      AND EXISTS (SELECT FROM loop_edition_stage g WHERE g.edition_id = s.edition_id AND g.place = ANY(%(holding)s))
      AND local_date(s.at) <= %(to)s AND local_date(coalesce(s.until, %(now)s)) >= %(from)s
)
"""
"""Stretches in which a measure was in force at any moment of these days, as the indicator `person_days` has them: what was only
proposed, and what lies between an end and a new beginning, held nobody."""
_LENGTH = "(SELECT sum(upper(each) - lower(each)) FROM unnest({days}) AS each)"
_TOTAL = (
    _STAYS
    + f"""
, merged AS (SELECT subject, range_agg(days) AS days FROM stay GROUP BY subject)
SELECT count(*)::int AS people, coalesce(sum({_LENGTH.format(days="days")}), 0)::int AS person_days FROM merged
"""
)
_BY = (
    _STAYS
    + """
, merged AS (
    SELECT {column} AS name, subject, range_agg(days) AS days, count(DISTINCT measure_id) FILTER (WHERE over_hold) AS over_hold
    FROM stay GROUP BY 1, 2
)
SELECT name, count(*)::int AS people, sum({length})::int AS person_days, sum(over_hold)::int AS over_hold
FROM merged GROUP BY 1 ORDER BY person_days DESC LIMIT 200
"""
)
_CLAUSES = (
    _STAYS
    + f"""
, merged AS (SELECT rule, subject, range_agg(days) AS days FROM stay GROUP BY 1, 2), infected AS (
    SELECT DISTINCT f.person_id, local_date(f.occurred_at) AS day FROM known_facts(%(now)s) f
    WHERE f.kind = %(case)s AND f.area >= %(first)s AND f.area < %(after)s AND f.occurred_at >= %(since)s
      AND f.person_id IS NOT NULL AND coalesce(f.detail->>'disease', '') IN ('', 'covid19')
)
SELECT s.rule, count(*)::int AS people, sum({_LENGTH.format(days="s.days")})::int AS person_days,
       count(*) FILTER (WHERE EXISTS (SELECT FROM infected i WHERE i.person_id = s.subject AND s.days @> i.day))::int AS infected
FROM merged s
GROUP BY 1 ORDER BY person_days DESC LIMIT %(most)s
"""
)
OVER_SHOWN = 20
COLUMNS = {"county": "left(area, 6)", "rule": "rule", "kind": "kind", "edition": "edition_id"}
_OVER = """
SELECT m.id, m.subject, m.area, m.rule, m.kind, m.last_day, %(today)s - m.last_day AS days_over, p.name
FROM loop_measure m JOIN registry_person p ON p.id = m.subject
WHERE m.subject_type = 'person' AND m.over_hold AND m.state = 'in_force'
  AND m.area >= %(first)s AND m.area < %(after)s AND (m.last_day, m.id) > (%(last)s, %(id)s)
ORDER BY m.last_day, m.id LIMIT %(limit)s
"""


def total(scope: Scope, *, first: date, last: date, now: datetime) -> dict[str, Any]:
    """People held and days held; a day under two measures is one day."""
    return one(_TOTAL, _window(scope, first, last, now))


def by(column: str, scope: Scope, *, first: date, last: date, now: datetime) -> list[dict[str, Any]]:
    """Person-days by county, rule, kind of measure or edition. Days under two rules count under both."""
    return rows(
        _BY.format(column=COLUMNS[column], length=_LENGTH.format(days="days")), _window(scope, first, last, now)
    )


def by_clause(scope: Scope, *, days: int, most: int, now: datetime) -> list[dict[str, Any]]:
    """Person-days of the last days by rule, most first, beside those who were found infected while the rule held them."""
    first, last = local_date(now) - timedelta(days=days - 1), local_date(now)
    given = {"case": "cases.reported", "since": start_of(first), "most": most}
    return rows(_CLAUSES, _window(scope, first, last, now) | given)


def over_hold(
    scope: Scope, *, now: datetime, after: tuple[date, int] | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """People still held after their last day, longest first."""
    last, number = after or (date(1, 1, 1), 0)
    given = {"today": local_date(now), "last": last, "id": number, "limit": limit, **within(scope)}
    return rows(_OVER, given)


def _window(scope: Scope, first: date, last: date, now: datetime) -> dict[str, Any]:
    return {"from": first, "to": last, "now": now, "holding": book().places("holds"), **within(scope)}
