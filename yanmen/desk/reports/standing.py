"""Tiers of areas as they stood on a day, as known at a moment: the wall shows those of now, a report those of its day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from yanmen.desk.maps import SEVERITY
from yanmen.desk.rows import rows, within
from yanmen.registry.scope import Scope

_TIERS = """
SELECT area_code AS area, mark_tier AS tier, first_day AS since FROM area_marks(%(known_at)s)
WHERE mark_tier <> '' AND first_day <= %(day)s AND (last_day IS NULL OR last_day >= %(day)s)
  AND area_code >= %(first)s AND area_code < %(after)s
"""


def tiers(scope: Scope, *, day: date, known_at: datetime) -> dict[str, dict[str, Any]]:
    """Code → value and since, the strictest tier that any measure gave an area on the day."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows(_TIERS, {"day": day, "known_at": known_at, **within(scope)}):
        before = found.get(row["area"])
        if before is None or SEVERITY.get(row["tier"], 0) > SEVERITY.get(before["value"], 0):
            found[row["area"]] = {"value": row["tier"], "since": row["since"]}
    return {code: row for code, row in found.items() if row["value"] != "none"}
