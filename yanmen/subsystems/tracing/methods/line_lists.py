"""A line list and who infected whom, read from two CSV files. A row that cannot be used is named; none is lost silently."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from yanmen.base.refusals import Refusal

NOTHING = frozenset({"", "na", "n.a", "n/a", "none", "null"})
CASE = ("case_id", "caseid", "id")
ONSET = ("date_of_onset", "onset", "date_onset_symptoms", "symptom_onset")
INFECTOR = ("infector", "from", "source_case")
INFECTEE = ("case_id", "infectee", "to", "caseid")


@dataclass(frozen=True)
class BadRow:
    """A row that was not used as it stands: file (`linelist` or `contacts`), line from 1, and why, in both languages."""

    file: str
    line: int
    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class LineList:
    """`onsets`: case → day of onset, None where nobody knows it. `pairs`: (infector, infectee), also of people not listed."""

    onsets: dict[str, date | None]
    pairs: list[tuple[str, str]]
    bad: list[BadRow] = field(default_factory=list)


def read_line_list(linelist: str, contacts: str) -> LineList:
    """Read the text of both files. Dates are ISO 8601 (2022-10-07): any other writing is named, never guessed.

    The line list needs a column of cases (`case_id`) and one of onsets (`date_of_onset`); the contacts `infector` and
    `case_id`. Refuses a file without them. A case listed twice keeps its first row; a case with an unreadable onset stays,
    without a day.
    """
    onsets: dict[str, date | None] = {}
    pairs: list[tuple[str, str]] = []
    bad: list[BadRow] = []
    for line, case, onset in _rows(linelist, "linelist", CASE, ONSET):
        if not case:
            bad.append(BadRow("linelist", line, onset, "没有病例编号，未读入。", "No case: the row was not read."))
        elif case in onsets:
            bad.append(
                BadRow("linelist", line, case, "病例重复，保留第一行。", "Listed before: the first row is kept.")
            )
        else:
            onsets[case] = day = _day(onset)
            if day is None and onset.lower() not in NOTHING:
                bad.append(
                    BadRow("linelist", line, onset, "日期应写作2022-10-07，按未知处理。", "No date as 2022-10-07: taken as unknown.")
                )  # fmt: skip
    for line, infector, infectee in _rows(contacts, "contacts", INFECTOR, INFECTEE):
        if infector and infectee:
            pairs.append((infector, infectee))
        else:
            bad.append(
                BadRow("contacts", line, infector or infectee, "缺少一方，未读入。", "One side is missing: not read.")
            )
    return LineList(onsets, pairs, bad)


def _rows(text: str, file: str, first: tuple[str, ...], second: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    found = [next((names[each] for each in wanted if each in names), None) for wanted in (first, second)]
    if None in found:
        raise Refusal(
            f"须有{first[0]}和{second[0]}两列。", f"Write the columns {first[0]} and {second[0]}.",
            field=file, value=",".join(names)[:80],
        )  # fmt: skip
    try:
        for row in reader:
            left, right = ((row[name or ""] or "").strip() for name in found)
            yield reader.line_num, left, right
    except csv.Error as fault:
        raise Refusal(
            f"第{reader.line_num}行不是CSV。", f"Line {reader.line_num} is not CSV: {fault}.", field=file
        ) from fault


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
