"""Distances between places on the sphere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS = 6_371_008.8
"""Mean radius in metres, IUGG (2015)."""

Floats = NDArray[np.float64]


def metres_between(longitude: Floats, latitude: Floats) -> Floats:
    """Metres between all pairs of places, by the haversine formula."""
    x, y = np.radians(longitude), np.radians(latitude)
    half = np.sin((y[:, None] - y) / 2) ** 2 + np.cos(y[:, None]) * np.cos(y) * np.sin((x[:, None] - x) / 2) ** 2
    distance: Floats = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance
