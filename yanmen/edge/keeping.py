"""One connection to the database and what a batch does on it: COPY, wake whom it concerns, COMMIT."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import asyncpg

from yanmen.edge import packing
from yanmen.edge.named import sql
from yanmen.edge.tables import ENVELOPE, Table

if TYPE_CHECKING:
    from yanmen.edge.writer import Parcel

GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
"""Faults of the database as a whole: another connection may fare better, this one is given up."""

FAULTS = (OSError, TimeoutError, asyncpg.InterfaceError, *GONE)

AGAIN = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""Somebody else has one of these ids, or is about to: keep what is new and say what is not."""

EPOCH = dt.date(1970, 1, 1)
DAYS_KNOWN = 200


class NotReplicated(Exception):
    """COMMIT returned, but with a warning: the standby has not confirmed it. That is no acknowledgement."""


class Keeper:
    """A connection that keeps batches."""

    def __init__(self, connection: asyncpg.Connection[Any], wake: Any) -> None:
        self._connection = connection
        self._wake = wake
        self._warned = False
        self._days: set[tuple[str, int]] = set()
        self._prepared: set[str] = set()
        connection.add_log_listener(self._hear)

    @classmethod
    async def connect(cls, database: str) -> Keeper:
        """Connect to a server that takes writes."""
        connection = await asyncpg.connect(
            database, target_session_attrs="read-write", server_settings={"application_name": "yanmen_edge"}
        )
        return cls(connection, await connection.prepare(sql("wake")))

    @property
    def ended(self) -> bool:
        return bool(self._connection.is_closed())

    def on_end(self, tell: Callable[[], None]) -> None:
        """Whom to tell when the server hangs up."""
        self._connection.add_termination_listener(lambda _: tell())

    def cut(self) -> None:
        """Let go of the socket without a farewell."""
        self._connection.terminate()

    async def keep(self, batch: Sequence[Parcel]) -> list[Sequence[bool] | None]:
        """Keep the batch in one transaction; of each parcel, which records are new (None: all)."""
        await self._make_days(batch)
        self._warned = False
        try:
            told: list[Sequence[bool] | None] = await self._copy(batch)
        except AGAIN:
            await self._connection.execute("ROLLBACK")
            told = await self._keep_new(batch)
        except asyncpg.CheckViolationError:
            await self._connection.execute("ROLLBACK")
            self._days.clear()  # a partition was dropped since
            await self._make_days(batch)
            told = await self._keep_new(batch)
        except asyncpg.PostgresError:
            if not self.ended:
                await self._connection.execute("ROLLBACK")
            raise
        if self._warned:
            raise NotReplicated
        return told

    async def _copy(self, batch: Sequence[Parcel]) -> list[Sequence[bool] | None]:
        """The way of nearly all batches: every id is new."""
        await self._connection.execute("BEGIN")
        for table, parcels in _by_table(batch):
            rows = packing.copied(row for parcel in parcels for row in parcel.rows)
            await self._connection.copy_to_table(table.name, source=rows, columns=table.columns, format="binary")
            await self._wake_concerned(table, parcels)
        await self._connection.execute("COMMIT")
        return [None] * len(batch)

    async def _keep_new(self, batch: Sequence[Parcel]) -> list[Sequence[bool] | None]:
        """The way of batches in which something was there before."""
        repeated: dict[str, Counter[bytes]] = {}
        for table in {parcel.table for parcel in batch}:
            await self._prepare_waiting(table)
        await self._connection.execute("BEGIN")
        for table, parcels in _by_table(batch):
            rows = packing.copied(row for parcel in parcels for row in parcel.rows)
            waiting = _waiting(table)
            await self._connection.copy_to_table(waiting, source=rows, columns=table.columns, format="binary")
            await self._connection.execute(_keep_new(table))
            found = await self._connection.fetch(sql("repeated").format(waiting=waiting))
            repeated[table.name] = Counter(row["id"].bytes for row in found)
            await self._wake_concerned(table, parcels)
        await self._connection.fetchval(sql("follow_the_log"))
        await self._connection.execute("COMMIT")
        return _told(batch, repeated)

    async def _wake_concerned(self, table: Table, parcels: Sequence[Parcel]) -> None:
        persons = ",".join(["NULL" if each is None else str(each) for parcel in parcels for each in parcel.persons])
        places = areas = None
        if "place" in table.matters:
            places = "{" + ",".join([str(parcel.place) for parcel in parcels for _ in parcel.persons]) + "}"
        if "area" in table.matters:
            areas = "{" + ",".join([_quoted(parcel.area) for parcel in parcels for _ in parcel.persons]) + "}"
        await self._wake.fetchval("{" + persons + "}", places, areas)

    async def _make_days(self, batch: Sequence[Parcel]) -> None:
        """Partitions for the days that the ids carry."""
        asked = {(parcel.table.name, parcel.days) for parcel in batch}
        wanted = {(table, day) for table, days in asked for day in days} - self._days
        for table, day in sorted(wanted):
            with suppress(asyncpg.DuplicateTableError):  # another edge made it at the same moment
                await self._connection.execute(sql("make_day"), table, EPOCH + dt.timedelta(days=day))
        if len(self._days) > DAYS_KNOWN:
            self._days.clear()
        self._days |= wanted

    async def _prepare_waiting(self, table: Table) -> None:
        if table.name in self._prepared:
            return
        columns = ", ".join(f"{name} {kind}" for name, kind in (*ENVELOPE, *table.detail))
        await self._connection.execute(sql("make_waiting").format(waiting=_waiting(table), columns=columns))
        self._prepared.add(table.name)

    def _hear(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        if message.sqlstate == "01000":
            self._warned = True


def _by_table(batch: Sequence[Parcel]) -> Iterable[tuple[Table, list[Parcel]]]:
    """The parcels of each table. Nearly always there is one."""
    found: dict[Table, list[Parcel]] = {}
    for parcel in batch:
        found.setdefault(parcel.table, []).append(parcel)
    return found.items()


@lru_cache(1024)
def _quoted(area: str) -> str:
    """An element of an array written as text."""
    escaped = area.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _waiting(table: Table) -> str:
    return "waiting_" + table.kind.replace(".", "_")


def _keep_new(table: Table) -> str:
    return sql("keep_new").format(
        table=table.name,
        waiting=_waiting(table),
        names=", ".join(table.columns),
        values=", ".join(f"new.{name}" for name in table.columns),
    )


def _told(batch: Sequence[Parcel], repeated: dict[str, Counter[bytes]]) -> list[Sequence[bool] | None]:
    """Of an id that came several times at once, the first is the new one, unless it was there before."""
    total = {name: Counter[bytes]() for name in repeated}
    for parcel in batch:
        total[parcel.table.name].update(parcel.ids)
    told: list[Sequence[bool] | None] = []
    for parcel in batch:
        name = parcel.table.name
        kept = []
        for each in parcel.ids:
            kept.append(total[name][each] > repeated[name][each])
            total[name][each] -= kept[-1]
        told.append(kept)
    return told
