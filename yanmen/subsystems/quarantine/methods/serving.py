"""Where policy wants somebody on a day, which kinds of site serve it, and until when: a fold over the stretches of their measures.

A stretch is one stage of one measure on the calendar. Of several on a day the strictest holds; a stretch without a last day is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yanmen.subsystems.quarantine.methods.words import PLACES

HOSPITAL_CASES = frozenset({"case_management"})
"""Kinds of measure of people who are infected; everybody else in quarantine is a contact."""
INFECTED_PLACES = frozenset({"mobile_cabin_hospital", "designated_hospital"})
_KINDS = {place: kind for kind, places in PLACES.items() for place in places}


def kind_of(place: str) -> str:
    """The kind of site that serves a place, or nothing."""
    return _KINDS.get(place, "")


@dataclass(frozen=True)
class Stretch:
    """One stage of a measure on the calendar, both days included; `last` is None while nobody can say."""

    place: str
    first: date
    last: date | None
    rank: int
    measure: int
    kind: str = ""
    rule: str = ""
    reason: str = ""
    fallback: str = ""
    voluntary: str = ""

    def covers(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def group(self) -> str:
        """With whom these people may be together: `case` or `contact`."""
        return "case" if self.kind in HOSPITAL_CASES or self.place in INFECTED_PLACES else "contact"

    @property
    def site_kinds(self) -> tuple[str, ...]:
        """The kinds of site that serve it: its own place, then where policy sends those it does not fit or who choose."""
        found = [_KINDS[each] for each in (self.place, self.fallback, self.voluntary) if each in _KINDS]
        return tuple(dict.fromkeys(found))


def strictest(stretches: Iterable[Stretch], day: date) -> Stretch | None:
    """What holds on a day: the strictest, and of equals the one that lasts longest."""
    here = [each for each in stretches if each.covers(day)]
    return max(here, key=lambda each: (each.rank, each.last or date.max, -each.measure), default=None)


def last_day_served(stretches: Sequence[Stretch], day: date, kind: str) -> tuple[bool, date | None]:
    """Whether a site of this kind serves the person on a day, and the last day in a row on which it does (None: open)."""
    at, last, served = day, None, False
    while (held := strictest(stretches, at)) is not None and kind in held.site_kinds:
        served = True
        later = [each.first for each in stretches if each.first > at and each.rank > held.rank]
        ends = [each - timedelta(days=1) for each in later] + ([held.last] if held.last else [])
        if not ends:
            return True, None
        last = min(ends)
        at = last + timedelta(days=1)
    return served, last
