"""A turn's view of the database: named statements with the turn's arguments already in hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from yanmen.loop.named import sql

LOCK = 0x59616E


class Session:
    """A cursor that knows the moment and the day of its turn."""

    def __init__(self, cursor: Any, *, now: datetime, as_of: date, lock: int = LOCK) -> None:
        self.cursor = cursor
        self.arguments: dict[str, Any] = {"now": now, "known_at": now, "as_of": as_of, "lock": lock}

    def run(self, name: str, **arguments: Any) -> int:
        """Run the statement called ``name``; returns the rows it wrote."""
        return self.text(sql(name), **arguments)

    def text(self, statement: str, **arguments: Any) -> int:
        """Run a composed statement; returns the rows it wrote."""
        self.cursor.execute(statement, self.arguments | arguments)
        return max(int(self.cursor.rowcount), 0)

    def rows(self, name: str, **arguments: Any) -> list[tuple[Any, ...]]:
        """Every row of the statement called ``name``."""
        self.cursor.execute(sql(name), self.arguments | arguments)
        return decoded(self.cursor)

    def records(self, name: str, **arguments: Any) -> list[dict[str, Any]]:
        """Every row of the statement called ``name``, by column name."""
        rows = self.rows(name, **arguments)
        names = [column.name for column in self.cursor.description]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def column(self, name: str, **arguments: Any) -> list[Any]:
        """The first column of the statement called ``name``."""
        return [row[0] for row in self.rows(name, **arguments)]

    def value(self, name: str, **arguments: Any) -> Any:
        """The one value of the statement called ``name``."""
        return self.rows(name, **arguments)[0][0]

    def empty(self, *tables: str, rows: int = 0) -> None:
        """Empty working tables: the quick way for a few rows, the thorough way for many."""
        if rows > LARGE:
            self.cursor.execute("TRUNCATE " + ", ".join(f"pg_temp.{table}" for table in tables))
        else:
            self.cursor.execute(";".join(f"DELETE FROM pg_temp.{table}" for table in tables))

    def settle_statistics(self, rows: int, *tables: str) -> None:
        """Tell the planner about large working tables; small ones are not worth the time."""
        if rows > LARGE:
            for table in tables:
                self.cursor.execute(f"ANALYZE pg_temp.{table}")


LARGE = 2_000
JSONB = 3802


def decoded(cursor: Any) -> list[tuple[Any, ...]]:
    """The rows of a cursor, with jsonb columns as Python values (Django's cursors leave them as text)."""
    json_columns = {number for number, column in enumerate(cursor.description) if column.type_code == JSONB}
    rows = cursor.fetchall()
    if not json_columns:
        return list(rows)
    return [
        tuple(json.loads(v) if n in json_columns and isinstance(v, str) else v for n, v in enumerate(row)) for row in rows
    ]
