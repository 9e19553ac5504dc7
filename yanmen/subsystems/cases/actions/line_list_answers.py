"""What is done about each line of a line list: a new case, one that is there, one that the line corrects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yanmen.base.clock import at
from yanmen.base.ids import uuid7
from yanmen.registry.details import Details
from yanmen.registry.models import Person
from yanmen.subsystems.cases.actions.common import said
from yanmen.subsystems.cases.actions.line_list_courses import Standing
from yanmen.subsystems.cases.actions.line_list_rows import Change, Wanted
from yanmen.subsystems.cases.queries.line_lists import Report


@dataclass(frozen=True)
class Books:
    """Cases that are there, and keys of cases that were withdrawn."""

    by_key: Mapping[str, Report]
    numbers: Mapping[str, Report]
    gone: frozenset[str]

    def find(self, line: Wanted) -> Report | None:
        """The case of a line: by the key it gives, by its number in the source, by what it says."""
        if (own := line.case.key.casefold()) and own in self.by_key:
            return self.by_key[own]
        if (there := self.numbers.get(line.case.source_id)) is not None:
            return there
        return next((self.by_key[key] for key in line.keys if key in self.by_key), None)


@dataclass(frozen=True)
class Answer:
    """What is done about a line."""

    outcome: str
    key: str
    line: Wanted
    there: Report | None
    changes: Sequence[Change] = ()
    is_gone: bool = False

    @property
    def needs_person(self) -> bool:
        return not self.is_gone and (self.there is None or self.there.person is None)

    def details(self) -> Details:
        case = self.line.case
        area = self.there.area if self.there else self.line.area
        return Details(name=case.name, area=area, sex=case.sex, born_on=case.born_on, address=case.address)

    def report(self, person: int | None, now: datetime) -> dict[str, Any]:
        """A new case."""
        detail = {"case": self.key, "setting": "unknown", **self.line.detail}
        return {
            "id": UUID(self.key), "person": person, "area": self.line.area, "occurred_at": self.line.occurred_at(now),
            "detail": said(detail),
        }  # fmt: skip

    def correction(self, person: int | None, now: datetime) -> dict[str, Any]:
        """The same case, stated anew."""
        there = self.there
        if there is None:
            raise TypeError("A new case has nothing to correct.")
        new = {change.field: change.new for change in self.changes}
        moved = new.get("reported_on")
        fields = {name: self.line.detail[name] for name in new if name in self.line.detail}
        return {
            "id": uuid7(now), "person": person, "area": new.get("area", there.area), "corrects": there.id,
            "occurred_at": min(at(date.fromisoformat(moved), 12), now) if moved else there.occurred_at,
            "detail": {**there.detail, "case": there.key, **fields},
        }  # fmt: skip

    def standing(self, person: int | None, now: datetime) -> Standing:
        if self.there is not None:
            area = next((change.new for change in self.changes if change.field == "area"), self.there.area)
            return Standing(self.key, person, area, self.there.occurred_at)
        return Standing(self.key, person, self.line.area, self.line.occurred_at(now))


def standing_of(report: Report) -> Standing:
    """A case as the books have it."""
    return Standing(report.key, report.person, report.area, report.occurred_at)


def by_number(found: Sequence[Report], source: str) -> dict[str, Report]:
    """Cases of lists of this source, by their number in it."""
    if not source:
        return {}
    return {
        str(report.detail["number_in_list"]): report
        for report in found
        if report.detail.get("list_source") == source and report.detail.get("number_in_list")
    }


def correct_people(answers: Sequence[Answer]) -> None:
    """Sex and birth date of people without a document, as their lines say now."""
    meant = {
        answer.there.person: answer.line.case
        for answer in answers
        if answer.there and answer.there.person and any(one.field.startswith("person.") for one in answer.changes)
    }
    people = list(Person.objects.filter(pk__in=list(meant)))
    for person in people:
        case = meant[person.pk]
        person.sex, person.born_on = case.sex or person.sex, case.born_on or person.born_on
    Person.objects.bulk_update(people, ["sex", "born_on"], batch_size=500)
