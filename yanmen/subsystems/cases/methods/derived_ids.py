"""Identifiers that follow from what they name: importing the same report again names the same facts."""

import hashlib
from datetime import datetime
from uuid import UUID


def derived_id(moment: datetime, *parts: object) -> UUID:
    """A version 7 identifier of this moment whose other bits are the SHA-256 of the parts."""
    digest = int.from_bytes(hashlib.sha256("|".join(str(part) for part in parts).encode()).digest()[:10], "big")
    bits = digest & (((1 << 12) - 1) << 64 | ((1 << 62) - 1))
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62 | bits)
