"""Names for a day: a person is 16 bytes in a code, other bytes tomorrow, and only the key tells who it is.

One AES block of person (8 bytes), day since 1970 (4 bytes) and four zeros. The zeros are the check: a name that was
made up opens to no person (one in 2^32 slips through and then names a person and day that hardly exist).
"""

import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SIZE = 16
ON_PAPER = 1 << 31
"""A paper code's name is made for this and a number of its own instead of a day: taking it back touches no telephone."""

_BLOCK = struct.Struct(">QII")


class Pseudonyms:
    """Makes and opens names with one key (16 or 32 bytes)."""

    def __init__(self, key: bytes) -> None:
        # One block, never two of a message: nothing repeats that a chaining mode would hide.
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())

    def make(self, person: int, day: int) -> bytes:
        """The person's name on this day (days since 1970-01-01)."""
        sealer = self._cipher.encryptor()
        return sealer.update(_BLOCK.pack(person, day, 0)) + sealer.finalize()

    def make_many(self, people: "list[int]", day: int) -> list[bytes]:
        """The names of many people on one day, in their order."""
        sealer = self._cipher.encryptor()
        sealed = sealer.update(b"".join(_BLOCK.pack(person, day, 0) for person in people)) + sealer.finalize()
        return [sealed[start : start + SIZE] for start in range(0, len(sealed), SIZE)]

    def person_of(self, pseudonym: bytes) -> tuple[int, int] | None:
        """Person and day behind a name; None if this key never made it."""
        if len(pseudonym) != SIZE:
            return None
        opener = self._cipher.decryptor()
        person, day, zeros = _BLOCK.unpack(opener.update(pseudonym) + opener.finalize())
        return None if zeros else (person, day)

    def people_of(self, pseudonyms: "list[bytes]") -> "list[tuple[int, int] | None]":
        """Persons and days behind many names of 16 bytes each, in their order: one pass of the cipher for all."""
        opener = self._cipher.decryptor()
        opened = opener.update(b"".join(pseudonyms)) + opener.finalize()
        return [None if zeros else (person, day) for person, day, zeros in _BLOCK.iter_unpack(opened)]
