"""Every write of venues."""

from yanmen.subsystems.venues.actions.importing import VENUES
from yanmen.subsystems.venues.actions.judging import Judged, judge
from yanmen.subsystems.venues.actions.norms import keep_norms
from yanmen.subsystems.venues.actions.registering import change, close, mark_printed, open_venue, renew_code, reopen

__all__ = [
    "VENUES",
    "Judged",
    "change",
    "close",
    "judge",
    "keep_norms",
    "mark_printed",
    "open_venue",
    "renew_code",
    "reopen",
]
