"""The registers of quarantine."""

from yanmen.subsystems.quarantine.models.errands import Errand, RunPlan
from yanmen.subsystems.quarantine.models.housekeeping import LinenMove, RoomStep, WasteBag, WasteLoad
from yanmen.subsystems.quarantine.models.plans import Conflict, Followed, Plan
from yanmen.subsystems.quarantine.models.sites import Floor, Inspection, Room, Site
from yanmen.subsystems.quarantine.models.staff import Cycle
from yanmen.subsystems.quarantine.models.stays import Stay
from yanmen.subsystems.quarantine.models.transfers import Run, Transfer, Vehicle

__all__ = [
    "Conflict",
    "Cycle",
    "Errand",
    "Floor",
    "Followed",
    "Inspection",
    "LinenMove",
    "Plan",
    "Room",
    "RoomStep",
    "Run",
    "RunPlan",
    "Site",
    "Stay",
    "Transfer",
    "Vehicle",
    "WasteBag",
    "WasteLoad",
]
