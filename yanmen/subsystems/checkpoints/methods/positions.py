"""Positions of posts as a small drawing: the page shows them in the list's order, nothing is asked of a map server."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians
from typing import Any

WIDTH, MARGIN, LOWEST = 600.0, 24.0, 120.0


def positions(points: Sequence[tuple[int, float | None, float | None]]) -> dict[str, Any] | None:
    """Pixels of each post that has a position, north up; None where none has."""
    known = [(post, number, x, y) for number, (post, x, y) in enumerate(points, 1) if x is not None and y is not None]
    if not known:
        return None
    west, east = min(x for *_, x, _ in known), max(x for *_, x, _ in known)
    south, north = min(y for *_, y in known), max(y for *_, y in known)
    squeeze = max(cos(radians((south + north) / 2)), 0.05)
    wide, high = max((east - west) * squeeze, 1e-3), max(north - south, 1e-3)
    scale = min((WIDTH - 2 * MARGIN) / wide, (WIDTH - 2 * MARGIN) / high)
    height = max(high * scale + 2 * MARGIN, LOWEST)
    left, top = (WIDTH - (east - west) * squeeze * scale) / 2, (height - (north - south) * scale) / 2
    dots = [
        {
            "post": post,
            "number": number,
            "x": round(left + (x - west) * squeeze * scale, 1),
            "y": round(top + (north - y) * scale, 1),
        }
        for post, number, x, y in known
    ]
    return {"width": WIDTH, "height": round(height, 1), "dots": dots}
