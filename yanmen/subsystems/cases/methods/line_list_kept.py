"""What becomes of each column of a line list: where it is kept, or that it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yanmen.subsystems.cases.methods.line_list_rows import ATTRIBUTES, OURS
from yanmen.subsystems.cases.methods.line_lists import LineList

REPORT = ("病例报告", "the report")
REGISTER = ("人员登记（有姓名的行）", "the register of people, for lines with a name")
KEPT: Mapping[str, tuple[str, str]] = {
    "source_id": REPORT,
    "key": ("认出已有病例", "knowing the case again"),
    "disease": REPORT,
    "classification": REPORT,
    "onset_on": REPORT,
    "infected_on": REPORT,
    "confirmed_on": ("病例报告的发现日期", "the report, as the day found"),
    "reported_on": (
        "病例报告的发现日期（无确诊日期时）",
        "the report, as the day found where no confirmation is given",
    ),
    "age": REPORT,
    "age_unit": REPORT,
    "sex": REPORT,
    "town": REPORT,
    "city": ("病例所在地区", "the area of the case"),
    "county": ("病例所在地区", "the area of the case"),
    "name": REGISTER,
    "first_name": REGISTER,
    "last_name": REGISTER,
    "born_on": REGISTER,
    "birth_day": REGISTER,
    "birth_month": REGISTER,
    "birth_year": REGISTER,
    "address": REGISTER,
    "hospitalised_on": ("收治记录", "the admission"),
    "hospital": ("收治记录（有入院日期时）", "the admission, where its day is given"),
    "outcome": ("死亡或出院记录（有转归日期时；死亡不论）", "death, or discharge where its day is given"),
    "outcome_on": ("死亡或出院记录", "death or discharge"),
    "died_on": ("死亡记录", "the death"),
    "infectors": ("感染来源", "sources of infection"),
}


@dataclass(frozen=True)
class Column:
    """A column of the file: how many lines say something in it, and where that is kept. Empty `zh`: it is not."""

    heading: str
    field: str
    lines: int
    zh: str = ""
    en: str = ""

    @property
    def is_kept(self) -> bool:
        return bool(self.zh)


def columns_kept(found: LineList) -> list[Column]:
    """Every column of the file, those that are kept first."""
    known = [
        Column(heading, field, _said(found, field), *KEPT.get(field, ("", "")))
        for field, heading in found.columns.items()
        if field not in OURS
    ]
    other = [Column(heading, "", found.said.get(("", heading), 0)) for heading in found.extra_columns]
    return sorted(known, key=lambda one: not one.is_kept) + other


def as_said(columns: list[Column]) -> list[dict[str, Any]]:
    """The same to be written down."""
    return [
        {"column": one.heading, "field": one.field, "lines": one.lines, "kept": one.is_kept, "zh": one.zh, "en": one.en}
        for one in columns
    ]


def not_kept(columns: list[Column]) -> Iterator[str]:
    """Headings of what is read and not kept."""
    return (one.heading for one in columns if not one.is_kept)


def _said(found: LineList, field: str) -> int:
    return found.said.get((ATTRIBUTES.get(field, field), ""), 0)
