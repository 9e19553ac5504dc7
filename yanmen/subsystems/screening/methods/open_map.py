"""Sites as dots on a plain map, in the order of their list and by how long one waits. SVG without colours of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from yanmen.subsystems.screening.methods.site_map import WIDTH, View, foot

RADIUS = 24
FOOT = 48


@dataclass(frozen=True)
class Spot:
    """A site: its number in the list and on the page, where it stands, what is said of it, and the band of its wait."""

    number: int
    anchor: str
    longitude: float
    latitude: float
    said: str
    band: str


def draw(spots: Sequence[Spot], *, title: str) -> str:
    """The map as one SVG element; each dot leads to its site on the page, the first of the list lies on top."""
    view = View(spots)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {view.height + FOOT:.0f}" role="group"'
        f' fill="currentColor" aria-label="{escape(title, quote=True)}">',
        *(_spot(view, spot) for spot in reversed(spots)),
        *foot(view),
        "</svg>",
    ]
    return "\n".join(parts)


def _spot(view: View, spot: Spot) -> str:
    x, y = view.at(spot)
    said = escape(spot.said, quote=True)
    return (
        f'<a href="#{escape(spot.anchor, quote=True)}" aria-label="{spot.number} {said}" class="spot spot-{escape(spot.band, quote=True)}">'
        f'<title>{said}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>'
        f'<text x="{x:.1f}" y="{y + 9:.1f}" font-size="26" font-weight="600" text-anchor="middle">{spot.number}</text></a>'
    )
