"""The restriction ledger: how many days people were held, where, under which rule and edition.

Held are those under a measure with a stage in a place of which the packs say that it holds people.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date
from yanmen.desk.policy_book import book
from yanmen.desk.rows import one, rows, within
from yanmen.registry.scope import Scope

_STAYS = """
WITH stay AS (
    SELECT m.subject, m.area, m.rule, m.kind, m.edition_id, m.over_hold,
           daterange(greatest(local_date(m.imposed_at), %(from)s), least(local_date(coalesce(m.ended_at, %(now)s)), %(to)s), '[]') AS days
    FROM loop_measure m
    WHERE m.subject_type = 'person' AND m.state <> 'proposed' AND m.area >= %(first)s AND m.area < %(after)s
      AND EXISTS (SELECT FROM loop_edition_stage s WHERE s.edition_id = m.edition_id AND s.place = ANY(%(holding)s))
      AND local_date(m.imposed_at) <= %(to)s AND local_date(coalesce(m.ended_at, %(now)s)) >= %(from)s
)
"""
_TOTAL = (
    _STAYS
    + """
, merged AS (SELECT subject, unnest(range_agg(days)) AS days FROM stay GROUP BY subject)
SELECT count(DISTINCT subject)::int AS people, coalesce(sum(upper(days) - lower(days)), 0)::int AS person_days FROM merged
"""
)
_BY = (
    _STAYS
    + """
SELECT {column} AS name, count(DISTINCT subject)::int AS people, sum(upper(days) - lower(days))::int AS person_days,
       count(*) FILTER (WHERE over_hold)::int AS over_hold
FROM stay GROUP BY 1 ORDER BY person_days DESC LIMIT 200
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


def summary(scope: Scope, *, days: int, now: datetime) -> dict[str, Any]:
    """People and person-days of the last days, with the units that bear most."""
    first, last = local_date(now) - timedelta(days=days - 1), local_date(now)
    return {
        "days": days,
        **total(scope, first=first, last=last, now=now),
        "by_county": by("county", scope, first=first, last=last, now=now)[:5],
    }


def total(scope: Scope, *, first: date, last: date, now: datetime) -> dict[str, Any]:
    """People held and days held; a day under two measures is one day."""
    return one(_TOTAL, _window(scope, first, last, now))


def by(column: str, scope: Scope, *, first: date, last: date, now: datetime) -> list[dict[str, Any]]:
    """Person-days by county, rule, kind of measure or edition. Days under two rules count under both."""
    return rows(_BY.format(column=COLUMNS[column]), _window(scope, first, last, now))


def over_hold(
    scope: Scope, *, now: datetime, after: tuple[date, int] | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """People still held after their last day, longest first."""
    last, number = after or (date(1, 1, 1), 0)
    given = {"today": local_date(now), "last": last, "id": number, "limit": limit, **within(scope)}
    return rows(_OVER, given)


def _window(scope: Scope, first: date, last: date, now: datetime) -> dict[str, Any]:
    return {"from": first, "to": last, "now": now, "holding": book().places("holds"), **within(scope)}
