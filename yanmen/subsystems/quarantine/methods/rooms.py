"""What a plan of rooms is made of: parties and their cells, sites and their rooms, who gets which, and how good that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from yanmen.base.sphere import metres

NO_ROOM = {
    "no_site": {"zh": "辖区内没有启用的此类隔离点", "en": "No open site of the kind that policy asks for"},
    "no_feature": {"zh": "没有符合特殊需要的房间或隔离点", "en": "No site or room has what they need"},
    "no_size": {
        "zh": "没有足够大的房间让须同住者同住",
        "en": "No room is large enough for those who must stay together",
    },
    "full": {"zh": "符合条件的房间已满", "en": "All rooms that fit are taken"},
    "no_adult": {"zh": "儿童没有成人同住，须先找到监护人", "en": "A child without an adult: find a guardian first"},
    "taken": {"zh": "采纳方案时房间已被占用", "en": "The room was taken before the plan was adopted"},
}


@dataclass(frozen=True)
class Cell:
    """People who share one room, the features it must have, and those kept for them where there are such rooms."""

    people: tuple[int, ...]
    features: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """Beds."""
        return len(self.people)


@dataclass(frozen=True)
class Party:
    """A household, or somebody alone: goes to one site, in as many rooms as it has cells. `kinds` of site, the best first."""

    number: int
    cells: tuple[Cell, ...]
    kinds: tuple[str, ...]
    group: str
    source: str
    longitude: float
    latitude: float
    site_needs: frozenset[str] = frozenset()
    since: datetime | None = None

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody of it."""
        return tuple(each for cell in self.cells for each in cell.people)

    def apart(self) -> list[Party]:
        """Its cells as parties of their own, where no site holds all of them."""
        return [replace(self, cells=(cell,)) for cell in self.cells]


@dataclass(frozen=True)
class FreeRoom:
    """A room that nobody holds: where it lies, how many beds, and what it has."""

    number: int
    site: int
    floor: int
    level: int
    position: int
    beds: int
    features: frozenset[str] = frozenset()

    def takes(self, cell: Cell) -> bool:
        """Whether the cell fits."""
        return cell.size <= self.beds and cell.features <= self.features


@dataclass(frozen=True)
class OpenSite:
    """A site that takes people. `has` are its services: `dialysis`, `language:en`; `group` of those there now, or empty."""

    number: int
    kind: str
    longitude: float
    latitude: float
    has: frozenset[str] = frozenset()
    group: str = ""

    def serves(self, party: Party) -> bool:
        """Whether the party may come here: kind, services, and nobody of the other group."""
        return self.kind in party.kinds and party.site_needs <= self.has and self.group in ("", party.group)


@dataclass(frozen=True)
class Weights:
    """What a plan weighs, in kilometres: from the norm quarantine.assigning."""

    mixing: float
    wasted_bed: float
    fallback: float
    gap: float = 0.01
    seconds: float = 15.0


@dataclass(frozen=True)
class Given:
    """A cell has a room."""

    party: Party
    cell: Cell
    room: FreeRoom


@dataclass(frozen=True)
class Assignment:
    """Who gets which room, who gets none and why. `gap` is how far the choice of sites can be from the best (None: not asked)."""

    given: tuple[Given, ...]
    left: Mapping[int, str] = field(default_factory=dict)
    gap: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Figures:
    """How good a plan is: kilometres of people in all, in the mean and of the farthest; sources a floor; beds left empty."""

    people: int
    left: int
    rooms: int
    wasted_beds: int
    km: float
    farthest_km: float
    site_sources: int
    floor_sources: int
    mixed_floors: int

    @property
    def mean_km(self) -> float:
        """Kilometres a person."""
        return self.km / self.people if self.people else 0.0


def figures(
    found: Assignment, sites: Mapping[int, OpenSite], *, there: Mapping[int, frozenset[str]] | None = None
) -> Figures:
    """What a plan costs. `there`: sources of those who are on a floor already, by floor."""
    km, farthest = 0.0, 0.0
    at_sites: dict[int, set[str]] = {}
    on_floors: dict[int, set[str]] = {floor: set(names) for floor, names in (there or {}).items()}
    for each in found.given:
        site = sites[each.room.site]
        way = metres(each.party.longitude, each.party.latitude, site.longitude, site.latitude) / 1000
        km += way * each.cell.size
        farthest = max(farthest, way)
        at_sites.setdefault(site.number, set()).add(each.party.source)
        on_floors.setdefault(each.room.floor, set()).add(each.party.source)
    used = {each.room.floor for each in found.given}
    return Figures(
        people=sum(each.cell.size for each in found.given), left=len(found.left),
        rooms=len({each.room.number for each in found.given}),
        wasted_beds=sum(each.room.beds - each.cell.size for each in found.given), km=km, farthest_km=farthest,
        site_sources=sum(map(len, at_sites.values())), floor_sources=sum(len(on_floors[each]) for each in used),
        mixed_floors=sum(len(on_floors[each]) > 1 for each in used),
    )  # fmt: skip


def hindrance(party: Party, sites: Sequence[OpenSite], rooms: Iterable[FreeRoom]) -> str:
    """Why a party has no room, as a key of NO_ROOM: the first thing that is missing."""
    kind = [each for each in sites if each.kind in party.kinds and each.group in ("", party.group)]
    if not kind:
        return "no_site"
    fit = {each.number for each in kind if each.serves(party)}
    here = [each for each in rooms if each.site in fit]
    if not fit or (not all(any(cell.features <= each.features for each in here) for cell in party.cells) and here):
        return "no_feature"
    if here and not all(any(each.takes(cell) for each in here) for cell in party.cells):
        return "no_size"
    return "full"
