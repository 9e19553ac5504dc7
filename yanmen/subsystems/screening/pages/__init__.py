"""Screens of screening."""

from yanmen.subsystems.screening.pages import (
    campaigns,
    conservation,
    findings,
    laboratory,
    open_sites,
    planning,
    sites,
    tests,
    tracking,
    transport,
)

__all__ = [
    "campaigns",
    "conservation",
    "findings",
    "laboratory",
    "open_sites",
    "planning",
    "sites",
    "tests",
    "tracking",
    "transport",
]
