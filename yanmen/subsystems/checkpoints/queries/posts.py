"""Posts of the asker's areas."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints.models import Post


def posts(scope: Scope) -> QuerySet[Post]:
    """All posts of the asker's areas, closed ones included, by area."""
    return scope.within(Post.objects.select_related("place"), "area").order_by("area", "pk")  # type: ignore[no-any-return]


def posts_at(scope: Scope, *, now: datetime) -> QuerySet[Post]:
    """Posts that are open at a moment."""
    return posts(scope).filter(Q(open_to=None) | Q(open_to__gt=now), open_from__lte=now)


def post(scope: Scope, number: int) -> Post | None:
    """One post; None if it is not the asker's to see."""
    return posts(scope).filter(pk=number).first()
