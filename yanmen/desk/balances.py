"""Nobody is lost: for each chain a balance that must be zero. What came in is somewhere now, or it is named as lost.

A line is a file `sql/balances/<name>.sql` of a subsystem (or of the desk, for what the loop itself keeps), found as relations
are: nobody imports anybody. Its header says what it is called and what its parts are:

    -- balance: contacts
    -- order: 30
    -- zh: 接触者 → 判定
    -- en: Contact → decision
    -- page: tracing.list
    -- part: held | 已有管控措施 | Under a measure
    -- lost: 无人判定 | Nobody decided

The statement gives one row an item: `key`, `person` (or null), `area`, `part`, `since`. Every item is in exactly one part;
the part `lost` is what must be zero. Its parameters: `now`, the area (`first`, `after`), `since`, and every number of the norm
`desk.balances`. The board, the wall and `yanmen audit` count the same statements: there is no second definition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connections

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope

NORM = "desk.balances"
LOST = "lost"
HEADER = re.compile(r"^--\s*(balance|order|zh|en|page|query|part|lost):\s*(.*)$")
PACKAGE = Path(__file__).resolve().parents[1]


class BalanceFault(ValueError):
    """A balance whose header does not hold; names the file and what to write."""


@dataclass(frozen=True)
class Part:
    """Where an item of a line can be."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Line:
    """One chain: its parts in the order of the way, the last of them `lost`."""

    name: str
    zh: str
    en: str
    order: int
    page: str
    query: str
    parts: tuple[Part, ...]
    sql: str


@dataclass(frozen=True)
class Told:
    """A line as it stands: how many items are in each part, and how old the oldest lost one is."""

    line: Line
    counts: Mapping[str, int]
    oldest: datetime | None

    @property
    def came(self) -> int:
        """All that came in."""
        return sum(self.counts.values())

    @property
    def lost(self) -> int:
        """Not accounted for."""
        return self.counts.get(LOST, 0)


@cache
def lines() -> tuple[Line, ...]:
    """Every line that is installed, in the order of the board."""
    folders = [PACKAGE / "desk", *sorted((PACKAGE / "subsystems").iterdir())]
    found = [_line(path) for folder in folders for path in sorted((folder / "sql" / "balances").glob("*.sql"))]
    return tuple(sorted(found, key=lambda line: (line.order, line.name)))


def line_of(name: str) -> Line | None:
    """The line of a name."""
    return next((line for line in lines() if line.name == name), None)


def tell(scope: Scope, *, now: datetime, alias: str = "default") -> list[Told]:
    """Every line for an area: one statement each. Inside `acting(scope)`, or as the loop for an audit."""
    return [_told(line, scope, now, alias) for line in lines()]


def lost_of(
    line: Line, scope: Scope, *, now: datetime, limit: int = 200, alias: str = "default"
) -> list[dict[str, Any]]:
    """What a line does not account for, the oldest first."""
    text = f"SELECT i.* FROM (\n{line.sql}\n) AS i WHERE i.part = '{LOST}' ORDER BY i.since, i.key LIMIT {int(limit)}"
    return _rows(text, scope, now, alias)


def audit(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """The lines that are not zero, as `yanmen audit` reports breaks."""
    return [
        {
            "check": f"nobody_lost_{told.line.name}",
            "zh": f"去向不明：{told.line.zh}",
            "en": f"Not accounted for: {told.line.en}",
            "row": {"area": scope.area, "lost": told.lost, "of": told.came, "oldest": told.oldest},
        }
        for told in tell(scope, now=now, alias="loop")
        if told.lost
    ]


def _told(line: Line, scope: Scope, now: datetime, alias: str) -> Told:
    text = (
        "SELECT i.part, count(*)::int AS items, min(i.since) AS oldest FROM (\n" + line.sql + "\n) AS i GROUP BY i.part"
    )
    found = {row["part"]: row for row in _rows(text, scope, now, alias)}
    counts = {part.name: found[part.name]["items"] if part.name in found else 0 for part in line.parts}
    counts[LOST] += sum(row["items"] for name, row in found.items() if name not in counts)
    return Told(line, counts, found[LOST]["oldest"] if LOST in found else None)


def _rows(text: str, scope: Scope, now: datetime, alias: str) -> list[dict[str, Any]]:
    norm = numbers(NORM, local_date(now))
    days = int(norm.get("look_back_days", 0))
    about = {**norm, "now": now, "first": scope.area, "after": scope.area + "~", "since": now - timedelta(days=days)}
    with connections[alias].cursor() as cursor:
        cursor.execute(text, about)
        return records(cursor)


def _line(path: Path) -> Line:
    sql = path.read_text(encoding="utf-8")
    head: dict[str, list[str]] = {}
    for text in sql.splitlines():
        if found := HEADER.match(text):
            head.setdefault(found[1], []).append(found[2].strip())
    for key in ("balance", "order", "zh", "en", "part", "lost"):
        if key not in head:
            raise BalanceFault(f"{path}: the header has no line  -- {key}: …")
    parts = [_part(path, text) for text in head["part"]] + [_part(path, f"{LOST} | {head['lost'][0]}")]
    return Line(
        head["balance"][0], head["zh"][0], head["en"][0], int(head["order"][0]),
        head.get("page", [""])[0], head.get("query", [""])[0], tuple(parts), sql,
    )  # fmt: skip


def _part(path: Path, text: str) -> Part:
    words = [word.strip() for word in text.split("|")]
    if len(words) != 3:
        raise BalanceFault(f"{path}: write  -- part: held | 已有措施 | Under a measure, not {text}")
    return Part(*words)
