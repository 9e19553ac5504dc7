"""Every write about risk areas. Nothing here sets a tier: tiers follow from facts under the rules in force."""

from yanmen.subsystems.risk_areas.actions.delivering import deliver_due
from yanmen.subsystems.risk_areas.actions.finding import complete_full_test, draw, find_wide_spread, report_spread
from yanmen.subsystems.risk_areas.actions.publishing import acknowledge, add_receiver, close_receiver, publish

__all__ = [
    "acknowledge",
    "add_receiver",
    "close_receiver",
    "complete_full_test",
    "deliver_due",
    "draw",
    "find_wide_spread",
    "publish",
    "report_spread",
]
