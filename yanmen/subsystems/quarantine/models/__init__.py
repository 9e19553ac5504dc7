"""The registers of quarantine."""

from yanmen.subsystems.quarantine.models.sites import Floor, Inspection, Room, Site
from yanmen.subsystems.quarantine.models.stays import Stay
from yanmen.subsystems.quarantine.models.transfers import Run, Transfer, Vehicle

__all__ = ["Floor", "Inspection", "Room", "Run", "Site", "Stay", "Transfer", "Vehicle"]
