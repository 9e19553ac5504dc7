"""The files of the image: where they lie, and the header that says how far they can be trusted.

A folder holds ``header`` and, for each generation, three files: ``statuses-N`` (a byte a person), ``negatives-N``
(four bytes a person) and ``registers-N`` (a log of venues, posts, devices and documents). A generation is
one snapshot and everything that followed it. The header has two slots of 64-bit words with a checksum each:
the live one, and the sealed one, which is as old as the last flush and therefore true after a power cut.
"""

from __future__ import annotations

import struct
from array import array
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

MAGIC = int.from_bytes(b"YMIMAGE1", "big")
"""Names the layout: other files are foreign and are rebuilt."""

WORDS = 16
SLOT = 8 * WORDS
LIVE, SEALED = 0, WORDS
"""Where the slots begin, in words."""

CHUNK = 1 << 22
"""Files grow by so many people; they are sparse, and nobody's bytes move."""


class Header(NamedTuple):
    """What is known of a generation. Moments are microseconds since 1970."""

    magic: int = MAGIC
    change: int = 0
    generation: int = 0
    capacity: int = 0
    people: int = 0
    registers: int = 0
    seq: int = 0
    at: int = 0
    contact: int = 0
    boot: int = 0

    def packed(self) -> memoryview:
        """The words of a slot, with their checksum."""
        words = array("q", [*self, *[0] * (WORDS - len(self))])
        words[-1] = crc32(words[:-1].tobytes())
        return memoryview(words)


CHANGE = Header._fields.index("change")
SEQ = Header._fields.index("seq")
CONTACT = Header._fields.index("contact")
PEOPLE = Header._fields.index("people")


def read_header(words: memoryview, slot: int) -> Header | None:
    """The header in a slot; None when it is torn, foreign or not there."""
    found = words[slot : slot + WORDS].tolist()
    if found[0] != MAGIC or found[-1] != crc32(struct.pack(f"{WORDS - 1}q", *found[:-1])):
        return None
    return Header(*found[: len(Header._fields)])


@cache
def this_boot() -> int:
    """A number that changes when the machine starts: what was not flushed before may be lost."""
    text = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
    return int(text.strip().replace("-", "")[:15], 16)


def header_path(folder: Path) -> Path:
    return folder / "header"


def statuses_path(folder: Path, generation: int) -> Path:
    return folder / f"statuses-{generation}"


def negatives_path(folder: Path, generation: int) -> Path:
    return folder / f"negatives-{generation}"


def registers_path(folder: Path, generation: int) -> Path:
    return folder / f"registers-{generation}"
