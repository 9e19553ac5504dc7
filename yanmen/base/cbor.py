"""CBOR (RFC 8949) from strangers: first the shape is walked within bounds, then `cbor2` builds the values.

Ours is deterministic CBOR (RFC 8949, section 4.2.3): shortest heads, definite lengths, keys sorted by length, then by
bytes. So one value has one encoding, and a changed byte is always a changed value. Certificates of others may be encoded freely (`strict`
off), but never deeply, never with doubled keys, and never with a tag that was not asked for: no big numbers, dates,
shared references or regular expressions come out of here.
"""

from collections.abc import Collection
from typing import Any

import cbor2

from yanmen.base.refusals import Malformed

DEPTH = 8
MOST_ITEMS = 10_000
_BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = 2, 3, 4, 5, 6, 7
_INDEFINITE, _BREAK = 31, 0xFF
_FALSE_TRUE_NULL = (20, 21, 22)
_FLOATS = (25, 26, 27)


def malformed(en: str, zh: str = "数据结构不符合要求") -> Malformed:
    """What to raise; the reader is told to scan again, the log says what was wrong."""
    return Malformed(f"无法读取：{zh}。请重新扫描或重新下载。", f"This cannot be read: {en}. Scan or fetch it again.")


def encode(value: object) -> bytes:
    """The one deterministic encoding of a value."""
    encoded: bytes = cbor2.dumps(value, canonical=True)
    return encoded


def decode(data: bytes, *, longest: int, depth: int = DEPTH, tags: Collection[int] = (), strict: bool = True) -> Any:
    """The value of one complete CBOR item; anything longer, deeper, tagged otherwise or left over is refused."""
    if len(data) > longest:
        raise malformed(f"{len(data)} bytes where at most {longest} are allowed", "数据过长")
    walk = _Walk(data, tags, strict)
    walk.item(depth)
    if walk.at != len(data):
        raise malformed("bytes are left over after the end")
    return _built(data)


def _built(data: bytes) -> Any:
    """The value of bytes whose shape was walked."""
    try:
        return cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError) as fault:
        raise malformed("no valid CBOR") from fault


class _Walk:
    """One pass over the bytes without building anything: time and memory are bounded by their length."""

    def __init__(self, data: bytes, tags: Collection[int], strict: bool) -> None:
        self.data, self.tags, self.strict = data, tags, strict
        self.at, self.items = 0, 0

    def item(self, depth: int) -> int:
        """Step over one item and return its major type."""
        self.items += 1
        if depth < 0 or self.items > MOST_ITEMS:
            raise malformed("nested too deeply or too many items")
        major, argument = self._head()
        if argument is None:
            self._indefinite(major, depth)
        elif major in (_BYTES, _TEXT):
            self._skip(argument)
        elif major == _ARRAY:
            self._enough(argument)
            for _ in range(argument):
                self.item(depth - 1)
        elif major == _MAP:
            self._enough(2 * argument)
            self._pairs(argument, depth)
        elif major == _TAG:
            if argument not in self.tags:
                raise malformed(f"tag {argument} has no place here")
            self.item(depth - 1)
        return major

    def _head(self) -> tuple[int, int | None]:
        """Major type and argument of the next item; None says that its length is left open."""
        if self.at >= len(self.data):
            raise malformed("it ends too early")
        first = self.data[self.at]
        major, short = first >> 5, first & 31
        self.at += 1
        if major == _SIMPLE:
            self._simple(short)
            return major, 0
        if short < 24:
            return major, short
        if short == _INDEFINITE and _BYTES <= major <= _MAP and not self.strict:
            return major, None
        if short > 27:
            raise malformed("a length is left open or reserved")
        width = 1 << (short - 24)
        start = self.at
        self._skip(width)
        argument = int.from_bytes(self.data[start : self.at], "big")
        if self.strict and argument < (24 if width == 1 else 1 << (4 * width)):
            raise malformed("a number is not in its shortest form")
        return major, argument

    def _simple(self, short: int) -> None:
        if short in _FALSE_TRUE_NULL:
            return
        if self.strict or short not in _FLOATS:
            raise malformed("a value of a kind that has no place here")
        self._skip(1 << (short - 24))

    def _pairs(self, count: int, depth: int) -> None:
        seen: set[bytes] = set()
        last = b""
        for _ in range(count):
            key = self._key(depth)
            if key in seen:
                raise malformed("a key stands twice")
            if self.strict and (len(key), key) < (len(last), last):
                raise malformed("keys are out of order")
            seen.add(key)
            last = key
            self.item(depth - 1)

    def _key(self, depth: int) -> bytes:
        """Step over a key; its one deterministic encoding, so that equal keys are found however they are written."""
        start = self.at
        if self.item(depth - 1) not in (0, 1, _TEXT):
            raise malformed("a key is neither a number nor a text")
        key = self.data[start : self.at]
        return key if self.strict else encode(_built(key))

    def _indefinite(self, major: int, depth: int) -> None:
        """Chunks, items or pairs until the break."""
        seen: set[bytes] = set()
        while self.data[self.at : self.at + 1] != b"\xff":
            if major in (_BYTES, _TEXT):
                if self._head_of(major) is None:
                    raise malformed("a chunk of open length")
            elif major == _MAP:
                key = self._key(depth)
                if key in seen:
                    raise malformed("a key stands twice")
                seen.add(key)
                self.item(depth - 1)
            else:
                self.item(depth - 1)
        self.at += 1

    def _head_of(self, major: int) -> int | None:
        found, length = self._head()
        if found != major:
            raise malformed("a chunk of another kind")
        if length is not None:
            self._skip(length)
        return length

    def _skip(self, count: int) -> None:
        self._enough(count)
        self.at += count

    def _enough(self, count: int) -> None:
        if count > len(self.data) - self.at:
            raise malformed("it ends too early")
