"""A plan as a map: roads, the area, numbered posts. Our own SVG, light and dark, no outside request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import cos, floor, log10, radians
from typing import Any

WIDTH, FOOT = 1000, 64
MARGIN = 0.12
METRES_PER_DEGREE = 111_195.0
WIDTHS = {"motorway": 4.5, "trunk": 4.5, "primary": 3.6, "secondary": 2.8, "tertiary": 2.0}
OTHER, ON_FOOT = 1.1, 0.6
FEET = {"footway", "path", "steps", "pedestrian", "cycleway", "corridor"}

STYLE = """
.ground{fill:#f7f7f4}.road{fill:none;stroke:#a9b0b6;stroke-linecap:round;stroke-linejoin:round}
.area{fill:#c0392b;fill-opacity:.08;stroke:#c0392b;stroke-width:2;stroke-dasharray:8 5}
.post{fill:#c0392b;stroke:#fff;stroke-width:2}.number{fill:#fff;font:600 13px sans-serif;text-anchor:middle}
.text{fill:#30363b;font:15px sans-serif}.small{fill:#5d666d;font:12px sans-serif}.bar{stroke:#30363b;stroke-width:2}
@media (prefers-color-scheme:dark){.ground{fill:#181c20}.road{stroke:#56606a}.area{stroke:#ff7b6b;fill:#ff7b6b}
.post{fill:#e5533f;stroke:#181c20}.text{fill:#e3e7ea}.small{fill:#a4adb5}.bar{stroke:#e3e7ea}}
"""


def draw(plan: Mapping[str, Any], *, title: str = "") -> str:
    """The map of a plan as one SVG document."""
    view = _View(plan)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {view.height + FOOT}" role="img"'
        f' aria-label="{escape(title or "Checkpoints 卡口", quote=True)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{view.height + FOOT}"/>',
        f'<clipPath id="map"><rect width="{WIDTH}" height="{view.height}"/></clipPath><g clip-path="url(#map)">',
        *_roads(view, plan["roads"]),
        *(f'<path class="area" d="{view.path(ring)}Z"/>' for ring in plan["area"]["outline"]),
        "</g>",
        *_posts(view, plan["posts"]),
        *_foot(view, plan, title),
        "</svg>",
    ]
    return "\n".join(parts)


class _View:
    """Degrees to pixels: the area with its posts and a margin, as wide as the drawing."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        points = [at for ring in plan["area"]["outline"] for at in ring]
        points += [[post["longitude"], post["latitude"]] for post in plan["posts"]]
        xs, ys = [at[0] for at in points], [at[1] for at in points]
        wide, high = max(max(xs) - min(xs), 1e-4), max(max(ys) - min(ys), 1e-4)
        self.west, self.north = min(xs) - wide * MARGIN, max(ys) + high * MARGIN
        squeeze = max(cos(radians(self.north)), 0.05)
        self.x_scale = WIDTH / (wide * (1 + 2 * MARGIN))
        self.y_scale = self.x_scale / squeeze
        self.height = min(max(round(high * (1 + 2 * MARGIN) * self.y_scale), 200), 4000)
        self.metre = self.x_scale / (METRES_PER_DEGREE * squeeze)

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Pixels from the upper left corner."""
        return (longitude - self.west) * self.x_scale, (self.north - latitude) * self.y_scale

    def path(self, line: Iterable[Sequence[float]]) -> str:
        """A line as path data."""
        points = [self.at(*at) for at in line]
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""


def _roads(view: _View, roads: Iterable[Sequence[Any]]) -> Iterable[str]:
    """One path a width, thin ones below."""
    by_width: dict[float, list[str]] = {}
    for highway, line in roads:
        width = ON_FOOT if highway in FEET else WIDTHS.get(highway.removesuffix("_link"), OTHER)
        by_width.setdefault(width, []).append(view.path(line))
    for width in sorted(by_width):
        yield f'<path class="road" stroke-width="{width}" d="{"".join(by_width[width])}"/>'


def _posts(view: _View, posts: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for post in posts:
        x, y = view.at(post["longitude"], post["latitude"])
        about = escape(f"{post['number']} {post['name'] or post['ref'] or post['highway']}")
        yield (
            f'<g><title>{about}</title><circle class="post" cx="{x:.1f}" cy="{y:.1f}" r="12"/>'
            f'<text class="number" x="{x:.1f}" y="{y + 4.5:.1f}">{int(post["number"])}</text></g>'
        )


def _foot(view: _View, plan: Mapping[str, Any], title: str) -> Iterable[str]:
    """Scale, legend, and whose roads these are."""
    metres = _round(180 / view.metre)
    length, y = metres * view.metre, view.height + 26
    said = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    yield f'<path class="bar" d="M20 {y - 6}v6h{length:.1f}v-6" fill="none"/>'
    yield f'<text class="text" x="{20 + length + 10:.0f}" y="{y}">{said}</text>'
    yield f'<circle class="post" cx="{WIDTH - 330}" cy="{y - 5}" r="9"/>'
    yield f'<text class="text" x="{WIDTH - 314}" y="{y}">卡口 Posts: {len(plan["posts"])}</text>'
    yield f'<rect class="area" x="{WIDTH - 170}" y="{y - 15}" width="24" height="18"/>'
    yield f'<text class="text" x="{WIDTH - 138}" y="{y}">区域 Area</text>'
    about = " · ".join(part for part in (title, plan["network"]["name"], "© OpenStreetMap contributors (ODbL)") if part)
    yield f'<text class="small" x="20" y="{y + 24}">{escape(about)}</text>'


def _round(metres: float) -> int:
    """1, 2 or 5 times a power of ten, not more than given."""
    power = 10 ** floor(log10(max(metres, 1)))
    return int(next(each * power for each in (5, 2, 1) if each * power <= max(metres, 1)))
