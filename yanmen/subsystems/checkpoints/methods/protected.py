"""The protected area: a polygon, or a circle; which crossings lie in it, and how far the others are from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from yanmen.base.refusals import Refusal
from yanmen.base.sphere import EARTH_RADIUS, metres_from
from yanmen.subsystems.checkpoints.methods.roads import Floats, Roads

Ring = Sequence[tuple[float, float]]
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Protected:
    """A circle (centre and radius in metres) or rings of a polygon, holes included (even-odd)."""

    rings: tuple[Ring, ...] = ()
    centre: tuple[float, float] | None = None
    radius: float = 0.0

    def gap(self, x: Floats, y: Floats) -> Floats:
        """Metres from each point to the area; 0 inside."""
        if self.centre is not None:
            return np.maximum(metres_from(*self.centre, x, y) - self.radius, 0.0)
        return np.where(self._within(x, y), 0.0, self.to_border(x, y))

    def outline(self) -> list[list[tuple[float, float]]]:
        """Rings for drawing."""
        if self.centre is None:
            return [list(ring) for ring in self.rings]
        longitude, latitude = self.centre
        turn = np.linspace(0, 2 * np.pi, 73)
        north = np.degrees(self.radius / EARTH_RADIUS) * np.sin(turn)
        east = np.degrees(self.radius / EARTH_RADIUS) * np.cos(turn) / cos(radians(latitude))
        return [[(longitude + float(e), latitude + float(n)) for e, n in zip(east, north, strict=True)]]

    def _within(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Even-odd rule: a ray to the east crosses the rings an odd number of times."""
        odd = np.zeros(len(x), dtype=bool)
        for (x1, y1), (x2, y2) in self._sides():
            if y1 != y2:
                across = (y1 > y) != (y2 > y)
                odd ^= across & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
        return odd

    def to_border(self, x: Floats, y: Floats) -> Floats:
        """For rings: metres to the nearest side, on the plane that touches the sphere at each point."""
        best = np.full(len(x), np.inf)
        scale = np.radians(1) * EARTH_RADIUS
        east = scale * np.cos(np.radians(y))
        for (x1, y1), (x2, y2) in self._sides():
            ax, ay = (x1 - x) * east, (y1 - y) * scale
            bx, by = (x2 - x) * east, (y2 - y) * scale
            dx, dy = bx - ax, by - ay
            long = dx * dx + dy * dy
            part = np.clip(np.divide(-(ax * dx + ay * dy), long, out=np.zeros(len(x)), where=long > 0), 0, 1)
            best = np.minimum(best, np.hypot(ax + part * dx, ay + part * dy))
        return best

    def _sides(self) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
        for ring in self.rings:
            yield from zip(ring, [*ring[1:], ring[0]], strict=True)


def ends_of_map(roads: Roads, *, within: float = 100.0) -> NDArray[np.bool_]:
    """Nodes at the border of the map (metres from its convex hull) where a street goes on that the map leaves out."""
    known = [number for each in roads.segments for number in (each.start, each.end)]
    here = np.bincount(known, minlength=len(roads.nodes))
    points = np.stack([roads.x, roads.y], axis=1)
    if np.linalg.matrix_rank(points - points[0], tol=1e-9) < 2:
        return np.asarray(roads.streets > here, dtype=bool)
    hull = points[ConvexHull(points).vertices]
    border = Protected(rings=([(float(x), float(y)) for x, y in hull],))
    return np.asarray((roads.streets > here) & (border.to_border(roads.x, roads.y) <= within), dtype=bool)


def circle(longitude: float, latitude: float, radius: float) -> Protected:
    """A circle around a point; metres."""
    _check_point(longitude, latitude, "centre")
    if not 0 < radius <= 1e6:
        raise Refusal("半径须大于0、不超过1000公里。", "The radius must be more than 0 and at most 1,000 km.", field="radius", value=str(radius))  # fmt: skip
    return Protected(centre=(longitude, latitude), radius=radius)


def polygon(text: str) -> Protected:
    """GeoJSON (Polygon, MultiPolygon, Feature, FeatureCollection), or `lon,lat lon,lat lon,lat …`."""
    rings = _geojson(text) if text.lstrip().startswith("{") else [_pairs(text)]
    for ring in rings:
        for longitude, latitude in ring:
            _check_point(longitude, latitude, "inside")
        if len(set(ring)) < 3:
            raise Refusal("多边形至少需要三个不同的点。", "A polygon needs three different points or more.", field="inside", value=str(len(ring)))  # fmt: skip
    if not rings or sum(map(len, rings)) > MOST_POINTS:
        raise Refusal("文件中没有多边形，或点数过多。", "There is no polygon, or it has too many points.", field="inside", value=str(len(rings)))  # fmt: skip
    return Protected(rings=tuple(rings))


def _pairs(text: str) -> list[tuple[float, float]]:
    return [point(pair, "inside") for pair in text.split()]


def point(text: str, field: str) -> tuple[float, float]:
    """`lon,lat` as two numbers."""
    try:
        longitude, latitude = (float(part) for part in text.split(","))
    except ValueError:
        raise Refusal(
            f"“{text}”不是坐标。请写成 经度,纬度，例如 114.02,22.53。",
            f'"{text}" is no position. Write longitude,latitude, for example 114.02,22.53.',
            field=field,
            value=text,
        ) from None
    _check_point(longitude, latitude, field)
    return longitude, latitude


def _check_point(longitude: float, latitude: float, field: str) -> None:
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Refusal(
            "经度须在-180至180之间、纬度在-90至90之间；先经度后纬度。",
            "Longitude lies between -180 and 180, latitude between -90 and 90; longitude comes first.",
            field=field,
            value=f"{longitude},{latitude}",
        )


def _geojson(text: str) -> list[list[tuple[float, float]]]:
    try:
        return [
            [(float(each[0]), float(each[1])) for each in ring]
            for shape in _polygons(json.loads(text))
            for ring in shape
        ]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise Refusal(
            "不是GeoJSON多边形。请提供Polygon、MultiPolygon或Feature。",
            "This is no GeoJSON polygon. Give a Polygon, a MultiPolygon or a Feature.",
            field="inside",
            value=text[:40],
        ) from None


def _polygons(shape: Any) -> list[Any]:
    if shape["type"] == "FeatureCollection":
        return [ring for each in shape["features"] for ring in _polygons(each)]
    if shape["type"] == "Feature":
        return _polygons(shape["geometry"])
    coordinates = shape["coordinates"]
    if shape["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(shape["type"])
    return [coordinates] if shape["type"] == "Polygon" else list(coordinates)
