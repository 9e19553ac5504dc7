"""Results of a laboratory as HL7 FHIR R4: read a Bundle into a run, write a run's Bundle, check files. 检测结果FHIR收发。"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from yanmen.base.refusals import Refusal

BY = "command:fhir"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    import_ = acts.add_parser("import", help="read a Bundle of specimens and observations into a loaded run")
    import_.add_argument("file", type=Path, metavar="FILE")
    export = acts.add_parser("export", help="write the released tubes of a run as a Bundle")
    for each in (import_, export):
        each.add_argument("--run", dest="number", type=int, required=True, metavar="N", help="number of the run")
        each.add_argument("--area", required=True, metavar="CODE", help="area of the laboratory")
    export.add_argument("--tube", default="", metavar="CODE", help="only this tube")
    export.add_argument("--out", type=Path, default=None, metavar="FILE", help="write here instead of printing")
    check = acts.add_parser("check", help="read any resources, write and read them again; exit 1 when one is not equal")
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")


def run(args: argparse.Namespace) -> int:
    try:
        return {"import": _import, "export": _export, "check": _check}[args.act](args)
    except OSError as fault:
        print(f"{fault.filename}: {fault.strerror}", file=sys.stderr)
        return 1


def _check(args: argparse.Namespace) -> int:
    from yanmen.subsystems.screening.methods.fhir import read_again

    wrong = 0
    for path in args.files:
        try:
            once = read_again(path.read_bytes())
            equal = read_again(once) == once
        except Refusal as fault:
            print(f"{path.name}: {fault.zh} {fault.en}")
            wrong += 1
            continue
        wrong += not equal
        print(f"{path.name}: {'一致 equal' if equal else '不一致 differs'}")
    print(f"{len(args.files) - wrong}/{len(args.files)}")
    return 1 if wrong else 0


def _import(args: argparse.Namespace) -> int:
    from yanmen.project.cli import start_django

    start_django()
    from yanmen.desk import clock
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.screening import actions

    content, scope = args.file.read_bytes(), system(args.area)
    with acting(scope):
        receipt = actions.read_file(
            scope=scope, run=args.number, content=content, name=args.file.name, by=BY, now=clock.now()
        )
    print(
        f"{receipt.rows} 行 rows = {receipt.read} 读入 read + {receipt.blank} 空 blank + {len(receipt.rejected)} 拒绝 rejected"
    )
    for bad in receipt.rejected:
        print(f"  {bad.line} {bad.field} {bad.value}: {bad.zh} {bad.en}")
    print("  ".join(f"{name}: {count}" for name, count in sorted(receipt.results.items())))
    if receipt.controls.broken:
        print(f"失控 broken: {', '.join(receipt.controls.broken)}")
    return 1 if receipt.rejected else 0


def _export(args: argparse.Namespace) -> int:
    from yanmen.project.cli import start_django

    start_django()
    from yanmen.desk import clock
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.screening.queries.reports import bundle

    scope = system(args.area)
    with acting(scope):
        text = bundle(scope, args.number, now=clock.now(), tube=args.tube)
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0
