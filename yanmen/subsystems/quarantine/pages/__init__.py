"""Screens of quarantine."""

from yanmen.subsystems.quarantine.pages import (
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
)

__all__ = [
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
]
