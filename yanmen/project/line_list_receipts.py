"""What `yanmen import linelist` says of the lists it stored: sums, corrections, columns, and a receipt for every line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yanmen.registry.tables import neutralised
from yanmen.subsystems.cases.methods.line_list_faults import Fault
from yanmen.subsystems.cases.methods.line_lists import LineList

if TYPE_CHECKING:
    from yanmen.subsystems.cases.actions import Stored

SHOWN = 50
END: tuple[int, list[Fault]] = (sys.maxsize, [])
COURSES = {
    "cases.admitted": ("admissions", "收治"), "cases.discharged": ("discharges", "出院"), "cases.died": ("deaths", "死亡"),
}  # fmt: skip


def show_stored(lists: Sequence[LineList], stored: Sequence[Stored]) -> None:
    """Print what became of each list."""
    for found, each in zip(lists, stored, strict=False):
        receipt = each.receipt
        for row in islice((row for row in receipt.rows if row.outcome == "rejected"), SHOWN):
            print(f"  {row.line}: {row.field} {row.value} [not stored 未入库]\n    {row.zh}\n    {row.en}")
        for line, changes in islice(each.corrected.items(), SHOWN):
            print(f"  {line}: {_changed(changes)} [corrected 已订正]")
        for column in each.columns:
            kept = f"{column.zh} {column.en}" if column.is_kept else "未保存 not kept"
            print(f"  {column.heading}: {column.lines} → {kept}")
        for kind, count in each.courses.items():
            if count.total:
                en, zh = COURSES[kind]
                print(
                    f"  {en} {zh}: {count.created} new 新增, {count.matched} there 已有, {count.corrected} corrected 订正"
                )
        if (links := each.links).total:
            print(
                f"  links 感染来源: {links.created} new 新增, {links.matched} there 已有, {links.corrected} corrected 订正; "
                f"not in the lists 名单之外: {links.infectors_unlisted} infectors 传染源, {links.infected_unlisted} infected 被感染者"
            )
        word = "were stored before" if receipt.repeated else "are stored"
        same = receipt.matched - len(each.corrected)
        print(
            f"{found.name}: {receipt.created} {word}, {same} were there, {len(each.corrected)} corrected, {receipt.rejected} are not stored. "
            f"{found.name}：入库 {receipt.created}，已有 {same}，订正 {len(each.corrected)}，未入库 {receipt.rejected}。"
        )


def stored_as_json(lists: Sequence[LineList], stored: Sequence[Stored]) -> list[dict[str, Any]]:
    """The same as data."""
    return [
        {
            "file": found.name, "repeated": each.receipt.repeated, "batch": each.receipt.batch, **each.receipt.counts,
            "corrected": len(each.corrected), "columns": [asdict(column) for column in each.columns],
            "columns_not_stored": each.receipt.ignored,
            "courses": {kind: asdict(count) for kind, count in each.courses.items()}, "links": asdict(each.links),
        }
        for found, each in zip(lists, stored, strict=True)
    ]  # fmt: skip


def write_receipts(path: Path, lists: Sequence[LineList], stored: Sequence[Stored]) -> None:
    """A line of CSV for every line of every list."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "line", "outcome", "case", "column", "value", "zh", "en", "stored", "why_not"))
        for place, found in enumerate(lists):
            rows = iter(stored[place].receipt.rows) if stored else iter(())
            became = next(rows, None)
            corrected: Mapping[int, Any] = stored[place].corrected if stored else {}
            for line, *cells in _receipts(found):  # both in the order of the file
                while became is not None and became.line < line:
                    became = next(rows, None)
                more = ("", "")
                if became is not None and became.line == line:
                    more = (became.outcome, f"{became.zh} {became.en}".strip())
                if line in corrected:
                    more = ("corrected", _changed(corrected[line]))
                writer.writerow([neutralised(str(cell)) for cell in (found.name, line, *cells, *more)])


def _changed(changes: Sequence[Any]) -> str:
    return "; ".join(f"{change.field} {change.old or '—'} → {change.new}" for change in changes)


def _receipts(found: LineList) -> Iterator[tuple[int, str, str, str, str, str, str]]:
    """One a line: taken, repaired or refused, with everything that was said about it."""
    faults = ((line, list(said)) for line, said in groupby(_by_line(found), key=attrgetter("line")))
    line, said = next(faults, END)
    for case in found.cases:
        while line < case.line:
            yield _receipt(line, "refused", "", said)
            line, said = next(faults, END)
        if line > case.line:
            yield _receipt(case.line, "taken", case.source_id, [])
            continue
        yield _receipt(line, "repaired", case.source_id, said)
        line, said = next(faults, END)
    while said:
        yield _receipt(line, "refused", "", said)
        line, said = next(faults, END)


def _by_line(found: LineList) -> Sequence[Fault]:
    """Faults in the order of their lines; lines that no columns could be read from come last in the list."""
    return sorted(found.faults, key=attrgetter("line")) if found.sheet.faults else found.faults


def _receipt(line: int, outcome: str, case: str, said: Sequence[Fault]) -> tuple[int, str, str, str, str, str, str]:
    return (
        line, outcome, case, "; ".join(each.column for each in said), "; ".join(each.value for each in said),
        " ".join(each.zh + each.remedy_zh for each in said), " ".join(f"{each.en} {each.remedy_en}" for each in said),
    )  # fmt: skip
