"""Every write of venues."""

from yanmen.subsystems.venues.actions.counting import count_days
from yanmen.subsystems.venues.actions.importing import VENUES
from yanmen.subsystems.venues.actions.inspecting import see_note, spot_check
from yanmen.subsystems.venues.actions.judging import Judged, judge
from yanmen.subsystems.venues.actions.norms import keep_norms
from yanmen.subsystems.venues.actions.registering import change, close, mark_printed, open_venue, renew_code, reopen
from yanmen.subsystems.venues.actions.visiting import VISITS, record_visits, visits_of

__all__ = [
    "VENUES",
    "VISITS",
    "Judged",
    "change",
    "close",
    "count_days",
    "judge",
    "keep_norms",
    "mark_printed",
    "open_venue",
    "record_visits",
    "renew_code",
    "reopen",
    "see_note",
    "spot_check",
    "visits_of",
]
