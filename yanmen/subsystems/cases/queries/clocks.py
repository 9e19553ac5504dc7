"""The clocks a case starts: report, core investigation, full investigation; and who is late, by area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yanmen.loop.catalogue import catalogue
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.kinds import INVESTIGATE_CASE, NETWORK_REPORT, TRACE_CORE
from yanmen.subsystems.cases.queries.listing import WINDOW, case
from yanmen.subsystems.cases.queries.statements import rows

CLOCKS = (NETWORK_REPORT.name, TRACE_CORE.name, INVESTIGATE_CASE.name)
UNIT_WIDTH = {2: 4, 4: 6, 6: 9, 9: 12, 12: 12}


@dataclass(frozen=True)
class Clock:
    """One clock of a case. `level` is the area that owes it now: one level up once the window has passed."""

    kind: str
    opened_at: datetime
    due_at: datetime
    done_at: datetime | None
    late_by: timedelta | None
    level: str
    state: str

    @property
    def title(self) -> Mapping[str, str]:
        """What is owed, in both languages."""
        kind = catalogue.tasks[self.kind]
        return {"zh": kind.zh, "en": kind.en}


def clocks(scope: Scope, case_key: str, *, now: datetime) -> list[Clock]:
    """Every clock of the case that the edition in force sets, first due first."""
    found = case(scope, case_key, now=now)
    if found is None:
        return []
    return [
        _clock(row, now)
        for row in rows(scope, "clocks", person=found.person_id, case=found.key, kinds=list(CLOCKS), now=now)
    ]


def late_clocks(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """Clocks of the last two months by the areas one level below the asker's: in all, late and owed, done late."""
    about = {"width": UNIT_WIDTH[len(scope.area)], "since": now - WINDOW, "now": now}
    return rows(scope, "late_clocks", kinds=list(CLOCKS), **about)


def _clock(row: Mapping[str, Any], now: datetime) -> Clock:
    done_at = row["done_at"] if row["state"] == "done" else None
    over = (done_at or now) - row["due_at"]
    return Clock(
        kind=row["kind"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        done_at=done_at,
        late_by=over if over > timedelta(0) else None,
        level=(row["escalated_to"] if row["state"] == "failed" else None) or row["area"],
        state=row["state"],
    )
