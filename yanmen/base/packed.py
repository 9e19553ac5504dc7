"""Long sequences in little memory: their items lie in compressed blocks, one of which is open at a time.

rows = pack(read(file))     # a tuple while they are few
for row in rows: ...        # as often as you like
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, overload

Item = TypeVar("Item")
BLOCK = 2000


class Packed(Sequence[Item], Generic[Item]):
    """Items that are read in order, block by block. They never leave this process, and must not be changed."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._count = 0
        self._open: tuple[int, list[Item]] = (-1, [])

    def add(self, block: list[Item]) -> None:
        """Put a full block away; only the last may be shorter."""
        self._blocks.append(zlib.compress(pickle.dumps(block, pickle.HIGHEST_PROTOCOL), 1))
        self._count += len(block)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        for number in range(len(self._blocks)):
            yield from self._block(number)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(self._count)))
        at = place + self._count if place < 0 else place
        if not 0 <= at < self._count:
            raise IndexError(place)
        number, rest = divmod(at, BLOCK)
        if self._open[0] != number:
            self._open = (number, self._block(number))
        return self._open[1][rest]

    def _block(self, number: int) -> list[Item]:
        block: list[Item] = pickle.loads(zlib.decompress(self._blocks[number]))
        return block


class Packer(Generic[Item]):
    """Takes items one by one; `done` is a tuple while they are few."""

    def __init__(self) -> None:
        self._packed: Packed[Item] = Packed()
        self._block: list[Item] = []

    def add(self, item: Item) -> None:
        """One more."""
        self._block.append(item)
        if len(self._block) == BLOCK:
            self._packed.add(self._block)
            self._block = []

    def extend(self, items: Iterable[Item]) -> None:
        """Several more."""
        for item in items:
            self.add(item)

    def done(self) -> Sequence[Item]:
        """All of them, in order."""
        if not len(self._packed):
            return tuple(self._block)
        if self._block:
            self._packed.add(self._block)
            self._block = []
        return self._packed


def pack(items: Iterable[Item]) -> Sequence[Item]:
    """These items, packed if they are many."""
    packer: Packer[Item] = Packer()
    packer.extend(items)
    return packer.done()


def pieces(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of at most this many, in order."""
    source = iter(items)
    while piece := list(islice(source, size)):
        yield piece
