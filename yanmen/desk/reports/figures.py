"""Indicators as a report says them: a value of a day, the change against the day before, the address of the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode

from yanmen.base.clock import local_date
from yanmen.desk.pages import PAGES
from yanmen.desk.reports.document import Figure, Span
from yanmen.desk.reports.kinds import Asked
from yanmen.desk.templatetags.desk import signed
from yanmen.numbers import indicators
from yanmen.numbers.indicators.words import INDICATORS, UNITS, Indicator, Ratio

YESTERDAY = timedelta(days=1)
WEEK = 7
"""Days that a report looks back: a week, as commands meet by."""
LISTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "new_cases": ("desk.facts", {"kind": "cases.reported", "day": "{day}"}),
    "in_care": ("cases.list", {}),
    "discharged": ("desk.facts", {"kind": "cases.discharged", "day": "{day}"}),
    "deaths": ("desk.facts", {"kind": "cases.died", "day": "{day}"}),
    "held": ("desk.measures", {"subject": "person"}),
    "tasks_overdue": ("desk.worklist", {"due": "overdue", "role": "all"}),
    "over_hold": ("desk.measures", {"over_hold": "yes"}),
    "person_days_by_rule": ("desk.ledger", {}),
}
"""Pages that show whom a figure counts; the others are on the page of indicators, which says how each is counted."""
BAD_WHEN_MORE = {"new_cases", "deaths", "tasks_overdue", "over_hold", "in_care"}


@dataclass(frozen=True)
class Numbers:
    """The figures of one report. Nothing is counted here: every value is asked for by its name."""

    asked: Asked

    def has(self, name: str) -> bool:
        """Whether there is an indicator of that name, and a copy of the ledger to count it from."""
        return name in INDICATORS and self.read

    @cached_property
    def read(self) -> bool:
        """Whether the ledger has been copied up to the report's day."""
        known = indicators.read_at()
        return known is not None and local_date(known) >= self.asked.day

    def value(self, name: str, *, day: date | None = None, days: int = 1) -> float | None:
        """The figure on the report's day, or another of the last week; of several days up to the report's."""
        if not self.has(name):
            return None
        if days > 1:
            return sum(row.value or 0 for row in self._week(name)[-days:])
        back = (self.asked.day - (day or self.asked.day)).days
        return self._week(name)[-1 - back].value

    def parts(self, name: str, *, days: int = 1) -> Mapping[str, float]:
        """The figure by its parts, the largest first."""
        found: Counter[str] = Counter()
        for row in self._week(name)[-days:] if self.has(name) else ():
            found.update(row.parts)
        return dict(sorted(found.items(), key=lambda part: (-part[1], part[0])))

    def inside(self, name: str, *, days: int = 1) -> dict[str, float]:
        """The figure of each unit one level below."""
        if not self.has(name):
            return {}
        told = indicators.table(
            self.asked.scope, name, as_of=self.asked.day, known_at=self.asked.known_at, days=days
        )  # fmt: skip
        return {row.area: row.value or 0 for row in told.rows}

    def series(self, name: str, *, first: date) -> list[indicators.Value]:
        """The figure on each day up to the report's."""
        told = indicators.series(
            self.asked.scope, name, first=first, last=self.asked.day, known_at=self.asked.known_at
        )  # fmt: skip
        return list(told.rows)

    def span(self, name: str, *, value: float | None = None, days: int = 1, part: str = "") -> Span:
        """The figure as text with its key and the address of its list."""
        value = self.value(name, days=days) if value is None else value
        key = f"{name}{f'.{days}' if days > 1 else ''}{f'.{part}' if part else ''}"
        return Span(number(value), self.link(name), key, self.title(name))

    def figure(self, name: str, title: str = "") -> Figure:
        """The figure as a large number with its change against the day before."""
        now, before = self.value(name), self.value(name, day=self.asked.day - YESTERDAY)
        change = None if now is None or before is None else round(now - before)
        tone = "" if not change or name not in BAD_WHEN_MORE else "bad" if change > 0 else "good"
        against = self.asked.word("较前一日", "on the day before")
        said = "" if change is None else f"{against} {signed(change)}" if self.zh else f"{signed(change)} {against}"
        return Figure(self.span(name, value=now), title or self.title(name), said, tone)

    def title(self, name: str) -> str:
        """What the figure is called, with its unit where that is a share."""
        one = INDICATORS.get(name)
        return "" if one is None else one.zh if self.zh else one.en

    def unit(self, name: str) -> str:
        """The unit it is counted in."""
        return UNITS[INDICATORS[name].unit][0 if self.zh else 1]

    def how(self, name: str) -> str:
        """How it is counted."""
        one: Indicator | Ratio = INDICATORS[name]
        return one.how_zh if self.zh else one.how_en

    def link(self, name: str) -> str:
        """The address of the list behind it, or of the figure itself with what it means."""
        if name in LISTS and LISTS[name][0] in PAGES:
            page, given = LISTS[name]
            about = {key: text.format(day=self.asked.day) for key, text in given.items()}
            area = {"area": self.asked.scope.area} if len(self.asked.scope.area) > 2 else {}
            query = urlencode(about | area)
            return reverse(page) + (f"?{query}" if query else "")
        if "desk.number" in PAGES and name in INDICATORS:
            about = {"to": self.asked.day.isoformat(), "known_at": self.asked.known_at.isoformat(timespec="seconds")}
            return f"{reverse('desk.number', args=[name])}?{urlencode(about)}"
        return ""

    def _week(self, name: str) -> list[indicators.Value]:
        """The days up to the report's: asked once, whoever in the report needs it."""
        kept: dict[str, list[indicators.Value]] = self.asked.kept
        if name not in kept:
            kept[name] = self.series(name, first=self.asked.day - (WEEK - 1) * YESTERDAY)
        return kept[name]

    @property
    def zh(self) -> bool:
        """Whether the report is in Chinese."""
        return self.asked.language == "zh"


def number(value: float | None) -> str:
    """1,234 or 12.3; nothing known is a dash."""
    if value is None:
        return "–"
    return f"{value:,.1f}" if value % 1 else f"{int(value):,}"
