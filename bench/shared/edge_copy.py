"""PostgreSQL's own limit: rows of check-ins that are ready as binary COPY, into the same table, in transactions of a batch."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time
from collections.abc import AsyncIterator, Iterator
from itertools import cycle, repeat

import asyncpg

from shared import common
from shared.edge_requests import AREA, PEOPLE, STAFFED, TUBE, ids
from yanmen.base.clock import local_date
from yanmen.edge import packing
from yanmen.edge.tables import BOUND, SCANNED, Table


def ready_batches(count: int, size: int, table: Table = SCANNED) -> list[memoryview]:
    """So many batches of rows as the edge would write them: check-ins, or samples in tubes of ten."""
    chance = random.Random(2022)
    place = packing.where(STAFFED, AREA)
    devices = cycle(range(9_500_000, 9_500_016))
    own = {SCANNED: _scanned, BOUND: _bound}[table]
    return [_batch(size, place, next(devices), chance, table, own(size, chance)) for _ in range(count)]


def _batch(
    size: int, place: bytes, device: int, chance: random.Random, table: Table, own: Iterator[bytes]
) -> memoryview:
    now = packing.moment(int(time.time() * 1000))
    head, tail = packing.text(f"device:{device}"), packing.bigint(device)
    columns = len(table.columns)
    return packing.copied(
        packing.row(
            columns, identifier.bytes, chance.randrange(1, PEOPLE), place, now, now, head + columns_of_its_own + tail
        )
        for identifier, columns_of_its_own in zip(ids(size), own, strict=True)
    )


def _scanned(size: int, _: random.Random) -> Iterator[bytes]:
    yield from repeat(packing.boolean(False) + packing.text("scanner"), size)


def _bound(size: int, chance: random.Random) -> Iterator[bytes]:
    for start in range(0, size, TUBE):
        tube = packing.octets(b"B%012x" % chance.getrandbits(48))
        yield from (tube + packing.smallint(position) for position in range(1, min(TUBE, size - start) + 1))


async def copy_ready(
    database: str, batches: list[memoryview], *, connections: int, size: int, table: Table = SCANNED
) -> float:
    """Rows a second, on so many connections side by side."""
    await asyncio.to_thread(
        common.owner, "SELECT make_bulk_partition(%s, %s)", table.name, local_date(dt.datetime.now(dt.UTC))
    )
    opened = [await asyncpg.connect(database) for _ in range(connections)]
    waiting = iter(batches)
    started = time.perf_counter()
    await asyncio.gather(*(_empty(connection, waiting, table) for connection in opened))
    spent = time.perf_counter() - started
    for connection in opened:
        await connection.close()
    return len(batches) * size / spent


async def _empty(connection: asyncpg.Connection, waiting: Iterator[memoryview], table: Table) -> None:
    for batch in waiting:
        await connection.copy_to_table(table.name, source=_whole(batch), columns=table.columns, format="binary")


async def _whole(batch: memoryview) -> AsyncIterator[memoryview]:
    yield batch
