"""What a follower asks the database, and how it reads the answers: millions of rows as binary COPY, the rest by row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import numpy as np

from yanmen.edge.image_writer import Numbers
from yanmen.edge.registers import Document, Post, Register, Venue, frame

Take = Callable[[Numbers, Numbers], None]

STATUSES = """
SELECT person, coalesce(array_position($2::text[], value), 0) - 1 FROM edge_statuses($1::bigint)
"""
NEGATIVES = """
SELECT person, floor(extract(epoch FROM sampled_at)::float8 / 60)::integer FROM edge_negatives()
WHERE sampled_at IS NOT NULL
"""
MESSAGES = "SELECT seq, at, topic, body FROM loop_outbox WHERE seq >= $1 ORDER BY seq LIMIT 1000"
LAST = "SELECT seq, at FROM loop_outbox ORDER BY seq DESC LIMIT 1"

PAIR = np.dtype([("fields", ">i2"), ("size1", ">i4"), ("person", ">i8"), ("size2", ">i4"), ("value", ">i4")])
"""A row (bigint, integer) of PostgreSQL's binary COPY, neither being null."""

COPY_HEAD = 19
WORTHWHILE = 1 << 20
"""Bytes that are collected before they are read as rows."""

NOTHING = (0, 0)
"""The position in an outbox that holds nothing yet."""


class Message(NamedTuple):
    """One entry of the outbox."""

    position: tuple[int, int]
    topic: str
    body: dict[str, Any]


class Source:
    """The database as the role `yanmen_edge` sees it."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection

    async def position(self) -> tuple[int, int]:
        """Number and moment of the newest message."""
        row = await self._connection.fetchrow(LAST)
        return _position(row) if row else NOTHING

    async def messages(self, after: tuple[int, int]) -> list[Message] | None:
        """The next messages; None when ours is not among them any more, so that nobody knows what we missed."""
        rows = await self._connection.fetch(MESSAGES, after[0])
        if after == NOTHING:
            return None if rows else []
        if not rows or _position(rows[0]) != after:
            return None
        return [Message(_position(row), row["topic"], json.loads(row["body"])) for row in rows[1:]]

    async def people(self) -> int:
        """The highest number of a person."""
        return int(await self._connection.fetchval("SELECT edge_people()") or 0)

    async def statuses(self, take: Take, *, after: int, order: Sequence[str]) -> None:
        """Hand over the statuses that changed after this message, as indices in ``order``; -1 is none of them."""
        await self._pairs(take, STATUSES, after, list(order))

    async def negatives(self, take: Take) -> None:
        """Hand over everybody's last negative sample in minutes since 1970."""
        await self._pairs(take, NEGATIVES)

    async def venues(self, places: Iterable[int] | None = None) -> Iterator[bytes]:
        """Frames for these venues, or all."""
        return await self._places("edge_venues", Register.VENUE, Venue, places)

    async def posts(self, places: Iterable[int] | None = None) -> Iterator[bytes]:
        """Frames for these posts, or all."""
        return await self._places("edge_posts", Register.POST, Post, places)

    async def devices(self) -> Iterator[bytes]:
        """Frames for all revoked devices."""
        rows = await self._connection.fetch("SELECT device FROM edge_revoked_devices()")
        return (frame(Register.DEVICE, row["device"], None) for row in rows)

    async def documents(self) -> list[Document]:
        """The newest document of each name."""
        rows = await self._connection.fetch("SELECT name, body FROM edge_documents()")
        return [Document(row["name"], bytes(row["body"])) for row in rows]

    async def _pairs(self, take: Take, query: str, *arguments: object) -> None:
        rows = _Pairs(take)
        await self._connection.copy_from_query(query, *arguments, output=rows.collect, format="binary")
        rows.read()

    async def _places(
        self, function: str, register: Register, shape: type[Venue | Post], places: Iterable[int] | None
    ) -> Iterator[bytes]:
        """Named places that the database does not know (any more) are struck out."""
        columns = ", ".join(shape._fields)
        wanted = None if places is None else sorted(set(places))
        rows = await self._connection.fetch(f"SELECT {columns} FROM {function}($1::bigint[])", wanted)
        gone = set(wanted or ()) - {row["place"] for row in rows}
        frames = [frame(register, row["place"], tuple(row)) for row in rows]
        return iter([*(frame(register, place, None) for place in gone), *frames])


class _Pairs:
    """Cuts the stream of a binary COPY into arrays of two columns."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._parts: list[bytes] = []
        self._size = 0
        self._skip = COPY_HEAD

    async def collect(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size >= WORTHWHILE:
            self.read()

    def read(self) -> None:
        """Hand over the whole rows that have come in; the two bytes at the end of the stream are none."""
        stream = b"".join(self._parts)[self._skip :]
        rows = np.frombuffer(stream, PAIR, count=len(stream) // PAIR.itemsize)
        self._parts, self._skip = [stream[rows.nbytes :]], 0
        self._size = len(self._parts[0])
        if len(rows):
            self._take(rows["person"].astype(np.int64), rows["value"].astype(np.int32))


def _position(row: asyncpg.Record) -> tuple[int, int]:
    return row["seq"], microseconds(row["at"])


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970."""
    return round(moment.timestamp() * 1_000_000)
