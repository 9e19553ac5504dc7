"""Screens of screening."""

from yanmen.subsystems.screening.pages import tests

__all__ = ["tests"]
