"""Every write of tracing. Who and when are arguments; saying the same thing twice is one fact."""

from yanmen.subsystems.tracing.actions.calls import record_call
from yanmen.subsystems.tracing.actions.finding import FINDER, find
from yanmen.subsystems.tracing.actions.help import (
    Asked,
    accept_help,
    answer_help,
    ask_help,
    ask_help_listed,
    return_help,
    reveal_phone,
    take_back_help,
)
from yanmen.subsystems.tracing.actions.judging import (
    CLOSE,
    SECOND,
    flag_companion,
    not_a_contact,
    record_co_resident,
    record_contact,
    record_general_contact,
    record_immunity,
    record_scene_exposure,
    record_transfer,
    record_visit,
    tell_risk,
    vaccinate_contact,
)

__all__ = [
    "CLOSE",
    "FINDER",
    "SECOND",
    "Asked",
    "accept_help",
    "answer_help",
    "ask_help",
    "ask_help_listed",
    "find",
    "flag_companion",
    "not_a_contact",
    "record_call",
    "record_co_resident",
    "record_contact",
    "record_general_contact",
    "record_immunity",
    "record_scene_exposure",
    "record_transfer",
    "record_visit",
    "return_help",
    "reveal_phone",
    "take_back_help",
    "tell_risk",
    "vaccinate_contact",
]
