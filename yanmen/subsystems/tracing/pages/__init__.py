"""Screens of tracing."""

from yanmen.subsystems.tracing.pages import chains, contacts, help, movements, proposals, report, teams, venues, wall

__all__ = ["chains", "contacts", "help", "movements", "proposals", "report", "teams", "venues", "wall"]
