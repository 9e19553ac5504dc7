"""`yanmen export linelist`: the cases of an area as CSV, Excel, FHIR or Go.Data."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from yanmen.base.clock import SystemClock
from yanmen.project.cli import start_django
from yanmen.subsystems.cases.methods.line_list_diseases import disease_of

FORMATS = ("csv", "xlsx", "fhir", "godata")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only line lists take."""
    about = parser.add_argument_group("linelist 病例清单")
    about.add_argument("--format", choices=FORMATS, help="csv by default; godata writes a folder of two files")
    about.add_argument("--disease", default="", help="only this disease: covid19, ebola, measles …")
    about.add_argument("--since", type=date.fromisoformat, metavar="D", help="only cases found from this day on")
    about.add_argument("--until", type=date.fromisoformat, metavar="D", help="only cases found up to this day")


def run(args: argparse.Namespace) -> int:
    """Write the file, or for Go.Data the folder, and say how large it is."""
    start_django()
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import system
    from yanmen.subsystems.cases.actions import export_line_list, unpacked

    form = args.format or ("xlsx" if args.file.suffix.lower() == ".xlsx" else "csv")
    content = export_line_list(
        scope=system(args.area or only_province(), purpose="control"), form=form, by="operator", now=SystemClock().now(),
        disease=disease_of(args.disease) or args.disease, since=args.since, until=args.until, language=args.language,
        reason=args.reason,
    )  # fmt: skip
    files = {args.file: content}
    if form == "godata":
        args.file.mkdir(parents=True, exist_ok=True)
        files = {args.file / name: part for name, part in unpacked(content).items()}
    _write(files)
    return 0


def _write(files: dict[Path, bytes]) -> None:
    for path, content in files.items():
        path.write_bytes(content)
    print(", ".join(f"{path}: {len(content)} bytes" for path, content in files.items()))
