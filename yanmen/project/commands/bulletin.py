"""Read daily reports of a health commission (.txt .jsonl .yaml .csv): place, kind, count. 解析每日疫情通报。"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from yanmen.subsystems.cases.methods.bulletin_files import read
from yanmen.subsystems.cases.methods.report import KINDS, BulletinError, Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    act = acts.add_parser("parse", help="print county, kind and count; exit 1 when a report is refused")
    act.add_argument("files", metavar="FILE", nargs="+", type=Path)
    act.add_argument("--json", action="store_true", help="print JSON")
    act.add_argument("--year", type=int, help="the year of reports that leave it out")


def run(args: argparse.Namespace) -> int:
    reports: list[Report] = []
    for path in args.files:
        try:
            digests = [report.digest for report in reports]
            reports += read(path.name, path.read_bytes(), year=args.year, imported=digests)
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)
            return 1
        except BulletinError as error:
            refused(path, error, as_json=args.json)
            return 1
    if args.json:
        print(json.dumps([report.as_dict() for report in reports], ensure_ascii=False, indent=1))
    else:
        for report in reports:
            show(report)
    return 0


def refused(path: Path, error: BulletinError, *, as_json: bool) -> None:
    """Every problem on a line of its own, for people and for programs."""
    if as_json:
        problems = [asdict(problem) for problem in error.problems]
        print(json.dumps({"file": str(path), "refused": problems}, ensure_ascii=False, indent=1))
    for problem in error.problems:
        print(f"{path}: {problem}", file=sys.stderr)


def show(report: Report) -> None:
    print(f"{report.day} {report.province}")
    for statement in report.statements:
        zh, en = KINDS[statement.kind]
        print(f"  {zh} ({en}): {statement.headline}")
        for item in statement.items:
            place = item.place or "境外输入 (imported)"
            print(f"    {place} {item.count}{' 无症状转归 (converted)' if item.converted else ''}")
    for note in report.notes:
        print(f"  ! {note.zh} / {note.en}")
