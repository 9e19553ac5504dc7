"""Where cases stand in a picture of time and generation, so that a few thousand do not lie on each other.

A case stands at its day and in the band of its generation. Cases of one day and generation spread over the height of the band, in the
order of their infectors, so that links cross less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BAND = 0.8
"""Part of the height of a generation that its cases may take."""


def heights(
    cases: Sequence[str], days: Mapping[str, int], generations: Mapping[str, int], infectors: Mapping[str, str | None]
) -> dict[str, float]:
    """Case → height: its generation, and within it a place from -BAND/2 to BAND/2. One alone on its day stands in the middle."""
    found: dict[str, float] = {}
    cells: dict[tuple[int, int], list[str]] = {}
    for case in sorted(cases, key=lambda case: generations[case]):
        cells.setdefault((generations[case], days[case]), []).append(case)
    for (generation, _), members in sorted(cells.items()):
        members.sort(key=lambda case: (found.get(infectors.get(case) or "", 0.0), case))
        step = BAND / len(members)
        for at, case in enumerate(members):
            found[case] = round(generation + (at + 0.5) * step - BAND / 2, 3)
    return found
