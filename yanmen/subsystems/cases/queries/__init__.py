"""Every read of cases and daily reports, within the asker's areas. Lists are paged by key."""

from yanmen.subsystems.cases.queries.aftercare import Aftercare, aftercare
from yanmen.subsystems.cases.queries.course import Checklist, course_of, discharge_checklist, results_of
from yanmen.subsystems.cases.queries.listing import (
    WINDOW,
    Case,
    Page,
    case,
    cases,
    counts,
    daily,
    diseases,
    late,
    person_of,
    report_of,
    stays_of,
    unlocated,
)
from yanmen.subsystems.cases.queries.reports import bulletin, bulletins, items, place_codes

__all__ = [
    "WINDOW",
    "Aftercare",
    "Case",
    "Checklist",
    "Page",
    "aftercare",
    "bulletin",
    "bulletins",
    "case",
    "cases",
    "counts",
    "course_of",
    "daily",
    "discharge_checklist",
    "diseases",
    "items",
    "late",
    "person_of",
    "place_codes",
    "report_of",
    "results_of",
    "stays_of",
    "unlocated",
]
