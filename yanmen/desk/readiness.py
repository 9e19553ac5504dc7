"""Pre-flight checks before an area switches to emergency: each computed from data, none ticked off by hand.

A check is a file `sql/readiness/<name>.sql` of the subsystem that keeps the data, with a header like a balance's
(`check`, `order`, `zh`, `en`, `page`, `remedy: zh | en`, `needs`: the number of the norm `desk.readiness` that is enough). The
statement gives one row `have`: enough is ok, some is a warning, none is a failure; null says that nobody here knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import connections

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope

NORM = "desk.readiness"
HEADER = re.compile(r"^--\s*(check|order|zh|en|page|needs|remedy):\s*(.*)$")
PACKAGE = Path(__file__).resolve().parents[1]
OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True)
class Check:
    """One thing that has to be ready, and what to do where it is not."""

    name: str
    zh: str
    en: str
    order: int
    page: str
    needs: str
    remedy: dict[str, str]
    sql: str


@dataclass(frozen=True)
class Checked:
    """A check as it stands in an area: what there is, what would be enough."""

    check: Check
    have: int | None
    need: int

    @property
    def state(self) -> str:
        """ok, warn (some, or nobody here knows) or fail (none)."""
        if self.have is None:
            return WARN
        return OK if self.have >= self.need else WARN if self.have else FAIL


@cache
def checks() -> tuple[Check, ...]:
    """Every check that is installed, in order."""
    folders = [PACKAGE / "desk", *sorted((PACKAGE / "subsystems").iterdir())]
    found = [_check(path) for folder in folders for path in sorted((folder / "sql" / "readiness").glob("*.sql"))]
    return tuple(sorted(found, key=lambda one: (one.order, one.name)))


def ready(scope: Scope, *, now: datetime, alias: str = "default") -> list[Checked]:
    """Every check for an area."""
    norm = numbers(NORM, local_date(now))
    about = {"now": now, "first": scope.area, "after": scope.area + "~", **norm}
    found = []
    for check in checks():
        with connections[alias].cursor() as cursor:
            cursor.execute(check.sql, about)
            (have,) = cursor.fetchone()
        found.append(Checked(check, None if have is None else int(have), int(norm.get(check.needs, 1))))
    return found


def _check(path: Path) -> Check:
    sql = path.read_text(encoding="utf-8")
    head = {found[1]: found[2].strip() for text in sql.splitlines() if (found := HEADER.match(text))}
    missing = [key for key in ("check", "order", "zh", "en", "needs", "remedy") if key not in head]
    if missing:
        raise ValueError(f"{path}: the header has no line  -- {missing[0]}: …")
    zh, _, en = (part.strip() for part in head["remedy"].partition("|"))
    return Check(
        head["check"], head["zh"], head["en"], int(head["order"]), head.get("page", ""), head["needs"],
        {"zh": zh, "en": en}, sql,
    )  # fmt: skip
