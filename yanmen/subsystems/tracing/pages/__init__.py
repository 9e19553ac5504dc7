"""Screens of tracing."""

from yanmen.subsystems.tracing.pages import contacts, help, movements, teams, venues

__all__ = ["contacts", "help", "movements", "teams", "venues"]
