"""Who infected a case, as told, and the chain above."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.queries.listing import Case
from yanmen.subsystems.cases.queries.statements import rows


def source_of(scope: Scope, found: Case, *, now: datetime) -> dict[str, Any] | None:
    """The source of a case as told last; None where nobody told one."""
    told = rows(scope, "source", person=found.person_id, case=found.key, known_at=now)
    return told[0] if told else None


def sources_above(scope: Scope, key: str) -> set[str]:
    """Keys of the cases above a case in its chain, itself included, as far as the asker sees them."""
    return {row["key"] for row in rows(scope, "sources_above", infector=key)}
