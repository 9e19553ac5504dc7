"""Taking in a line list: each of its cases stands in the books once, and every line has a receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import importing
from yanmen.registry.area_cells import AreaCells
from yanmen.registry.importing import CREATED, MATCHED, Context, Importer, Line, Outcome, Receipt
from yanmen.registry.people import register_people
from yanmen.registry.scope import Scope
from yanmen.registry.tables import Table
from yanmen.subsystems.cases import kinds
from yanmen.subsystems.cases.actions.line_list_answers import Answer, Books, by_number, correct_people, standing_of
from yanmen.subsystems.cases.actions.line_list_courses import COURSES, Count, Standing, store_courses
from yanmen.subsystems.cases.actions.line_list_links import Ends, LinkCount, ends_of, links_of, store_links
from yanmen.subsystems.cases.actions.line_list_rows import Change, Reading, Wanted, changes, place_of, wanted
from yanmen.subsystems.cases.methods.line_list_diseases import is_code, meant
from yanmen.subsystems.cases.methods.line_list_faults import REFUSED, Fault
from yanmen.subsystems.cases.methods.line_list_kept import Column, columns_kept
from yanmen.subsystems.cases.methods.line_list_keys import is_key, key_in_source
from yanmen.subsystems.cases.methods.line_list_links import Link
from yanmen.subsystems.cases.methods.line_list_rows import LineListCase
from yanmen.subsystems.cases.methods.line_lists import LineList
from yanmen.subsystems.cases.methods.words import KINDS
from yanmen.subsystems.cases.queries import line_lists

LINE_LIST = "line_list"
PIECE = 4000
"""Lines that are looked up and written at once."""


@dataclass(frozen=True)
class Stored:
    """What became of a list. The receipt's matched lines include the corrected ones; `corrected` says by line what changed."""

    receipt: Receipt
    columns: tuple[Column, ...]
    corrected: Mapping[int, Sequence[Change]] = field(default_factory=dict)
    courses: Mapping[str, Count] = field(default_factory=dict)
    links: LinkCount = field(default_factory=LinkCount)


def store_line_list(
    *,
    scope: Scope,
    found: LineList,
    reading: Reading,
    by: str,
    now: datetime,
    pairs: Sequence[Link] = (),
    dry: bool = False,
) -> Stored:
    """Store the cases of a list that was read, and who infected whom. The same list, said to mean the same, again changes nothing.

    A line with a name registers a person (without a document); one without becomes a case without a person, as those of
    daily reports do. `by` registers the people; the facts are signed with the import, which its sender signs. The area is
    the county the line names, else the one the sender acts for. `dry` does it and takes everything back.
    """
    _check(reading)
    work = _Work(found, reading, by, tuple(pairs))
    importer = Importer(
        LINE_LIST, "病例清单", "Line list", columns=(), apply_rows=work.apply, piece=PIECE, finish=work.finish
    )
    run = importing.preview if dry else importing.apply
    with transaction.atomic():
        receipt = run(importer, work.sheet(), scope=scope, now=now)
    return Stored(receipt, tuple(columns_kept(found)), work.corrected, work.courses, work.links)


def _check(reading: Reading) -> None:
    if reading.kind and reading.kind not in KINDS:
        raise Refusal(
            f"病例类型只能是：{'、'.join(KINDS)}。", f"The kind is one of {', '.join(KINDS)}.", field="kind", value=reading.kind
        )  # fmt: skip
    if reading.disease and not is_code(reading.disease):
        raise Refusal(
            "病种代码由小写字母、数字和下划线组成，如 ebola。", "The code of a disease has small letters, digits and underscores, such as ebola.",
            field="disease", value=reading.disease,
        )  # fmt: skip
    if known := meant(reading.disease):
        raise Refusal(
            f"没有病种“{reading.disease}”，是否应为“{known}”？", f'There is no disease "{reading.disease}". Did you mean "{known}"?',
            field="disease", value=reading.disease,
        )  # fmt: skip


@dataclass
class _Work:
    """One list on its way into the books."""

    found: LineList
    reading: Reading
    by: str
    pairs: tuple[Link, ...]
    corrected: dict[int, Sequence[Change]] = field(default_factory=dict)
    courses: dict[str, Count] = field(default_factory=dict)
    links: LinkCount = field(default_factory=LinkCount)
    standing: dict[str, Standing] = field(default_factory=dict)
    """Cases that links name, as they stand after their lines, by number."""

    def __post_init__(self) -> None:
        self.named = ends_of(self.found, self.pairs)

    def sheet(self) -> importing.Sheet:
        """The lines as the importer counts them; those that reading refused come with their fault."""
        found = self.found
        lost = tuple(one.heading for one in columns_kept(found) if not one.is_kept)
        kept = tuple(heading for heading in found.columns.values() if heading not in lost)
        links = hashlib.sha256(repr(self.pairs).encode()).hexdigest() if self.pairs else ""
        meant = f"{found.digest} {self.reading} {sorted(found.orders.items())} {links}"
        table = Table(hashlib.sha256(meant.encode()).hexdigest(), found.name, kept + lost, (), {})
        return importing.Sheet(table, kept, lost, self._lines())

    def _lines(self) -> Iterator[Line]:
        """Cases and refused lines in the order of the file."""
        cases = (Line(case.line, {"case": case}) for case in self.found.cases)
        return iter(merge(cases, _refused(self.found), key=attrgetter("number")))

    def apply(self, rows: Sequence[Mapping[str, Any]], context: Context) -> list[Outcome | Refusal]:
        """An answer for each line of a piece: created, matched (corrected ones too), or why not."""
        cases: list[LineListCase] = [row["case"] for row in rows]
        areas = AreaCells.load([place_of(case) for case in cases], context.scope)
        lines = [self._wanted(case, areas, context) for case in cases]
        books = self._books([line for line in lines if isinstance(line, Wanted)], context.scope)
        answers = [line if isinstance(line, Refusal) else self._answer(line, books, context) for line in lines]
        standing = self._write(answers, context)
        for kind, count in store_courses(list(standing.values()), context).items():
            self.courses[kind] = self.courses.get(kind, Count()) + count
        self.standing |= {case.source_id: one for case, one in standing.values() if case.source_id in self.named}
        return [answer if isinstance(answer, Refusal) else Outcome(answer.outcome, answer.key) for answer in answers]

    def finish(self, context: Context) -> None:
        """Links may go from any line to any other: they are stored when all cases are."""
        cases = self.found.cases if "infectors" in self.found.columns else ()
        links = links_of((case for case in cases if case.source_id in self.standing), self.pairs)
        elsewhere = {number for link in links for number in (link.infector, link.case)} - self.standing.keys()
        ends = Ends(self._elsewhere(elsewhere, context.scope) | self.standing, self.reading.source, self.found.digest)
        self.links = store_links(links, ends, context)
        self.courses = self.courses or {kind: Count() for kind in COURSES}

    def _wanted(self, case: LineListCase, areas: AreaCells, context: Context) -> Wanted | Refusal:
        try:
            return wanted(case, areas, self.reading, self.found.digest, context.scope)
        except Refusal as refusal:
            return refusal

    def _books(self, lines: Sequence[Wanted], scope: Scope) -> Books:
        keys = {key for line in lines for key in line.keys}
        found = line_lists.reports(
            scope, keys=keys, source=self.reading.source, numbers=[line.case.source_id for line in lines]
        )
        by_key = {report.key: report for report in found}
        gone = line_lists.recorded(scope, [UUID(key) for key in keys - by_key.keys()])
        return Books(by_key, by_number(found, self.reading.source), frozenset(map(str, gone)))

    def _answer(self, line: Wanted, books: Books, context: Context) -> Answer | Refusal:
        there = books.find(line)
        if there is None:
            gone = next((key for key in line.keys if key in books.gone), "")
            if not gone and line.case.key and line.case.key.casefold() != line.keys[0]:
                return Refusal(
                    "没有这个病例标识，或不在您的辖区。新病例请清空该格。",
                    "There is no case with this key in your area. Empty the cell for a new case.",
                    field="case_key", value=line.case.key[:40],
                )  # fmt: skip
            return Answer(MATCHED if gone else CREATED, gone or line.keys[0], line, None, is_gone=bool(gone))
        try:
            return Answer(MATCHED, there.key, line, there, changes(there, line))
        except Refusal as refusal:
            return refusal

    def _write(self, answers: list[Answer | Refusal], context: Context) -> dict[int, tuple[LineListCase, Standing]]:
        """Register people, record new reports and corrections; answers of refused people become refusals in place."""
        people = self._register(answers, context.now)
        rows, standing = [], {}
        for place, answer in enumerate(answers):
            if isinstance(answer, Refusal) or answer.is_gone:
                continue
            person = people.get(place, answer.there.person if answer.there else None)
            if answer.there is None:
                rows.append(answer.report(person, context.now))
            elif answer.changes:
                self.corrected[answer.line.case.line] = answer.changes
                if any(not change.field.startswith("person.") for change in answer.changes):
                    rows.append(answer.correction(person, context.now))
            standing[place] = (answer.line.case, answer.standing(person, context.now))
        facts.record_many(kinds.REPORTED.name, rows, by=context.by, now=context.now)
        self._refuse_hidden(answers, standing, context.scope)
        correct_people([answer for answer in answers if isinstance(answer, Answer)])
        return standing

    def _register(self, answers: list[Answer | Refusal], now: datetime) -> dict[int, int]:
        """Register who has a name and no person yet. Whom the register refuses, the line is refused."""
        named = {
            place: answer
            for place, answer in enumerate(answers)
            if isinstance(answer, Answer) and answer.line.case.name and answer.needs_person
        }
        people = {}
        details = [answer.details() for answer in named.values()]
        for place, done in zip(named, register_people(details, by=self.by, now=now), strict=True):
            if isinstance(done, Refusal):
                answers[place] = done
            else:
                people[place] = done.person
        return people

    def _refuse_hidden(self, answers: list[Answer | Refusal], standing: dict[int, Any], scope: Scope) -> None:
        """A number of this source that is a case of another area was not stored: it is that area's to change."""
        fresh = {
            place: UUID(answer.key)
            for place, answer in enumerate(answers)
            if isinstance(answer, Answer) and answer.outcome == CREATED
        }
        seen = line_lists.recorded(scope, list(fresh.values()))
        for place in [place for place, key in fresh.items() if key not in seen]:
            answer = answers[place]
            number = answer.line.case.source_id if isinstance(answer, Answer) else ""
            answers[place] = Refusal(
                "同一来源的这个编号是其他地区的病例：一个病例不能在两个县（区）。请联系该地区移交。",
                "This number of this source is a case of another area: one case cannot be in two counties. Ask that area to hand it over.",
                field="source_id", value=number,
            )  # fmt: skip
            del standing[place]

    def _elsewhere(self, numbers: set[str], scope: Scope) -> dict[str, Standing]:
        """Cases in the books that links name and this list does not hold."""
        source = self.reading.source
        keys = {number.casefold(): number for number in numbers if is_key(number)}
        if source:
            keys |= {str(key_in_source(source, number)): number for number in numbers}
        if not keys:
            return {}
        found = line_lists.reports(scope, keys=list(keys), source=source, numbers=list(numbers))
        return {keys[report.key]: standing_of(report) for report in found if report.key in keys} | {
            number: standing_of(report) for number, report in by_number(found, source).items()
        }


def _refused(found: LineList) -> Iterator[Line]:
    """Each line that reading refused, with what was said of it first; the faults of a line stand together."""
    lines = (_told(line, list(faults)) for line, faults in groupby(found.faults, key=attrgetter("line")))
    refused = (line for line in lines if line is not None)
    return iter(sorted(refused, key=attrgetter("number"))) if found.sheet.faults else refused


def _told(line: int, faults: Sequence[Fault]) -> Line | None:
    if not any(fault.verdict == REFUSED for fault in faults):
        return None
    first = faults[0]
    refusal = Refusal(
        first.zh + first.remedy_zh, f"{first.en} {first.remedy_en}", field=first.column, value=first.value
    )
    return Line(line, {}, refusal)
