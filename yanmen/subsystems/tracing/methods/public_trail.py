"""The movements of a case as the public may read them: places, times and vehicles, and nothing that says who.

Building, stair, floor and door never appear: what is left of an address is the village or the estate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

_DOOR = re.compile(
    r"[0-9０-９一二三四五六七八九十A-Za-z]+\s*-?\s*(?:号楼|栋|幢|座|号院?|单元|楼|层|室|户|门|排)"
    r"|(?:building|block|unit|room|flat|floor|door|no\.)\s*[0-9A-Za-z-]+"
    r"|[0-9]+-[0-9]+(?:-[0-9]+)*",
    re.IGNORECASE,
)
_ENDS = " ,，、·（("


@dataclass(frozen=True)
class Told:
    """One part of a way: a place or a vehicle, and when."""

    since: datetime | None
    until: datetime
    where: str
    area: str = ""
    vehicle: bool = False


def estate_of(text: str) -> str:
    """An address down to its village or estate: 新建路小区3号楼2单元301 → 新建路小区."""
    found = _DOOR.search(text)
    return (text[: found.start()] if found else text).strip(_ENDS)


def without(text: str, secrets: Iterable[str]) -> str:
    """The text without somebody's name or address in it."""
    for secret in sorted({one.strip() for one in secrets if len(one.strip()) > 1}, key=len, reverse=True):
        text = text.replace(secret, "某" if secret[0] > "\u2e80" else "…")
    return text


def lines(parts: Sequence[Told], *, chinese: bool) -> list[str]:
    """One line a day, in the order of time: places and hours, no person."""
    ordered = sorted(parts, key=lambda one: one.since or one.until)
    days = groupby(ordered, key=lambda one: (one.since or one.until).date())
    comma, stop = ("；", "。") if chinese else ("; ", ".")
    return [
        f"{_day(day, chinese)}{comma.join(_said(one, chinese) for one in told)}{stop}"
        for day, told in ((day, list(group)) for day, group in days)
    ]


def _day(day: object, chinese: bool) -> str:
    year, month, number = str(day).split("-")
    return f"{int(month)}月{int(number)}日：" if chinese else f"{year}-{month}-{number}: "


def _said(one: Told, chinese: bool) -> str:
    where = placed(one.area, one.where, chinese)
    if one.since is None:
        hours = f"{one.until:%H:%M}前" if chinese else f"until {one.until:%H:%M}"
    else:
        later = one.until.date() != one.since.date()
        hours = f"{one.since:%H:%M}–{one.until:%H:%M}" + (
            ("（次日）" if chinese else " (the day after)") if later else ""
        )
    if one.vehicle:
        return f"{hours} 乘坐{where}" if chinese else f"{hours} on {where}"
    return f"{hours} {where}"


def placed(area: str, where: str, chinese: bool) -> str:
    """A place with its area, as the language orders them; an area that the place's name begins with is said once."""
    if not area or not where or where.startswith(area):
        return where or area
    return f"{area}{where}" if chinese else f"{where}, {area}"
