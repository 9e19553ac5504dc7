"""What every edge worker reads: a byte and a test time for each person, and small registers, without the database.

One process keeps the files (`image_writer`, `follow`), any number of workers map them. A read is an index into a
memoryview. A person's byte is atomic; the byte and the test time stand in two files and may be one write
apart. A person nobody wrote about has the default status and no test.
"""

from __future__ import annotations

import logging
import math
import mmap
import os
from collections.abc import Set
from datetime import datetime
from pathlib import Path

from yanmen.edge.image_files import (
    CHANGE,
    CONTACT,
    LIVE,
    MAGIC,
    PEOPLE,
    SEQ,
    SLOT,
    Header,
    header_path,
    negatives_path,
    read_header,
    registers_path,
    statuses_path,
    this_boot,
)
from yanmen.edge.registers import Post, Registers, Venue

_log = logging.getLogger(__name__)

PATIENCE = 100
"""How often a header caught in the middle of a write is read again before the old knowledge serves once more."""


class ImageMissing(LookupError):
    """No snapshot has been taken yet, so nothing is known of anybody."""


class Image:
    """The knowledge of this machine. Cheap to open; takes in by itself what was added since the last read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._words = _map_header(folder)
        self._seen = -1
        self._generation = self._capacity = self._read_to = 0
        self._statuses = self._negatives = memoryview(b"")
        self._registers = Registers()
        self._catch_up()

    @property
    def ready(self) -> bool:
        """False before the first snapshot, and after a power cut until the files were looked at."""
        self._refresh()
        return self._generation > 0

    @property
    def seq(self) -> int:
        """The number of the last outbox message that is contained."""
        return self._words[SEQ] if self._generation or self.ready else 0

    @property
    def people(self) -> int:
        """The highest number of a person."""
        return self._words[PEOPLE] if self._generation or self.ready else 0

    def age(self, now: datetime) -> float:
        """Seconds since the database was last heard of, whether or not anything had changed. Infinite if never."""
        return self.age_at(now.timestamp())

    def age_at(self, seconds: float) -> float:
        """The same for a moment in seconds since 1970."""
        if not self._generation and not self.ready:
            return math.inf
        age = seconds - self._words[CONTACT] / 1_000_000
        return age if age > 0.0 else 0.0

    def known(self, person: int) -> tuple[int, int | None, int]:
        """Colour, last negative and vaccination of a person, as the three methods below tell them."""
        if self._words[CHANGE] != self._seen:
            self._catch_up()
        if 0 < person < self._capacity:
            byte = self._statuses[person]
            return byte & 7, self._negatives[person] or None, byte >> 3 & 7
        return self._nobody()

    def colour(self, person: int) -> int:
        """The index of the person's status in the published order; 0 is the default."""
        return self.known(person)[0]

    def negative(self, person: int) -> int | None:
        """When the last negative sample was taken, in minutes since 1970."""
        return self.known(person)[1]

    def vaccination(self, person: int) -> int:
        """The person's vaccination class; 0 when none is known."""
        return self.known(person)[2]

    def venue(self, place: int) -> Venue | None:
        """The venue at a place."""
        if self._words[CHANGE] != self._seen or not self._generation:
            self._need()
        return self._registers.venue(place)

    def post(self, place: int) -> Post | None:
        """The checkpoint's post at a place."""
        self._need()
        return self._registers.post(place)

    def kind_at(self, place: int) -> str | None:
        """What kind of place a post or venue is; None where there is neither."""
        found = self.post(place) or self.venue(place)
        return found.kind if found else None

    @property
    def revoked(self) -> Set[int]:
        """Devices that may no longer speak."""
        if self._words[CHANGE] != self._seen or not self._generation:
            self._need()
        return self._registers.devices

    @property
    def documents(self) -> dict[str, bytes]:
        """The newest published document of each name."""
        self._refresh()
        return self._registers.documents

    def _nobody(self) -> tuple[int, None, int]:
        self._need()
        return 0, None, 0

    def _need(self) -> None:
        """Take in what is new. Without a snapshot nobody may conclude anything from an empty register."""
        if self._words[CHANGE] != self._seen:
            self._catch_up()
        if not self._generation:
            raise ImageMissing("No snapshot has been taken yet. The follower needs the database once.")

    def _refresh(self) -> None:
        if self._words[CHANGE] != self._seen:
            self._catch_up()

    def _catch_up(self) -> None:
        """Map what grew or was replaced, replay what was added to the registers."""
        for _ in range(PATIENCE):
            header = read_header(self._words, LIVE)
            if self._words[LIVE] != MAGIC or (header and (header.boot != this_boot() or not header.generation)):
                return
            try:
                if header and self._take(header):
                    return
            except FileNotFoundError:
                continue  # replaced by a newer generation since we read the header

    def _take(self, header: Header) -> bool:
        fresh = header.generation != self._generation
        try:
            if fresh or header.capacity != self._capacity:
                self._map(header)
            registers = Registers() if fresh else self._registers
            path = registers_path(self._folder, header.generation)
            registers.replay(_between(path, 0 if fresh else self._read_to, header.registers))
        except ValueError:
            _log.exception(
                "The image in %s is damaged. It serves again once the follower has rebuilt it.", self._folder
            )
            header = Header(change=header.change)
            registers = Registers()
        self._registers, self._read_to = registers, header.registers
        self._generation, self._capacity, self._seen = header.generation, header.capacity, header.change
        return True

    def _map(self, header: Header) -> None:
        statuses = _mapped(statuses_path(self._folder, header.generation), header.capacity)
        negatives = _mapped(negatives_path(self._folder, header.generation), 4 * header.capacity).cast("i")
        self._statuses, self._negatives = statuses, negatives


def _map_header(folder: Path) -> memoryview:
    """The header's words, shared with whoever writes them; zeros when nobody has yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(header_path(folder), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_size < 2 * SLOT:
            os.ftruncate(descriptor, 2 * SLOT)
        shared = mmap.mmap(descriptor, 2 * SLOT, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)
    return memoryview(shared).cast("q")


def _mapped(path: Path, size: int) -> memoryview:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return memoryview(mmap.mmap(descriptor, size, access=mmap.ACCESS_READ))
    finally:
        os.close(descriptor)


def _between(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)
