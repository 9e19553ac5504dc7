"""Screens of tracing."""

from yanmen.subsystems.tracing.pages import chains, contacts, help, movements, teams, venues

__all__ = ["chains", "contacts", "help", "movements", "teams", "venues"]
