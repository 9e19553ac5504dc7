"""What stands in the way of stays ending when the editions say."""

from __future__ import annotations

from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.models import Conflict

TITLES = {
    "room_needed": {
        "zh": "房间已另有安排，无法按新期限延长，请调换房间",
        "en": "The room is promised to others: move somebody to another room",
    },
    "wrong_site": {
        "zh": "措施已变，须转往其他类型隔离点",
        "en": "The measure changed: they must go to another kind of site",
    },
    "no_measure": {"zh": "措施已解除，须安排离开", "en": "The measure was lifted: they may leave"},
}
PAGE = 100


def open_conflicts(scope: Scope) -> list[Conflict]:
    """Open conflicts of the asker's sites and people, the oldest first."""
    rows = Conflict.objects.filter(resolved_at=None).select_related("stay__site__place", "stay__room")
    return [
        each for each in rows.order_by("found_at")[:PAGE] if scope.includes(each.area) or scope.includes(each.home_area)
    ]
