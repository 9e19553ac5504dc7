"""Where cases stand in a picture of time and generation, so that a few thousand do not lie on each other.

A case stands at its day and in the band of its generation; a band is the higher the more cases of one day it holds. Cases of one day
and generation spread over the height of the band, in the order of their infectors, so that links cross less; where they are many they
stand in columns, within their day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

BAND = 0.8
"""Part of the height of a generation that its cases may take."""
COLUMN = 12
"""Cases that stand above each other before a second column begins."""
DAY = 0.7
"""Part of the width of a day that columns may take."""
ROOM = 4
"""Cases above each other that double the height of a band."""

Cells = dict[tuple[int, int], list[str]]


def places(
    cases: Sequence[str], days: Mapping[str, int], generations: Mapping[str, int], infectors: Mapping[str, str | None]
) -> tuple[dict[str, tuple[float, float]], list[float]]:
    """Case → day and height, from 0 downwards; and where the band of each generation begins, the end of the last one after them.

    One alone on its day stands in the middle of its band. A day is never moved by half a day or more.
    """
    cells: Cells = {}
    for case in cases:
        cells.setdefault((generations[case], days[case]), []).append(case)
    tops = _tops(cells)
    found: dict[str, tuple[float, float]] = {}
    for (generation, day), members in sorted(cells.items()):
        members.sort(key=lambda case: (found.get(infectors.get(case) or "", (0.0, 0.0))[1], case))
        columns, rows = _shape(len(members))
        high = tops[generation + 1] - tops[generation]
        for at, case in enumerate(members):
            row, column = divmod(at, columns)
            across = day + ((column + 0.5) / columns - 0.5) * DAY
            down = tops[generation] + high * ((row + 0.5) / rows * BAND + (1 - BAND) / 2)
            found[case] = (round(across, 3), round(down, 3))
    return found, tops


def _shape(cases: int) -> tuple[int, int]:
    """Columns and rows of so many cases of one day and generation."""
    columns = ceil(cases / COLUMN)
    return columns, ceil(cases / columns)


def _tops(cells: Cells) -> list[float]:
    rows = [0] * (max(generation for generation, _ in cells) + 1)
    for (generation, _), members in cells.items():
        rows[generation] = max(rows[generation], _shape(len(members))[1])
    tops = [0.0]
    for each in rows:
        tops.append(round(tops[-1] + 1 + max(each - 1, 0) / ROOM, 3))
    return tops
