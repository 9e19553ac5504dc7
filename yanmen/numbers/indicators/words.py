"""What an indicator is: a name, what it says in both languages, and one expression that counts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ibis.expr.types import Table

from yanmen.numbers.ledger import Ledger

Rows = Callable[[Ledger], Table]
UNITS: Mapping[str, tuple[str, str]] = {
    "cases": ("例", "cases"),
    "people": ("人", "people"),
    "person_days": ("人日", "person-days"),
    "tasks": ("项", "tasks"),
    "tests": ("份", "samples"),
    "times": ("人次", "results"),
    "tubes": ("管", "tubes"),
    "rooms": ("间", "rooms"),
    "hours": ("小时", "hours"),
    "findings": ("个", "findings"),
    "percent": ("%", "%"),
    "per_thousand": ("例/千人日", "per 1,000 person-days"),
}
COUNTED = ("sum", "people", "overlap", "median")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What every indicator says of itself."""

    id: str
    zh: str
    en: str
    unit: str
    how_zh: str
    how_en: str
    source_zh: str = "台账（事实、措施、任务）"
    source_en: str = "The ledger: facts, measures, tasks"
    parts: str = ""
    group: str = ""

    @property
    def how(self) -> dict[str, str]:
        """What it counts, in both languages."""
        return {"zh": self.how_zh, "en": self.how_en}

    @property
    def source(self) -> dict[str, str]:
        """Where its numbers come from, in both languages."""
        return {"zh": self.source_zh, "en": self.source_en}


@dataclass(frozen=True, kw_only=True)
class Indicator(Said):
    """One figure a day and area. ``rows`` gives what is counted: columns `area`, `day`, `part`, and by ``counted``

    - `sum`: `value`, added up; - `people`: `key`, `rank`, `counts`: each key once, in its highest ranked part, where that counts;
    - `overlap`: `key`, each once in every part, so that parts may add up to more; - `median`: `value`, the middle one.
    ``moment`` is true for what stands at the end of a day, and cannot be added over days.
    """

    rows: Rows
    counted: str = "sum"
    moment: bool = False


@dataclass(frozen=True, kw_only=True)
class Ratio(Said):
    """One indicator divided by another, times ``per``."""

    top: str
    bottom: str
    per: float = 100


INDICATORS: dict[str, Indicator | Ratio] = {}


def indicator(
    *, id: str, zh: str, en: str, unit: str, how_zh: str, how_en: str, counted: str = "sum", **more: object
) -> Callable[[Rows], Rows]:
    """Register the function below as the one definition of an indicator."""

    def register(rows: Rows) -> Rows:
        group = rows.__module__.rsplit(".", 1)[-1]
        add(
            Indicator(
                id=id, zh=zh, en=en, unit=unit, how_zh=how_zh, how_en=how_en, counted=counted, rows=rows, group=group,
                **more,  # type: ignore[arg-type]
            )
        )  # fmt: skip
        return rows

    return register


def add(one: Indicator | Ratio) -> None:
    """Take an indicator in; a name is given once, and its words are known."""
    if one.id in INDICATORS:
        raise ValueError(f"the indicator {one.id} is defined twice")
    if one.unit not in UNITS or getattr(one, "counted", "sum") not in COUNTED:
        raise ValueError(f"the indicator {one.id}: no unit {one.unit}, or no way of counting it")
    INDICATORS[one.id] = one
