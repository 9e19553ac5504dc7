"""Screens of quarantine."""

from yanmen.subsystems.quarantine.pages import (
    errands,
    findings,
    guests,
    housekeeping,
    rooms,
    runs,
    sites,
    today,
    transfer_map,
    transfers,
    waiting,
    wall,
)

__all__ = [
    "errands",
    "findings",
    "guests",
    "housekeeping",
    "rooms",
    "runs",
    "sites",
    "today",
    "transfer_map",
    "transfers",
    "waiting",
    "wall",
]
