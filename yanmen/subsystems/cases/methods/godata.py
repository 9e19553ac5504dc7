"""A Go.Data export as a whole: cases, contacts, events, who met whom, follow-ups and laboratory results, every link kept.

The files are told apart by their columns, not by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yanmen.subsystems.cases.methods.line_list_columns import plain
from yanmen.subsystems.cases.methods.line_list_links import Link
from yanmen.subsystems.cases.methods.line_list_sheets import Sheet

PARTS = ("cases", "contacts", "events", "relationships", "followups", "lab_results")
LINKS = {
    # part: column, the parts it may name
    "relationships": (
        ("source_uuid", ("cases", "contacts", "events")),
        ("target_uuid", ("cases", "contacts", "events")),
    ),
    "followups": (("contact_uuid", ("contacts", "cases")),),
    "lab_results": (("personid", ("cases", "contacts")),),
}
Record = Mapping[str, str]


@dataclass(frozen=True)
class Broken:
    """A link that names nobody of the export."""

    part: str
    line: int
    column: str
    value: str


@dataclass(frozen=True)
class Export:
    """Records by part, each with its columns by name; `broken` links are told, their records kept."""

    records: Mapping[str, tuple[Record, ...]]
    broken: tuple[Broken, ...]

    @property
    def counts(self) -> dict[str, int]:
        return {part: len(self.records.get(part, ())) for part in PARTS}

    def ends(self) -> dict[tuple[str, str], int]:
        """Relationships by the parts of their two ends: (cases, contacts), (events, cases) … A contact who fell ill is a case."""
        part_of = {record["uuid"]: part for part in reversed(PARTS[:3]) for record in self.records.get(part, ())}
        found: dict[tuple[str, str], int] = {}
        for record in self.records.get("relationships", ()):
            pair = (part_of.get(record["source_uuid"], "?"), part_of.get(record["target_uuid"], "?"))
            found[pair] = found.get(pair, 0) + 1
        return found


def is_part(sheet: Sheet) -> bool:
    """Whether this is a file of a Go.Data export."""
    return sheet.kind.startswith("godata_")


def read_export(sheets: Iterable[Sheet]) -> Export:
    """All files of one export together, so that links between them can be followed."""
    records: dict[str, tuple[Record, ...]] = {}
    lines: dict[str, list[int]] = {}
    for sheet in sheets:
        part = sheet.kind.removeprefix("godata_")
        names = [plain(heading) for heading in sheet.header]
        read = tuple(dict(zip(names, map(str, cells), strict=False)) for _, cells in sheet.lines)
        records[part] = records.get(part, ()) + read
        lines.setdefault(part, []).extend(number for number, _ in sheet.lines)
    return Export(records, tuple(_broken(records, lines)))


def _broken(records: Mapping[str, Sequence[Record]], lines: Mapping[str, Sequence[int]]) -> Iterable[Broken]:
    known = {part: {record.get("uuid", "") for record in records.get(part, ())} for part in PARTS[:3]}
    for part, columns in LINKS.items():
        for column, targets in columns:
            if not any(target in records for target in targets):
                continue
            ids = set[str]().union(*(known[target] for target in targets))
            for line, record in zip(lines.get(part, ()), records.get(part, ()), strict=True):
                if record.get(column, "") not in ids:
                    yield Broken(part, line, column, record.get(column, ""))


CERTAINTY = {"1": 1 / 3, "2": 2 / 3, "3": 1.0}
"""Go.Data's levels of certainty (1 low, 2 medium, 3 high) as parts of one."""


def sources(export: Export) -> list[Link]:
    """Relationships from case to case: the first may have infected the second. Those to contacts and events are no infections."""
    cases = {record["uuid"] for record in export.records.get("cases", ())}
    return [
        Link(
            line, record["source_uuid"], record["target_uuid"],
            record.get("context_of_exposure", "") or record.get("exposure_type", ""),
            CERTAINTY.get(record.get("certainty_level", "")[:1]),
        )
        for line, record in enumerate(export.records.get("relationships", ()), start=2)
        if {record["source_uuid"], record["target_uuid"]} <= cases and record["source_uuid"] != record["target_uuid"]
    ]  # fmt: skip
