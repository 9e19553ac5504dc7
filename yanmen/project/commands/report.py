"""Write a report from the data: daily or situation, as PDF, Word or text. 由数据生成疫情日报、形势报告。"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from yanmen.base.refusals import Refusal
from yanmen.project.cli import start_django
from yanmen.project.moments import day, moment

FORMATS = ("pdf", "docx", "txt", "json")
ADDRESS = "http://127.0.0.1:8000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="report", required=True)
    for name, said in (("daily", "the commission's daily report"), ("situation", "the situation report for command")):
        act = acts.add_parser(name, help=said)
        act.add_argument("day", type=day, metavar="DATE")
        act.add_argument("--format", choices=FORMATS, default="txt")
        act.add_argument("--area", help="code of the area; the province by default")
        act.add_argument("--lang", choices=("zh", "en"), default="zh")
        act.add_argument("--as-known-at", type=moment, metavar="MOMENT", help="as it was known then; now by default")
        act.add_argument("--out", type=Path, metavar="FILE", help="- for standard output, as text is by default")
        act.add_argument("--address", default=os.environ.get("YANMEN_ADDRESS", ADDRESS), help="of the site, for links")
    act = acts.add_parser(
        "template", help="write the Word template, to be edited and kept in a pack as reports/report.docx"
    )
    act.add_argument("out", type=Path, metavar="FILE")
    act.add_argument("--lang", choices=("zh", "en"), default="zh")


def run(args: argparse.Namespace) -> int:
    try:
        return _template(args) if args.report == "template" else _written(args)
    except Refusal as refusal:
        print(f"{refusal.zh}\n{refusal.en}", file=sys.stderr)
    except OSError as fault:
        print(f"{args.out}: {fault.strerror}", file=sys.stderr)
    return 1


def _written(args: argparse.Namespace) -> int:
    start_django()
    from django.utils import translation

    from yanmen.desk import clock
    from yanmen.desk.reports.forms import in_form
    from yanmen.desk.reports.kinds import written
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import acting, system

    scope = system(args.area or only_province())
    with acting(scope), translation.override("zh-hans" if args.lang == "zh" else "en"):
        document = written(
            args.report, scope, day=args.day, known_at=args.as_known_at or clock.now(), language=args.lang
        )
        content = in_form(document, args.format, address=args.address)
    for note in document.notes if document.wording and args.format == "txt" else ():
        print(note, file=sys.stderr)
    return _kept(content, args)


def _kept(content: bytes, args: argparse.Namespace) -> int:
    to_screen = str(args.out) == "-" or (args.out is None and args.format in ("txt", "json"))
    if to_screen:
        sys.stdout.buffer.write(content) if hasattr(sys.stdout, "buffer") else sys.stdout.write(content.decode())
        return 0
    file = args.out or Path(f"{args.report}-{args.day}-{args.lang}.{args.format}")
    file.write_bytes(content)
    print(f"{file}: {len(content):,} bytes")
    return 0


def _template(args: argparse.Namespace) -> int:
    from yanmen.desk.reports.word_template import template

    args.out.write_bytes(template(args.lang))
    print(f"{args.out}")
    return 0
