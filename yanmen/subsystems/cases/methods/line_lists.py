"""Line lists of cases: every line is taken, repaired or refused, and each is told why. Nothing is guessed or lost.

found = read_line_list("cases.csv", content, today=today)
found.sums      # rows = taken + repaired + refused + blank
found.cases     # of the lines taken and repaired
found.faults    # what was read as what, what was set aside, what was refused, and what to do about it
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from yanmen.subsystems.cases.methods.line_list_columns import ID_COLUMNS, columns_of, plain
from yanmen.subsystems.cases.methods.line_list_dates import ORDERS, readings
from yanmen.subsystems.cases.methods.line_list_faults import Fault, unreadable
from yanmen.subsystems.cases.methods.line_list_links import Names
from yanmen.subsystems.cases.methods.line_list_rows import LineListCase, Row, RowReader, case_of
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
    cases: tuple[LineListCase, ...]
    faults: tuple[Fault, ...]
    sums: Sums
    digest: str
    sheet: Sheet

    @property
    def fault_counts(self) -> dict[str, int]:
        """How many lines have each fault."""
        return dict(Counter(code for _, code in sorted({(fault.line, fault.code) for fault in self.faults})))


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
    reader = RowReader(sheet, columns, days, today)
    rows = [reader.read(line, cells) for line, cells in sheet.lines]
    rows += [Row(fault.line, faults=[fault]) for fault in sheet.faults]
    headings = {field: sheet.header[place] for field, place in columns.items()}
    _divisions(rows, divisions, headings)
    _repeats(rows, headings)
    _same_people(rows, headings)
    _spelling(rows, headings)
    _links(rows, headings)
    taken = [row for row in rows if not row.refused]
    repaired = sum(1 for row in taken if row.faults)
    known = set(columns.values())
    return LineList(
        name=sheet.name,
        kind=sheet.kind,
        form=sheet.form,
        columns=headings,
        extra_columns=tuple(head for place, head in enumerate(sheet.header) if place not in known),
        orders={field: reading.order for field, reading in days.items() if reading.order},
        cases=tuple(case_of(row) for row in taken),
        faults=tuple(fault for row in rows for fault in row.faults),
        sums=Sums(
            rows=len(rows) + sheet.blank, taken=len(taken) - repaired, repaired=repaired,
            refused=len(rows) - len(taken), blank=sheet.blank,
        ),
        digest=sheet.digest,
        sheet=sheet,
    )  # fmt: skip


def _divisions(rows: Iterable[Row], divisions: Divisions | None, headings: Mapping[str, str]) -> None:
    if divisions is None:
        return
    for row in rows:
        province, county = row.text("province"), row.text("county")
        if province and province not in divisions:
            row.faults.append(_fault(row, "province", headings, province, "unknown_place", "—"))
        elif county and county not in divisions.get(province, ()):
            row.faults.append(_fault(row, "county", headings, county, "unknown_place", province))


def _repeats(rows: Iterable[Row], headings: Mapping[str, str]) -> None:
    """A line that says the same again counts once; lines of one number that differ are all refused."""
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        if number := row.text("source_id"):
            by_id.setdefault(number, []).append(row)
    for same in by_id.values():
        first, *later = same
        counties = sorted({row.text("county") for row in same} - {""})
        if all((row.values, row.extra) == (first.values, first.extra) for row in later):
            for row in later:
                row.faults.append(
                    _fault(row, "source_id", headings, row.text("source_id"), "same_again", str(first.line))
                )
        elif len(counties) > 1:
            for row in same:
                row.faults.append(
                    _fault(row, "county", headings, row.text("county"), "two_counties", " / ".join(counties))
                )
        else:
            told = ", ".join(str(row.line) for row in same)
            for row in same:
                row.faults.append(_fault(row, "source_id", headings, row.text("source_id"), "differs", told))


def _same_people(rows: Iterable[Row], headings: Mapping[str, str]) -> None:
    """One name, birth date and sex in two counties: which of the lines is right is not for the program to say."""
    found: dict[tuple[str, object, str], list[Row]] = {}
    for row in rows:
        if not row.refused and row.text("name") and row.day("born_on") and row.text("county"):
            found.setdefault((row.text("name"), row.day("born_on"), row.text("sex")), []).append(row)
    for same in found.values():
        if len({row.text("county") for row in same}) > 1:
            told = "; ".join(f"{row.line} {row.text('county')}" for row in same)
            for row in same:
                row.faults.append(_fault(row, "county", headings, row.text("county"), "same_person", told))


def _spelling(rows: Iterable[Row], headings: Mapping[str, str]) -> None:
    good = [row for row in rows if not row.refused]
    meant = misspelt(Counter(row.text("hospital") for row in good if row.text("hospital")))
    for row in good:
        written = row.text("hospital")
        if written in meant:
            row.values["hospital"] = meant[written]
            row.extra[headings["hospital"]] = written
            row.faults.append(_fault(row, "hospital", headings, written, "misspelt", meant[written]))


def _links(rows: Iterable[Row], headings: Mapping[str, str]) -> None:
    good = [row for row in rows if not row.refused]
    names = Names.of([row.text("source_id") for row in good])
    for row in good:
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
