"""The registers of command."""

from yanmen.subsystems.command.models.orders import Order, Receipt, Request
from yanmen.subsystems.command.models.roster import Handover, Shift

__all__ = ["Handover", "Order", "Receipt", "Request", "Shift"]
