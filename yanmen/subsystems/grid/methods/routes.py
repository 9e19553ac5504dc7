"""The order in which doors are walked: buildings by the shortest open tour, inside a building entrance by entrance from the top.

Where fewer than three buildings have coordinates, the order is that of their numbers. The tour is open: it begins and ends where it
is shortest. PyVRP (Wouda, Lan and Kool, INFORMS Journal on Computing 36(4), 2024) finds it with a fixed seed and a fixed number of
steps, so that the same doors are always walked in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

from yanmen.subsystems.grid.methods.addresses import natural

METRES_A_DEGREE = 111_195.0
MOST_BUILDINGS = 150
STEPS, STEPS_A_BUILDING = 200, 20
Point = tuple[float, float]


@dataclass(frozen=True)
class Stop:
    """A door to walk to: `area` and `building` name where it stands, `position` an order that somebody gave (0: none)."""

    area: str
    building: str
    entrance: str = ""
    floor: int | None = None
    room: str = ""
    position: int = 0
    point: Point | None = None


def walking_order(stops: Sequence[Stop]) -> list[int]:
    """The places of the doors in the order to walk them."""
    houses: dict[tuple[str, str], list[int]] = {}
    for index, stop in enumerate(stops):
        houses.setdefault((stop.area, stop.building), []).append(index)
    order: list[int] = []
    for house in _buildings(houses, stops):
        order += sorted(houses[house], key=lambda index: _inside(stops[index]))
    return order


def open_tour(points: Sequence[Point]) -> list[int]:
    """The shortest way through all points that may begin and end anywhere."""
    from pyvrp import Model
    from pyvrp.stop import MaxIterations

    if len(points) < 3:
        return list(range(len(points)))
    model = Model()
    nowhere = model.add_location(0, 0)
    places = [model.add_location(longitude, latitude) for longitude, latitude in points]
    model.add_depot(nowhere)
    for place in places:
        model.add_client(place)
        model.add_edge(nowhere, place, distance=0)
        model.add_edge(place, nowhere, distance=0)
    for one, here in enumerate(points):
        for other, there in enumerate(points):
            if one != other:
                model.add_edge(places[one], places[other], distance=round(metres(here, there)))
    model.add_vehicle_type(1)
    found = model.solve(stop=MaxIterations(STEPS + STEPS_A_BUILDING * len(points)), seed=1, display=False)
    [route] = found.best.routes()
    way = [activity.idx for activity in route.schedule()][1:-1]
    return way if way[0] < way[-1] else way[::-1]


def metres(here: Point, there: Point) -> float:
    """Metres between two points in degrees that lie a few kilometres apart."""
    east = (there[0] - here[0]) * cos(radians((here[1] + there[1]) / 2))
    return hypot(east, there[1] - here[1]) * METRES_A_DEGREE


def _buildings(houses: dict[tuple[str, str], list[int]], stops: Sequence[Stop]) -> list[tuple[str, str]]:
    numbered = sorted(houses, key=lambda house: (_given(houses[house], stops), house[0], natural(house[1])))
    points = {house: point for house in numbered if (point := _middle([stops[each].point for each in houses[house]]))}
    placed = [house for house in numbered if house in points]
    given = any(stop.position for stop in stops)
    if given or not 3 <= len(placed) <= MOST_BUILDINGS:
        return numbered
    toured = [placed[index] for index in open_tour([points[house] for house in placed])]
    return toured + [house for house in numbered if house not in points]


def _given(doors: Sequence[int], stops: Sequence[Stop]) -> int:
    """Where somebody put the building, by the first of its doors; those without an order come last."""
    return min((stops[each].position for each in doors if stops[each].position), default=10**6)


def _inside(stop: Stop) -> tuple[object, ...]:
    return (
        stop.position or 10**6, natural(stop.entrance), -(stop.floor if stop.floor is not None else -99), natural(stop.room)
    )  # fmt: skip


def _middle(points: Sequence[Point | None]) -> Point | None:
    known = [point for point in points if point is not None]
    if not known:
        return None
    return sum(x for x, _ in known) / len(known), sum(y for _, y in known) / len(known)
