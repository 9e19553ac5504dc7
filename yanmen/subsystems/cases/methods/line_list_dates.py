"""Days as line lists write them. What a file does not decide is not guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from yanmen.subsystems.cases.methods.line_list_columns import DATES, is_nothing
from yanmen.subsystems.cases.methods.line_list_sheets import Cell, Sheet

ORDERS = ("dmy", "mdy", "ymd")
_TIME = r"(?:[T\s]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_TIME}$")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}$")
_SHORT = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?$")
_SPREADSHEET_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class Day:
    """What a cell was read as: a day, or the code of the fault; `read` says what the fault's message needs."""

    day: date | None = None
    code: str = ""
    read: str = ""


@dataclass(frozen=True)
class Reading:
    """How a column's days are written, and between which days those that decide themselves lie."""

    order: str = ""
    first: date | None = None
    last: date | None = None

    def day(self, cell: Cell) -> Day:
        """A cell as a day. Empty cells are a day of None without a fault."""
        if isinstance(cell, date):
            return self._typed(cell)
        if is_nothing(cell):
            return Day()
        if found := _YEAR_FIRST.match(cell) or _COMPACT.match(cell):
            return _made(*(int(part) for part in found.groups()))
        if found := _YEAR_LAST.match(cell):
            return self._year_last(int(found[1]), int(found[3]), int(found[4]))
        if _SERIAL.match(cell):
            day = _SPREADSHEET_EPOCH + timedelta(days=int(float(cell)))
            return Day(day, "day_number", day.isoformat())
        return Day(code="short_year" if _SHORT.match(cell) else "no_date")

    def _year_last(self, first: int, second: int, year: int) -> Day:
        if first > 12 or self.order == "dmy":
            return _made(year, second, first)
        if second > 12 or self.order == "mdy" or first == second:
            return _made(year, first, second)
        told = f"{year}-{second:02}-{first:02} / {year}-{first:02}-{second:02}"
        return Day(code="ambiguous", read=told)

    def _typed(self, cell: date) -> Day:
        """A spreadsheet that expects months first exchanges the days it understands among texts that are days first."""
        if self.order != "dmy" or self.first is None or self.last is None or cell.day > 12 or cell.day == cell.month:
            return Day(cell)
        other = date(cell.year, cell.day, cell.month)
        fits, other_fits = self.first <= cell <= self.last, self.first <= other <= self.last
        if fits and other_fits:
            return Day(code="ambiguous", read=f"{cell} / {other}")
        return Day(other, "exchanged", other.isoformat()) if other_fits else Day(cell)


def readings(sheet: Sheet, columns: Mapping[str, int], told: str = "") -> dict[str, Reading]:
    """How each column of days is to be read: as `told`, else as its own cells decide, else as the file's other days do."""
    places = {field: columns[field] for field in DATES if field in columns}
    cells: dict[str, set[Cell]] = {field: set() for field in places}
    for _, line in sheet.lines if places else ():
        for field, place in places.items():
            if place < len(line):
                cells[field].add(line[place])
    whole = told or _decided(cell for each in cells.values() for cell in each)
    return {field: _reading(each, told or _decided(each) or whole) for field, each in cells.items()}


def _reading(cells: Collection[Cell], order: str) -> Reading:
    plain = Reading(order.strip("?"))
    sure = [found.day for cell in cells if isinstance(cell, str) and (found := plain.day(cell)).day and not found.code]
    days = [day for day in sure if day]
    return Reading(plain.order, min(days), max(days)) if days else plain


def _decided(cells: Iterable[Cell]) -> str:
    """dmy or mdy if some cells can only be read so and none only otherwise; "?" if they contradict; "" if none says."""
    says = set()
    for cell in cells:
        if isinstance(cell, str) and (found := _YEAR_LAST.match(cell)):
            first, second = int(found[1]), int(found[3])
            if first > 12 >= second:
                says.add("dmy")
            elif second > 12 >= first:
                says.add("mdy")
    return "?" if len(says) == 2 else next(iter(says), "")


def _made(year: int, month: int, day: int) -> Day:
    try:
        return Day(date(year, month, day))
    except ValueError:
        return Day(code="no_such_day")
