"""Plans of posts that were taken in."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints.models import SitingPlan


def plans(scope: Scope) -> QuerySet[SitingPlan]:
    """Plans of the asker's areas, newest first, with how many of their posts were opened."""
    rows = scope.within(SitingPlan.objects, "area").annotate(opened_count=Count("opened"))
    return rows.order_by("-added_at", "-pk")  # type: ignore[no-any-return]


def plan(scope: Scope, number: int) -> SitingPlan | None:
    """One plan; None if it is not the asker's to see."""
    return plans(scope).filter(pk=number).first()
