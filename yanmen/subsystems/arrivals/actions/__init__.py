"""Every write about journeys. Who and when are arguments; saying the same thing twice changes nothing."""

from yanmen.subsystems.arrivals.actions.declaring import add_stay, declare, declare_companions
from yanmen.subsystems.arrivals.actions.entering import enter_country, leave_closed_loop
from yanmen.subsystems.arrivals.actions.importing import DECLARATIONS
from yanmen.subsystems.arrivals.actions.landing import (
    declared_elsewhere,
    land,
    land_undeclared,
    mark_no_show,
    record_step,
    reroute,
    take_over,
)

__all__ = [
    "DECLARATIONS",
    "add_stay",
    "declare",
    "declare_companions",
    "declared_elsewhere",
    "enter_country",
    "land",
    "land_undeclared",
    "leave_closed_loop",
    "mark_no_show",
    "record_step",
    "reroute",
    "take_over",
]
