"""What a certificate must hold: the rules of schema 1.3.0, written out.

`faults` finds what breaks the structure, `unknown_codes` what stands in no value set. A fault names its place, as
`v/0/dn`. Dates are full dates; some countries added a time of day, which readers accept and we never write.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from yanmen.base.dcc import value_sets

TEST, VACCINATION, RECOVERY = "t", "v", "r"
_TEXT = 80
_VERSION = re.compile(r"\d+\.\d+\.\d+", re.ASCII)
_BORN = re.compile(r"((19|20)\d\d(-\d\d){0,2})?", re.ASCII)
_MACHINE_NAME = re.compile(r"[A-Z<]*", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{1,10}", re.ASCII)
_DATE = r"\d{4}-\d\d-\d\d"
_TIME = r"T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)"
_DAY = re.compile(f"{_DATE}({_TIME})?", re.ASCII)
_MOMENT = re.compile(_DATE + _TIME, re.ASCII)

Rule = Callable[[object], bool]


def _short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _TEXT


def _like(pattern: re.Pattern[str]) -> Rule:
    return lambda value: isinstance(value, str) and len(value) <= _TEXT and pattern.fullmatch(value) is not None


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 99


def _day(value: object) -> bool:
    """A day that exists, perhaps with a time."""
    return _on_calendar(value, _DAY)


def _moment(value: object) -> bool:
    """A moment with its time zone, on a day that exists."""
    return _on_calendar(value, _MOMENT)


def _on_calendar(value: object, pattern: re.Pattern[str]) -> bool:
    if not isinstance(value, str) or len(value) > _TEXT or not pattern.fullmatch(value):
        return False
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


_COMMON: Mapping[str, Rule] = {"tg": _short, "co": _like(_COUNTRY), "is": _short, "ci": _short}
_REQUIRED: Mapping[str, Mapping[str, Rule]] = {
    VACCINATION: {**_COMMON, "vp": _short, "mp": _short, "ma": _short, "dn": _count, "sd": _count, "dt": _day},
    TEST: {**_COMMON, "tt": _short, "sc": _moment, "tr": _short},
    RECOVERY: {**_COMMON, "fr": _day, "df": _day, "du": _day},
}
_OPTIONAL: Mapping[str, Rule] = {"nm": _short, "ma": _short, "tc": _short}
_NAMES: Mapping[str, Rule] = {
    "fn": _short,
    "gn": _short,
    "fnt": _like(_MACHINE_NAME),
    "gnt": _like(_MACHINE_NAME),
}
_KNOWN: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    VACCINATION: {
        "vp": value_sets.VACCINES.__contains__,
        "mp": value_sets.PRODUCTS.__contains__,
        "ma": value_sets.HOLDERS.__contains__,
    },
    TEST: {
        "tt": value_sets.TEST_TYPES.__contains__,
        "tr": value_sets.TEST_RESULTS.__contains__,
        "ma": value_sets.is_test_device,
    },
    RECOVERY: {},
}
_KNOWN_IN_ALL = {"tg": value_sets.DISEASES.__contains__, "co": value_sets.COUNTRIES.__contains__}


def kind_of(content: object) -> str | None:
    """Test, vaccination or recovery; None unless it is exactly one of them, once."""
    if not isinstance(content, dict):
        return None
    groups = [group for group in _REQUIRED if group in content]
    rows = content[groups[0]] if len(groups) == 1 else None
    return groups[0] if isinstance(rows, list) and len(rows) == 1 and isinstance(rows[0], dict) else None


def entry_of(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one test, vaccination or recovery of a certificate without faults."""
    entry: Mapping[str, Any] = content[kind_of(content) or ""][0]
    return entry


def faults(content: object) -> list[str]:
    """The places that break the schema; none if it holds."""
    if not isinstance(content, dict):
        return ["/"]
    found = [name for name, rule in (("ver", _like(_VERSION)), ("dob", _like(_BORN))) if not rule(content.get(name))]
    found += [f"nam/{name}" if name else "nam" for name in _name_faults(content.get("nam"))]
    kind = kind_of(content)
    if kind is None:
        return [*found, "v|t|r"]
    entry = content[kind][0]
    missing = [name for name, rule in _REQUIRED[kind].items() if not rule(entry.get(name))]
    extra = [name for name, rule in _OPTIONAL.items() if kind == TEST and name in entry and not rule(entry[name])]
    return found + [f"{kind}/0/{name}" for name in (*missing, *extra)]


def unknown_codes(content: Mapping[str, Any]) -> list[str]:
    """The places whose code stands in no value set, of a certificate without faults."""
    kind = kind_of(content) or ""
    entry = entry_of(content)
    rules = {**_KNOWN_IN_ALL, **_KNOWN[kind]}
    return [f"{kind}/0/{name}" for name, known in rules.items() if name in entry and not known(entry[name])]


def _name_faults(name: object) -> Iterator[str]:
    if not isinstance(name, dict) or not ("fnt" in name or "gnt" in name):
        yield ""
        return
    yield from (part for part, rule in _NAMES.items() if part in name and not rule(name[part]))
