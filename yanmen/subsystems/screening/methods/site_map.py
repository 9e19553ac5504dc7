"""Suggested sites as a simple map: where people live, where sites stand, who walks where. SVG without colours of its own.

The page's style sheet gives light and dark; attributes alone are used, as the security policy asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, floor, log10, radians, sqrt
from typing import Protocol

WIDTH, FOOT = 1000.0, 48.0
MARGIN = 0.08
METRES_PER_DEGREE = 111_195.0
LEAST_DEGREES = 1e-3
RED = "#c0392b"


@dataclass(frozen=True)
class Dot:
    """A settlement: where, how many people, and how many sites stand there."""

    name: str
    longitude: float
    latitude: float
    people: int
    sites: int


class Point(Protocol):
    """Something that stands somewhere."""

    @property
    def longitude(self) -> float:
        """Degrees east."""

    @property
    def latitude(self) -> float:
        """Degrees north."""


def draw(dots: Sequence[Dot], ways: Iterable[tuple[int, int]], *, title: str, walk: float) -> str:
    """The map as one SVG element; `ways` are pairs of dots (from, to), `walk` the metres that a ring shows."""
    view = View(dots)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {view.height + FOOT:.0f}" role="img" width="100%"'
        f' fill="currentColor" aria-label="{escape(title, quote=True)}">',
        *_rings(view, dots, walk),
        *_ways(view, dots, ways),
        *_dots(view, dots),
        *foot(view),
        "</svg>",
    ]
    return "\n".join(parts)


class View:
    """Degrees to pixels, all dots with a margin."""

    def __init__(self, dots: Sequence[Point]) -> None:
        xs, ys = [each.longitude for each in dots], [each.latitude for each in dots]
        wide, high = max(max(xs) - min(xs), LEAST_DEGREES), max(max(ys) - min(ys), LEAST_DEGREES)
        squeeze = max(cos(radians(max(ys))), 0.05)
        self.west, self.north = min(xs) - wide * MARGIN, max(ys) + high * MARGIN
        self.x_scale = WIDTH / (wide * (1 + 2 * MARGIN))
        self.height = high * (1 + 2 * MARGIN) * self.x_scale / squeeze
        if self.height > WIDTH:
            self.x_scale *= WIDTH / self.height
            self.west -= (WIDTH / self.x_scale - wide * (1 + 2 * MARGIN)) / 2
            self.height = WIDTH
        self.height = max(self.height, 200.0)
        self.y_scale = self.x_scale / squeeze
        self.metre = self.x_scale / (METRES_PER_DEGREE * squeeze)

    def at(self, dot: Point) -> tuple[float, float]:
        """Pixels from the upper left corner."""
        return (dot.longitude - self.west) * self.x_scale, (self.north - dot.latitude) * self.y_scale


def _rings(view: View, dots: Sequence[Dot], walk: float) -> Iterable[str]:
    for dot in dots:
        if dot.sites:
            x, y = view.at(dot)
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{walk * view.metre:.1f}" fill="{RED}" fill-opacity=".07"/>'


def _ways(view: View, dots: Sequence[Dot], ways: Iterable[tuple[int, int]]) -> Iterable[str]:
    lines = []
    for start, end in ways:
        if start != end:
            (x1, y1), (x2, y2) = view.at(dots[start]), view.at(dots[end])
            lines.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
    if lines:
        yield f'<path d="{"".join(lines)}" fill="none" stroke="currentColor" stroke-opacity=".45" stroke-width="1.5"/>'


def _dots(view: View, dots: Sequence[Dot]) -> Iterable[str]:
    most = max((each.people for each in dots), default=1) or 1
    for dot in sorted(dots, key=lambda each: (each.sites > 0, -each.people)):
        x, y = view.at(dot)
        size = 4 + 10 * sqrt(dot.people / most)
        about = escape(f"{dot.name} {dot.people:,}")
        if not dot.sites:
            yield f'<g><title>{about}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill-opacity=".4"/></g>'
            continue
        yield (
            f'<g><title>{about}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{max(size, 16):.1f}" fill="{RED}" stroke="#fff"'
            f' stroke-width="2"/><text x="{x:.1f}" y="{y + 7:.1f}" fill="#fff" font-size="20" font-weight="600"'
            f' text-anchor="middle">{dot.sites}</text></g>'
        )


def foot(view: View) -> Iterable[str]:
    """The scale."""
    metres = _round(180 / view.metre)
    length, y = metres * view.metre, view.height + 26
    said = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    yield f'<path d="M20 {y - 6:.1f}v6h{length:.1f}v-6" fill="none" stroke="currentColor" stroke-width="2"/>'
    yield f'<text x="{30 + length:.0f}" y="{y:.1f}" font-size="24">{said}</text>'


def _round(metres: float) -> int:
    """1, 2 or 5 times a power of ten, not more than given."""
    power = 10 ** floor(log10(max(metres, 1)))
    return int(next(each * power for each in (5, 2, 1) if each * power <= max(metres, 1)))
