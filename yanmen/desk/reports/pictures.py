"""Pictures of a report, drawn as SVG: the same on a page, on paper and, in pixels, in Word.

Colours are fixed: paper is white. Nothing is styled by `style`, so that the pages' content policy lets them through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from yanmen.desk import maps

TIERS = {"high": "#b42318", "medium": "#e08a1e", "low": "#f2cf63", "none": "#e7eaee"}
KINDS = {"confirmed": "#b42318", "asymptomatic": "#e3a08f", "suspected": "#b9bec7"}
INK, QUIET, RULE, BAND, LINE = "#1f2937", "#5b6472", "#d5dae1", "#c9d8ec", "#164a8a"
WIDE, HIGH, LEFT, RIGHT = 420.0, 200.0, 30.0, 6.0
R_HIGH, GAP, FOOT = 120.0, 22.0, 16.0
"""Units of the curve: the bars, R under them, what lies between, and the dates at the foot."""


@dataclass(frozen=True)
class Day:
    """A day of a curve: its name, infections by kind, and R with its band where that is known."""

    name: str
    kinds: Mapping[str, float]
    r: float | None = None
    low: float | None = None
    high: float | None = None


def hexes(map_: maps.Map, painted: Sequence[Mapping[str, object]], names: Mapping[str, str], *, font: str) -> str:
    """Counties by tier; those with the two strictest tiers are named."""
    parts = []
    for row in painted:
        unit, tier = row["unit"], str(row["tier"])
        assert isinstance(unit, maps.Unit)
        parts.append(
            f'<path d="{unit.path}" fill="{TIERS.get(tier, TIERS["none"])}" stroke="#ffffff" stroke-width="0.12"/>'
        )
    for row in painted:
        unit, tier = row["unit"], str(row["tier"])
        assert isinstance(unit, maps.Unit)
        if tier in ("high", "medium"):
            white = "#ffffff" if tier == "high" else INK
            name = names.get(unit.code, "")
            size = min(0.52, 1.6 / max(1.0, sum(1.0 if each > "\u2e80" else 0.56 for each in name)))
            parts.append(_text(unit.x, unit.y + size * 0.37, name, size=round(size, 2), colour=white, font=font))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{map_.frame}">{"".join(parts)}</svg>'


def curve(days: Sequence[Day], *, title_r: str, font: str) -> str:
    """Infections a day as bars by kind, and under them R with its band and the line at one."""
    with_r = any(day.r is not None for day in days)
    high = HIGH + (GAP + R_HIGH if with_r else 0) + FOOT
    parts = [*_bars(days, font)]
    if with_r:
        parts += _course(days, HIGH + GAP, R_HIGH, title_r, font)
    parts += _dates(days, high - 4, font)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high:.0f}">{"".join(parts)}</svg>'


def _bars(days: Sequence[Day], font: str) -> list[str]:
    most = max([sum(day.kinds.values()) for day in days] + [1])
    top = _round_up(most)
    parts = _scale(8, HIGH - 8, [0, top / 2, top], 0, top, font)
    step = _step(days)
    for number, day in enumerate(days):
        foot = HIGH
        for kind in KINDS:
            tall = (HIGH - 8) * day.kinds.get(kind, 0) / top
            if tall:
                foot -= tall
                x = LEFT + number * step + step * 0.12
                parts.append(
                    f'<rect x="{x:.2f}" y="{foot:.2f}" width="{step * 0.76:.2f}" height="{tall:.2f}" fill="{KINDS[kind]}"/>'
                )
    return parts


def _course(days: Sequence[Day], top: float, high: float, title: str, font: str) -> list[str]:
    known = [(number, day) for number, day in enumerate(days) if day.r is not None]
    limit = min(6.0, max(2.0, _round_up(max(day.high or 0 for _, day in known))))
    step = _step(days)

    def at(number: int, value: float | None) -> str:
        y = top + high * (1 - min(value or 0.0, limit) / limit)
        return f"{LEFT + (number + 0.5) * step:.2f} {y:.2f}"

    upper = [at(number, day.high) for number, day in known]
    lower = [at(number, day.low) for number, day in reversed(known)]
    one = top + high * (1 - 1 / limit)
    parts = _scale(top, high, [0, limit / 2, limit], 0, limit, font)
    parts.append(f'<path d="M{"L".join(upper + lower)}Z" fill="{BAND}"/>')
    parts.append(
        f'<path d="M{LEFT} {one:.2f}H{WIDE - RIGHT}" stroke="{QUIET}" stroke-width="0.8" stroke-dasharray="3 2"/>'
    )
    parts.append(
        f'<path d="M{"L".join(at(n, day.r) for n, day in known)}" fill="none" stroke="{LINE}" stroke-width="1.6"/>'
    )
    return [*parts, _text(LEFT + 3, top + 7, title, size=8, colour=LINE, font=font, anchor="start")]


def _scale(top: float, high: float, values: Sequence[float], low: float, most: float, font: str) -> list[str]:
    parts = []
    for value in values:
        y = top + high * (1 - (value - low) / (most - low))
        parts.append(f'<path d="M{LEFT} {y:.2f}H{WIDE - RIGHT}" stroke="{RULE}" stroke-width="0.6"/>')
        parts.append(_text(LEFT - 4, y + 3, f"{value:g}", size=8, colour=QUIET, font=font, anchor="end"))
    return parts


def _dates(days: Sequence[Day], y: float, font: str) -> list[str]:
    every = max(1, -(-len(days) // 7))
    step = _step(days)
    shown = [(n, day) for n, day in enumerate(days) if (len(days) - 1 - n) % every == 0]
    return [_text(LEFT + (n + 0.5) * step, y, day.name, size=8, colour=QUIET, font=font) for n, day in shown]


def _step(days: Sequence[Day]) -> float:
    return (WIDE - LEFT - RIGHT) / max(1, len(days))


def _round_up(value: float) -> float:
    """The next of 2, 4, 6, 10, 20, 40, 60, 100 …"""
    scale = 1.0
    while value > 10 * scale:
        scale *= 10
    return next(step * scale for step in (2, 4, 6, 10) if value <= step * scale)


def _text(x: float, y: float, text: str, *, size: float, colour: str, font: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size}" fill="{colour}" font-family="{escape(font)}, sans-serif"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )
