"""Reading the parts of a dated value: spans, sources, stages, tasks, bounds, exemptions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from yanmen.loop.policy.documents import PolicyFault, Table
from yanmen.loop.policy.words import Days, Hours, Source

GRADES = ("A", "B", "C", "DERIVED", "KNOWN-H", "KNOWN-M", "KNOWN-L")
RESERVED = (
    "source",
    "grades",
    "sources",
    "stages",
    "tasks",
    "marks",
    "bounds",
    "exemption",
    "decides",
    "until",
    "note",
    "emergency",
)
SPAN = re.compile(r"^(\d+) (day|days|hour|hours)$")


@dataclass(frozen=True)
class Dated:
    """What one file says from one day: raw parts, before levels are merged."""

    pack: str
    rule: str
    area: str
    valid_from: dt.date
    until: dt.date | None
    off: bool
    parts: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    grades: Mapping[str, str] = field(default_factory=dict)
    marked: bool = False
    exemption: Mapping[str, Any] | None = None
    where: str = ""
    emergency: Mapping[str, Any] = field(default_factory=dict)
    emergency_source: Source | None = None

    def in_emergency(self) -> Dated:
        """The same, with what it says of an area in emergency mode laid over it."""
        own = {name: self.emergency_source for name in self.emergency if self.emergency_source}
        return replace(self, parts={**self.parts, **self.emergency}, sources={**self.sources, **own})


def bilingual(table: Table, key: str) -> tuple[str, str]:
    """A title in both languages."""
    value = table.need(key, Table, "{zh: 密切接触者, en: Close contact}")
    value.only(("zh", "en"), key)
    return (
        value.need("zh", str, "密切接触者").strip(),
        value.need("en", str, "Close contact").strip(),
    )


def read_source(table: Table) -> Source:
    """A source: title in both languages, grade, and where in it."""
    table.only(("title", "grade", "clause", "ids", "doc_no"), "source")
    zh, en = bilingual(table, "title")
    grade = table.need("grade", str, "A")
    if grade not in GRADES:
        raise table.fault(f"grade: {grade} is none of {', '.join(GRADES)}", "grade")
    return Source(
        zh=zh,
        en=en,
        grade=grade,
        clause=str(table.get("clause", "")),
        ids=tuple(str(item) for item in table.get("ids", [])),
        doc_no=str(table.get("doc_no", "")),
    )


def read_value(value: Any) -> Any:
    """`7 days` and `48 hours` become spans; lists are read item by item."""
    if isinstance(value, list):
        return [read_value(item) for item in value]
    if isinstance(value, str) and (found := SPAN.match(value.strip())):
        return (Days if found[2].startswith("day") else Hours)(int(found[1]))
    return value


def read_dated(body: Any, when: dt.date, file: Table, *, pack: str, rule: str, area: str) -> Dated:
    """One entry under `values:`; `off` ends the rule on that day."""
    where = file.where(when)
    if body == "off":
        return Dated(pack, rule, area, when, None, True, where=where)
    if not isinstance(body, Table):
        raise file.fault("write a table of values, or the word off", when)
    until = body.get("until")
    if until is not None and (not isinstance(until, dt.date) or until < when):
        raise body.fault(f"until: {until} must be the last day it holds, not before {when}", "until")
    off = body.get("off") is True
    own = read_source(body.need("source", Table, "{title: {zh: …, en: …}, grade: A}"))
    names = {key: read_value(body[key]) for key in body if key not in RESERVED and key != "off"}
    _only_flat(names, body)
    parts = names | {key: body[key] for key in ("stages", "tasks", "marks", "bounds") if key in body}
    grades, sources = _grades(body, own, [key for key in parts if key != "bounds"])
    emergency, emergency_source = _emergency(body, names)
    return Dated(
        emergency=emergency,
        emergency_source=emergency_source,
        pack=pack,
        rule=rule,
        area=area,
        valid_from=when,
        until=until,
        off=off,
        parts=parts,
        source=own,
        sources=sources,
        grades=grades,
        marked=_marked(body),
        exemption=_exemption(body),
        where=where,
    )


def _emergency(body: Table, names: Mapping[str, Any]) -> tuple[dict[str, Any], Source | None]:
    """What holds instead where an area is in emergency mode: only values that stand above, with a source of their own."""
    table = body.get("emergency")
    if table is None:
        return {}, None
    if not isinstance(table, Table):
        raise body.fault("emergency: write a table of values, such as {source: {…}, most_questions: 6}", "emergency")
    source = read_source(table.need("source", Table, "{title: {zh: …, en: …}, grade: A}"))
    found = {key: read_value(table[key]) for key in table if key != "source"}
    _only_flat(found, table)
    for name in found:
        if name not in names:
            raise table.fault(f"{name}: has no value in peace. Say above what holds then.", name)
    return found, source


def _only_flat(names: Mapping[str, Any], body: Table) -> None:
    for name, value in names.items():
        if isinstance(value, Mapping):
            raise body.fault(
                f"{name}: a value is a number, text, date, span or list. Only {', '.join(RESERVED)} are tables.",
                name,
            )


def _grades(body: Table, own: Source, names: list[str]) -> tuple[dict[str, str], dict[str, Source]]:
    """The grade and source of each value: the entry's own unless stated for that value."""
    sources = dict.fromkeys(names, own)
    known = [*names, "tests"] if "stages" in names else names
    for name, table in body.get("sources", Table()).items():
        sources[_graded(name, body, "sources", known)] = read_source(table)
    grades = {name: source.grade for name, source in sources.items()}
    stated = dict(body.get("grades", Table()))
    for row in body.get("tasks", []):
        if "grade" in row:
            grades[f"tasks.{row.get('kind')}"] = row["grade"]
    for name, grade in stated.items():
        grades[_graded(name, body, "grades", known)] = grade
    for name, grade in grades.items():
        if grade not in GRADES:
            raise body.fault(f"grades: {name}: {grade} is none of {', '.join(GRADES)}", "grades")
    return grades, sources


def _graded(name: str, body: Table, key: str, names: list[str]) -> str:
    if name not in names:
        raise body.fault(f"{key}: {name} is no value here. There is: {', '.join(names)}", key)
    return name


def _marked(body: Table) -> bool:
    decides = body.get("decides")
    if decides not in (None, "marked"):
        raise body.fault("decides: can only say  decides: marked", "decides")
    return decides == "marked"


def _exemption(body: Table) -> Mapping[str, Any] | None:
    table = body.get("exemption")
    if table is None:
        return None
    if not isinstance(table, Table):
        raise body.fault("exemption: needs name, document and until", "exemption")
    table.only(("name", "document", "until"), "exemption")
    zh, en = bilingual(table, "name")
    document = table.need("document", str, "晋疫控办发〔2022〕1号")
    until = table.need("until", dt.date, "2022-11-10")
    return {"zh": zh, "en": en, "document": document, "until": until}


__all__ = ["Dated", "PolicyFault", "bilingual", "read_dated", "read_source", "read_value"]
