"""What an edge knows beside people: venues, posts, revoked devices, published documents.

They stand in a log of frames that one process writes and every worker replays; of a key the last frame holds.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple
from zlib import crc32

import msgspec

from yanmen.edge.bounded import Bounded

FRAME = struct.Struct("<IIIq")
"""Length of the content, its checksum, the register, the key."""


SEEN = 20_000
"""Venues that are kept as they are read, of those lately asked for."""


class Register(IntEnum):
    """Which register a frame belongs to."""

    VENUE = 1
    POST = 2
    DEVICE = 3
    DOCUMENT = 4


class Venue(NamedTuple):
    """A venue with what its static code is checked against."""

    place: int
    area: str
    kind: str
    seed: bytes
    stay_minutes: int
    capacity: int | None
    longitude: float | None
    latitude: float | None
    open: bool


class Post(NamedTuple):
    """A checkpoint's post. Its hours are not known here: who passed has passed, and may be told late."""

    place: int
    area: str
    kind: str
    direction: str


class Document(NamedTuple):
    """A published, signed document."""

    name: str
    body: bytes


class LogDamaged(ValueError):
    """A frame of the log is not what was written."""


_VENUE = msgspec.msgpack.Decoder(Venue)
_POST = msgspec.msgpack.Decoder(Post)
_DOCUMENT = msgspec.msgpack.Decoder(Document)


def frame(register: Register, key: int, content: tuple[object, ...] | None) -> bytes:
    """One entry of the log; without content the key is struck out."""
    body = b"" if content is None else msgspec.msgpack.encode(content)
    return FRAME.pack(len(body), crc32(body), register, key) + body


class Registers:
    """The registers in memory, as far as the log was replayed."""

    def __init__(self) -> None:
        self.devices: set[int] = set()
        self.documents: dict[str, bytes] = {}
        self._venues: dict[int, bytes] = {}
        self._posts: dict[int, bytes] = {}
        self._seen_venues: Bounded[int, Venue] = Bounded(SEEN)

    def venue(self, place: int) -> Venue | None:
        """A venue, decoded when asked for: a province has hundreds of thousands, and their bytes are small."""
        seen = self._seen_venues.get(place)
        if seen is None and (found := self._venues.get(place)) is not None:
            seen = _VENUE.decode(found)
            self._seen_venues.put(place, seen)
        return seen

    def post(self, place: int) -> Post | None:
        """A checkpoint's post."""
        found = self._posts.get(place)
        return None if found is None else _POST.decode(found)

    def replay(self, log: bytes) -> None:
        """Take in whole frames, in order."""
        position = 0
        while position < len(log):
            if len(log) < position + FRAME.size:
                raise LogDamaged(f"{len(log) - position} bytes are no frame")
            length, checksum, register, key = FRAME.unpack_from(log, position)
            position += FRAME.size
            body = log[position : position + length]
            position += length
            if len(body) != length or crc32(body) != checksum:
                raise LogDamaged(f"the frame at {position - length - FRAME.size} is not what was written")
            self._take(register, key, body)

    def _take(self, register: int, key: int, body: bytes) -> None:
        if register == Register.DEVICE:
            self.devices.add(key)
        elif register == Register.DOCUMENT:
            document = _DOCUMENT.decode(body)
            self.documents[document.name] = document.body
        else:
            known = self._venues if register == Register.VENUE else self._posts
            if self._seen_venues:
                self._seen_venues = Bounded(SEEN)
            if body:
                known[key] = body
            else:
                known.pop(key, None)
