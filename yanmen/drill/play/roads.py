"""Roads around a village of a drill: a few streets, the ways in, and a ring road. Made up, as its people are; enough to plan posts on."""

from __future__ import annotations

from math import cos, pi, radians, sin

import numpy as np

from yanmen.base.sphere import metres
from yanmen.subsystems.checkpoints.methods.roads import Roads, Segment, usual_lanes, usual_speed

BLOCK, RING = 150.0, 1_000.0
"""Metres between two streets of the village, and from its middle to the ring road."""
STREETS, WAYS_IN = 3, 8
DEGREE = 111_320.0
"""Metres of a degree of latitude."""
Point = tuple[float, float]


def around(longitude: float, latitude: float) -> Roads:
    """Three streets each way; from the ring road five of eight crossings lead in, one of them the main road."""
    points: dict[str, Point] = {}
    for row in range(STREETS):
        for column in range(STREETS):
            points[f"v{row}{column}"] = ((column - 1) * BLOCK, (row - 1) * BLOCK)
    for number in range(WAYS_IN):
        angle = 2 * pi * number / WAYS_IN
        points[f"r{number}"] = (RING * cos(angle), RING * sin(angle))
    shrink = cos(radians(latitude))
    places = {name: (longitude + x / DEGREE / shrink, latitude + y / DEGREE) for name, (x, y) in points.items()}
    return _network(places, _ways())


def _ways() -> list[tuple[str, str, str, str]]:
    """From, to, kind and name of every road; all of them may be driven both ways."""
    found = []
    for line in range(STREETS):
        for step in range(STREETS - 1):
            found.append((f"v{line}{step}", f"v{line}{step + 1}", "residential", f"演练{line + 1}巷"))
            found.append((f"v{step}{line}", f"v{step + 1}{line}", "residential", f"演练{line + 1}街"))
    for number in range(WAYS_IN):
        found.append((f"r{number}", f"r{(number + 1) % WAYS_IN}", "primary", "演练环路"))
    ways_in = (("r0", "v12", "secondary", "演练大道"), ("r4", "v10", "secondary", "演练大道"), ("r2", "v21", "tertiary", "演练北路"),
               ("r6", "v01", "tertiary", "演练南路"), ("r1", "v22", "unclassified", "演练东北路"))  # fmt: skip
    return [*found, *ways_in]


def _network(places: dict[str, Point], ways: list[tuple[str, str, str, str]]) -> Roads:
    names = list(places)
    number = {name: each for each, name in enumerate(names)}
    segments = []
    for osmid, (start, end, highway, name) in enumerate(ways, 1):
        line = (places[start], places[end])
        segments.append(
            Segment(
                number[start], number[end], highway, name, "", metres(*line[0], *line[1]), usual_lanes(highway), False, True,
                (f"drill{osmid}",), line,
            )
        )  # fmt: skip
    both = [*range(len(segments)), *range(len(segments))]
    heads = [each.end for each in segments] + [each.start for each in segments]
    tails = [each.start for each in segments] + [each.end for each in segments]
    return Roads(
        nodes=tuple(names),
        x=np.array([places[name][0] for name in names]),
        y=np.array([places[name][1] for name in names]),
        tails=np.array(tails, np.int64),
        heads=np.array(heads, np.int64),
        lengths=np.array([segments[each].length for each in both]),
        segment_of=np.array(both, np.int64),
        speeds=np.array([usual_speed(segments[each].highway) for each in both]),
        segments=tuple(segments),
        streets=np.full(len(names), -1, np.int64),
    )
