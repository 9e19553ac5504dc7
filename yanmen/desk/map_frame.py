"""What small maps share: a frame around some points, the counties in it, numbered boxes and a ruler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yanmen.desk import boundaries

WIDTH, LEAST = 1.5, 0.9
"""The frame is half as wide again as it is high, and never narrower than about ten kilometres (0.1 degree is 1)."""
MARKER = 1 / 44
"""Half the height of a box, as a part of the frame's width."""
MOST_NUMBERS = 4
KM_A_UNIT = 111.2 / boundaries.SCALE
KILOMETRES = (1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True)
class Frame:
    """What the map shows: its left upper corner, how wide and how high it is."""

    left: float
    top: float
    wide: float
    high: float

    @property
    def half(self) -> float:
        """Half the height of a box on this map."""
        return self.wide * MARKER

    @property
    def box(self) -> str:
        """The frame as SVG takes it."""
        return f"{self.left:.3f} {self.top:.3f} {self.wide:.3f} {self.high:.3f}"

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether a point lies within."""
        return self.left < point[0] < self.left + self.wide and self.top < point[1] < self.top + self.high


@dataclass(frozen=True)
class Box:
    """Numbers at one spot, in a box around its middle."""

    numbers: tuple[int, ...]
    x: float
    y: float
    half: float

    @property
    def text(self) -> str:
        """The numbers, or the first, the last and that some lie between."""
        few = len(self.numbers) <= MOST_NUMBERS
        return "·".join(map(str, self.numbers)) if few else f"{self.numbers[0]}…{self.numbers[-1]}"

    @property
    def left(self) -> float:
        """Where the box begins."""
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
        """Where a name under it stands."""
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


def around(points: list[tuple[float, float]]) -> Frame:
    """A frame with some room around the points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    high = max(1.5 * (max(ys) - min(ys)), 1.3 * (max(xs) - min(xs)) / WIDTH, LEAST / WIDTH)
    wide = high * WIDTH
    return Frame((max(xs) + min(xs) - wide) / 2, (max(ys) + min(ys) - high) / 2, wide, high)


def plane(longitude: float, latitude: float) -> tuple[float, float]:
    """A place on the plane that boundaries are drawn on."""
    return longitude * boundaries.SQUEEZE * boundaries.SCALE, -latitude * boundaries.SCALE


def counties_in(frame: Frame, shapes: dict[str, boundaries.Shape], visited: set[str]) -> list[dict[str, Any]]:
    """The counties that a frame touches; named are those visited and those whose middle it shows."""
    return [
        {"code": code, "path": shape.path, "named": code in visited or frame.holds(shape.centre)}
        | _label(shape.centre, frame)
        for code, shape in shapes.items()
        if _touches(shape.corners, frame)
    ]


def ruler_of(frame: Frame) -> Ruler:
    """The longest round number of kilometres that takes no more than a third of the map."""
    km = max(each for each in KILOMETRES if each / KM_A_UNIT <= frame.wide / 3)
    return Ruler(km, frame.left + frame.half, frame.top + frame.high - frame.half, km / KM_A_UNIT)


def _label(centre: tuple[float, float], frame: Frame) -> dict[str, float]:
    """Where a county's name stands: in its middle, or at the nearest edge of the frame where that lies outside."""
    edge = 3 * frame.half
    return {
        "x": min(max(centre[0], frame.left + edge), frame.left + frame.wide - edge),
        "y": min(max(centre[1] - 1.6 * frame.half, frame.top + edge), frame.top + frame.high - edge),
    }


def _touches(corners: tuple[tuple[float, float], tuple[float, float]], frame: Frame) -> bool:
    (left, top), (right, bottom) = corners
    return left < frame.left + frame.wide and right > frame.left and top < frame.top + frame.high and bottom > frame.top
