"""The province as a picture: hex tiles of our own, or reviewed boundaries when they are installed."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from yanmen.desk import boundaries
from yanmen.desk.policy_book import pack_folders
from yanmen.registry.scope import Scope

LETTER = 0.021
NAME = (3.1, 1.15)
"""Width and height of a name, in letters."""
SEVERITY = {"none": 0, "low": 1, "medium": 2, "high": 3}


@dataclass(frozen=True)
class Unit:
    """One county on the map."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Map:
    """A picture: its units, its frame, and where the shapes come from."""

    name: str
    units: tuple[Unit, ...]
    frame: str
    source: dict[str, str]

    @property
    def letter(self) -> float:
        """How high letters are on it: the same part of the picture whatever it shows."""
        _, _, wide, high = map(float, self.frame.split())
        return LETTER * max(wide, high)


def outlines(scope: Scope) -> Map | None:
    """The scope's counties within their reviewed boundaries, where those are installed."""
    return _boundaries(scope.area) if boundaries.installed() else None


def tiles(scope: Scope) -> Map | None:
    """The scope's counties as tiles, all of one size."""
    return _hexes(scope.area)


def painted(map_: Map, tiers: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Each unit with the worst tier of any area in it."""
    worst: dict[str, str] = {}
    for zone, row in tiers.items():
        code = _seats().get(zone[:6], zone)
        for unit in map_.units:
            if code.startswith(unit.code) or unit.code.startswith(code):
                worst[unit.code] = max(
                    worst.get(unit.code, "none"), row["value"], key=lambda tier: SEVERITY.get(tier, 0)
                )
    named = _named(map_, worst)
    return [{"unit": unit, "tier": worst.get(unit.code, "none"), "named": unit.code in named} for unit in map_.units]


def _named(map_: Map, worst: dict[str, str]) -> set[str]:
    """Which units of a tier have room for their name: the worst first, none over another's."""
    wide, high = (map_.letter * each for each in NAME)
    placed: dict[str, Unit] = {}
    marked = [unit for unit in map_.units if SEVERITY.get(worst.get(unit.code, ""), 0) >= SEVERITY["medium"]]
    for unit in sorted(marked, key=lambda unit: -SEVERITY[worst[unit.code]]):
        if not any(abs(unit.x - other.x) < wide and abs(unit.y - other.y) < high for other in placed.values()):
            placed[unit.code] = unit
    return set(placed)


@lru_cache(maxsize=32)
def _hexes(area: str) -> Map | None:
    tiles = [tile for tile in _tiles() if tile[0].startswith(area[:6])]
    if not tiles:
        return None
    centres = [(code, math.sqrt(3) * (q + r / 2), 1.5 * r) for code, q, r in tiles]
    units = tuple(Unit(code, _hexagon(x, y), x, y) for code, x, y in centres)
    source = {
        "zh": "示意图：每县一格，位置近似，不表示行政区域界线。",
        "en": "Schematic: one tile a county, roughly in place; not a boundary map.",
    }
    return Map("hexes", units, _frame([unit.x for unit in units], [unit.y for unit in units], 1.2), source)


@lru_cache(maxsize=1)
def _tiles() -> list[tuple[str, int, int]]:
    return [(row["code"], int(row["q"]), int(row["r"])) for row in _rows("hexes.csv")]


@lru_cache(maxsize=1)
def _seats() -> dict[str, str]:
    """A development zone is shown in the county of its seat."""
    return {row["zone"]: row["seat"] for row in _rows("zones.csv")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    for folder in pack_folders():
        file = folder / "areas" / name
        if file.is_file():
            with file.open(encoding="utf-8", newline="") as lines:
                yield from csv.DictReader(lines)


def _hexagon(x: float, y: float) -> str:
    corners = [(x + math.sin(math.pi / 3 * n), y - math.cos(math.pi / 3 * n)) for n in range(6)]
    return "M" + "L".join(f"{a:.3f} {b:.3f}" for a, b in corners) + "Z"


def _frame(xs: list[float], ys: list[float], edge: float) -> str:
    left, top = min(xs) - edge, min(ys) - edge
    return f"{left:.2f} {top:.2f} {max(xs) + edge - left:.2f} {max(ys) + edge - top:.2f}"


@lru_cache(maxsize=32)
def _boundaries(area: str) -> Map | None:
    shapes = {code: shape for code, shape in boundaries.counties(area[:2]).items() if code.startswith(area[:6])}
    if not shapes:
        return None
    units = tuple(Unit(code, shape.path, *shape.centre) for code, shape in shapes.items())
    corners = [corner for shape in shapes.values() for corner in shape.corners]
    return Map("boundaries", units, _frame([x for x, _ in corners], [y for _, y in corners], 0.3), boundaries.SOURCE)
