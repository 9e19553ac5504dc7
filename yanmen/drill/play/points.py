"""Where things stand: villages spread evenly around the seat of their county. Good enough for distances, not for a map of streets."""

from __future__ import annotations

from math import cos, radians, sin, sqrt

from yanmen.drill.world.city import Area as Home
from yanmen.registry.models import Area

SEATS = {
    "140105": (112.565, 37.736), "140106": (112.563, 37.863), "140107": (112.570, 37.894), "140108": (112.487, 37.940),
    "140109": (112.522, 37.863), "140110": (112.477, 37.715), "140213": (113.298, 40.076), "140302": (113.601, 37.858),
    "140403": (113.123, 36.204), "140502": (112.853, 35.501), "140602": (112.432, 39.318), "140702": (112.708, 37.698),
    "140703": (112.556, 37.421), "140725": (113.177, 37.891), "140802": (110.998, 35.015), "140902": (112.734, 38.404),
    "141002": (111.579, 36.088), "141102": (111.141, 37.519),
}  # fmt: skip
"""Longitude and latitude of seats of counties, to about a kilometre."""
MIDDLE = (112.55, 37.6)
"""Of the province, for counties whose seat is not listed: distances between counties are then not right, those within are."""
WIDEST = 0.09
"""Degrees from the seat to the farthest village, some ten kilometres."""
GOLDEN = 137.508


def homes(counties: tuple[str, ...]) -> list[Home]:
    """Where people of these counties live: villages, or what is the smallest the register knows."""
    found: list[Home] = []
    for county in counties:
        rows = Area.objects.filter(valid_to=None, code__gte=county, code__lt=county + "~").order_by("code")
        by_level = {level: [row for row in rows if row.level == level] for level in ("village", "township", "county")}
        places = by_level["village"] or by_level["township"] or by_level["county"]
        weight = (by_level["county"][0].population or 100_000) / len(places)
        for number, row in enumerate(places):
            longitude, latitude = spread(county, number, len(places))
            found.append(Home(row.code, county, weight, longitude, latitude))
    return found


def spread(county: str, number: int, count: int) -> tuple[float, float]:
    """The point of one of so many places of a county: a sunflower around the seat."""
    longitude, latitude = SEATS.get(county, MIDDLE)
    far, angle = WIDEST * sqrt((number + 0.5) / count), radians(number * GOLDEN)
    return longitude + far * cos(angle), latitude + 0.8 * far * sin(angle)
