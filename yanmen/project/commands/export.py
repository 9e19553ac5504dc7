"""Write people, places, organisations, households or line lists of cases to files, masked and logged. 导出登记数据或病例清单。"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from yanmen.base.clock import SystemClock
from yanmen.base.refusals import Refusal
from yanmen.project import line_list_export
from yanmen.project.cli import start_django
from yanmen.project.commands.import_ import REGISTERS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("register", choices=(*REGISTERS, "linelist"))
    parser.add_argument("file", type=Path, metavar="FILE", help="ends in .csv or .xlsx; line lists in any form")
    parser.add_argument("--area", help="code of the area; the province by default")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="of the headings")
    parser.add_argument("--reason", default="", help="kept in the access log")
    line_list_export.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    try:
        return line_list_export.run(args) if args.register == "linelist" else _register(args)
    except Refusal as refusal:
        print(f"{refusal.zh}\n{refusal.en}", file=sys.stderr)
    except OSError as fault:
        print(f"{args.file}: {fault.strerror}", file=sys.stderr)
    return 1


def _register(args: argparse.Namespace) -> int:
    form = args.file.suffix.lstrip(".").lower()
    if form not in ("csv", "xlsx"):
        print(f"{args.file}: 文件名应以 .csv 或 .xlsx 结尾。\nThe name must end in .csv or .xlsx.", file=sys.stderr)
        return 2
    start_django()
    from yanmen.registry.areas import only_province
    from yanmen.registry.files import export_register
    from yanmen.registry.scope import system

    scope = system(args.area or only_province())
    content = export_register(
        args.register, scope=scope, now=SystemClock().now(), form=form, language=args.language, reason=args.reason
    )
    args.file.write_bytes(content)
    print(f"{args.file}: {len(content)} bytes")
    return 0
