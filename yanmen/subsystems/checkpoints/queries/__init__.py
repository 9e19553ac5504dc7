"""Every read of checkpoints. The first argument is always a Scope."""

from yanmen.subsystems.checkpoints.queries.hand_overs import Met, hand_overs, incoming, met, outgoing, owed_here
from yanmen.subsystems.checkpoints.queries.passes import by_hour, companions, passes, vehicle_passes, verdicts
from yanmen.subsystems.checkpoints.queries.plans import plan, plans
from yanmen.subsystems.checkpoints.queries.posts import post, posts, posts_at
from yanmen.subsystems.checkpoints.queries.rota import notes, on_now, shifts, staff, staffing, uncovered

__all__ = [
    "Met",
    "by_hour",
    "companions",
    "hand_overs",
    "incoming",
    "met",
    "notes",
    "on_now",
    "outgoing",
    "owed_here",
    "passes",
    "plan",
    "plans",
    "post",
    "posts",
    "posts_at",
    "shifts",
    "staff",
    "staffing",
    "uncovered",
    "vehicle_passes",
    "verdicts",
]
