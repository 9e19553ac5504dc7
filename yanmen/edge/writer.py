"""Keeping records: what arrived during the last transaction is the next batch, and an answer leaves after COMMIT.

There is no window to wait for: under little load a batch is one record, under much it is as large as it may be.
One connection a process: a second one made two small transactions of a large one, and cost a seventh of the rate.
A record is never acknowledged unless its COMMIT returned without a
word about the standby; whoever hears nothing within the time sends it again under the same id.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

import asyncpg
import msgspec

from yanmen.edge.errors import no_database, overloaded
from yanmen.edge.keeping import FAULTS, Keeper, NotReplicated
from yanmen.edge.metrics import Metrics
from yanmen.edge.settings import Limits
from yanmen.edge.tables import Table

FIRST, SECOND = 0, 1
"""Ranks: binding a sample goes before checking in and passing."""

SHARES = (1.0, 0.75)
"""Of the queue, what each rank may fill."""

PAUSE = 0.5
"""Seconds between two tries to reach the database."""

_log = logging.getLogger(__name__)


class Waiting(Protocol):
    """Whoever wants to know what became of a parcel; told once."""

    def kept(self, told: Sequence[bool] | None) -> None:
        """The records are on the disk. Of each, whether it is new; None: all are."""

    def refused(self, reason: Exception) -> None:
        """They are not, or nobody knows."""


class Parcel(msgspec.Struct, gc=False, eq=False, kw_only=True):
    """Records that came in one request and are kept together."""

    table: Table
    rank: int
    ids: Sequence[bytes]
    rows: Sequence[bytes]
    persons: Sequence[int | None]
    place: int
    area: str
    days: frozenset[int]
    waiting: Waiting | None = None
    since: float = 0.0

    def tell(self, kept: Sequence[bool] | None) -> None:
        """It is kept."""
        waiting, self.waiting = self.waiting, None
        if waiting:
            waiting.kept(kept)

    def refuse(self, reason: Exception) -> None:
        """It is not, unless it was said already."""
        waiting, self.waiting = self.waiting, None
        if waiting:
            waiting.refused(reason)


class Writer:
    """The queue and the connection that empties it."""

    def __init__(self, database: str, limits: Limits, metrics: Metrics) -> None:
        self.waiting = 0
        self._database = database
        self._limits = limits
        self._metrics = metrics
        self._room = [int(limits.queue * share) for share in SHARES]
        self._queues: list[deque[Parcel]] = [deque() for _ in SHARES]
        self._idle: asyncio.Future[None] | None = None
        self._up = self._busy = self._away = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def up(self) -> bool:
        """Whether the database answered when it was last asked."""
        return self._up

    def start(self, spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]) -> None:
        """Connect, and go on trying. `spawn` makes a task that is missed when it ends."""
        self._tasks = [spawn(self._work())]

    def may(self, rank: int) -> None:
        """Raises when a record of this rank would not be taken now: before its body is read."""
        if not self._up:
            raise no_database()
        if self.waiting >= self._room[rank]:
            raise overloaded()

    def keep(self, parcel: Parcel, waiting: Waiting) -> None:
        """Keep the records, and say so."""
        self.may(parcel.rank)
        parcel.since = time.monotonic()
        parcel.waiting = waiting
        self._queues[parcel.rank].append(parcel)
        self.waiting += len(parcel.ids)
        self._wake()

    async def drain(self) -> None:
        """Everything that was taken is kept or refused; then the connection is closed."""
        end = time.monotonic() + 2 * self._limits.commit_seconds
        while (self.waiting or self._busy) and self._up and time.monotonic() < end:
            await asyncio.sleep(0.005)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._refuse_all()

    async def _work(self) -> None:
        """One connection after the other, for as long as the process lives."""
        while True:
            try:
                async with asyncio.timeout(self._limits.commit_seconds):
                    keeper = await Keeper.connect(self._database)
            except FAULTS as fault:
                if not self._away:
                    _log.warning("The database does not answer: %r. Trying again until it does.", fault)
                self._away = True
                await asyncio.sleep(PAUSE)
                continue
            self._up, self._away = True, False
            keeper.on_end(self._wake)
            try:
                await self._empty(keeper)
            except FAULTS as fault:
                _log.warning("The connection to the database was given up: %r", fault)
            finally:
                keeper.cut()
                self._up = False
                self._refuse_all()

    async def _empty(self, keeper: Keeper) -> None:
        while not keeper.ended:
            batch = self._take()
            if not batch:
                self._idle = asyncio.get_running_loop().create_future()
                await self._idle
                continue
            self._busy = True
            try:
                await self._keep(keeper, batch)
            finally:
                self._busy = False
                _refuse(batch)

    async def _keep(self, keeper: Keeper, batch: list[Parcel]) -> None:
        """One transaction. A fault that is not the connection's is some record's: then each parcel goes alone."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._limits.commit_seconds):
                told = await keeper.keep(batch)
        except NotReplicated:
            _log.warning("A commit was not confirmed by the standby: %d requests are not acknowledged.", len(batch))
            return
        except FAULTS:
            raise
        except asyncpg.PostgresError as fault:
            # Not the message: it may hold the row, and so a person, a place and a plate.
            where = (fault.sqlstate, fault.table_name, fault.column_name, fault.constraint_name)
            _log.error("A batch of %d requests was refused by the database: %s", len(batch), where)
            for parcel in batch if len(batch) > 1 else ():
                await self._keep(keeper, [parcel])
            return
        self._metrics.committed(sum(len(parcel.ids) for parcel in batch), time.monotonic() - started)
        for parcel, kept in zip(batch, told, strict=True):
            parcel.tell(kept)

    def _take(self) -> list[Parcel]:
        """The next batch, higher ranks first. Who has waited too long has gone: nothing is kept behind their back."""
        batch: list[Parcel] = []
        rows = 0
        late = time.monotonic() - self._limits.commit_seconds
        for queue in self._queues:
            while queue and (not batch or rows + len(queue[0].ids) <= self._limits.batch):
                parcel = queue.popleft()
                self.waiting -= len(parcel.ids)
                if parcel.since < late:
                    _refuse([parcel])
                else:
                    rows += len(parcel.ids)
                    batch.append(parcel)
        return batch

    def _wake(self) -> None:
        """There is something to do."""
        idle, self._idle = self._idle, None
        if idle and not idle.done():
            idle.set_result(None)

    def _refuse_all(self) -> None:
        for queue in self._queues:
            _refuse(queue)
            queue.clear()
        self.waiting = 0


def _refuse(parcels: Sequence[Parcel] | deque[Parcel]) -> None:
    """Whoever has no answer yet is told to come again."""
    for parcel in parcels:
        parcel.refuse(no_database())
