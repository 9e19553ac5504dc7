"""The plan to compare with: first come, first served, each party to the nearest site that has rooms for it, the first rooms that fit."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from time import monotonic

from yanmen.subsystems.quarantine.methods.assigning import great_circle
from yanmen.subsystems.quarantine.methods.rooms import Assignment, FreeRoom, Given, OpenSite, Party, hindrance


def first_come(
    parties: Sequence[Party],
    sites: Sequence[OpenSite],
    rooms: Iterable[FreeRoom],
    *,
    distance: Callable[[Party, OpenSite], float] = great_circle,
) -> Assignment:
    """Rooms in the order in which the parties are given; a household that no site holds whole goes to several. The rules that must hold hold here too."""
    started, at, all_rooms = monotonic(), defaultdict[int, list[FreeRoom]](list), list(rooms)
    for room in sorted(all_rooms, key=lambda each: (each.level, each.position, each.number)):
        at[room.site].append(room)
    groups = {site.number: site.group for site in sites}
    given: list[Given] = []
    left: dict[int, str] = {}
    waiting = deque(parties)
    while waiting:
        party = waiting.popleft()
        fit = [site for site in sites if site.serves(party) and groups[site.number] in ("", party.group)]
        for site in sorted(fit, key=lambda each: (party.kinds.index(each.kind), distance(party, each))):
            taken = _first(party, at[site.number])
            if taken:
                given += taken
                groups[site.number] = party.group
                gone = {each.room.number for each in taken}
                at[site.number] = [room for room in at[site.number] if room.number not in gone]
                break
        else:
            if len(party.cells) > 1:
                waiting.extendleft(reversed(party.apart()))
                continue
            left[party.number] = hindrance(party, sites, all_rooms)
    return Assignment(tuple(given), left, None, monotonic() - started)


def _first(party: Party, free: Sequence[FreeRoom]) -> list[Given]:
    """The first room that fits for each cell; nothing if one has none."""
    used: set[int] = set()
    found = []
    for cell in party.cells:
        room = next((each for each in free if each.number not in used and each.takes(cell)), None)
        if room is None:
            return []
        used.add(room.number)
        found.append(Given(party, cell, room))
    return found
