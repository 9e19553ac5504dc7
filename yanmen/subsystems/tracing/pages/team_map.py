"""The day's doors and teams on the house's map: how many doors where, which are overdue, and which team goes there. Nobody is named."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yanmen.desk import boundaries, maps
from yanmen.desk.map_frame import Box, Ruler, around, counties_in, plane, ruler_of
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.follow_up import Door
from yanmen.subsystems.tracing.queries.teams import Day

Spot = tuple[float, float]
TILE_HALF = 0.2


@dataclass
class Doors:
    """Doors at one spot: how many, how many of them overdue or without a team, their areas, and the teams that go there."""

    x: float
    y: float
    doors: int = 0
    people: int = 0
    late: int = 0
    nobodys: int = 0
    areas: set[str] = field(default_factory=set)
    teams: dict[int, int] = field(default_factory=dict)
    radius: float = 0.0
    letters: float = 0.0

    @property
    def base(self) -> float:
        """Where the letters stand."""
        return self.y + 0.36 * self.letters

    @property
    def area(self) -> str:
        """The area of all of them; of several, what holds them all."""
        first, last = min(self.areas), max(self.areas)
        same = next((n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
        return first[: max((n for n in (2, 4, 6, 9, 12) if n <= same), default=2)]


@dataclass(frozen=True)
class Way:
    """A team's way to some doors, wider the more there are."""

    line: str
    width: float


@dataclass(frozen=True)
class TeamMap:
    """Counties, doors, teams with the numbers of the table, and ways between them."""

    name: str
    frame: str
    units: list[dict[str, Any]]
    spots: list[Doors]
    teams: list[Box]
    ways: list[Way]
    letters: float
    missing: int
    source: dict[str, str]
    ruler: Ruler | None = None

    @property
    def halo(self) -> float:
        """How wide the light edge around a name is."""
        return self.letters / 4


def picture(scope: Scope, day: Day, *, now: datetime, wanted: str = "") -> TeamMap | None:
    """The map of a day; none where no door can be drawn. Doors stand in the middle of the places of their village, town or county."""
    if wanted != "hexes" and boundaries.installed():
        found = _on_boundaries(scope, day, now)
        if found is not None:
            return found
    return _on_tiles(scope, day, now)


def _on_boundaries(scope: Scope, day: Day, now: datetime) -> TeamMap | None:
    spots, missing = _gathered(day, now, lambda door: plane(*door.point) if door.point else None)
    if not spots:
        return None
    homes = {
        number: plane(one.team.longitude, one.team.latitude)
        for number, one in enumerate(day.rounds, 1)
        if one.team.longitude is not None and one.team.latitude is not None
    }
    frame = around([*((one.x, one.y) for one in spots), *homes.values()])
    units = counties_in(frame, boundaries.counties(scope.area[:2]), {area[:6] for one in spots for area in one.areas})
    return _drawn("boundaries", frame.box, units, spots, homes, frame.half, missing, boundaries.SOURCE, ruler_of(frame))


def _on_tiles(scope: Scope, day: Day, now: datetime) -> TeamMap | None:
    drawn = maps.tiles(Scope(None, "map", scope.area[:4]))
    if drawn is None:
        return None
    tiles = {unit.code: (unit.x, unit.y) for unit in drawn.units}
    spots, missing = _gathered(day, now, lambda door: tiles.get(door.area[:6]))
    if not spots:
        return None
    homes = {
        number: (tiles[one.team.area[:6]][0], tiles[one.team.area[:6]][1] - 2.6 * TILE_HALF)
        for number, one in enumerate(day.rounds, 1)
        if one.team.area[:6] in tiles
    }
    units = [{"code": unit.code, "path": unit.path, "named": True, "x": unit.x, "y": unit.y} for unit in drawn.units]
    return _drawn("hexes", drawn.frame, units, spots, homes, TILE_HALF, missing, drawn.source)


def _gathered(day: Day, now: datetime, place: Callable[[Door], Spot | None]) -> tuple[list[Doors], int]:
    """Doors by the spot where they are drawn, and how many cannot be."""
    found: dict[Spot, Doors] = {}
    missing = 0
    given = [(number, door) for number, one in enumerate(day.rounds, 1) for _, door in one.stops if door is not None]
    for number, door in [*given, *((0, door) for door in day.nobodys)]:
        spot = place(door)
        if spot is None:
            missing += 1
            continue
        here = found.setdefault(spot, Doors(*spot))
        here.doors += 1
        here.people += len(door.people)
        here.late += door.late(now)
        here.areas.add(door.area)
        if number:
            here.teams[number] = here.teams.get(number, 0) + 1
        else:
            here.nobodys += 1
    return list(found.values()), missing


def _drawn(
    name: str,
    frame: str,
    units: list[dict[str, Any]],
    spots: list[Doors],
    homes: dict[int, Spot],
    half: float,
    missing: int,
    source: dict[str, str],
    ruler: Ruler | None = None,
) -> TeamMap:
    most = max(one.doors for one in spots)
    for one in spots:
        one.radius = half * (1.1 + 1.4 * math.sqrt(one.doors / most))
        one.letters = 1.2 * half
    teams: list[Box] = []
    at: dict[int, Spot] = {}
    for number, (x, y) in homes.items():
        near = next((n for n, box in enumerate(teams) if math.dist((box.x, box.y), (x, y)) < 2.2 * half), None)
        if near is None:
            teams.append(Box((number,), x, y, half))
        else:
            teams[near] = Box((*teams[near].numbers, number), teams[near].x, teams[near].y, half)
        box = teams[-1 if near is None else near]
        at[number] = (box.x, box.y)
    ways = [
        Way(f"{at[team][0]:.3f},{at[team][1]:.3f} {one.x:.3f},{one.y:.3f}", 1.5 + 4.5 * doors / most)
        for one in spots
        for team, doors in sorted(one.teams.items())
        if team in at
    ]
    spots.sort(key=lambda one: -one.radius)
    return TeamMap(name, frame, units, spots, teams, ways, 0.9 * half, missing, source, ruler)
