"""Taking in a line list: each of its cases becomes a fact once, and every line has a receipt.

COVID-19 only: the rules and screens of cases read every report as one of COVID-19.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.clock import at
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import importing
from yanmen.registry.area_cells import AreaCells
from yanmen.registry.details import Details
from yanmen.registry.importing import CREATED, MATCHED, Context, Importer, Line, Outcome, Receipt
from yanmen.registry.people import register_people
from yanmen.registry.scope import Scope
from yanmen.registry.tables import Table
from yanmen.subsystems.cases import kinds
from yanmen.subsystems.cases.actions.common import said
from yanmen.subsystems.cases.methods.derived_ids import derived_id
from yanmen.subsystems.cases.methods.line_list_rows import LineListCase
from yanmen.subsystems.cases.methods.line_lists import LineList
from yanmen.subsystems.cases.methods.words import KINDS

COVID = frozenset(("covid19", "covid-19", "covid_19", "coronavirus", "corona_virus", "新冠", "新冠肺炎", "新型冠状病毒感染", "新型冠状病毒肺炎"))  # fmt: skip
KIND_OF = {"confirmed": "confirmed", "asymptomatic": "asymptomatic", "suspected": "suspected", "probable": "suspected"}
STORED = frozenset(
    ("source_id", "name", "first_name", "last_name", "sex", "born_on", "birth_day", "birth_month", "birth_year", "onset_on",
     "reported_on", "confirmed_on", "classification", "disease", "city", "county", "town", "address")
)  # fmt: skip
"""Fields that facts and the register keep. The receipt names the columns of all others."""


@dataclass(frozen=True)
class Reading:
    """What the sender says of lines that do not say it themselves: the kind of case, and that the list is of COVID-19."""

    kind: str = ""
    covid: bool = False


@transaction.atomic
def store_line_list(*, scope: Scope, found: LineList, reading: Reading, by: str, now: datetime) -> Receipt:
    """Store the cases of a list that was read. The same file, said to mean the same, again returns its first receipt.

    A line with a name registers a person (without a document); one without becomes a case without a person, as those of
    daily reports do. `by` registers the people; the facts are signed with the import, which its sender signs. The area is the county the line names, else the one the sender acts for.
    """
    if reading.kind and reading.kind not in KINDS:
        raise Refusal(
            f"病例类型只能是：{'、'.join(KINDS)}。", f"The kind is one of {', '.join(KINDS)}.", field="kind", value=reading.kind
        )  # fmt: skip
    importer = Importer(
        "line_list", "病例清单", "Line list", columns=(), apply_rows=partial(_apply, reading, found.digest, by)
    )
    return importing.apply(importer, _sheet(found, reading), scope=scope, now=now)


def _sheet(found: LineList, reading: Reading) -> importing.Sheet:
    lines = {case.line: Line(case.line, {"case": case}) for case in found.cases}
    for fault in found.faults:
        if fault.line not in lines:
            refusal = Refusal(
                fault.zh + fault.remedy_zh, f"{fault.en} {fault.remedy_en}", field=fault.column, value=fault.value
            )
            lines[fault.line] = Line(fault.line, {}, refusal)
    known = tuple(heading for field, heading in found.columns.items() if field in STORED)
    lost = tuple(heading for field, heading in found.columns.items() if field not in STORED)
    meant = f"{found.digest} {reading} {sorted(found.orders.items())}"
    table = Table(hashlib.sha256(meant.encode()).hexdigest(), found.name, known + lost + found.extra_columns, (), {})
    return importing.Sheet(table, known, lost + found.extra_columns, tuple(lines[line] for line in sorted(lines)))


def _apply(
    reading: Reading, digest: str, by: str, rows: Sequence[Mapping[str, Any]], context: Context
) -> list[Outcome | Refusal]:
    cases: list[LineListCase] = [row["case"] for row in rows]
    areas = AreaCells.load([_place(case) for case in cases], context.scope)
    answers: list[Outcome | Refusal] = []
    fresh: dict[int, dict[str, Any]] = {}
    for place, case in enumerate(cases):
        try:
            row = _row(case, areas, reading, digest, context)
            answers.append(Outcome(CREATED, str(row["id"])))
            fresh[place] = row
        except Refusal as refusal:
            answers.append(refusal)
    there = _recorded([row["id"] for row in fresh.values()])
    for place in [place for place, row in fresh.items() if row["id"] in there]:
        answers[place] = Outcome(MATCHED, str(fresh.pop(place)["id"]))
    for place, fault in _register(cases, fresh, by, context.now).items():
        answers[place] = fault
        del fresh[place]
    facts.record_many(kinds.REPORTED.name, list(fresh.values()), by=context.by, now=context.now)
    return answers


def _row(case: LineListCase, areas: AreaCells, reading: Reading, digest: str, context: Context) -> dict[str, Any]:
    """The fact of a line. Its id follows from what the line says, so that another file with the same line adds nothing."""
    kind = _kind(case, reading)
    day = case.confirmed_on or case.reported_on or case.hospitalised_on or case.onset_on
    if day is None:
        raise Refusal(
            "没有确诊、报告、入院或发病日期。请补上其一。",
            "There is no day of confirmation, report, admission or onset. Add one of them.",
            field="reported_on",
        )
    area = areas.code(_place(case)) if _place(case) else context.scope.area
    number = case.source_id if case.source_id != f"L{case.line}" else f"{digest}:{case.line}"
    key = derived_id(at(day, 12), "line_list", area, number, case.name, case.sex, case.onset_on)
    detail = {
        "case": str(key),
        "kind": kind,
        "setting": "unknown",
        "onset_on": case.onset_on and case.onset_on.isoformat(),
        "town": case.town,
        "number_in_list": case.source_id,
    }
    return {"id": key, "area": area, "occurred_at": min(at(day, 12), context.now), "detail": said(detail)}


def _kind(case: LineListCase, reading: Reading) -> str:
    disease = case.disease.strip().casefold()
    if disease not in COVID and (disease or not reading.covid):
        raise Refusal(
            "目前只收新冠病例。清单没有病种列时，请加 --disease covid19。",
            "Only cases of COVID-19 are stored. Where the list has no column of disease, add --disease covid19.",
            field="disease",
            value=case.disease,
        )
    kind = KIND_OF.get(case.classification or reading.kind)
    if kind is None:
        raise Refusal(
            "已排除或没有分类的记录不作为病例。未分类的可用 --kind 指定。",
            "A line that is discarded or not classified is no case. Say --kind for those not classified.",
            field="classification",
            value=case.classification,
        )
    return kind


def _place(case: LineListCase) -> str:
    if case.county.isdigit():
        return case.county
    return case.city + case.county


def _recorded(ids: Sequence[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM loop_fact WHERE id = ANY(%s)", [list(ids)])
        return {row[0] for row in cursor.fetchall()}


def _register(
    cases: Sequence[LineListCase], fresh: Mapping[int, dict[str, Any]], by: str, now: datetime
) -> dict[int, Refusal]:
    """Register who has a name, and put the person into the line's fact. Answers with those the register refuses."""
    named = {place: row for place, row in fresh.items() if cases[place].name}
    details = [
        Details(
            name=cases[place].name, area=row["area"], sex=cases[place].sex, born_on=cases[place].born_on,
            address=cases[place].address,
        )
        for place, row in named.items()
    ]  # fmt: skip
    refused = {}
    for (place, row), answer in zip(named.items(), register_people(details, by=by, now=now), strict=True):
        if isinstance(answer, Refusal):
            refused[place] = answer
        else:
            row["person"] = answer.person
    return refused
