"""Steps of a way on the house's map: true positions where boundaries are installed, one tile a county where they are not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from yanmen.desk import boundaries, maps
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.movements import Step

WIDTH, LEAST = 1.5, 0.9
"""The frame is half as wide again as it is high, and never narrower than about ten kilometres (0.1 degree is 1)."""
MARKER = 1 / 44
"""Half the height of a marker, as a part of the frame's width."""
MOST_NUMBERS = 4
KM_A_UNIT = 111.2 / boundaries.SCALE
KILOMETRES = (1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True)
class Marker:
    """Steps at one spot: their numbers, and whether the spot is where they were or only the middle of the county."""

    steps: tuple[Step, ...]
    x: float
    y: float
    exact: bool
    half: float = 0.0

    @property
    def text(self) -> str:
        """The numbers, or the first, the last and how many lie between."""
        numbers = [one.number for one in self.steps]
        return "·".join(map(str, numbers)) if len(numbers) <= MOST_NUMBERS else f"{numbers[0]}…{numbers[-1]}"

    @property
    def left(self) -> float:
        """Where the marker begins."""
        return self.x - self.wide / 2

    @property
    def wide(self) -> float:
        """How wide it is."""
        return self.half * max(2.0, 1.1 + 0.95 * len(self.text))

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.y - self.half

    @property
    def high(self) -> float:
        """How high it is."""
        return 2 * self.half

    @property
    def size(self) -> float:
        """The size of its letters."""
        return 1.3 * self.half

    @property
    def under(self) -> float:
        """Where the name of the place stands."""
        return self.y + 2.1 * self.half

    @property
    def base(self) -> float:
        """Where the letters stand."""
        return self.y + 0.45 * self.half


@dataclass(frozen=True)
class Ruler:
    """How long so many kilometres are on the map, and where that is drawn."""

    km: int
    x: float
    y: float
    wide: float

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.x + self.wide


@dataclass(frozen=True)
class Picture:
    """Units, markers, the line from one to the next, and where the shapes come from."""

    name: str
    units: list[dict[str, Any]]
    markers: list[Marker]
    line: str
    frame: str
    letters: float
    missing: int
    source: dict[str, str]
    ruler: Ruler | None = None

    @property
    def halo(self) -> float:
        """How wide the light edge around a county's name is."""
        return self.letters / 4


def picture(steps: Sequence[Step], area: str, wanted: str = "") -> Picture | None:
    """The steps that can be drawn, or none where there is neither a tile nor a boundary for them. A ride is no spot."""
    steps = [step for step in steps if not step.vehicle]
    if wanted != "hexes" and boundaries.installed():
        found = _on_boundaries(steps, area)
        if found is not None:
            return found
    return _on_tiles(steps, area)


def _on_boundaries(steps: Sequence[Step], area: str) -> Picture | None:
    shapes = boundaries.counties(area[:2])
    spots = [(step, spot) for step in steps if (spot := _spot(step, shapes))]
    if not spots:
        return None
    left, top, wide, high = _frame([(x, y) for _, (x, y, _) in spots])
    half = wide * MARKER
    box = (left, top, left + wide, top + high)
    visited = {step.area[:6] for step in steps}
    units = [
        {"code": code, "path": shape.path, "named": code in visited or _inside(shape.centre, box)}
        | _label(shape.centre, box, half)
        for code, shape in shapes.items()
        if _touches(shape.corners, box)
    ]
    km = max(each for each in KILOMETRES if each / KM_A_UNIT <= wide / 3)
    ruler = Ruler(km, left + half, top + high - half, km / KM_A_UNIT)
    drawn = _drawn(
        "boundaries", units, spots, half, f"{left:.3f} {top:.3f} {wide:.3f} {high:.3f}", len(steps), boundaries.SOURCE
    )
    return replace(drawn, ruler=ruler)


def _inside(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    return box[0] < point[0] < box[2] and box[1] < point[1] < box[3]


def _label(centre: tuple[float, float], box: tuple[float, float, float, float], half: float) -> dict[str, float]:
    """Where a county's name stands: in its middle, or at the nearest edge of the frame where that lies outside."""
    edge = 3 * half
    return {
        "x": min(max(centre[0], box[0] + edge), box[2] - edge),
        "y": min(max(centre[1] - 1.6 * half, box[1] + edge), box[3] - edge),
    }


def _on_tiles(steps: Sequence[Step], area: str) -> Picture | None:
    counties = {step.area[:6] for step in steps if len(step.area) >= 6}
    shown = area[:4] if len({code[:4] for code in counties}) <= 1 else area[:2]
    drawn = maps.picture(Scope(None, "map", shown))
    if drawn is None:
        return None
    units = {unit.code: unit for unit in drawn.units}
    spots = [
        (step, (units[step.area[:6]].x, units[step.area[:6]].y, False)) for step in steps if step.area[:6] in units
    ]
    if not spots:
        return None
    rows = [{"code": unit.code, "path": unit.path, "named": True, "x": unit.x, "y": unit.y} for unit in drawn.units]
    return _drawn("hexes", rows, spots, 0.26, drawn.frame, len(steps), drawn.source)


def _drawn(
    name: str,
    units: list[dict[str, Any]],
    spots: list[tuple[Step, tuple[float, float, bool]]],
    half: float,
    frame: str,
    steps: int,
    source: dict[str, str],
) -> Picture:
    markers: list[Marker] = []
    way: list[tuple[float, float]] = []
    for step, (x, y, exact) in spots:
        place = next((n for n, one in enumerate(markers) if math.dist((one.x, one.y), (x, y)) < 2.2 * half), None)
        if place is None:
            markers.append(Marker((step,), x, y, exact, half))
            place = len(markers) - 1
        else:
            markers[place] = replace(markers[place], steps=(*markers[place].steps, step))
        point = (markers[place].x, markers[place].y)
        if not way or way[-1] != point:
            way.append(point)
    line = " ".join(f"{x:.3f},{y:.3f}" for x, y in way) if len(way) > 1 else ""
    return Picture(name, units, markers, line, frame, 0.9 * half, steps - len(spots), source)


def _spot(step: Step, shapes: dict[str, boundaries.Shape]) -> tuple[float, float, bool] | None:
    if step.coordinates:
        longitude, latitude = step.coordinates
        return longitude * boundaries.SQUEEZE * boundaries.SCALE, -latitude * boundaries.SCALE, True
    shape = shapes.get(step.area[:6])
    return (*shape.centre, False) if shape else None


def _frame(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Left, top, width and height of a frame with some room around the points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    high = max(1.5 * (max(ys) - min(ys)), 1.3 * (max(xs) - min(xs)) / WIDTH, LEAST / WIDTH)
    wide = high * WIDTH
    return (max(xs) + min(xs) - wide) / 2, (max(ys) + min(ys) - high) / 2, wide, high


def _touches(corners: tuple[tuple[float, float], tuple[float, float]], box: tuple[float, float, float, float]) -> bool:
    (left, top), (right, bottom) = corners
    return left < box[2] and right > box[0] and top < box[3] and bottom > box[1]
