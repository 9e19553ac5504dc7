"""The registers of screening."""

from yanmen.subsystems.screening.models.campaigns import Campaign, Part, Round
from yanmen.subsystems.screening.models.laboratory import ControlLot, Run, Violation, Well
from yanmen.subsystems.screening.models.places import Laboratory, Site
from yanmen.subsystems.screening.models.transport import Box, Temperature, Trip
from yanmen.subsystems.screening.models.tubes import Finding, Look, Tube

__all__ = [
    "Box",
    "Campaign",
    "ControlLot",
    "Finding",
    "Laboratory",
    "Look",
    "Part",
    "Round",
    "Run",
    "Site",
    "Temperature",
    "Trip",
    "Tube",
    "Violation",
    "Well",
]
