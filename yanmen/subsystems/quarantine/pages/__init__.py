"""Screens of quarantine."""

from yanmen.subsystems.quarantine.pages import runs, transfer_map, transfers

__all__ = ["runs", "transfer_map", "transfers"]
