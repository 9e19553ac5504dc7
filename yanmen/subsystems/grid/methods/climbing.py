"""How far up something overdue has been told: as tasks of the loop climb, a level each time its clock has run once more."""

from __future__ import annotations

from datetime import datetime, timedelta

LEVELS = (9, 6, 4, 2)
"""Lengths of the codes above a village: town, county, city, province."""


def reached(area: str, due_at: datetime, clock: timedelta, now: datetime) -> str:
    """The area that has been told by now: the next above when it falls due, one more each clock, the province at last."""
    if now < due_at:
        return area
    above = [length for length in LEVELS if length < len(area)]
    if not above:
        return area
    times = int((now - due_at) / clock)
    return area[: above[min(times, len(above) - 1)]]
