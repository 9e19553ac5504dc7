"""The one process that keeps the image: takes over what is there, builds a new generation, adds, seals.

Whoever writes holds the folder's lock (see `follow`). Killing the writer loses nothing: the maps belong to the
kernel. After a power cut the sealed header holds, and what came since is asked for again.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from yanmen.edge.image_files import (
    CHANGE,
    CHUNK,
    LIVE,
    SEALED,
    SLOT,
    WORDS,
    Header,
    header_path,
    negatives_path,
    read_header,
    registers_path,
    statuses_path,
    this_boot,
)
from yanmen.edge.registers import Registers

Numbers = npt.NDArray[np.integer[Any]]

KINDS = ("statuses", "negatives", "registers")


class Generation:
    """The three files of one snapshot, open for writing."""

    def __init__(self, folder: Path, number: int, *, capacity: int) -> None:
        self.number = number
        self.people = 0
        self.capacity = 0
        self._folder = folder
        self._log = os.open(registers_path(folder, number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.registers = self.first = os.fstat(self._log).st_size
        self._map(capacity)

    def colour(self, people: Numbers, colours: Numbers) -> None:
        """Set the status of so many people; of one named twice the last holds."""
        self.cover(int(people.max(initial=0)))
        self._statuses[people] = self._statuses[people] & 0xF8 | colours

    def test(self, people: Numbers, minutes: Numbers) -> None:
        """Set the time of the last negative sample, in minutes since 1970; 0 is none."""
        self.cover(int(people.max(initial=0)))
        self._negatives[people] = minutes

    def note(self, frames: Iterable[bytes]) -> None:
        """Add to the log of the registers."""
        content = b"".join(frames)
        while content:
            written = os.pwrite(self._log, content, self.registers)
            self.registers += written
            content = content[written:]

    def cover(self, people: int) -> None:
        """Have room up to this number. The files are sparse: room costs nothing until it is written."""
        self.people = max(self.people, people)
        if people >= self.capacity:
            self._map((people // CHUNK + 1) * CHUNK)

    @property
    def grown(self) -> int:
        """Bytes that were added to the log since the snapshot, or since the file was opened."""
        return self.registers - self.first

    def cut(self, length: int) -> None:
        """Forget what was added to the log after this length."""
        os.ftruncate(self._log, length)
        self.registers = length

    def verify(self) -> None:
        """Read the whole log once; `LogDamaged` when it is not what was written."""
        Registers().replay(os.pread(self._log, self.registers, 0))

    def flush(self) -> None:
        """On the disk, all of it, when this returns."""
        self._statuses.flush()
        self._negatives.flush()
        os.fsync(self._log)

    def close(self) -> None:
        os.close(self._log)

    def _map(self, capacity: int) -> None:
        self.capacity = capacity
        self._statuses = _array(statuses_path(self._folder, self.number), capacity, np.uint8)
        self._negatives = _array(negatives_path(self._folder, self.number), capacity, np.int32)


class ImageWriter:
    """The header, and the generation that readers see."""

    generation: Generation | None
    """None as long as there is nothing to trust: a snapshot has to be taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sealing = Lock()
        self._shared, self._words = _writable_header(folder)
        self.header, self.generation = self._take_over() or (Header(), None)
        self._last = max([0, *self._numbers()])
        self._show(change=self._words[LIVE + CHANGE] + 1 & 0x7FFF_FFFF)
        self._sweep()

    @property
    def position(self) -> tuple[int, int]:
        """The last outbox message that is contained: its number and its moment."""
        return self.header.seq, self.header.at

    def draft(self, people: int) -> Generation:
        """A new generation that nobody sees yet."""
        self._sweep()
        self._last += 1
        draft = Generation(self._folder, self._last, capacity=CHUNK)
        draft.cover(people)
        return draft

    def publish(self, draft: Generation, *, position: tuple[int, int], contact: int) -> None:
        """From now on readers see this generation; the former one goes when this one is sealed."""
        if self.generation:
            self.generation.close()
        self.generation = draft
        draft.first = draft.registers
        self.reach(position, contact=contact)

    def reach(self, position: tuple[int, int], *, contact: int) -> None:
        """Everything up to this message is written; the database was heard of at ``contact``."""
        assert self.generation
        now = self.generation
        shape = (now.number, now.capacity, now.registers)
        before = (self.header.generation, self.header.capacity, self.header.registers)
        self._show(
            change=self.header.change + (shape != before),
            generation=now.number,
            capacity=now.capacity,
            people=now.people,
            registers=now.registers,
            seq=position[0],
            at=position[1],
            contact=contact,
        )

    def seal(self) -> None:
        """Flush; what the sealed header says is true even after a power cut. May take seconds: nobody waits for it."""
        with self._sealing:
            if self.generation:
                sealed = self.header
                self.generation.flush()
                self._words[SEALED : SEALED + WORDS] = sealed.packed()
                self._shared.flush()
                self._sweep()

    def _take_over(self) -> tuple[Header, Generation] | None:
        """What another process left, if it can be trusted."""
        live, sealed = read_header(self._words, LIVE), read_header(self._words, SEALED)
        header = live if live and live.boot == this_boot() else sealed
        if not header or not header.generation:
            return None
        try:
            _check_sizes(self._folder, header)
            generation = Generation(self._folder, header.generation, capacity=header.capacity)
            generation.people = header.people
            generation.cut(header.registers)
            generation.verify()
        except (OSError, ValueError):
            return None
        return header, generation

    def _numbers(self) -> dict[int, list[Path]]:
        """The generations of which there are files."""
        found: dict[int, list[Path]] = {}
        for path in self._folder.glob("*-*"):
            if path.name.partition("-")[0] in KINDS and path.name.partition("-")[2].isdigit():
                found.setdefault(int(path.name.partition("-")[2]), []).append(path)
        return found

    def _sweep(self) -> None:
        """Remove what readers can no longer ask for; who has it mapped keeps it until they look again."""
        for number, paths in self._numbers().items():
            for path in paths if number != self.header.generation else ():
                path.unlink()

    def _show(self, **changed: int) -> None:
        self.header = self.header._replace(boot=this_boot(), **changed)
        self._words[LIVE : LIVE + WORDS] = self.header.packed()


def _writable_header(folder: Path) -> tuple[mmap.mmap, memoryview]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(header_path(folder), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, 2 * SLOT)
        shared = mmap.mmap(descriptor, 2 * SLOT)
    finally:
        os.close(descriptor)
    return shared, memoryview(shared).cast("q")


def _array(path: Path, length: int, kind: type[np.integer[Any]]) -> np.memmap[Any, Any]:
    """A file of numbers, made longer if it is too short; its old pages stay where they are."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        wanted = length * np.dtype(kind).itemsize
        if os.fstat(descriptor).st_size < wanted:
            os.ftruncate(descriptor, wanted)
    finally:
        os.close(descriptor)
    return np.memmap(path, dtype=kind, mode="r+", shape=(length,))


def _check_sizes(folder: Path, header: Header) -> None:
    """Files shorter than the header says were cut."""
    number = header.generation
    wanted = {
        statuses_path(folder, number): header.capacity,
        negatives_path(folder, number): 4 * header.capacity,
        registers_path(folder, number): header.registers,
    }
    for path, size in wanted.items():
        if path.stat().st_size < size:
            raise ValueError(f"{path} was cut.")
