"""Every write of tracing. Who and when are arguments; saying the same thing twice is one fact."""

from yanmen.subsystems.tracing.actions.calls import record_call
from yanmen.subsystems.tracing.actions.caring import (
    record_immunity,
    record_transfer,
    record_visit,
    tell_risk,
    vaccinate_contact,
)
from yanmen.subsystems.tracing.actions.confirming import confirm_contacts, exclude_contacts, judge_proposed
from yanmen.subsystems.tracing.actions.finding import FINDER, Found, find
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
from yanmen.subsystems.tracing.actions.interviews import Named, name_contact, tell_setting
from yanmen.subsystems.tracing.actions.judging import (
    CLOSE,
    SECOND,
    flag_companion,
    not_a_contact,
    record_co_resident,
    record_contact,
    record_general_contact,
    record_scene_exposure,
)
from yanmen.subsystems.tracing.actions.passengers import Journey, import_passengers
from yanmen.subsystems.tracing.actions.teams import Planned, change_team, close_team, open_team, plan_day

__all__ = [
    "CLOSE",
    "FINDER",
    "SECOND",
    "Asked",
    "Found",
    "Journey",
    "Named",
    "Planned",
    "accept_help",
    "answer_help",
    "ask_help",
    "ask_help_listed",
    "change_team",
    "close_team",
    "confirm_contacts",
    "exclude_contacts",
    "find",
    "flag_companion",
    "import_passengers",
    "judge_proposed",
    "name_contact",
    "not_a_contact",
    "open_team",
    "plan_day",
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
    "tell_setting",
    "vaccinate_contact",
]
