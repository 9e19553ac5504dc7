"""Who stays together: the people of a household who wait become a party, those who must share a room a cell of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from yanmen.subsystems.quarantine.methods.rooms import Cell, Party

ROOM_NEEDS = {"disabled": "accessible"}
"""What somebody needs of the room itself."""
ROOM_WISHES = {"pregnant": "quiet", "severe_disease": "quiet", "mental": "quiet"}
"""What is kept for them where there is such a room."""


@dataclass(frozen=True)
class Guest:
    """Somebody who needs a room. `special` are words of methods/words.py SPECIAL; `language` one that the staff must speak."""

    person: int
    household: int | None
    guardian: int | None
    age: int | None
    kinds: tuple[str, ...]
    group: str
    source: str
    longitude: float
    latitude: float
    special: frozenset[str] = frozenset()
    language: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Together:
    """Whom policy wants in one room: from the norm quarantine.assigning."""

    with_adult_age: int
    adult_age: int
    with_carer: frozenset[str]
    household: bool


def parties(guests: Iterable[Guest], rule: Together) -> tuple[list[Party], dict[int, str]]:
    """The parties in order of their waiting, and children whom no adult can go with, each with the reason."""
    homes: dict[tuple[object, ...], list[Guest]] = {}
    all_of = list(guests)
    known = {each.person: each for each in all_of}
    for each in sorted(all_of, key=lambda one: one.person):
        homes.setdefault((*_home(each, known, rule), each.kinds, each.group), []).append(each)
    found: list[Party] = []
    alone: dict[int, str] = {}
    for members in homes.values():
        cells, left = _cells(members, rule)
        alone |= dict.fromkeys(left, "no_adult")
        kept = [each for each in members if each.person not in left]
        if kept:
            found.append(_party(kept, cells))
    return sorted(found, key=lambda each: (each.since is None, each.since, each.number)), alone


def needs_of(guest: Guest) -> frozenset[str]:
    """What a guest's room must have."""
    return frozenset(ROOM_NEEDS[each] for each in guest.special if each in ROOM_NEEDS)


def _home(guest: Guest, known: dict[int, Guest], rule: Together) -> tuple[object, ...]:
    """The household, or for a child the guardian's; a child goes with a guardian who lives elsewhere."""
    if _child(guest, rule) and guest.guardian in known:
        guest = known[guest.guardian]
    return ("household", guest.household) if guest.household else ("person", guest.person)


def _child(guest: Guest, rule: Together) -> bool:
    return guest.age is not None and guest.age <= rule.with_adult_age


def _adult(guest: Guest, rule: Together) -> bool:
    return guest.age is None or guest.age >= rule.adult_age


def _cells(members: Sequence[Guest], rule: Together) -> tuple[list[list[Guest]], set[int]]:
    """Those who share a room: everybody, or each child and each who needs care with an adult; the rest have their own."""
    cared = [each for each in members if _child(each, rule) or each.special & rule.with_carer]
    able = [each for each in members if _adult(each, rule) and each not in cared]
    if not able:
        left = {each.person for each in cared if _child(each, rule)}
        rest = [each for each in members if each.person not in left]
        return ([rest] if rule.household and rest else [[each] for each in rest]), left
    if rule.household:
        return [list(members)], set()
    rooms = {each.person: [each] for each in able}
    for each in cared:
        home = each.guardian if each.guardian in rooms else min(rooms, key=lambda one: (len(rooms[one]), one))
        rooms[home].append(each)
    others = [[each] for each in members if each not in cared and each not in able]
    return [*rooms.values(), *others], set()


def _party(members: Sequence[Guest], cells: Sequence[Sequence[Guest]]) -> Party:
    first = members[0]
    services = {"dialysis" for each in members if "dialysis" in each.special}
    services |= {f"language:{each.language}" for each in members if each.language}
    waiting = [each.since for each in members if each.since]
    return Party(
        number=min(each.person for each in members),
        cells=tuple(_cell(each) for each in cells), kinds=first.kinds, group=first.group,
        source=min(each.source for each in members), longitude=first.longitude, latitude=first.latitude,
        site_needs=frozenset(services), since=min(waiting, default=None),
    )  # fmt: skip


def _cell(members: Sequence[Guest]) -> Cell:
    needs = frozenset[str]().union(*(needs_of(each) for each in members))
    wishes = frozenset(ROOM_WISHES[s] for each in members for s in each.special if s in ROOM_WISHES)
    return Cell(tuple(each.person for each in members), needs, wishes)
