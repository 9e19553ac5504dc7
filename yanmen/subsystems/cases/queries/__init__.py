"""Every read of cases and daily reports, within the asker's areas. Lists are paged by key."""

from yanmen.subsystems.cases.queries.listing import (
    WINDOW,
    Case,
    Page,
    case,
    cases,
    counts,
    daily,
    diseases,
    person_of,
    report_of,
    stays_of,
    unlocated,
)
from yanmen.subsystems.cases.queries.reports import bulletin, bulletins, items, place_codes

__all__ = [
    "WINDOW",
    "Case",
    "Page",
    "bulletin",
    "bulletins",
    "case",
    "cases",
    "counts",
    "daily",
    "diseases",
    "items",
    "person_of",
    "place_codes",
    "report_of",
    "stays_of",
    "unlocated",
]
