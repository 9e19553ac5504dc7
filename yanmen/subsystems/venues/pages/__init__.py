"""Screens of venues."""

from yanmen.subsystems.venues.pages import inspection, occupancy, registers

__all__ = ["inspection", "occupancy", "registers"]
