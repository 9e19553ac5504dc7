"""Screens of command."""

from yanmen.subsystems.command.pages import (
    conservation,
    inbox,
    mode,
    mode_panels,
    orders,
    report,
    roster,
    seven_one_seven,
    wall_orders,
)

__all__ = [
    "conservation",
    "inbox",
    "mode",
    "mode_panels",
    "orders",
    "report",
    "roster",
    "seven_one_seven",
    "wall_orders",
]
