"""Copy the ledger for counting, list the indicators, ask one of them. 指标：复制台账、列出指标、查询数字。"""

from __future__ import annotations

import argparse
import json
from datetime import date, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from yanmen.base.clock import BEIJING
from yanmen.project.cli import start_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="copy|list|show", required=True)
    copy = acts.add_parser("copy", help="bring the files up to now; a copy now and then is made by `yanmen work`")
    copy.add_argument("--full", action="store_true", help="hold every day against the database")
    acts.add_parser("list", help="every indicator, its unit and what it counts")
    show = acts.add_parser("show", help="one indicator, day by day")
    show.add_argument("indicator", metavar="ID")
    show.add_argument("--area", default="", help="code of the area; the province by default")
    show.add_argument(
        "--day", type=date.fromisoformat, metavar="D", help="the last day; that of the last copy by default"
    )
    show.add_argument("--days", type=int, default=7, metavar="N", help="so many days (7)")
    show.add_argument(
        "--known-at", type=datetime.fromisoformat, metavar="M", help="as known at this moment: 2022-10-09T20:00"
    )
    for each in (copy, show):
        each.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    start_django()
    return {"copy": _copy, "list": _list, "show": _show}[options.act](options)


def _copy(options: argparse.Namespace) -> int:
    from yanmen.desk import clock
    from yanmen.numbers.indicators import folder
    from yanmen.numbers.keeping import bring_up

    copied, seconds = bring_up(folder(), now=clock.now(), full=options.full)
    if options.json:
        print(json.dumps(vars(copied) | {"figures_seconds": round(seconds, 2)}))
    else:
        print(
            f"{folder()}: {copied.written} files written ({copied.rows:,} rows), {copied.dropped} dropped,"
            f" {copied.total:,} rows in all; figures made ready in {seconds:.1f} s\n"
            f"写入{copied.written}个文件（{copied.rows:,}行），删除{copied.dropped}个，共{copied.total:,}行。"
        )
    return 0


def _list(options: argparse.Namespace) -> int:
    from yanmen.numbers.indicators import INDICATORS, UNITS

    table = Table("id", "指标 indicator", "单位 unit", "算法 how")
    for one in INDICATORS.values():
        table.add_row(one.id, f"{one.zh}\n{one.en}", "\n".join(UNITS[one.unit]), f"{one.how_zh}\n{one.how_en}")
    Console().print(table)
    return 0


def _show(options: argparse.Namespace) -> int:
    from yanmen.numbers import indicators
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import system

    read_at = indicators.read_at()
    if read_at is None:
        print(
            "尚无台账副本。请先运行 yanmen numbers copy。\nThere is no copy of the ledger yet. Run `yanmen numbers copy` first."
        )
        return 1
    known_at = options.known_at and (
        options.known_at if options.known_at.tzinfo else options.known_at.replace(tzinfo=BEIJING)
    )
    last = options.day or read_at.astimezone(BEIJING).date()
    scope = system(options.area or only_province(), purpose="control")
    told = indicators.series(
        scope, options.indicator, first=last - timedelta(days=options.days - 1), last=last, known_at=known_at
    )
    if options.json:
        print(json.dumps(_plain(told), ensure_ascii=False, default=str))
        return 0
    table = Table(
        "日 day", f"{told.indicator.zh} {told.indicator.en}", "其中 of which", title=f"as known at {told.known_at}"
    )
    for row in told.rows:
        table.add_row(str(row.day), "" if row.value is None else f"{row.value:g}", _parts(row.parts))
    Console().print(table)
    return 0


def _plain(told: Any) -> dict[str, Any]:
    rows = [{"day": row.day, "value": row.value, "parts": dict(row.parts)} for row in told.rows]
    return {"indicator": told.indicator.id, "known_at": told.known_at, "read_at": told.read_at, "rows": rows}


def _parts(parts: Any) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in sorted(parts.items(), key=lambda pair: -pair[1])[:6])
