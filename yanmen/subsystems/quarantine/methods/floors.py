"""Rooms inside a site, floor by floor.

Sources in the order of how many rooms they need, each to a floor where it is already, else to the floor it fills best (best fit decreasing,
Johnson et al., SIAM Journal on Computing 3 (1974) 299-325): few sources a floor; members of a party next to one another; the smallest room that fits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from yanmen.subsystems.quarantine.methods.rooms import Cell, FreeRoom, Given, Party


class House:
    """A site's free rooms, given out floor by floor."""

    def __init__(self, rooms: Iterable[FreeRoom], there: dict[int, frozenset[str]]) -> None:
        self.floors: dict[int, list[FreeRoom]] = defaultdict(list)
        for room in sorted(rooms, key=lambda each: (each.level, each.position, each.number)):
            self.floors[room.floor].append(room)
        self.sources = {floor: set(there.get(floor, ())) for floor in self.floors}

    def take(self, coming: Sequence[Party]) -> tuple[list[Given], list[Party]]:
        """Rooms for these parties, those with needs first, then source by source; and who found none."""
        wanted: dict[str, int] = defaultdict(int)
        for each in coming:
            wanted[each.source] += len(each.cells)
        given: list[Given] = []
        out: list[Party] = []
        for each in sorted(
            coming, key=lambda one: (-hard(one), -wanted[one.source], one.source, -len(one.cells), one.number)
        ):
            rooms = self.find(each, wanted[each.source])
            wanted[each.source] -= len(each.cells)
            if rooms is None:
                out.append(each)
            else:
                given += [Given(each, cell, room) for cell, room in zip(each.cells, rooms, strict=True)]
        return given, out

    def find(self, party: Party, wanted: int = 1) -> list[FreeRoom] | None:
        """Rooms for all cells of a party: on one floor where there is one, else over several. They are taken."""
        best = min(
            (floor for floor in self.floors if self._on(floor, party) is not None),
            key=lambda floor: self._price(floor, party, wanted), default=None,
        )  # fmt: skip
        rooms = (
            self._on(best, party) if best is not None else match(party, [r for f in self.floors.values() for r in f])
        )
        for room in rooms or ():
            self.floors[room.floor].remove(room)
            self.sources[room.floor].add(party.source)
        return rooms

    def _on(self, floor: int, party: Party) -> list[FreeRoom] | None:
        return match(party, self.floors[floor])

    def _price(self, floor: int, party: Party, wanted: int) -> tuple[int, ...]:
        """New sources met on the floor; then whether what is wanted fits; then how little is left over; then the lowest."""
        free, here = len(self.floors[floor]), self.sources[floor]
        met = len(here - {party.source})
        fits = free >= wanted
        return met, party.source not in here, not fits, free if fits else -free, self.floors[floor][0].level, floor


def match(party: Party, rooms: Sequence[FreeRoom]) -> list[FreeRoom] | None:
    """A room for each cell: the hardest cell first, the smallest room with the fewest features, next to the one before."""
    left, chosen = list(rooms), dict[int, FreeRoom]()
    order = sorted(range(len(party.cells)), key=lambda at: (-len(party.cells[at].features), -party.cells[at].size, at))
    last = 0
    for at in order:
        cell = party.cells[at]
        fit = [room for room in left if room.takes(cell)]
        if not fit:
            return None
        room = min(
            fit,
            key=lambda each: (*_waste(cell, each), abs(each.position - last) if last else 0, each.level, each.position),
        )
        chosen[at], last = room, room.position
        left.remove(room)
    return [chosen[at] for at in range(len(party.cells))]


def _waste(cell: Cell, room: FreeRoom) -> tuple[int, int, int]:
    scarce = {"accessible", "family", "quiet", "negative_pressure", "oxygen"} & (
        room.features - cell.features - cell.wishes
    )
    return room.beds - cell.size, -len(cell.wishes & room.features), len(scarce)


def hard(party: Party) -> int:
    """How hard a party is to place: its cell with the most features, then the largest."""
    return max(len(cell.features) * 10 + cell.size for cell in party.cells)
