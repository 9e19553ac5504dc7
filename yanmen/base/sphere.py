"""Distances on the sphere, by the haversine formula (Sinnott 1984). Places are WGS 84 degrees, distances metres."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS = 6_371_008.8
"""Mean radius R1 in metres, IUGG (2015)."""

Floats = NDArray[np.float64]


def metres(longitude: float, latitude: float, to_longitude: float, to_latitude: float) -> float:
    """Metres from one place to another."""
    across, up = radians(to_longitude - longitude) / 2, radians(to_latitude - latitude) / 2
    half = sin(up) ** 2 + cos(radians(latitude)) * cos(radians(to_latitude)) * sin(across) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(half)))


def metres_from(longitude: float, latitude: float, x: Floats, y: Floats) -> Floats:
    """Metres from one place to each of many."""
    (row,) = metres_between(np.array([longitude]), np.array([latitude]), x, y)
    return np.asarray(row)


def metres_between(
    longitude: Floats, latitude: Floats, to_longitude: Floats | None = None, to_latitude: Floats | None = None
) -> Floats:
    """Metres from each of some places (a row each) to each of others (a column each), or of the same; nan where one is unknown."""
    others = (longitude, latitude) if to_longitude is None or to_latitude is None else (to_longitude, to_latitude)
    x, y = np.radians(np.asarray(longitude, np.float64)), np.radians(np.asarray(latitude, np.float64))
    to_x, to_y = (np.radians(np.asarray(each, np.float64)) for each in others)
    half = np.sin((y[:, None] - to_y) / 2) ** 2
    half += np.cos(y[:, None]) * np.cos(to_y) * np.sin((x[:, None] - to_x) / 2) ** 2
    distance: Floats = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance
