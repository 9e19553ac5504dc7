"""Screens of cases."""

from yanmen.subsystems.cases.pages import bulletins, duplicates, handling, line_lists, listing, reporting

__all__ = ["bulletins", "duplicates", "handling", "line_lists", "listing", "reporting"]
