"""A turn's view of the database: named statements with the turn's arguments already in hand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import psycopg

from yanmen.loop.named import sql

LOCK = 0x59616E
LARGE = 1_000
INDEXES = 2
"""A large working table has so many at most."""
JSONB = 3802
EVER = datetime(1970, 1, 3, tzinfo=UTC)
"""Nothing anybody asks about was before."""


class Session:
    """A cursor that knows the moment and the day of its turn.

    Statements are bound and prepared on the server: for a few subjects, planning would
    cost more than running. For many, and on shadow tables (a kept plan would still mean the
    real ones), each is planned afresh on what the tables hold now.
    """

    def __init__(self, cursor: Any, *, now: datetime, as_of: date, lock: int = LOCK, fresh: bool = False) -> None:
        self.database = cursor.db
        cursor.connection.prepare_threshold, cursor.connection.prepared_max = 1, 400
        self.cursor: psycopg.Cursor[Any] = psycopg.Cursor(cursor.connection)
        self.arguments: dict[str, Any] = {"now": now, "known_at": now, "as_of": as_of, "lock": lock, "since": EVER}
        self.fresh = fresh

    def run(self, name: str, **arguments: Any) -> int:
        """Run the statement called ``name``; returns the rows it wrote."""
        return self.text(sql(name), **arguments)

    def text(self, statement: str, **arguments: Any) -> int:
        """Run a composed statement; returns the rows it wrote."""
        with self.database.wrap_database_errors:
            prepare = False if self.fresh else None
            self.cursor.execute(statement, self.arguments | arguments, prepare=prepare)
        return max(int(self.cursor.rowcount), 0)

    def script(self, name: str) -> None:
        """Run the statements called ``name``, several in one and without arguments."""
        with self.database.wrap_database_errors:
            self.cursor.execute(sql(name).replace("%%", "%"))

    def rows(self, name: str, **arguments: Any) -> list[tuple[Any, ...]]:
        """Every row of the statement called ``name``."""
        self.text(sql(name), **arguments)
        return decoded(self.cursor)

    def records(self, name: str, **arguments: Any) -> list[dict[str, Any]]:
        """Every row of the statement called ``name``, by column name."""
        self.text(sql(name), **arguments)
        return self.as_records()

    def as_records(self) -> list[dict[str, Any]]:
        """Every row of the last statement, by column name."""
        rows = decoded(self.cursor)
        names = [column.name for column in self.cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def column(self, name: str, **arguments: Any) -> list[Any]:
        """The first column of the statement called ``name``."""
        return [row[0] for row in self.rows(name, **arguments)]

    def value(self, name: str, **arguments: Any) -> Any:
        """The one value of the statement called ``name``."""
        return self.rows(name, **arguments)[0][0]

    def expect(self, subjects: int) -> None:
        """For many subjects, plan each statement on what its tables hold; for few, keep the plans."""
        if subjects > LARGE and not self.fresh:
            self.plan(fresh=True)

    def plan(self, *, fresh: bool) -> None:
        """Plan every statement afresh from here to the end of the transaction, or keep the plans.

        Afresh is "auto" for the server: our statements are not prepared then, and what functions in them ask a
        thousand times is not planned a thousand times.
        """
        self.fresh = fresh
        self.rows("plan", how="auto" if fresh else "force_generic_plan")

    def settle(self, table: str, rows: int, *indexes: str) -> None:
        """Index a large working table by these columns and tell the planner about it; small ones are not worth the time."""
        if rows > LARGE:
            for number, columns in enumerate(indexes):
                self.text(f"CREATE INDEX IF NOT EXISTS {table}_large_{number} ON pg_temp.{table} ({columns})")
            self.text(f"ANALYZE pg_temp.{table}")

    def empty(self, *tables: str) -> None:
        """Empty working tables: the quick way for a few rows, the thorough way for many."""
        if self.fresh:
            large = ", ".join(f"pg_temp.{table}_large_{number}" for table in tables for number in range(INDEXES))
            self.text(f"DROP INDEX IF EXISTS {large}")
            self.text("TRUNCATE " + ", ".join(f"pg_temp.{table}" for table in tables))
            return
        first, *others = [f"DELETE FROM pg_temp.{table}" for table in tables]
        beside = ", ".join(f"n{number} AS ({each})" for number, each in enumerate(others))
        self.text(f"WITH {beside} {first}" if beside else first)


def decoded(cursor: Any) -> list[tuple[Any, ...]]:
    """The rows of a cursor, with jsonb columns as Python values (Django's cursors leave them as text)."""
    json_columns = {number for number, column in enumerate(cursor.description) if column.type_code == JSONB}
    rows = cursor.fetchall()
    if not json_columns:
        return list(rows)
    return [
        tuple(json.loads(v) if n in json_columns and isinstance(v, str) else v for n, v in enumerate(row))
        for row in rows
    ]
