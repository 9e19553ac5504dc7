"""`yanmen import linelist`: what each file of cases says, line by line, in both languages; then, unless previewed, stored."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yanmen.base.clock import SystemClock, local_date
from yanmen.base.refusals import Refusal
from yanmen.project.cli import start_django
from yanmen.project.line_list_receipts import show_stored, stored_as_json, write_receipts
from yanmen.subsystems.cases.methods import godata
from yanmen.subsystems.cases.methods.line_list_dates import ORDERS
from yanmen.subsystems.cases.methods.line_list_diseases import disease_of
from yanmen.subsystems.cases.methods.line_list_faults import Fault
from yanmen.subsystems.cases.methods.line_list_links import Link, Links, read_links
from yanmen.subsystems.cases.methods.line_list_sheets import Sheet, open_sheet, refuse_large
from yanmen.subsystems.cases.methods.line_lists import Divisions, LineList, read_sheet
from yanmen.subsystems.cases.methods.words import KINDS
from yanmen.subsystems.tracing.methods.pairs import Chains

if TYPE_CHECKING:
    from yanmen.subsystems.cases.actions import Stored

SHOWN = 50
FAULT = ("line", "field", "column", "value", "code", "verdict", "zh", "en", "remedy_zh", "remedy_en")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="CSV or Excel; the files of a Go.Data export together"
    )
    parser.add_argument("--contacts", type=Path, metavar="FILE", help="pairs of infector and case_id")
    parser.add_argument(
        "--dates", choices=ORDERS, default="", help="order of day and month where the file leaves it open"
    )
    parser.add_argument(
        "--divisions", type=Path, metavar="CSV", help="province and county, a pair a line: others are refused"
    )
    parser.add_argument("--preview", action="store_true", help="say what the files hold; needs no database")
    parser.add_argument(
        "--disease", default="", help="the disease of a list that does not name it: covid19, ebola, measles …"
    )
    parser.add_argument(
        "--source", default="", metavar="NAME", help="whose list it is: the same number of one source is the same case"
    )
    parser.add_argument("--kind", choices=tuple(KINDS), default="", help="the kind of cases that are not classified")
    parser.add_argument("--area", help="code of the area the cases lie in; the province by default")
    parser.add_argument("--receipts", type=Path, metavar="CSV", help="write a receipt for every line to this file")
    parser.add_argument("--json", action="store_true", help="print sums, columns and faults as JSON")


def run(args: argparse.Namespace) -> int:
    try:
        return _run(args)
    except Refusal as refusal:
        print(f"{refusal.zh}\n{refusal.en}", file=sys.stderr)
    except OSError as fault:
        print(f"{fault.filename}: {fault.strerror}", file=sys.stderr)
    return 1


def _run(args: argparse.Namespace) -> int:
    now = SystemClock().now()
    today = local_date(now)
    sheets = [open_file(path) for path in args.files]
    lists = _lists(sheets, today, args.dates, _divisions(args.divisions))
    export = godata.read_export(sheet for sheet in sheets if godata.is_part(sheet))
    pairs = [read_links(sheet) for sheet in (*sheets, *contacts_in(args.contacts)) if sheet.kind == "links"]
    links = [link for each in pairs for link in each.links] + godata.sources(export)
    stored = [] if args.preview else _store(lists, links, args, now)
    if args.receipts:
        write_receipts(args.receipts, lists, stored)
    if args.json:
        print(json.dumps(_as_json(lists, export, pairs, stored), ensure_ascii=False, indent=1))
    else:
        _show(lists, export, pairs)
        show_stored(lists, stored)
    refused = sum(each.sums.refused for each in lists) + sum(each.refused for each in pairs) + len(export.broken)
    return 1 if refused or any(each.receipt.rejected for each in stored) else 0


def _store(lists: Sequence[LineList], links: Sequence[Link], args: argparse.Namespace, now: datetime) -> list[Stored]:
    start_django()
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import system
    from yanmen.subsystems.cases.actions import Reading, bring_in

    scope = system(args.area or only_province())
    reading = Reading(kind=args.kind, disease=disease_of(args.disease) or args.disease, source=args.source.strip())
    sizes = {path.name: path.stat().st_size for path in args.files}
    return [
        bring_in(
            scope=scope, found=each, reading=reading, by="operator", now=now, pairs=pairs, size=sizes.get(each.name, 0)
        )
        for each, pairs in zip(lists, _shared(lists, links), strict=True)
    ]


def _shared(lists: Sequence[LineList], links: Sequence[Link]) -> list[list[Link]]:
    """Each pair goes with the list that holds the infected person, else the infector, else with the first."""
    ids = [{case.source_id for case in each.cases} for each in lists] if links and len(lists) > 1 else [set()]
    shared: list[list[Link]] = [[] for _ in lists]
    for link in links if lists else ():
        holders = [at for end in (link.case, link.infector) for at, known in enumerate(ids) if end in known]
        shared[holders[0] if holders else 0].append(link)
    return shared


def open_file(path: Path) -> Sheet:
    """A file, unless it is too large to be read at once."""
    refuse_large(path.name, path.stat().st_size)
    return open_sheet(path.name, path.read_bytes())


def contacts_in(path: Path | None) -> list[Sheet]:
    """The list of pairs, if there is one. Refuses a file without their columns."""
    if path is None:
        return []
    sheet = open_file(path)
    if sheet.kind != "links":
        raise Refusal(
            "联系文件需要 infector 和 case_id 两列，请核对表头。",
            "The file of contacts needs the columns infector and case_id. Check its header.",
            field="file",
            value=path.name,
        )
    return [sheet]


def _lists(sheets: Iterable[Sheet], today: date, dates: str, divisions: Divisions | None) -> list[LineList]:
    """Every sheet of cases. Other parts of a Go.Data export, and lists of pairs, are read elsewhere."""
    return [
        read_sheet(sheet, today=today, dates=dates, divisions=divisions)
        for sheet in sheets
        if sheet.kind == "godata_cases" or not (godata.is_part(sheet) or sheet.kind == "links")
    ]


def _divisions(path: Path | None) -> Divisions | None:
    if path is None:
        return None
    found: dict[str, set[str]] = {}
    for _, cells in open_file(path).lines:
        found.setdefault(str(cells[0]), set()).add(str(cells[1]))
    return found


def _ids(lists: Iterable[LineList]) -> set[str]:
    return {case.source_id for each in lists for case in each.cases}


def _pairs(pairs: Links, ids: set[str]) -> dict[str, Any]:
    infectors, infected = pairs.unknown(ids)
    return {
        "rows": pairs.rows, "taken": len(pairs.links), "refused": pairs.refused, "blank": pairs.blank,
        "infectors_not_in_the_lists": len(infectors), "infected_not_in_the_lists": len(infected), **_chains(pairs),
    }  # fmt: skip


def _chains(pairs: Links) -> dict[str, int]:
    found = Chains({}, ((each.infector, each.case) for each in pairs.links))
    return {
        "components": len(found.components), "largest": max((each.size for each in found.components), default=0),
        "longest_chain": max((each.depth for each in found.components), default=0),
        "most_offspring": max(found.offspring.values(), default=0), "in_a_circle": sum(map(len, found.rings)),
    }  # fmt: skip


def _as_json(
    lists: Sequence[LineList], export: godata.Export, pairs: Sequence[Links], stored: Sequence[Stored]
) -> dict[str, Any]:
    ids = _ids(lists) if pairs else set()
    found: dict[str, Any] = {
        "files": [
            {
                "file": each.name, "kind": each.kind, "form": each.form, "sums": asdict(each.sums),
                "faults": each.fault_counts, "columns": each.columns, "kept_by_name": each.extra_columns,
                "date_orders": each.orders, "links": _links(each), "lines": [_fault(fault) for fault in each.faults],
            }
            for each in lists
        ],
        "pairs": [_pairs(each, ids) | {"lines": [_fault(fault) for fault in each.faults]} for each in pairs],
    }  # fmt: skip
    if any(export.counts.values()):
        ends = {f"{first} → {second}": count for (first, second), count in export.ends().items()}
        found["godata"] = {"counts": export.counts, "relationships": ends, "broken": [asdict(b) for b in export.broken]}
    if stored:
        found["stored"] = stored_as_json(lists, stored)
    return found


def _links(found: LineList) -> dict[str, int]:
    return {"infectors": found.links[0], "contacts": found.links[1]}


def _fault(fault: Fault) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in FAULT}


def _show(lists: Sequence[LineList], export: godata.Export, pairs: Sequence[Links]) -> None:
    for found in lists:
        print(f"{found.name} ({found.kind}, {found.form})")
        for fault in found.faults[:SHOWN]:
            _show_fault(fault)
        if len(found.faults) > SHOWN:
            print(f"… {len(found.faults) - SHOWN} more 更多; --receipts writes all of them 可写出全部.")
        print(f"  Columns 列: {', '.join(f'{field} = {heading}' for field, heading in found.columns.items())}")
        if found.extra_columns:
            print(f"  Kept by name 按原名保留: {', '.join(found.extra_columns)}")
        if any(_links(found).values()):
            print(
                "  Links 联系: {infectors} to infectors 指向传染源, {contacts} to contacts 指向关联病例".format(
                    **_links(found)
                )
            )
        sums = found.sums
        print(
            f"  {sums.rows} lines: {sums.taken} taken, {sums.repaired} repaired, {sums.refused} refused, {sums.blank} blank. "
            f"共 {sums.rows} 行：采用 {sums.taken}，修正 {sums.repaired}，拒绝 {sums.refused}，空行 {sums.blank}。"
        )
    for each in pairs:
        for fault in each.faults[:SHOWN]:
            _show_fault(fault)
        _show_pairs(_pairs(each, _ids(lists)))
    if any(export.counts.values()):
        print("Go.Data: " + ", ".join(f"{count} {part}" for part, count in export.counts.items()))
        for broken in export.broken[:SHOWN]:
            print(f"  {broken.part} {broken.line}: {broken.column} {broken.value}\n    指向的记录不在导出中，原样保留。 / Names no record of the export; kept as written.")  # fmt: skip


def _show_pairs(sums: Mapping[str, int]) -> None:
    print(
        "{rows} pairs: {taken} taken, {refused} refused, {blank} blank; {components} chains, the largest {largest}. "
        "共 {rows} 对：采用 {taken}，拒绝 {refused}，空行 {blank}；{components} 条链，最大 {largest} 人。".format(
            **sums
        )
    )
    print(
        "  {infectors_not_in_the_lists} infectors and {infected_not_in_the_lists} infected are not in the lists. "
        "名单之外：传染源 {infectors_not_in_the_lists} 人，被感染者 {infected_not_in_the_lists} 人。".format(**sums)
    )


def _show_fault(fault: Fault) -> None:
    print(f"  {fault.line}: {fault.column} {fault.value} [{fault.verdict}]")
    print(f"    {fault.zh}{fault.remedy_zh}\n    {fault.en} {fault.remedy_en}")
