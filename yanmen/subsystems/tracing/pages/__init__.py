"""Screens of tracing."""

from yanmen.subsystems.tracing.pages import chains, contacts, help, movements, proposals, teams, venues

__all__ = ["chains", "contacts", "help", "movements", "proposals", "teams", "venues"]
