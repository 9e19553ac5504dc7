"""Every write of tracing. Who and when are arguments; saying the same thing twice is one fact."""

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
    "SECOND",
    "flag_companion",
    "not_a_contact",
    "record_co_resident",
    "record_contact",
    "record_general_contact",
    "record_immunity",
    "record_scene_exposure",
    "record_transfer",
    "record_visit",
    "tell_risk",
    "vaccinate_contact",
]
