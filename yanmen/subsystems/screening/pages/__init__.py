"""Screens of screening."""

from yanmen.subsystems.screening.pages import (
    campaigns,
    conservation,
    findings,
    laboratory,
    planning,
    sites,
    tests,
    tracking,
    transport,
)

__all__ = ["campaigns", "conservation", "findings", "laboratory", "planning", "sites", "tests", "tracking", "transport"]
