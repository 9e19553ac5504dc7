"""Small towns as GraphML, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count

KEYS = ("x", "y", "length", "osmid", "highway", "lanes", "name", "maxspeed", "oneway")
Ways = Iterable[tuple[str, str, Mapping[str, str]]]


def graphml(nodes: Mapping[str, tuple[float, float]], ways: Ways, *, crs: str = "epsg:4326") -> str:
    """Nodes with longitude and latitude, and one-way roads between them, as OSMnx writes them."""
    keys = "".join(f'<key id="{key}" for="all" attr.name="{key}" attr.type="string"/>' for key in (*KEYS, "crs"))
    points = "".join(
        f'<node id="{name}"><data key="x">{x}</data><data key="y">{y}</data></node>' for name, (x, y) in nodes.items()
    )
    numbers = count(1)
    roads = "".join(_road(one, other, {"osmid": str(next(numbers))} | dict(data)) for one, other, data in ways)
    return (
        f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}<graph edgedefault="directed">'
        f'<data key="crs">{crs}</data>{points}{roads}</graph></graphml>'
    )


def _road(one: str, other: str, data: Mapping[str, str]) -> str:
    known = {"length": "100", "highway": "residential"} | dict(data)
    inner = "".join(f'<data key="{key}">{value}</data>' for key, value in known.items())
    return f'<edge source="{one}" target="{other}" id="0">{inner}</edge>'
