"""Hours of a roster with nobody on duty, and hours in which two leaders think that they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Stretch:
    """From one moment to another."""

    begins: datetime
    ends: datetime

    @property
    def hours(self) -> float:
        return (self.ends - self.begins).total_seconds() / 3600


def gaps(shifts: Sequence[Stretch], begins: datetime, ends: datetime, least: timedelta) -> list[Stretch]:
    """Stretches of [begins, ends) that no shift covers, `least` or longer, in order."""
    found, free = [], begins
    for each in sorted(shifts, key=lambda one: one.begins):
        if each.begins > free:
            found.append(Stretch(free, min(each.begins, ends)))
        free = max(free, each.ends)
        if free >= ends:
            break
    if free < ends:
        found.append(Stretch(free, ends))
    return [each for each in found if each.ends - each.begins >= least and each.begins < ends]


def doubles(shifts: Sequence[Stretch], least: timedelta) -> list[Stretch]:
    """Stretches that two or more shifts cover, `least` or longer, in order, merged."""
    found: list[Stretch] = []
    latest: datetime | None = None
    for each in sorted(shifts, key=lambda one: one.begins):
        if latest is not None and each.begins < latest:
            both = Stretch(each.begins, min(each.ends, latest))
            if found and found[-1].ends >= both.begins:
                found[-1] = Stretch(found[-1].begins, max(found[-1].ends, both.ends))
            else:
                found.append(both)
        latest = each.ends if latest is None else max(latest, each.ends)
    return [each for each in found if each.ends - each.begins >= least]
