"""Steps of a way on the house's map: true positions where boundaries are installed, one tile a county where they are not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from yanmen.desk import boundaries, maps
from yanmen.desk.map_frame import Box, Ruler, around, counties_in, plane, ruler_of
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.movements import Step


@dataclass(frozen=True)
class Marker(Box):
    """Steps at one spot, and whether the spot is where they were or only the middle of the county."""

    steps: tuple[Step, ...]
    exact: bool


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
    frame = around([(x, y) for _, (x, y, _) in spots])
    units = counties_in(frame, shapes, {step.area[:6] for step in steps})
    drawn = _drawn("boundaries", units, spots, frame.half, frame.box, len(steps), boundaries.SOURCE)
    return replace(drawn, ruler=ruler_of(frame))


def _on_tiles(steps: Sequence[Step], area: str) -> Picture | None:
    counties = {step.area[:6] for step in steps if len(step.area) >= 6}
    shown = area[:4] if len({code[:4] for code in counties}) <= 1 else area[:2]
    drawn = maps.tiles(Scope(None, "map", shown))
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
            markers.append(Marker((step.number,), x, y, half, (step,), exact))
            place = len(markers) - 1
        else:
            here = markers[place]
            markers[place] = replace(here, steps=(*here.steps, step), numbers=(*here.numbers, step.number))
        point = (markers[place].x, markers[place].y)
        if not way or way[-1] != point:
            way.append(point)
    line = " ".join(f"{x:.3f},{y:.3f}" for x, y in way) if len(way) > 1 else ""
    return Picture(name, units, markers, line, frame, 0.9 * half, steps - len(spots), source)


def _spot(step: Step, shapes: dict[str, boundaries.Shape]) -> tuple[float, float, bool] | None:
    if step.coordinates:
        return (*plane(*step.coordinates), True)
    shape = shapes.get(step.area[:6])
    return (*shape.centre, False) if shape else None
