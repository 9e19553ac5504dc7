"""Recompute the whole state from the facts, check chain and balances; exit 1 on any break. 审计：从事实重算并核对。"""

import argparse
import datetime as dt
import json
from typing import Any

from rich.console import Console
from rich.table import Table

from yanmen.project.cli import start_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings

    from yanmen.base.signing import FileSigner
    from yanmen.desk import clock
    from yanmen.loop.audit import audit

    now = clock.now()
    found = audit(now=now, public_key=FileSigner.open(settings.YANMEN_SIGNING_KEY).public_key)
    found["breaks"] += balances(now)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, default=str))
    else:
        show(found, Console())
    return 1 if found["breaks"] else 0


def balances(now: dt.datetime) -> list[dict[str, Any]]:
    """What does not balance: the lines of the board "nobody lost", and what subsystems keep account of by an ``audit`` among their queries."""
    from yanmen.desk.balances import audit as nobody_lost
    from yanmen.project import discovery
    from yanmen.registry.models import Area
    from yanmen.registry.scope import system

    provinces = list(Area.objects.using("loop").filter(level="province", valid_to=None).values_list("code", flat=True))
    checks = [getattr(module, "audit", None) for _, module in discovery.modules("queries")]
    found = [fault for code in provinces for fault in nobody_lost(system(code), now=now)]
    return found + [fault for check in checks if check for code in provinces for fault in check(system(code), now=now)]


def show(found: dict[str, Any], console: Console) -> None:
    """The report for people: what was compared, and each break by name."""
    counted = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in found["counts"].items())
    console.print(f"审计 Audit · as of {found['as_of']} · {counted}")
    if not found["breaks"]:
        console.print("[green]0 breaks: the state recomputed from the facts equals the state stored. 重算与存储一致。")
        return
    table = Table("check", "what", "row", title=f"{len(found['breaks'])} breaks")
    for each in found["breaks"][:50]:
        row = ", ".join(f"{name}={value}" for name, value in each["row"].items())
        table.add_row(each["check"], f"{each['zh']}\n{each['en']}", row)
    console.print(table)
