"""Rows that change, as versions: each copy takes those that changed since the last one.

PostgreSQL knows which transaction wrote a row last (`xmin`): what a copy has not seen is what was written by transactions that
had not ended before it began. A version is known from the moment the row says it changed at, where that lies between two copies;
otherwise from the copy that saw it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.apps import apps

from yanmen.base.clock import local_date
from yanmen.base.counted import Counted
from yanmen.numbers import columns, exports

Read = Callable[[str, pa.Schema], pa.Table]
OLDEST = 1_500_000_000
"""Transactions after which numbers come round again: everything is then read anew."""


@dataclass(frozen=True)
class Register:
    """A table whose rows change."""

    table: str
    key: str
    counted: Counted

    @property
    def shape(self) -> pa.Schema:
        """The columns of its versions."""
        return columns.schema(columns.of_register(self.counted))

    def bring_up(
        self, cursor: Any, folder: Path, *, read: Read, last: datetime | None, horizon: int | None, full: bool, now: datetime
    ) -> tuple[dict[str, pa.Table | None], int]:  # fmt: skip
        """Days to be written anew (None: to be dropped), and the horizon of the next copy."""
        cursor.execute(_SNAPSHOT)
        next_horizon, newest = cursor.fetchone()
        days: dict[str, pa.Table | None] = {}
        if full and horizon is not None:
            left = read(f"SELECT t.{self.key} AS key FROM {self.table} t WHERE {self.counted.only}", _KEYS)["key"]
            days, missing = _without_gone(folder, left)
            horizon = None if missing else horizon
        age = newest - horizon if horizon is not None and last else None
        changed = self._changed(read, last, age, now)
        if changed.num_rows:
            today = f"{local_date(now):%Y%m%d}"
            before = days.get(today) or _stored(folder, today, self.shape)
            after = _with_new(before, changed)
            if after.num_rows != before.num_rows:
                days[today] = after
        return days, int(next_horizon)

    def _changed(self, read: Read, last: datetime | None, age: int | None, now: datetime) -> pa.Table:
        own = [f'{columns.as_sql(kind, told)} AS "{name}"' for name, (kind, told) in self.counted.columns.items()]
        seen = columns.micro(now)
        if age is None or last is None or age > OLDEST:
            newer, since = "true", -1
        else:
            newer, since = f"age(t.xmin) <= {age + 1}", columns.micro(last)
        return read(
            f"SELECT t.{self.key} AS key, {self._known_from(seen, since)} AS known_from, {seen} AS seen_at, {', '.join(own)}"
            f" FROM {self.table} t WHERE {newer} AND ({self.counted.only})",
            self.shape,
        )

    def _known_from(self, seen: int, since: int) -> str:
        if since < 0:
            begins = columns.as_sql("moment", self.counted.begins) if self.counted.begins else "0"
            return f"least({seen}, coalesce({begins}, 0))"
        moves = [columns.as_sql("moment", name) for name in self.counted.moves]
        between = [f"CASE WHEN {move} > {since} AND {move} <= {seen} THEN {move} END" for move in moves]
        return f"coalesce(greatest({', '.join(between)}), {seen})" if between else str(seen)


def registers() -> dict[str, Register]:
    """Every register that is counted, by the name of its table."""
    found = {}
    for model in apps.get_models():
        counted, key = getattr(model, "counted", None), model._meta.pk
        if isinstance(counted, Counted) and key is not None and key.column:
            found[model._meta.db_table] = Register(model._meta.db_table, key.column, counted)
    return found


def _without_gone(folder: Path, left: pa.ChunkedArray) -> tuple[dict[str, pa.Table | None], bool]:
    """Days without the versions of rows that are in the database no more; and whether any that is there has no version."""
    wanted = left.combine_chunks()
    days: dict[str, pa.Table | None] = {}
    known = pa.array([], pa.string())
    for file in sorted(folder.glob(exports.DAYS)):
        stored = pq.read_table(file)
        known = pa.concat_arrays([known, pc.unique(stored["key"])])
        there = pc.is_in(stored["key"], value_set=wanted)
        if stored.num_rows and not pc.all(there).as_py():
            kept = stored.filter(there)
            days[file.stem] = kept if kept.num_rows else None
    missing = len(wanted) and not pc.all(pc.is_in(wanted, value_set=known)).as_py()
    return days, bool(missing)


def _stored(folder: Path, day: str, shape: pa.Schema) -> pa.Table:
    file = folder / f"{day}.parquet"
    return pq.read_table(file).replace_schema_metadata() if file.exists() else shape.empty_table()


def _with_new(before: pa.Table, changed: pa.Table) -> pa.Table:
    """Versions of before, and those of now that say something else: what two copies saw is one version."""
    said = [name for name in changed.schema.names if name not in ("known_from", "seen_at")]
    if not before.num_rows:
        return changed
    again = before.filter(pc.is_in(before["key"], value_set=changed["key"].combine_chunks())).select(said).to_pylist()
    latest = {row["key"]: row for row in again}
    fresh = pa.array([latest.get(row["key"]) != row for row in changed.select(said).to_pylist()])
    return pa.concat_tables([before, changed.filter(fresh)], promote_options="default")


_KEYS = pa.schema([("key", pa.string())])
_SNAPSHOT = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""
