"""Conflicts: what two workers said of one field while apart, until somebody settles it and for some days after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.methods.answers import Field
from yanmen.subsystems.grid.methods.fields import HOUSEHOLD, PERSON, titles
from yanmen.subsystems.grid.queries import day as days
from yanmen.subsystems.grid.queries.fields import names_of, opened
from yanmen.subsystems.grid.queries.statements import statement

NORM = "grid.offline"
SHOWN = 500
IN_FORCE, OTHER = "in_force", "other"


@dataclass(frozen=True)
class Side:
    """What one of the two said. `key` is the edit; `value` is in clear, for code that masks it."""

    key: UUID | None
    value: str
    by: str
    by_name: str
    said_at: datetime | None


@dataclass(frozen=True)
class Conflict:
    """A field of which two people said different things; `kept` says whose value was kept where somebody settled it."""

    id: UUID
    door: int
    address: str
    area: str
    person: int | None
    name: str
    field: Field
    in_force: Side
    other: Side
    kept: str = ""
    settled_by: str = ""
    settled_by_name: str = ""
    settled_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has settled it."""
        return not self.kept

    def said(self, side: Side) -> dict[str, str]:
        """The value of a side in words, a secret masked."""
        return titles(self.field, side.value)


def conflicts(scope: Scope, *, doors: Sequence[int] | None = None, now: datetime, limit: int = SHOWN) -> list[Conflict]:
    """Conflicts of the asker's areas, or of some doors there: the open ones first, then those settled lately."""
    return _found(scope, doors, None, now, limit)


def own_conflicts(scope: Scope, *, now: datetime) -> list[Conflict]:
    """Conflicts at the doors of the asker's grids, or of their areas where they have none."""
    own = [cell.pk for cell in days.cells_of(scope, scope.account)]
    doors = list(days.doors(scope).filter(cell__in=own).values_list("pk", flat=True)) if own else None
    return conflicts(scope, doors=doors, now=now)


def conflict(scope: Scope, key: UUID, *, now: datetime) -> Conflict | None:
    """One conflict of the asker's areas, whatever became of it."""
    return next(iter(_found(scope, None, key, now, 1)), None)


def _found(scope: Scope, doors: Sequence[int] | None, one: UUID | None, now: datetime, limit: int) -> list[Conflict]:
    days = int(numbers(NORM, local_date(now)).get("settled_days", 0))
    about = {
        "area": scope.area, "doors": None if doors is None else list(doors), "one": one,
        "since": now - timedelta(days=days), "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("conflicts"), about)
        rows = records(cursor)
    signed = (row[column] for row in rows for column in ("by", "force_by", "settled_by") if row[column])
    names = names_of(scope, signed)
    return [_conflict(row, names) for row in rows]


def _conflict(row: dict[str, Any], names: Any) -> Conflict:
    fields = HOUSEHOLD if row["person"] is None else PERSON
    force, other = (
        Side(key, opened(key, row[f"{begin}value"], row[f"{begin}sealed"]) if key else "", by, names.get(by, by), row[at])
        for begin, at, key, by in (
            ("force_", "force_at", row["force_key"], row["force_by"] or ""),
            ("", "said_at", row["key"], row["by"]),
        )
    )  # fmt: skip
    settled = row["settled_by"] or ""
    kept = "" if row["settled_key"] is None else OTHER if row["kept_other"] else IN_FORCE
    return Conflict(
        row["key"], row["door"], row["address"], row["area"], row["person"], row["name"] or "", fields[row["field"]], force, other,
        kept, settled, names.get(settled, settled), row["settled_at"],
    )  # fmt: skip
