"""PostgreSQL's own limit: rows of check-ins that are ready as binary COPY, into the same table, in transactions of a batch."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time
from collections.abc import AsyncIterator, Iterator
from itertools import cycle

import asyncpg

from shared import common
from shared.edge_requests import AREA, PEOPLE, STAFFED, ids
from yanmen.base.clock import local_date
from yanmen.edge import packing
from yanmen.edge.tables import SCANNED


def ready_batches(count: int, size: int) -> list[bytes]:
    """So many batches of rows as the edge would write them."""
    chance = random.Random(2022)
    place = packing.where(STAFFED, AREA)
    devices = cycle(range(9_500_000, 9_500_016))
    return [_batch(size, place, next(devices), chance) for _ in range(count)]


def _batch(size: int, place: bytes, device: int, chance: random.Random) -> bytes:
    now = packing.moment(int(time.time() * 1000))
    rest = packing.text(f"device:{device}") + packing.boolean(False) + packing.text("scanner") + packing.bigint(device)
    columns = len(SCANNED.columns)
    return packing.copied(
        packing.row(columns, identifier.bytes, chance.randrange(1, PEOPLE), place, now, now, rest)
        for identifier in ids(size)
    )


async def copy_ready(database: str, batches: list[bytes], *, connections: int, size: int) -> float:
    """Rows a second, on so many connections side by side."""
    await asyncio.to_thread(
        common.owner, "SELECT make_bulk_partition(%s, %s)", SCANNED.name, local_date(dt.datetime.now(dt.UTC))
    )
    opened = [await asyncpg.connect(database) for _ in range(connections)]
    waiting = iter(batches)
    started = time.perf_counter()
    await asyncio.gather(*(_empty(connection, waiting) for connection in opened))
    spent = time.perf_counter() - started
    for connection in opened:
        await connection.close()
    return len(batches) * size / spent


async def _empty(connection: asyncpg.Connection, waiting: Iterator[bytes]) -> None:
    for batch in waiting:
        await connection.copy_to_table(SCANNED.name, source=_whole(batch), columns=SCANNED.columns, format="binary")


async def _whole(batch: bytes) -> AsyncIterator[bytes]:
    yield batch
