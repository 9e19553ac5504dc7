"""Area codes are paths (GB/T 2260 and its statistical extension): 14, 1401, 140105, 140105001, 140105001001.

A code is written without trailing zeros, so a prefix is an ancestor and a range scan is a subtree.
"""

from enum import StrEnum
from itertools import pairwise

from yanmen.base.refusals import Refusal


class Level(StrEnum):
    """How large an area is; the values are what the database and the API say."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


LENGTHS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}
LEVELS = tuple(Level)
_PARENT_LENGTH = {4: 2, 6: 4, 9: 6, 12: 9}
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
# Statistical codes 71–79 inside a city are development zones and scenic areas: no county, but governed like one.
_ZONES = range(71, 80)


def valid(code: str) -> bool:
    """Whether this is a code of a Chinese area, trimmed: `1401`, not `140100`."""
    return (
        len(code) in LENGTHS
        and code.isascii()
        and code.isdigit()
        and code[:2] in _PROVINCES
        and not any(int(part) == 0 for part in _parts(code))
    )


def level_of(code: str) -> Level:
    """The level a trimmed code stands for, by its length."""
    if not valid(code):
        raise Refusal(
            f"“{code}”不是行政区划代码。请填写 2、4、6、9 或 12 位代码，例如 140105。",
            f'"{code}" is no area code. Give 2, 4, 6, 9 or 12 digits, for example 140105.',
            field="area",
            value=code,
        )
    return LENGTHS[len(code)]


def parent_of(code: str) -> str | None:
    """The code one level up, None for a province."""
    level_of(code)
    return code[: _PARENT_LENGTH[len(code)]] if len(code) > 2 else None


def ancestors_of(code: str) -> list[str]:
    """The area itself and everything above it, largest first."""
    level_of(code)
    return [code[:length] for length in LENGTHS if length <= len(code)]


def at_level(code: str, level: Level) -> str | None:
    """The ancestor (or the area itself) at a level; None if the area is larger than that."""
    found = [each for each in ancestors_of(code) if LENGTHS[len(each)] == level]
    return found[0] if found else None


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` or lies in it."""
    return bool(outer) and inner.startswith(outer)


def pad6(code: str) -> str:
    """The six-digit form used on identity documents and in older tables."""
    return code[:6].ljust(6, "0")


def pad12(code: str) -> str:
    """The twelve-digit form used by the statistics bureau."""
    return code.ljust(12, "0")


def trim(code: str) -> str:
    """The trimmed form of a padded code: 140100000000 → 1401, 140105001000 → 140105001."""
    for length in LENGTHS:
        if len(code) >= length and not code[length:].strip("0"):
            return code[:length]
    return code


def is_development_zone(code: str) -> bool:
    """Whether a county-level code is a development zone or scenic area rather than a county."""
    return len(code) >= 6 and int(code[4:6]) in _ZONES


def _parts(code: str) -> list[str]:
    cuts = [0, *(length for length in LENGTHS if length <= len(code))]
    return [code[start:end] for start, end in pairwise(cuts)]
