"""Screens of tracing."""

from yanmen.subsystems.tracing.pages import help, movements, venues

__all__ = ["help", "movements", "venues"]
