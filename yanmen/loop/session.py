"""A turn's view of the database: named statements with the turn's arguments already in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from yanmen.loop.named import sql

LOCK = 0x59616E


class Session:
    """A cursor that knows the moment and the day of its turn."""

    def __init__(self, cursor: Any, *, now: datetime, as_of: date) -> None:
        self.cursor = cursor
        self.arguments: dict[str, Any] = {"now": now, "known_at": now, "as_of": as_of, "lock": LOCK}

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
        return list(self.cursor.fetchall())

    def column(self, name: str, **arguments: Any) -> list[Any]:
        """The first column of the statement called ``name``."""
        return [row[0] for row in self.rows(name, **arguments)]

    def value(self, name: str, **arguments: Any) -> Any:
        """The one value of the statement called ``name``."""
        return self.rows(name, **arguments)[0][0]

    def empty(self, *tables: str) -> None:
        """Empty working tables."""
        self.cursor.execute("TRUNCATE " + ", ".join(f"pg_temp.{table}" for table in tables))

    def settle_statistics(self, rows: int, *tables: str) -> None:
        """Tell the planner about large working tables; small ones are not worth the time."""
        if rows > LARGE:
            for table in tables:
                self.cursor.execute(f"ANALYZE pg_temp.{table}")


LARGE = 2_000


def as_array(values: Sequence[int]) -> list[int]:
    """A list that psycopg sends as bigint[] even when it is empty."""
    return list(values)
