"""What a line list tells of its cases after they were found: admission, discharge, death."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yanmen.base.clock import at, local_date
from yanmen.base.ids import uuid7
from yanmen.loop import facts
from yanmen.registry.importing import Context
from yanmen.subsystems.cases import kinds
from yanmen.subsystems.cases.actions.common import said
from yanmen.subsystems.cases.methods.line_list_keys import id_of_course
from yanmen.subsystems.cases.methods.line_list_rows import LineListCase
from yanmen.subsystems.cases.queries import line_lists
from yanmen.subsystems.cases.queries.line_lists import Told

COURSES = (kinds.ADMITTED.name, kinds.DISCHARGED.name, kinds.DIED.name)
BY_LISTS = "import:"


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as it stands in the books after its line: key, person, area."""

    key: str
    person: int | None
    area: str
    occurred_at: datetime


@dataclass
class Count:
    """Facts of one kind that a list told: those now in the books for the first time, there before, and corrected."""

    created: int = 0
    matched: int = 0
    corrected: int = 0

    @property
    def total(self) -> int:
        return self.created + self.matched + self.corrected

    def __add__(self, other: Count) -> Count:
        return Count(
            self.created + other.created, self.matched + other.matched, self.corrected + other.corrected
        )  # fmt: skip


def store_courses(cases: Sequence[tuple[LineListCase, Standing]], context: Context) -> dict[str, Count]:
    """Store what lines tell of care and outcome. What staff recorded on a case's page is not overwritten by a list."""
    there: dict[tuple[str, str], Told] = {}
    for one in line_lists.courses(context.scope, kinds=COURSES, keys=[standing.key for _, standing in cases]):
        there[(one.kind, one.key)] = one
    counts = {kind: Count() for kind in COURSES}
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in COURSES}
    for case, standing in cases:
        for kind, day, detail in _told(case):
            row = {
                "id": id_of_course(kind, standing.key), "person": standing.person, "area": standing.area,
                "occurred_at": min(at(day, 12), context.now), "detail": said({"case": standing.key, **detail}),
            }  # fmt: skip
            known = there.get((kind, standing.key))
            if known is None:
                counts[kind].created += 1
            elif not known.recorded_by.startswith(BY_LISTS) or _same(known, day, detail):
                counts[kind].matched += 1
                continue
            else:
                counts[kind].corrected += 1
                row |= {"id": uuid7(context.now), "corrects": known.id}
            rows[kind].append(row)
    for kind, many in rows.items():
        facts.record_many(kind, many, by=context.by, now=context.now)
    return counts


def _told(case: LineListCase) -> Iterator[tuple[str, date, Mapping[str, str]]]:
    """Kind, day and detail. A recovery without its day ends no care; a death counts even so, on the last day known."""
    if case.hospitalised_on:
        yield kinds.ADMITTED.name, case.hospitalised_on, {"facility": case.hospital}
    if case.outcome == "died":
        known = [case.onset_on, case.hospitalised_on, case.reported_on, case.confirmed_on]
        last = case.outcome_on or max((day for day in known if day), default=None)
        if last:
            yield kinds.DIED.name, last, {"note": "" if case.outcome_on else "日期不详 day not told"}
    elif case.outcome in ("recovered", "discharged") and case.outcome_on:
        yield kinds.DISCHARGED.name, case.outcome_on, {"note": case.outcome}


def _same(known: Told, day: date, detail: Mapping[str, str]) -> bool:
    fits = all(known.detail.get(field) == value for field, value in detail.items() if value)
    return fits and local_date(known.occurred_at) == day
