"""Every read of cases and daily reports, within the asker's areas. Lists are paged by key."""

from yanmen.subsystems.cases.queries.aftercare import Aftercare, aftercare
from yanmen.subsystems.cases.queries.clocks import Clock, clocks, late_clocks
from yanmen.subsystems.cases.queries.course import Checklist, course_of, discharge_checklist, results_of
from yanmen.subsystems.cases.queries.daily_report import Daily, cases_counted, daily_report, names_of, place_names
from yanmen.subsystems.cases.queries.duplicates import duplicates, hand_overs, merge_of, merges, standing_facts
from yanmen.subsystems.cases.queries.exposures import Exposure, Window, exposures_of, window_of
from yanmen.subsystems.cases.queries.investigation import Investigation, Item, Section, investigation
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
from yanmen.subsystems.cases.queries.sources import source_of, sources_above

__all__ = [
    "WINDOW",
    "Aftercare",
    "Case",
    "Checklist",
    "Clock",
    "Daily",
    "Exposure",
    "Investigation",
    "Item",
    "Page",
    "Section",
    "Window",
    "aftercare",
    "bulletin",
    "bulletins",
    "case",
    "cases",
    "cases_counted",
    "clocks",
    "counts",
    "course_of",
    "daily",
    "daily_report",
    "discharge_checklist",
    "diseases",
    "duplicates",
    "exposures_of",
    "hand_overs",
    "investigation",
    "items",
    "late",
    "late_clocks",
    "merge_of",
    "merges",
    "names_of",
    "person_of",
    "place_codes",
    "place_names",
    "report_of",
    "results_of",
    "source_of",
    "sources_above",
    "standing_facts",
    "stays_of",
    "unlocated",
    "window_of",
]
