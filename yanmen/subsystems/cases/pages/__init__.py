"""Screens of cases."""

from yanmen.subsystems.cases.pages import bulletins, handling, line_lists, listing, reporting

__all__ = ["bulletins", "handling", "line_lists", "listing", "reporting"]
