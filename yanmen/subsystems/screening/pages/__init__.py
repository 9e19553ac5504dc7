"""Screens of screening."""

from yanmen.subsystems.screening.pages import campaigns, conservation, findings, sites, tests, tracking, transport

__all__ = ["campaigns", "conservation", "findings", "sites", "tests", "tracking", "transport"]
