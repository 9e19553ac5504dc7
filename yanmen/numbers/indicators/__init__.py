"""Every figure by its name: for a page, a report or the API, of an area within the asker's, on a day, as known at a moment.

An indicator is defined once, in the modules beside this one; nothing else in the program counts it another way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
from django.conf import settings

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.numbers import columns, cubes
from yanmen.numbers.copying import receipt_of
from yanmen.numbers.indicators import cases, measures, rooms, tasks, testing  # noqa: F401  each registers its own
from yanmen.numbers.indicators.words import INDICATORS, UNITS, Indicator, Ratio
from yanmen.numbers.ledger import LEVELS
from yanmen.registry.scope import Scope

__all__ = ["INDICATORS", "UNITS", "Told", "Value", "addable", "figure", "folder", "named", "read_at", "series", "table"]
LONGEST = 400
"""So many days are asked at once, at most."""
COUNTY = 6
"""The level (by the length of its codes) below which those who work without people get no figures."""
Found = dict[str, dict[int, dict[str, float]]]


@dataclass(frozen=True)
class Value:
    """A figure of an area on a day, in parts where it has any; None where nothing was counted, or where nothing stands below the line."""

    area: str
    day: date
    value: float | None
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """Figures with what they are, as known when, and up to when the ledger was read."""

    indicator: Indicator | Ratio
    rows: Sequence[Value]
    known_at: datetime | None
    read_at: datetime | None

    @property
    def one(self) -> Value:
        """The only row."""
        (row,) = self.rows
        return row


def folder() -> Path:
    """Where the copied ledger lies."""
    return Path(settings.YANMEN_LEDGER)


def read_at() -> datetime | None:
    """Up to which moment everything recorded is in the figures; None before the first copy."""
    return receipt_of(folder()).moment


def figure(
    scope: Scope, name: str, *, area: str = "", as_of: date | None = None, known_at: datetime | None = None, days: int = 1
) -> Told:  # fmt: skip
    """One figure: of an area (the asker's own unless named), on a day (that of the last copy), as known at a moment.

    ``days`` adds up so many days, the last one ``as_of``; what stands at the end of a day cannot be added.
    """
    question = _Question(scope, name, area, known_at)
    last = as_of or question.today
    answer = question.ask(len(question.area), last - timedelta(days=days - 1), last, whole=days > 1)
    return question.told([answer.value(question.area, last)])


def series(
    scope: Scope, name: str, *, first: date, last: date, area: str = "", known_at: datetime | None = None
) -> Told:
    """A figure for every day from first to last."""
    question = _Question(scope, name, area, known_at)
    answer = question.ask(len(question.area), first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return question.told([answer.value(question.area, day) for day in days])


def table(
    scope: Scope, name: str, *, as_of: date | None = None, area: str = "", known_at: datetime | None = None, days: int = 1, width: int = 0
) -> Told:  # fmt: skip
    """A figure of every area one level below (or of a level, by the length of its codes) that has any."""
    question = _Question(scope, name, area, known_at)
    last = as_of or question.today
    width = width or next((each for each in LEVELS if each > len(question.area)), LEVELS[-1])
    answer = question.ask(width, last - timedelta(days=days - 1), last, whole=days > 1)
    return question.told([answer.value(unit, last) for unit in answer.units])


@dataclass(frozen=True)
class _Answer:
    """Values of an indicator, or of the two that a ratio divides."""

    indicator: Indicator | Ratio
    today: date | None
    top: Found
    bottom: Found = field(default_factory=dict)

    @property
    def units(self) -> list[str]:
        """Areas that have any."""
        return sorted({*self.top, *self.bottom})

    def value(self, unit: str, day: date) -> Value:
        """One value: nothing counted is zero, except of what has a middle or is divided, and on days to come."""
        if self.today is None or day > self.today:
            return Value(unit, day, None)
        parts = _parts(self.top, unit, day)
        if isinstance(self.indicator, Ratio):
            below = _parts(self.bottom, unit, day)
            per, whole = self.indicator.per, sum(below.values())
            shares = {part: per * parts.get(part, 0) / value for part, value in below.items() if part and value}
            known = whole and not _overlaps(self.indicator)
            return Value(unit, day, per * sum(parts.values()) / whole if known else None, shares)
        own = {part: value for part, value in parts.items() if part or len(parts) > 1}
        if self.indicator.counted == "median":
            return Value(unit, day, parts.get(""))
        return Value(unit, day, None if self.indicator.counted == "overlap" and own else sum(parts.values()), own)


class _Question:
    """A question held against the asker's scope and the copy that is there."""

    def __init__(self, scope: Scope, name: str, area: str, known_at: datetime | None) -> None:
        self.one, self.scope, self.area = named(name), scope, area or scope.area
        scope.require(self.area)
        self.read_at = read_at()
        self.known_at = min(known_at, self.read_at) if known_at and self.read_at else self.read_at

    @property
    def today(self) -> date:
        """The day up to which figures can be."""
        return local_date(self.known_at) if self.known_at else columns.FIRST

    def told(self, rows: Sequence[Value]) -> Told:
        """The answer, with what was asked."""
        return Told(self.one, rows, self.known_at, self.read_at)

    def ask(self, width: int, first: date, last: date, *, whole: bool = False) -> _Answer:
        """Values for each day, or for the whole of the days under the last one."""
        self._allow(width, first, last, whole)
        if self.known_at is None:
            return _Answer(self.one, None, {})
        both = (self.one.top, self.one.bottom) if isinstance(self.one, Ratio) else (self.one.id,)
        days = columns.number_of(first), columns.number_of(last)
        known = columns.micro(self.known_at)
        found = [_found(cubes.cube(folder(), cubes.Asked(name, width, *days, known, self.area))) for name in both]
        return _Answer(self.one, self.today, *[_added(each, days[1]) if whole else each for each in found])

    def _allow(self, width: int, first: date, last: date, whole: bool) -> None:
        if not self.scope.sees_people and width > COUNTY:
            raise Refusal(
                "统计用途只提供县级及以上的数字。请选择县、市或省。",
                "For statistics figures go down to counties. Choose a county, a city or the province.",
                field="area",
                value=self.area,
            )
        if not 0 <= (last - first).days < LONGEST:
            raise Refusal(
                f"请选择不超过{LONGEST}天的起止日期。",
                f"Choose at most {LONGEST} days, the first before the last.",
                field="days",
                value=f"{first} – {last}",
            )
        if whole and not addable(self.one):
            raise Refusal(
                "该指标为时点数或中位数，不能按日相加。请选择一日，或查看逐日数字。",
                "This figure stands at a moment, or is a middle value: it cannot be added over days. Choose one day, or a figure for every day.",
                field="days",
                value=self.one.id,
            )


def named(name: str) -> Indicator | Ratio:
    """The indicator of that name."""
    if name not in INDICATORS:
        near = get_close_matches(name, list(INDICATORS), n=1)
        raise Refusal(
            "没有这一指标。可用的指标见“指标”页。",
            "There is no such indicator. The page of indicators lists them."
            + (f' Did you mean "{near[0]}"?' if near else ""),
            field="indicator",
            value=name,
        )
    return INDICATORS[name]


def addable(one: Indicator | Ratio) -> bool:
    """Whether values of several days may be added up."""
    if isinstance(one, Ratio):
        return all(addable(INDICATORS[name]) for name in (one.top, one.bottom))
    return not one.moment and one.counted != "median"


def _overlaps(one: Indicator | Ratio) -> bool:
    """Whether its parts may add up to more than there is."""
    return _overlaps(INDICATORS[one.bottom]) if isinstance(one, Ratio) else one.counted == "overlap"


def _parts(found: Found, unit: str, day: date) -> Mapping[str, float]:
    return found.get(unit, {}).get(columns.number_of(day), {})


def _found(values: pa.Table) -> Found:
    found: Found = {}
    for unit, day, part, value in zip(*(values[name].to_pylist() for name in values.schema.names), strict=True):
        found.setdefault(unit, {}).setdefault(day, {})[part or ""] = value
    return found


def _added(found: Found, day: int) -> Found:
    """All days under one."""
    whole: Found = {}
    for unit, days in found.items():
        parts: dict[str, float] = defaultdict(float)
        for values in days.values():
            for part, value in values.items():
                parts[part] += value
        whole[unit] = {day: parts}
    return whole
