"""Reads of checkpoints. The first argument is always a Scope."""

from __future__ import annotations

from django.db.models import QuerySet

from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints.models import Post


def posts(scope: Scope) -> QuerySet[Post]:
    """The posts of the asker's areas, by area."""
    return scope.within(Post.objects.select_related("place"), "area").order_by("area", "pk")  # type: ignore[no-any-return]
