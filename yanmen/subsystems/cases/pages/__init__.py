"""Screens of cases."""

from yanmen.subsystems.cases.pages import bulletins, handling

__all__ = ["bulletins", "handling"]
