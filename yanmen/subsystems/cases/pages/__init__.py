"""Screens of cases."""

from yanmen.subsystems.cases.pages import bulletins, daily_report, duplicates, handling, line_lists, listing, reporting

__all__ = ["bulletins", "daily_report", "duplicates", "handling", "line_lists", "listing", "reporting"]
