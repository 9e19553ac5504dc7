"""Reading findings: what may be wrong with tubes, and what became of it."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.models import Finding

PAGE = 50


def findings(
    scope: Scope, *, settled: bool = False, kind: str = "", tube: str = "", before: int | None = None, limit: int = PAGE
) -> list[Finding]:
    """Findings of the asker's areas, the newest first."""
    rows = _rows(scope).filter(resolved_at__isnull=not settled).select_related("person", "site__place")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(tube=tube) if tube else rows
    rows = rows.filter(pk__lt=before) if before else rows
    return list(rows.order_by("-pk")[:limit])


def finding_counts(scope: Scope) -> dict[str, int]:
    """How many findings of each kind are open."""
    rows = _rows(scope).filter(resolved_at=None).values_list("kind").annotate(Count("pk")).order_by()
    return dict(rows)


def _rows(scope: Scope) -> QuerySet[Finding]:
    rows: QuerySet[Finding] = scope.within(Finding.objects, "area")
    return rows
