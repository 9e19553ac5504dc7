"""Rows in PostgreSQL's binary COPY format, packed by hand: what a record needs is a few `struct` calls.

See "COPY: Binary Format" in PostgreSQL's manual. Parts that many rows share (a venue, a device) are packed once.
"""

from collections.abc import Iterable
from functools import lru_cache
from struct import Struct

from yanmen.base.refusals import Refusal

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"

_SOMEBODY = Struct(">hi16siq").pack
_NOBODY = Struct(">hi16si").pack
_TIMES = Struct(">iqiq").pack
_LENGTH = Struct(">i").pack
_SMALL = Struct(">ih").pack
_INTEGER = Struct(">ii").pack
_BIG = Struct(">iq").pack
_EPOCH = 946_684_800_000
"""Milliseconds from 1970 to 2000, where PostgreSQL begins to count."""


@lru_cache(8192)
def text(value: str) -> bytes:
    """A text. PostgreSQL's hold no NUL."""
    if "\0" in value:
        raise Refusal("文字中含有无效字符。", "A text holds a character that is none (NUL).", value=value[:20])
    return octets(value.encode())


def octets(value: bytes) -> bytes:
    """Bytes as they are: a text that few rows share."""
    return _LENGTH(len(value)) + value


def smallint(value: int) -> bytes:
    """A number of two bytes."""
    return _SMALL(2, value)


def integer(value: int) -> bytes:
    """A number of four bytes."""
    return _INTEGER(4, value)


def bigint(value: int) -> bytes:
    """A number of eight bytes."""
    return _BIG(8, value)


def boolean(value: bool) -> bytes:
    """Yes or no."""
    return b"\0\0\0\1" + (b"\1" if value else b"\0")


def uuid(value: bytes | None) -> bytes:
    """An identifier, or none."""
    return NULL if value is None else b"\0\0\0\x10" + value


def moment(milliseconds: int) -> int:
    """Milliseconds since 1970 as PostgreSQL counts."""
    return (milliseconds - _EPOCH) * 1000


@lru_cache(8192)
def where(place: int, area: str) -> bytes:
    """The columns place and area."""
    return _BIG(8, place) + text(area)


def row(
    columns: int, identifier: bytes, person: int | None, at: bytes, occurred: int, recorded: int, rest: bytes
) -> bytes:
    """One row. `at` is packed by `where`, the times come from `moment`, `rest` is everything behind them."""
    if person is None:
        head = _NOBODY(columns, 16, identifier, -1)
    else:
        head = _SOMEBODY(columns, 16, identifier, 8, person)
    return head + at + _TIMES(8, occurred, 8, recorded) + rest


def copied(rows: Iterable[bytes]) -> memoryview:
    """What COPY reads. (asyncpg takes plain bytes for the name of a file.)"""
    return memoryview(b"".join((HEAD, *rows, END)))
