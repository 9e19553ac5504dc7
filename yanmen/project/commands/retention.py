"""How long each kind of row is kept, and what was deleted. 各类数据保存多久、已删除多少。"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from yanmen.project.cli import start_django

COLUMNS = ("name", "kept", "deleted", "last_day", "last_at")
DELETED = """
SELECT kind, sum(facts)::bigint, max(day), max(disposed_at) FROM loop_disposal WHERE facts > 0 GROUP BY kind
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the list as JSON")


def run(options: argparse.Namespace) -> int:
    start_django()
    found = list(rows())
    if options.json:
        print(json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in found], ensure_ascii=False, default=str))
        return 0
    table = Table("what 数据", "kept 保存", "deleted 已删除", "up to the day 删除至", "last 最近一次")
    for row in found:
        table.add_row(*("" if each is None else str(each) for each in row))
    Console().print(table)
    return 0


def rows() -> Iterator[tuple[Any, ...]]:
    """Models, then kinds of facts: name, how long kept, how many deleted, of which last day, when."""
    from django.apps import apps
    from django.db import connections

    from yanmen.loop.catalogue import catalogue

    with connections["loop"].cursor() as cursor:
        cursor.execute(DELETED)
        deleted = {kind: rest for kind, *rest in cursor.fetchall()}
    for model in apps.get_models():
        if kept := getattr(model, "retention", None):
            yield (model._meta.label_lower, _said(kept), *deleted.get(model._meta.label_lower, (0, None, None)))
    for kind in catalogue.facts.values():
        yield (kind.name, f"{kind.retention_days} days 天", *deleted.get(kind.name, (0, None, None)))


def _said(kept: Any) -> str:
    from yanmen.base.retention import Kept, KeptByKind

    if isinstance(kept, Kept):
        return f"{kept.days} days 天 ({kept.after})"
    return "by kind 按种类" if isinstance(kept, KeptByKind) else f"always 长期: {kept.why}"
