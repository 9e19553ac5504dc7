"""Cases as lines for others: which columns, how numbers and links are written, and Go.Data's own files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yanmen.base.diseases import COVID
from yanmen.subsystems.cases.methods.godata import CERTAINTY

HEADINGS: Mapping[str, tuple[str, str]] = {
    "key": ("病例标识", "case_key"),
    "source_id": ("病例编号", "case_id"),
    "disease": ("病种", "disease"),
    "name": ("姓名", "name"),
    "sex": ("性别", "sex"),
    "born_on": ("出生日期", "date_of_birth"),
    "age": ("年龄", "age"),
    "classification": ("病例分类", "classification"),
    "onset_on": ("发病日期", "date_of_onset"),
    "infected_on": ("感染日期", "date_of_infection"),
    "reported_on": ("报告日期", "date_of_report"),
    "county": ("区县", "county"),
    "town": ("乡镇", "town"),
    "address": ("现住址", "address"),
    "hospitalised_on": ("入院日期", "date_of_hospitalisation"),
    "hospital": ("医院", "hospital"),
    "outcome": ("转归", "outcome"),
    "outcome_on": ("转归日期", "date_of_outcome"),
    "infectors": ("传染源编号", "infector"),
}
"""Every column is one that the reader of line lists knows again."""

GODATA = (
    "uuid", "case_id", "disease", "firstName", "lastName", "gender", "dob", "age", "classification", "date_of_onset",
    "date_of_infection", "date_of_reporting", "admin_2_name", "admin_3_name", "address", "hospitalization_startdate",
    "hospitalization_centername", "outcome_id", "date_of_outcome",
)  # fmt: skip
RELATIONSHIPS = ("uuid", "source_uuid", "target_uuid", "context_of_exposure", "certainty_level", "comment")
LEVELS = {"1": "1 - Low", "2": "2 - Moderate", "3": "3 - High"}
_APART = re.compile(r"[\s,，;；、/]")


@dataclass(frozen=True)
class Source:
    """Somebody said to have infected a case: a key, and the number where the lists do not hold them."""

    infector: str
    number: str = ""
    setting: str = ""
    certainty: float | None = None


@dataclass(frozen=True)
class CaseOut:
    """A case as it leaves. Texts are empty and days None where nothing is known; `disease` is a code, never empty."""

    key: str
    number: str
    area: str
    found_on: date
    kind: str
    disease: str = COVID
    name: str = ""
    sex: str = ""
    born_on: date | None = None
    age: float | None = None
    onset_on: date | None = None
    infected_on: date | None = None
    town: str = ""
    address: str = ""
    admitted_on: date | None = None
    hospital: str = ""
    outcome: str = ""
    outcome_on: date | None = None
    sources: tuple[Source, ...] = ()


def ids_of(cases: Sequence[CaseOut]) -> dict[str, str]:
    """What each case is called in the file: its number in its list where that is clear, else its key."""
    times = Counter(case.number for case in cases)
    return {
        case.key: case.number
        if case.number and times[case.number] == 1 and not _APART.search(case.number)
        else case.key
        for case in cases
    }


def lines(cases: Sequence[CaseOut]) -> Iterator[list[str]]:
    """The cells of every case, in the order of the headings."""
    ids = ids_of(cases)
    for case in cases:
        values = {
            "key": case.key, "source_id": ids[case.key], "disease": case.disease, "name": case.name, "sex": case.sex,
            "born_on": _day(case.born_on), "age": _number(case.age), "classification": case.kind,
            "onset_on": _day(case.onset_on), "infected_on": _day(case.infected_on), "reported_on": _day(case.found_on),
            "county": case.area, "town": case.town, "address": case.address, "hospitalised_on": _day(case.admitted_on),
            "hospital": case.hospital, "outcome": case.outcome, "outcome_on": _day(case.outcome_on),
            "infectors": ";".join(_infectors(case, ids)),
        }  # fmt: skip
        yield [values[field] for field in HEADINGS]


def godata_cases(cases: Sequence[CaseOut]) -> Iterator[list[str]]:
    """Lines of Go.Data's file of cases."""
    for case in cases:
        yield [
            case.key, case.number, case.disease, case.name, "", case.sex.upper(), _day(case.born_on), _number(case.age),
            case.kind.upper(), _day(case.onset_on), _day(case.infected_on), _day(case.found_on), case.area, case.town,
            case.address, _day(case.admitted_on), case.hospital, case.outcome.upper(), _day(case.outcome_on),
        ]  # fmt: skip


def godata_relationships(cases: Sequence[CaseOut]) -> Iterator[list[str]]:
    """Lines of Go.Data's file of relationships: one for each source of infection."""
    level_of = {round(share, 3): LEVELS[level] for level, share in CERTAINTY.items()}
    for case in cases:
        for source in case.sources:
            level = level_of.get(round(source.certainty, 3), "") if source.certainty is not None else ""
            comment = "" if level or source.certainty is None else f"certainty {source.certainty}"
            yield [f"{source.infector}>{case.key}", source.infector, case.key, source.setting, level, comment]


def _infectors(case: CaseOut, ids: Mapping[str, str]) -> Iterator[str]:
    for source in case.sources:
        number = source.number if not _APART.search(source.number) else ""
        yield ids.get(source.infector) or number or source.infector


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
