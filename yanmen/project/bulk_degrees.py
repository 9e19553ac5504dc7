"""`yanmen tracing degrees`: contacts of all cases at once, and their contacts, from exported days. 全部病例的各级接触者。"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import timedelta
from typing import Any

from yanmen.project.cli import start_django

DAYS = 14


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--degree", type=int, choices=(1, 2, 3, 4), default=2, help="how far (2)")
    parser.add_argument("--disease", default="covid19", help="covid19, ebola, measles, …")
    parser.add_argument("--days", type=int, default=DAYS, help=f"cases found in so many days ({DAYS})")
    parser.add_argument("--minutes", type=int, help="least time at one place at once (as the edition says)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(args: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings

    from yanmen.base.clock import local_date
    from yanmen.desk import clock
    from yanmen.loop.policies import numbers
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.tracing.actions import FINDER
    from yanmen.subsystems.tracing.actions.exporting import export
    from yanmen.subsystems.tracing.jobs import STAYS
    from yanmen.subsystems.tracing.methods.settings import NORM
    from yanmen.subsystems.tracing.queries.degrees import already_contacts, degrees, people_with_cases

    now, folder = clock.now(), settings.YANMEN_HOME / STAYS
    minutes = args.minutes
    if minutes is None:
        minutes = int(numbers(NORM, local_date(now)).get("venue_minutes", 0))
    began = time.perf_counter()
    with acting(system(only_province(), purpose="control"), now=now) as scope:
        written = export(folder=folder, by=FINDER, now=now)
        since = now - timedelta(days=args.days)
        cases = people_with_cases(scope, disease=args.disease, since=since, until=now, now=now)
        if not any(folder.glob("*.parquet")):
            print("没有已整理的轨迹日。每日整理在次日进行。\nNo finished day of trails is there yet. A day is packed when it is over.", file=sys.stderr)  # fmt: skip
            return 1
        exported = time.perf_counter()
        tables = degrees(scope, cases, folder=folder, minutes=minutes, degree=args.degree)
        asked = time.perf_counter()
        rows = [
            {
                "degree": at,
                "people": len(table),
                "contacts_already": already_contacts(scope, table["person"].to_pylist()),
            }
            for at, table in enumerate(tables, 1)
        ]
    told = {
        "cases": len(cases), "days": args.days, "minutes": minutes, "days_written": [f"{day}" for day in written],
        "degrees": rows, "seconds": {"export": round(exported - began, 2), "ask": round(asked - exported, 2)},
    }  # fmt: skip
    if args.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show(told)
    return 0


def _show(told: dict[str, Any]) -> None:
    print(f"{told['cases']:,} 名病例 people with a case，{told['days']} 天 days，同处至少 together at least {told['minutes']} 分钟 minutes")  # fmt: skip
    for row in told["degrees"]:
        print(f"  第{row['degree']}级 degree {row['degree']}: {row['people']:,} 人 people，其中已判为接触者 contacts already {row['contacts_already']:,}")  # fmt: skip
    print(f"  整理 export {told['seconds']['export']} s，查询 ask {told['seconds']['ask']} s")
