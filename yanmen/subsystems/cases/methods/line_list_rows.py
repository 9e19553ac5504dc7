"""One line of a line list as a case, or the faults that refuse it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter

from yanmen.subsystems.cases.methods.line_list_columns import (
    CLASSES,
    DATES,
    OUTCOMES,
    PLACES,
    SEXES,
    UNITS,
    Words,
    is_nothing,
    plain,
    word,
)
from yanmen.subsystems.cases.methods.line_list_dates import Day, Reading
from yanmen.subsystems.cases.methods.line_list_faults import REFUSED, Fault
from yanmen.subsystems.cases.methods.line_list_sheets import Cell, Sheet

OLDEST = {"years": 120, "months": 120 * 12, "days": 120 * 366}
SORMAS_NEEDS = ("disease", "first_name", "last_name", "sex", "reported_on", "province", "county")
WORDS: Mapping[str, Words] = {"sex": SEXES, "outcome": OUTCOMES, "classification": CLASSES, "age_unit": UNITS}
OURS = frozenset(("told",))
"""Columns that stand beside refused lines when they are handed back: said by this program, not by the list."""

TEXTS = ("name", "first_name", "last_name", "disease", "address", "hospital", *PLACES)
DEGREES = {"lon": 180.0, "lat": 90.0}
_FORMULA = re.compile(r"[=@]|[+-](?![\d\s().-]*$)")
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(\D*)$")
_SEVERAL = re.compile(r"[;；、,，/]")


@dataclass(frozen=True, slots=True)
class LineListCase:
    """A case as its line says it. Days are None and texts empty where the line says nothing."""

    line: int
    source_id: str
    key: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    sex: str = ""
    born_on: date | None = None
    age: float | None = None
    age_unit: str = ""
    onset_on: date | None = None
    onset_day: int | None = None
    infected_on: date | None = None
    hospitalised_on: date | None = None
    reported_on: date | None = None
    confirmed_on: date | None = None
    contact_on: date | None = None
    outcome: str = ""
    outcome_on: date | None = None
    classification: str = ""
    disease: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    town: str = ""
    address: str = ""
    hospital: str = ""
    lon: float | None = None
    lat: float | None = None
    infectors: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[LineListCase], tuple[object, ...]]:
        """Packed and unpacked in a third of the time that dataclasses take by themselves."""
        return LineListCase, _values(self)


_FIELDS = tuple(LineListCase.__dataclass_fields__)
_values = attrgetter(*_FIELDS)


@dataclass
class Row:
    """A line on its way to a case: its values so far, what is kept as written, and the faults found."""

    line: int
    values: dict[str, object] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        return any(fault.verdict == REFUSED for fault in self.faults)

    def day(self, name: str) -> date | None:
        found = self.values.get(name)
        return found if isinstance(found, date) else None

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")


@dataclass(frozen=True)
class RowReader:
    """How the lines of one sheet are read."""

    sheet: Sheet
    columns: Mapping[str, int]
    days: Mapping[str, Reading]
    today: date
    seen: dict[tuple[str, Cell], Day] = field(default_factory=dict)
    """Days of this sheet that were read before: a list has few days and many lines."""

    def read(self, line: int, cells: tuple[Cell, ...]) -> Row:
        """Every known column of a line, its other columns by name, and every fault."""
        row = Row(line)
        if len(cells) < len(self.sheet.header) or any(cells[len(self.sheet.header) :]):
            self._fault(row, "source_id", str(len(cells)), "cells", str(len(self.sheet.header)))
            return row
        for place, heading in self._others:
            if cells[place]:
                row.extra[heading] = _text(cells[place])
                if row.extra[heading][0] in "=@":
                    row.faults.append(Fault(line, "extra", heading, row.extra[heading][:80], "formula"))
        for name, place in self._read:
            if cell := cells[place]:
                self._column(row, name, cell)
        self._name(row)
        self._birth(row)
        self._needed(row)
        self._order(row)
        return row

    @cached_property
    def _read(self) -> tuple[tuple[str, int], ...]:
        """Fields and their places."""
        return tuple((name, place) for name, place in self.columns.items() if name not in OURS)

    @cached_property
    def _others(self) -> tuple[tuple[int, str], ...]:
        """Places and headings of columns that are kept by name."""
        known = set(self.columns.values())
        return tuple((place, heading) for place, heading in enumerate(self.sheet.header) if place not in known)

    def _column(self, row: Row, name: str, cell: Cell) -> None:
        text = _text(cell)
        if name in DATES:
            self._day(row, name, cell)
        elif is_nothing(text):
            return
        elif _FORMULA.match(text) and (name in TEXTS or name == "source_id"):
            row.values[name] = text
            self._fault(row, name, text, "formula")
        elif name in WORDS:
            self._word(row, name, text)
        elif name == "age":
            self._age(row, text)
        elif name in DEGREES:
            self._degrees(row, name, text)
        elif name == "onset_day":
            self._onset_day(row, text)
        else:
            row.values[name] = text

    def _day(self, row: Row, name: str, cell: Cell) -> None:
        if name == "died_on" and isinstance(cell, str) and plain(cell) in ("yes", "y", "true", "1", "是", "死亡"):
            row.values["outcome"] = "died"
            return
        if name == "died_on" and isinstance(cell, str) and plain(cell) in ("no", "n", "false", "0", "否"):
            return
        if (found := self.seen.get((name, cell))) is None:
            found = self.seen[(name, cell)] = self.days[name].day(cell)
        told = _text(cell)
        if found.code:
            self._fault(row, name, told, found.code, found.read)
        if found.day is None:
            return
        if found.day > self.today:
            self._fault(row, name, told, "future")
            return
        row.values[name] = found.day
        if name == "died_on":
            row.values |= {"outcome": "died", "outcome_on": found.day}

    def _word(self, row: Row, name: str, text: str) -> None:
        if text == "?":
            self._fault(row, name, text, "doubtful")
            return
        found = word(text, WORDS[name])
        if found is None:
            self._fault(row, name, text, "bad_word", ", ".join(each for each in WORDS[name] if each))
        else:
            row.values[name] = found

    def _age(self, row: Row, text: str) -> None:
        if text == "?":
            self._fault(row, "age", text, "doubtful")
            return
        found = _AGE.match(text)
        unit = word(found[2], UNITS) if found and found[2].strip() else ""
        age = float(found[1]) if found and unit is not None else -1.0
        if not 0 <= age <= OLDEST[unit or "years"]:
            self._fault(row, "age", text, "bad_number", "0-120 岁 years")
            return
        row.values["age"] = age
        if unit:
            row.values["age_unit"] = unit
        row.values.setdefault("age_unit", "years")

    def _degrees(self, row: Row, name: str, text: str) -> None:
        try:
            found = float(text)
        except ValueError:
            found = 999.0
        if abs(found) > DEGREES[name]:
            self._fault(row, name, text, "bad_number", f"±{DEGREES[name]:.0f}°")
        else:
            row.values[name] = found

    def _onset_day(self, row: Row, text: str) -> None:
        if not (text.isascii() and text.isdigit()):
            self._fault(row, "onset_day", text, "bad_number", "0, 1, 2 …")
        elif int(text):
            row.values["onset_day"] = int(text)

    def _name(self, row: Row) -> None:
        if not row.text("name"):
            row.values["name"] = " ".join(part for part in (row.text("first_name"), row.text("last_name")) if part)

    def _birth(self, row: Row) -> None:
        parts = [str(row.values.pop(name, "")) for name in ("birth_year", "birth_month", "birth_day")]
        if not all(parts):
            return
        told = "-".join(parts)
        try:
            row.values["born_on"] = date(*(int(part) for part in parts))
        except ValueError:
            self._fault(row, "birth_day", told, "no_such_day")

    def _needed(self, row: Row) -> None:
        if not row.text("source_id"):
            row.values["source_id"] = f"L{row.line}"
            if "source_id" in self.columns and self.sheet.kind != "sormas":
                self._fault(row, "source_id", "", "no_number", f"L{row.line}")
        told = {fault.field for fault in row.faults}
        if self.sheet.kind == "sormas":
            for name in SORMAS_NEEDS:
                if not row.values.get(name) and name not in told and row.day(name) is None:
                    self._fault(row, name, "", "missing")
        if _SEVERAL.search(row.text("county")):
            self._fault(row, "county", row.text("county"), "two_counties", row.text("county"))

    def _order(self, row: Row) -> None:
        """Days that cannot follow each other: a wrong birth refuses the line; guesses about infection and end are set aside."""
        born, onset, infected = row.day("born_on"), row.day("onset_on"), row.day("infected_on")
        for name in DATES[1:] if born else ():
            day = row.day(name)
            if born and day and day < born:
                self._fault(row, name, day.isoformat(), "before_birth", born.isoformat())
        if onset and infected and infected >= onset:
            self._aside(row, "infected_on", "no_incubation", onset)
            infected = None
        outcome = row.day("outcome_on")
        starts = [day for day in (infected, onset, row.day("hospitalised_on")) if day]
        if outcome and starts and outcome < max(starts):
            self._aside(row, "outcome_on", "outcome_early", max(starts))

    def _aside(self, row: Row, name: str, code: str, against: date) -> None:
        day = row.values.pop(name)
        told = day.isoformat() if isinstance(day, date) else str(day)
        column = self._heading("died_on" if name == "outcome_on" and name not in self.columns else name)
        row.extra[column] = told
        self._fault(row, name, told, code, against.isoformat())

    def _fault(self, row: Row, name: str, value: str, code: str, read: str = "") -> None:
        row.faults.append(Fault(row.line, name, self._heading(name), value[:80], code, read))

    def _heading(self, name: str) -> str:
        return self.sheet.header[self.columns[name]] if name in self.columns else name


ATTRIBUTES = {
    "died_on": "outcome", "birth_day": "born_on", "birth_month": "born_on", "birth_year": "born_on",
    "cluster_links": "contacts",
}  # fmt: skip
"""Where the case has what a column says, if not under the name of its field."""


def case_of(row: Row) -> LineListCase:
    """The case of a line without a fault that refuses it."""
    known = {name: value for name, value in row.values.items() if name in _KNOWN}
    return LineListCase(**{**known, "line": row.line, "extra": row.extra})  # type: ignore[arg-type]


_KNOWN = frozenset(_FIELDS)


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else cell
