"""What a line of a line list says, as the report that is to be in the books, and how it differs from the one that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yanmen.base.clock import at, local_date
from yanmen.base.diseases import COVID
from yanmen.base.refusals import Refusal
from yanmen.registry.area_cells import AreaCells
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.actions.common import said
from yanmen.subsystems.cases.methods.derived_ids import derived_id
from yanmen.subsystems.cases.methods.line_list_diseases import disease_of
from yanmen.subsystems.cases.methods.line_list_keys import is_key, key_in_source
from yanmen.subsystems.cases.methods.line_list_rows import LineListCase
from yanmen.subsystems.cases.queries.line_lists import Report

KIND_OF = {"confirmed": "confirmed", "asymptomatic": "asymptomatic", "suspected": "suspected", "probable": "suspected"}


@dataclass(frozen=True)
class Reading:
    """What the sender says of lines that do not say it themselves.

    `kind`: of cases that are not classified. `disease`: its code, where the list names none. `source`: whose list it is; the same
    number in lists of one source is the same case.
    """

    kind: str = ""
    disease: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a line corrects."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Wanted:
    """The report of a line. `keys`: the case it may be, the best first; a new case gets the first."""

    case: LineListCase
    keys: tuple[str, ...]
    area: str
    day: date
    detail: Mapping[str, Any]

    @property
    def names_area(self) -> bool:
        """Whether the line itself says where."""
        return bool(place_of(self.case))

    def occurred_at(self, now: datetime) -> datetime:
        """Noon of the day, or now on the day itself."""
        return min(at(self.day, 12), now)


def wanted(case: LineListCase, areas: AreaCells, reading: Reading, digest: str, scope: Scope) -> Wanted:
    """The report of a line; a refusal where it can be none."""
    disease, kind = _disease(case, reading), _kind(case, reading)
    day = case.confirmed_on or case.reported_on or case.hospitalised_on or case.onset_on
    if day is None:
        raise Refusal(
            "没有确诊、报告、入院或发病日期。请补上其一。",
            "There is no day of confirmation, report, admission or onset. Add one of them.",
            field="reported_on",
        )
    area = areas.code(place_of(case)) if place_of(case) else scope.area
    numbered = case.source_id != f"L{case.line}"
    number = case.source_id if numbered else f"{digest}:{case.line}"
    by_content = str(derived_id(at(day, 12), "line_list", area, number, case.name, case.sex, case.onset_on))
    by_source = [str(key_in_source(reading.source, number))] if reading.source and numbered else []
    own = [text.casefold() for text in (case.key, case.source_id) if is_key(text)]
    detail = said({
        "disease": "" if disease == COVID else disease,
        "kind": kind,
        "onset_on": case.onset_on and case.onset_on.isoformat(),
        "infected_on": case.infected_on and case.infected_on.isoformat(),
        "sex": "" if case.name else case.sex,
        "age": None if case.born_on else _age(case),
        "town": case.town,
        "number_in_list": case.source_id if numbered else "",
        "list_source": reading.source,
    })  # fmt: skip
    return Wanted(case, (*by_source, by_content, *own), area, day, detail)


def changes(there: Report, line: Wanted) -> list[Change]:
    """What the line says otherwise than the books; nothing is taken from what it leaves out. Refuses what a list may not decide."""
    case, found = line.case, []
    _refuse_other(there, line)
    for field in ("kind", "onset_on", "infected_on", "sex", "age", "town", "list_source"):
        new, old = line.detail.get(field), there.detail.get(field)
        if new is not None and new != old and not (field == "sex" and there.person):
            found.append(Change(field, _text(old), _text(new)))
    old_day = local_date(there.occurred_at)
    told = case.confirmed_on or case.reported_on
    if told is None and there.detail.get("onset_on") == old_day.isoformat():
        told = line.day
    if told and told != old_day:
        found.append(Change("reported_on", old_day.isoformat(), told.isoformat()))
    if line.names_area and line.area != there.area and line.area.startswith(there.area):
        found.append(Change("area", there.area, line.area))
    if there.person and not there.has_document:
        for field, old, new in (("sex", there.sex, case.sex), ("born_on", _text(there.born_on), _text(case.born_on))):
            if new and new != old:
                found.append(Change(f"person.{field}", old, new))
    if case.name and there.person is None:
        found.append(Change("name", "", case.name))
    return found


def place_of(case: LineListCase) -> str:
    """The cell that names the area of a line: a code, or city and county."""
    return case.county if case.county.isdigit() else case.city + case.county


def _refuse_other(there: Report, line: Wanted) -> None:
    """One number cannot stand for two people, two counties or two diseases."""
    case = line.case
    if there.name and case.name and " ".join(case.name.split()) != there.name:
        raise Refusal(
            "该病例登记的姓名与本行不同。请核对编号；姓名有误时在人员页更正。",
            "This case is registered under another name. Check the number; correct a wrong name on the person's page.",
            field="name", value=case.name,
        )  # fmt: skip
    if (old := there.detail.get("disease") or COVID) != (new := line.detail.get("disease") or COVID):
        raise Refusal(
            f"该病例登记的病种是 {old}。病种有误时请在病例页撤回原报告后再导入。",
            f"This case is registered with {old}. If that is wrong, withdraw the report on its page and import again.",
            field="disease", value=str(new),
        )  # fmt: skip
    if line.names_area and not (there.area.startswith(line.area) or line.area.startswith(there.area)):
        raise Refusal(
            f"该病例登记在 {there.area}，本行写的是 {line.area}：一个病例不能在两个县（区）。移交请在病例页办理。",
            f"This case is registered in {there.area} and the line says {line.area}: one case cannot be in two counties. "
            "Hand it over on its page.",
            field="county", value=case.county or case.city,
        )  # fmt: skip


def _disease(case: LineListCase, reading: Reading) -> str:
    told = case.disease.strip()
    found = disease_of(told) if told else ""
    if not (found or reading.disease):
        raise Refusal(
            "不知道是哪种病。请在清单中写明病种，或导入时指定（--disease，如 covid19、ebola）。",
            "Which disease this is nobody says. Name it in the list, or say it when importing (--disease, such as covid19, ebola).",
            field="disease",
            value=told,
        )
    return found or reading.disease


def _kind(case: LineListCase, reading: Reading) -> str:
    kind = KIND_OF.get(case.classification or reading.kind)
    if kind is None:
        raise Refusal(
            "已排除或没有分类的记录不作为病例。未分类的可指定类型（--kind）。",
            "A line that is discarded or not classified is no case. Say a kind for those not classified (--kind).",
            field="classification",
            value=case.classification,
        )
    return kind


def _age(case: LineListCase) -> float | int | None:
    """Age in years; months and days as parts of one."""
    if case.age is None:
        return None
    years = case.age / {"years": 1, "months": 12, "days": 365.25}[case.age_unit or "years"]
    return int(years) if years == int(years) else round(years, 2)


def _text(value: object) -> str:
    return "" if value is None else str(value)
