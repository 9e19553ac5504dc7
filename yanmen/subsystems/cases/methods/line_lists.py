"""Line lists of cases: every line is taken, repaired or refused, and each is told why. Nothing is guessed or lost.

found = read_line_list("cases.csv", content, today=today)
found.sums      # rows = taken + repaired + refused + blank
found.cases     # of the lines taken and repaired
found.faults    # what was read as what, what was set aside, what was refused, and what to do about it
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from yanmen.base.packed import Packer, pack
from yanmen.subsystems.cases.methods.line_list_columns import ID_COLUMNS, columns_of, plain
from yanmen.subsystems.cases.methods.line_list_dates import ORDERS, readings
from yanmen.subsystems.cases.methods.line_list_faults import Fault, unreadable
from yanmen.subsystems.cases.methods.line_list_links import Names
from yanmen.subsystems.cases.methods.line_list_rows import ATTRIBUTES, LineListCase, Row, RowReader, case_of
from yanmen.subsystems.cases.methods.line_list_sheets import Sheet, open_sheet
from yanmen.subsystems.cases.methods.spelling import misspelt

ABOUT_A_CASE = frozenset(
    ("onset_on", "onset_day", "reported_on", "confirmed_on", "hospitalised_on", "outcome", "classification", "disease")
)
Divisions = Mapping[str, Collection[str]]
"""Provinces (regions) and the counties (districts) in each."""


@dataclass(frozen=True)
class Sums:
    """What became of the lines below the header: `rows` is the sum of the other four."""

    rows: int
    taken: int
    repaired: int
    refused: int
    blank: int


@dataclass(frozen=True)
class LineList:
    """A file understood: which column is which, its cases, its faults."""

    name: str
    kind: str
    form: str
    columns: Mapping[str, str]
    extra_columns: tuple[str, ...]
    orders: Mapping[str, str]
    cases: Sequence[LineListCase]
    faults: Sequence[Fault]
    sums: Sums
    digest: str
    sheet: Sheet
    said: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How many cases say something, by (field, "") and by ("", heading kept by name)."""
    links: tuple[int, int] = (0, 0)
    """How many infectors and how many contacts they name."""

    @property
    def fault_counts(self) -> dict[str, int]:
        """How many lines have each fault."""
        found: Counter[str] = Counter()
        last: dict[str, int] = {}
        for fault in self.faults:  # those of a line stand together
            found[fault.code] += last.get(fault.code) != fault.line
            last[fault.code] = fault.line
        return dict(found)


def read_line_list(
    name: str, content: bytes, *, today: date, dates: str = "", divisions: Divisions | None = None
) -> LineList:
    """Read a file of cases. `dates` says the order of day and month where the file does not decide it."""
    return read_sheet(open_sheet(name, content), today=today, dates=dates, divisions=divisions)


def read_sheet(sheet: Sheet, *, today: date, dates: str = "", divisions: Divisions | None = None) -> LineList:
    """The same from a sheet that was opened."""
    if dates and dates not in ORDERS:
        raise unreadable(
            f"--dates 只能是 {'、'.join(ORDERS)}。", f"--dates is one of {', '.join(ORDERS)}.", value=dates
        )
    columns = columns_of(sheet.header)
    if not columns.keys() & ABOUT_A_CASE:
        told = ", ".join(sheet.header)[:80]
        raise unreadable(
            f"{sheet.name} 没有发病、报告、分类或转归等列，不是病例清单：{told}。请检查表头。",
            f"{sheet.name} has no column of onset, report, classification or outcome; it is no line list: {told}. "
            "Check the header.",
            value=told,
        )
    days = readings(sheet, columns, dates)
    headings = {field: sheet.header[place] for field, place in columns.items()}
    again = set[str]()
    rows = pack(_rows(sheet, RowReader(sheet, columns, days, today), divisions, headings, again))
    later = _repeats(rows, headings, again)
    _same_people(rows, headings, later)
    last = _Last(headings, _spelling(rows, headings, later), _names(rows, headings, later))
    for row in rows:
        row.faults += later.get(row.line, [])
        last.take(row)
    known = set(columns.values())
    return LineList(
        name=sheet.name,
        kind=sheet.kind,
        form=sheet.form,
        columns=headings,
        extra_columns=tuple(head for place, head in enumerate(sheet.header) if place not in known),
        orders={field: reading.order for field, reading in days.items() if reading.order},
        cases=last.cases.done(),
        faults=last.faults.done(),
        sums=Sums(
            rows=len(rows) + sheet.blank, taken=last.taken - last.repaired, repaired=last.repaired,
            refused=len(rows) - last.taken, blank=sheet.blank,
        ),
        digest=sheet.digest,
        sheet=sheet,
        said=last.said,
        links=(last.infectors, last.contacts),
    )  # fmt: skip


Later = dict[int, list[Fault]]
"""Faults by line that show only when lines are compared."""


def _rows(
    sheet: Sheet, reader: RowReader, divisions: Divisions | None, headings: Mapping[str, str], again: set[str]
) -> Iterator[Row]:
    """Every line by itself, and numbers that stand on several."""
    numbers = set[str]()
    for line, cells in sheet.lines:
        row = reader.read(line, cells)
        _divisions(row, divisions, headings)
        if number := row.text("source_id"):
            (again if number in numbers else numbers).add(number)
        yield row
    for fault in sheet.faults:
        yield Row(fault.line, faults=[fault])


def _good(rows: Iterable[Row], later: Later) -> Iterator[Row]:
    """Lines that nothing refuses: what shows when lines are compared always does."""
    return (row for row in rows if not row.refused and row.line not in later)


class _Last:
    """The last look at each line, when all others are known: what becomes of it."""

    def __init__(self, headings: Mapping[str, str], meant: Mapping[str, str], names: Names | None) -> None:
        self.headings, self.meant, self.names = headings, meant, names
        self.cases: Packer[LineListCase] = Packer()
        self.faults: Packer[Fault] = Packer()
        self.said: Counter[tuple[str, str]] = Counter()
        self.taken = self.repaired = self.infectors = self.contacts = 0
        self._about = sorted(
            {ATTRIBUTES.get(field, field) for field in headings} & LineListCase.__dataclass_fields__.keys()
        )

    def take(self, row: Row) -> None:
        """A case, or nothing but faults."""
        if not row.refused:
            _respell(row, self.meant, self.headings)
            if self.names:
                _link(row, self.names, self.headings)
            self.taken += 1
            self.repaired += bool(row.faults)
            self._count(case_of(row))
        self.faults.extend(row.faults)

    def _count(self, case: LineListCase) -> None:
        self.cases.add(case)
        self.infectors += len(case.infectors)
        self.contacts += len(case.contacts)
        for name in self._about:
            value = getattr(case, name)
            if value or value == 0:
                self.said[(name, "")] += 1
        for heading in case.extra:
            self.said[("", heading)] += 1


def _divisions(row: Row, divisions: Divisions | None, headings: Mapping[str, str]) -> None:
    if divisions is None:
        return
    province, county = row.text("province"), row.text("county")
    if province and province not in divisions:
        row.faults.append(_fault(row, "province", headings, province, "unknown_place", "—"))
    elif county and county not in divisions.get(province, ()):
        row.faults.append(_fault(row, "county", headings, county, "unknown_place", province))


def _repeats(rows: Iterable[Row], headings: Mapping[str, str], again: Collection[str]) -> Later:
    """A line that says the same again counts once; lines of one number that differ are all refused."""
    later: Later = {}
    by_id: dict[str, list[Row]] = {}
    for row in rows if again else ():
        if (number := row.text("source_id")) in again:
            by_id.setdefault(number, []).append(row)
    for same in by_id.values():
        first, *others = same
        counties = sorted({row.text("county") for row in same} - {""})
        if all((row.values, row.extra) == (first.values, first.extra) for row in others):
            found = [
                _fault(row, "source_id", headings, row.text("source_id"), "same_again", str(first.line))
                for row in others
            ]
        elif len(counties) > 1:
            told = " / ".join(counties)
            found = [_fault(row, "county", headings, row.text("county"), "two_counties", told) for row in same]
        else:
            told = ", ".join(str(row.line) for row in same)
            found = [_fault(row, "source_id", headings, row.text("source_id"), "differs", told) for row in same]
        for fault in found:
            later.setdefault(fault.line, []).append(fault)
    return later


def _same_people(rows: Sequence[Row], headings: Mapping[str, str], later: Later) -> None:
    """One name, birth date and sex in two counties: which of the lines is right is not for the program to say."""
    if "county" not in headings:
        return
    homes, several = dict[int, str](), set[int]()
    for row in _good(rows, later):
        if who := _person(row):
            county = row.text("county")
            if homes.setdefault(hash(who), county) != county:
                several.add(hash(who))
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in _good(rows, later) if several else ():
        if (who := _person(row)) and hash(who) in several:
            found.setdefault(who, []).append(row)
    for same in found.values():
        if len({row.text("county") for row in same}) > 1:
            told = "; ".join(f"{row.line} {row.text('county')}" for row in same)
            for row in same:
                fault = _fault(row, "county", headings, row.text("county"), "same_person", told)
                later.setdefault(row.line, []).append(fault)


def _person(row: Row) -> tuple[object, ...]:
    """Who a line is about, if it says enough to know them in another line."""
    name, born_on = row.text("name"), row.day("born_on")
    return (name, born_on, row.text("sex")) if name and born_on and row.text("county") else ()


def _spelling(rows: Iterable[Row], headings: Mapping[str, str], later: Later) -> Mapping[str, str]:
    """Misspelt hospitals and what they mean."""
    if "hospital" not in headings:
        return {}
    return misspelt(Counter(row.text("hospital") for row in _good(rows, later) if row.text("hospital")))


def _respell(row: Row, meant: Mapping[str, str], headings: Mapping[str, str]) -> None:
    written = row.text("hospital")
    if written in meant:
        row.values["hospital"] = meant[written]
        row.extra[headings["hospital"]] = written
        row.faults.append(_fault(row, "hospital", headings, written, "misspelt", meant[written]))


def _names(rows: Iterable[Row], headings: Mapping[str, str], later: Later) -> Names | None:
    """The cases that links can name, if the list has columns of links."""
    if not headings.keys() & {"infectors", "contacts", "cluster_links"}:
        return None
    return Names.of([row.text("source_id") for row in _good(rows, later)])


def _link(row: Row, names: Names, headings: Mapping[str, str]) -> None:
    met = _named(row, "contacts", names, headings) + _named(row, "cluster_links", names, headings)
    infectors = _named(row, "infectors", names, headings)
    row.values |= {"infectors": infectors, "contacts": tuple(dict.fromkeys(met))}


def _named(row: Row, field: str, names: Names, headings: Mapping[str, str]) -> tuple[str, ...]:
    text = row.text(field)
    if not text:
        return ()
    row.extra[headings[field]] = text
    listed = plain(headings[field]) in ID_COLUMNS
    named, nobody = names.listed(text) if listed else names.found(text)
    if nobody:
        code = "not_in_file" if listed else "names_nobody"
        row.faults.append(_fault(row, field, headings, text, code, ", ".join(nobody)))
    if row.text("source_id") in named:
        row.faults.append(_fault(row, field, headings, row.text("source_id"), "own_infector"))
    return tuple(each for each in named if each != row.text("source_id"))


def _fault(row: Row, field: str, headings: Mapping[str, str], value: str, code: str, read: str = "") -> Fault:
    return Fault(row.line, field, headings.get(field, field), value[:80], code, read)
