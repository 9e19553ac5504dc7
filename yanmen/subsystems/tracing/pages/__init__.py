"""Screens of tracing."""

from yanmen.subsystems.tracing.pages import movements, venues

__all__ = ["movements", "venues"]
