"""What an address says of the way to a door: building, entrance, floor, room. What it does not say stays empty."""

from __future__ import annotations

import re
from dataclasses import dataclass

BUILDING = re.compile(
    r"([A-Za-z]?\d+[A-Za-z]?|[A-Za-z]|[甲乙丙丁东西南北一二三四五六七八九十]+)(?:号?楼|栋|幢|座|排|组|队)"
)
ENTRANCE = re.compile(r"([A-Za-z]|\d+|[一二三四五六七八九十甲乙丙丁]+)(?:单元|门洞|号门)")
FLOOR = re.compile(r"(\d+)层")
ROOM = re.compile(r"(\d{1,5}[A-Za-z]?)(?:室|号|户)?$")


@dataclass(frozen=True)
class Spot:
    """Where a door is, as its address tells."""

    building: str = ""
    entrance: str = ""
    floor: int | None = None
    room: str = ""


def spot_of(address: str) -> Spot:
    """Read an address such as 幸福小区3号楼2单元501室. A room of three or four digits begins with its floor."""
    text = address.strip()
    building = BUILDING.search(text)
    rest = text[building.end() :] if building else text
    entrance = ENTRANCE.search(rest)
    room = ROOM.search(rest)
    floor = FLOOR.search(rest)
    number = room[1] if room else ""
    level = int(floor[1]) if floor else int(number[:-2]) if number.isdigit() and 3 <= len(number) <= 4 else None
    return Spot(building[0] if building else "", entrance[0] if entrance else "", level, number)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key under which 2号楼 comes before 10号楼."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
