"""Reports that may be one case, those that were merged, and where cases went."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from yanmen.base.clock import local_date
from yanmen.base.diseases import COVID
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.queries.listing import WINDOW, Case
from yanmen.subsystems.cases.queries.statements import norm_of, rows


def duplicates(scope: Scope, *, now: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """Pairs of reports of the last two months in the asker's areas that may be one case, likeliest first.

    `reasons`: the same person by the register; name, sex and birth date; name, county and about the same time.
    """
    norm = norm_of("duplicates", COVID, local_date(now))
    apart = int(norm.parts["apart_days"]) if norm else 0
    return rows(scope, "duplicates", since=now - WINDOW, apart=apart, limit=limit)


def merge_of(scope: Scope, case: str) -> dict[str, Any] | None:
    """The merge in force that made this case part of another; None where there is none."""
    found = _merges(scope, case)
    return found[0] if found else None


def merges(scope: Scope) -> list[dict[str, Any]]:
    """Merges in force in the asker's areas, latest first: they can be undone."""
    return _merges(scope, None)


def standing_facts(scope: Scope, found: Case) -> list[dict[str, Any]]:
    """Facts about a case that count now and say something of its person, the report first: what goes along when the case goes."""
    told = rows(scope, "standing_facts", person=found.person_id, case=found.key, report=found.fact_id)
    return [_with_detail(row) for row in told]


def hand_overs(scope: Scope, found: Case) -> list[dict[str, Any]]:
    """Each time the case changed hands, as the asker's areas know it, oldest first."""
    return rows(scope, "hand_overs", person=found.person_id, case=found.key)


def _merges(scope: Scope, case: str | None) -> list[dict[str, Any]]:
    return [_with_detail(row) for row in rows(scope, "merge_of", case=case)]


def _with_detail(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"detail": json.loads(row["detail"])} if isinstance(row["detail"], str) else row
