"""Screens of screening."""

from yanmen.subsystems.screening.pages import (
    campaigns,
    conservation,
    findings,
    laboratory,
    open_sites,
    planning,
    printing,
    sites,
    tests,
    tracking,
    transport,
    wall,
)

__all__ = [
    "campaigns",
    "conservation",
    "findings",
    "laboratory",
    "open_sites",
    "planning",
    "printing",
    "sites",
    "tests",
    "tracking",
    "transport",
    "wall",
]
