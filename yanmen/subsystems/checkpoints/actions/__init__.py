"""Every write of checkpoints. Who and when are arguments; what the edges must know is told in the same transaction."""

from yanmen.subsystems.checkpoints.actions.handing_over import assign_vehicle, depart, open_hand_over, receive, refuse
from yanmen.subsystems.checkpoints.actions.plans import add_plan, open_planned
from yanmen.subsystems.checkpoints.actions.posts import change_post, close_post, open_post
from yanmen.subsystems.checkpoints.actions.rota import drop_shift, leave_note, plan_shift, release_turn, take_turn
from yanmen.subsystems.checkpoints.actions.silence import tell_silent
from yanmen.subsystems.checkpoints.actions.vehicles import find_companions, look_up_vehicle, record_vehicle

__all__ = [
    "add_plan",
    "assign_vehicle",
    "change_post",
    "close_post",
    "depart",
    "drop_shift",
    "find_companions",
    "leave_note",
    "look_up_vehicle",
    "open_hand_over",
    "open_planned",
    "open_post",
    "plan_shift",
    "receive",
    "record_vehicle",
    "refuse",
    "release_turn",
    "take_turn",
    "tell_silent",
]
