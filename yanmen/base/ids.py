"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562)."""

from datetime import datetime
from os import urandom
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_A = ((1 << 12) - 1) << 64
_RANDOM_B = (1 << 62) - 1


def uuid7(now: datetime) -> UUID:
    """A new identifier of this moment."""
    return uuid7s(now, 1)[0]


def uuid7s(now: datetime, count: int) -> list[UUID]:
    """`count` new identifiers of this moment: one call to the system's randomness for all of them."""
    stamp = int(now.timestamp() * 1000) << 80 | _VERSION | _VARIANT
    noise = urandom(10 * count)
    chunks = (int.from_bytes(noise[start : start + 10], "big") for start in range(0, len(noise), 10))
    return [UUID(int=stamp | chunk & (_RANDOM_A | _RANDOM_B)) for chunk in chunks]


def moment_of(identifier: UUID) -> float:
    """Seconds since 1970 at which a version 7 identifier was made."""
    return (identifier.int >> 80) / 1000
