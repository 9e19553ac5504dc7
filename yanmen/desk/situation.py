"""The commander's numbers: figures, curve, overdue work, what changed. Every read takes a Scope."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from yanmen.base.clock import local_date, start_of
from yanmen.desk.policy_book import book, place_ranks
from yanmen.desk.rows import one, rows, within
from yanmen.registry.scope import Scope

CASE = "cases.reported"
TIER = "risk_tier"
UNIT_WIDTH = {2: 4, 4: 6, 6: 9, 9: 12, 12: 12}
"""The units of an area are the areas one level below: code widths."""

_CASES_INSIDE = """
SELECT left(f.area, %(width)s) AS unit, sum(coalesce((f.detail->>'count')::int, 1))::int AS cases
FROM known_facts(%(now)s) f
WHERE f.kind = %(kind)s AND f.area >= %(first)s AND f.area < %(after)s AND f.occurred_at >= %(since)s
  AND coalesce(f.detail->>'disease', '') IN ('', 'covid19')
GROUP BY 1
"""
_CASES = """
SELECT local_date(f.occurred_at) AS day, coalesce(f.detail->>'kind', 'confirmed') AS kind,
       sum(coalesce((f.detail->>'count')::int, 1))::int AS cases
FROM known_facts(%(now)s) f
WHERE f.kind = %(kind)s AND f.area >= %(first)s AND f.area < %(after)s AND f.occurred_at >= %(since)s
  AND coalesce(f.detail->>'disease', '') IN ('', 'covid19')
GROUP BY 1, 2 ORDER BY 1
"""
_HELD = """
WITH today AS (
    SELECT DISTINCT ON (m.subject) m.subject, coalesce(s.place, '') AS place
    FROM loop_measure m
    LEFT JOIN loop_edition_stage s ON s.edition_id = m.edition_id
         AND %(today)s - m.count_from >= s.from_day AND (s.to_day IS NULL OR %(today)s - m.count_from <= s.to_day OR s.is_last)
    LEFT JOIN unnest(%(places)s::text[], %(ranks)s::int[]) AS r(place, strictness) ON r.place = s.place
    WHERE m.subject_type = 'person' AND m.state = 'in_force' AND m.area >= %(first)s AND m.area < %(after)s
    ORDER BY m.subject, r.strictness DESC NULLS LAST
)
SELECT place, count(*)::int AS people FROM today GROUP BY place ORDER BY people DESC
"""
_COUNTS = """
SELECT count(DISTINCT subject) FILTER (WHERE last_day = %(today)s)::int AS free_tomorrow,
       count(DISTINCT subject) FILTER (WHERE over_hold)::int AS over_hold
FROM loop_measure
WHERE subject_type = 'person' AND state = 'in_force' AND area >= %(first)s AND area < %(after)s
"""
_OVERDUE = """
SELECT left(area, %(width)s) AS unit, kind, count(*)::int AS tasks, min(due_at) AS oldest
FROM loop_task
WHERE state IN ('open', 'failed') AND due_at < %(now)s AND area >= %(first)s AND area < %(after)s
GROUP BY 1, 2 ORDER BY tasks DESC
"""
_TIERS = """
SELECT area, value, since FROM loop_status
WHERE subject_type = 'area' AND status = %(status)s AND area >= %(first)s AND area < %(after)s AND value <> ''
"""
_CHANGES = """
SELECT act, kind, subject_type, count(*)::int AS number FROM loop_event
WHERE turn > coalesce((SELECT id FROM loop_turn WHERE at <= %(since)s ORDER BY id DESC LIMIT 1), 0)
  AND at > %(since)s AND at <= %(now)s AND area >= %(first)s AND area < %(after)s
GROUP BY 1, 2, 3 ORDER BY subject_type, number DESC
"""


def cases_by_day(scope: Scope, *, days: int, now: datetime) -> dict[date, dict[str, int]]:
    """Cases by day and kind, every day of the window, as known now."""
    today = local_date(now)
    first = today - timedelta(days=days - 1)
    found: dict[date, dict[str, int]] = {first + timedelta(days=n): {} for n in range(days)}
    given = {"now": now, "kind": CASE, "since": start_of(first), **within(scope)}
    for row in rows(_CASES, given):
        found.setdefault(row["day"], {})[row["kind"]] = row["cases"]
    return found


def cases_inside(scope: Scope, *, days: int, now: datetime) -> dict[str, int]:
    """Cases of the last days in each unit one level below: code → cases."""
    since = start_of(local_date(now) - timedelta(days=days - 1))
    given = {"now": now, "kind": CASE, "since": since, "width": UNIT_WIDTH[len(scope.area)], **within(scope)}
    return {row["unit"]: row["cases"] for row in rows(_CASES_INSIDE, given)}


def held_by_place(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """People under measures today, by the strictest place each must be in."""
    ranks = place_ranks()
    given = {"today": local_date(now), "places": list(ranks), "ranks": list(ranks.values()), **within(scope)}
    return rows(_HELD, given)


def counts(scope: Scope, *, now: datetime) -> dict[str, int]:
    """Who is free tomorrow, and who is held over the last day."""
    return one(_COUNTS, {"today": local_date(now), **within(scope)})


def overdue_by_unit(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """Overdue tasks of each unit one level below, most first."""
    width = UNIT_WIDTH[len(scope.area)]
    units: dict[str, dict[str, Any]] = defaultdict(lambda: {"tasks": 0, "oldest": None, "kinds": []})
    for row in rows(_OVERDUE, {"width": width, "now": now, **within(scope)}):
        unit = units[row["unit"]]
        unit["unit"] = row["unit"]
        unit["tasks"] += row["tasks"]
        unit["kinds"].append((row["kind"], row["tasks"]))
        unit["oldest"] = min(filter(None, [unit["oldest"], row["oldest"]]))
    return sorted(units.values(), key=lambda unit: -unit["tasks"])


def tiers(scope: Scope) -> dict[str, dict[str, Any]]:
    """Every area with a tier: code → value, since."""
    return {row["area"]: row for row in rows(_TIERS, {"status": TIER, **within(scope)}) if row["value"] != "none"}


def changes(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """What the loop did in the last 24 hours, by act and kind of measure."""
    return rows(_CHANGES, {"since": now - timedelta(hours=24), "now": now, **within(scope)})


def figures(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """The six numbers that matter, each with the list behind it."""
    today = local_date(now)
    by_day = cases_by_day(scope, days=2, now=now)
    new, before = sum(by_day[today].values()), sum(by_day[today - timedelta(days=1)].values())
    holding = book().places("holds")
    held = [row for row in held_by_place(scope, now=now) if row["place"] in holding]
    other, marked = counts(scope, now=now), tiers(scope)
    high = [code for code, row in marked.items() if row["value"] == "high"]
    medium = [code for code, row in marked.items() if row["value"] == "medium"]
    late = sum(unit["tasks"] for unit in overdue_by_unit(scope, now=now))
    area = {} if len(scope.area) == 2 else {"area": scope.area}
    return [
        _figure("cases", new, _link("desk.facts", kind=CASE, day=today, **area), alert=new > 0, change=new - before),
        _figure(
            "held",
            sum(row["people"] for row in held),
            _link("desk.measures", subject="person", **area),
            places=held[:2],
        ),
        _figure("high", len(high), _link("desk.areas", tier="high"), alert=bool(high), medium=len(medium)),
        _figure("overdue", late, _link("desk.worklist", due="overdue", role="all", **area), warn=late > 0),
        _figure("free", other["free_tomorrow"], _link("desk.measures", subject="person", last_day=today, **area)),
        _figure(
            "over_hold",
            other["over_hold"],
            _link("desk.measures", over_hold="yes", **area),
            alert=other["over_hold"] > 0,
        ),
    ]


def _figure(name: str, value: int, href: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "value": value, "href": href, **more}


def _link(page: str, **query: Any) -> str:
    return f"{reverse(page)}?{urlencode(query)}"
