"""Screens of quarantine."""

from yanmen.subsystems.quarantine.pages import findings, guests, runs, today, transfer_map, transfers

__all__ = ["findings", "guests", "runs", "today", "transfer_map", "transfers"]
