"""Finished days packed for quick reading: stays of a place side by side, as `methods.crowds` lays them out.

A packed place and day that changes later (a device delivers late, a doubt) is read as it stands until it is packed again.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connections, transaction

from yanmen.base.clock import local_date
from yanmen.subsystems.tracing.actions.following import LOCK
from yanmen.subsystems.tracing.methods.crowds import FACT, MOST_PEOPLE, Piece, pieces
from yanmen.subsystems.tracing.queries.statements import statement

SETTLED = timedelta(hours=1)
"""A place and day that changed is packed again after so long: late deliveries come in bursts."""

BLOCK = 1_000_000
_WIDTHS = {"place": 8, "area": 12, "person": 8, "arrived": 8, "seconds": 4, "fact": 16}
_TYPES: dict[str, Any] = {
    "place": ">i8",
    "area": "S12",
    "person": ">i8",
    "arrived": ">i8",
    "seconds": ">i4",
    "fact": FACT,
}
_FIELDS: list[Any] = [(f, t) for name in _WIDTHS for f, t in ((f"{name}_", ">i4"), (name, _TYPES[name]))]
_ROW = np.dtype([("fields", ">i2"), *_FIELDS])
_HEAD, _TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_EPOCH = 946_684_800
"""Seconds from 1970 to 2000, where PostgreSQL counts from."""


def pack(*, by: str, now: datetime) -> list[date]:
    """Pack the days that are over and were not packed, and again what changed. Returns the days packed whole."""
    del by
    done: list[date] = []
    while (day := _next(local_date(now))) is not None and _pack_day(day, now):
        done.append(day)
    _pack_again(now)
    return done


def _next(today: date) -> date | None:
    with connections["loop"].cursor() as cursor:
        cursor.execute(statement("stays_days"), {"today": today})
        found = cursor.fetchone()
    return found[0] if found else None


def _pack_day(day: date, now: datetime) -> bool:
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        if not _alone(cursor):
            return False
        _write(cursor, day, _pieces(cursor, day, None))
        cursor.execute("INSERT INTO tracing_packed (day, at) VALUES (%s, %s)", [day, now])
    return True


def _pack_again(now: datetime) -> None:
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        if not _alone(cursor):
            return
        cursor.execute("DELETE FROM tracing_unpacked WHERE since <= %s RETURNING day, place_id", [now - SETTLED])
        places: dict[date, list[int]] = {}
        for day, place in cursor.fetchall():
            places.setdefault(day, []).append(place)
        for day, those in places.items():
            _write(cursor, day, _pieces(cursor, day, those))
        cursor.execute("UPDATE tracing_packed SET at = %s WHERE day = ANY (%s)", [now, list(places)])


def _alone(cursor: Any) -> bool:
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
    return bool(cursor.fetchone()[0])


def _pieces(cursor: Any, day: date, places: list[int] | None) -> Iterator[Piece]:
    """The stays of a day (at some places) as pieces; a block at a time, a place never in two blocks."""
    for block in blocks(cursor, day, places):
        if int(block["person"].max()) >= MOST_PEOPLE or int(block["person"].min()) < 0:
            raise OverflowError(
                f"{day}: a person's number has more than 32 bits. Days with such numbers are not packed."
            )
        yield from pieces(*(block[name].astype(block[name].dtype.newbyteorder("=")) for name in _WIDTHS))


def blocks(cursor: Any, day: date, places: list[int] | None) -> Iterator[Any]:
    """The stays of a day, a place after the other, as arrays with the fields place, area, person, arrived, seconds, fact."""
    with cursor.copy(statement("stays_of_day"), {"day": day, "places": places}) as source:
        yield from _blocks(source)


def _blocks(source: Any) -> Iterator[Any]:
    held, size = bytearray(), _ROW.itemsize
    skip = len(_HEAD)
    for data in source:
        held += data
        if skip and len(held) >= skip:
            del held[:skip]
            skip = 0
        if not skip and len(held) >= BLOCK * size:
            rows = np.frombuffer(bytes(held[: len(held) // size * size]), _ROW)
            whole = int(np.searchsorted(rows["place"], rows["place"][-1]))
            if whole:
                yield rows[:whole]
                del held[: whole * size]
    rows = np.frombuffer(bytes(held[: len(held) // size * size]), _ROW)
    if len(rows):
        yield rows


def _write(cursor: Any, day: date, found: Iterator[Piece]) -> None:
    """Everything is read before anything is written: one connection does both. COPY does not reach a table with row-level security."""
    number = (day - date(2000, 1, 1)).days
    buffer = [_HEAD]
    for piece in found:
        area = piece.area.rstrip()
        buffer.append(struct.pack(">hiiiqi", 8, 4, number, 8, piece.place, len(area)) + area)
        first, last = (piece.first - _EPOCH) * 1_000_000, (piece.last - _EPOCH) * 1_000_000
        buffer.append(struct.pack(">ihiqiqi", 2, piece.longest, 8, first, 8, last, len(piece.packed)) + piece.packed)
        buffer.append(struct.pack(">i", len(piece.facts)) + piece.facts)
    columns = "day, place_id, area, longest, first_at, last_at, packed, facts"
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS crowd_read (LIKE tracing_crowd INCLUDING STORAGE) ON COMMIT DROP")
    with cursor.copy(f"COPY crowd_read ({columns}) FROM STDIN (FORMAT binary)") as sink:
        for start in range(0, len(buffer), 10_000):
            sink.write(b"".join(buffer[start : start + 10_000]))
        sink.write(_TAIL)
    cursor.execute(f"INSERT INTO tracing_crowd ({columns}) SELECT {columns} FROM crowd_read")
    cursor.execute("TRUNCATE crowd_read")
