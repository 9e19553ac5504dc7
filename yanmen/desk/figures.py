"""Indicators as pages, files and the API give them: asked of `yanmen.numbers`, titled, and logged where they leave the house."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime

from yanmen.base.clock import BEIJING, local_date
from yanmen.base.refusals import Refusal
from yanmen.desk.kinds import COMMAND, INSPECTOR, POLICY_AUTHOR
from yanmen.desk.policy_book import rule_or_none
from yanmen.desk.templatetags.desk import area_name, say
from yanmen.desk.words import word
from yanmen.loop.catalogue import catalogue
from yanmen.numbers import indicators
from yanmen.numbers.indicators import UNITS, Told, Value
from yanmen.numbers.indicators.words import Indicator, Ratio
from yanmen.registry.access import log_access
from yanmen.registry.export import export
from yanmen.registry.importing import Column, Importer
from yanmen.registry.scope import Scope
from yanmen.registry.tables import STAMP

ROLES = (COMMAND, INSPECTOR, POLICY_AUTHOR, "cases.epidemiologist")
GROUPS = {
    "cases": {"zh": "感染者", "en": "Infections"},
    "measures": {"zh": "管控", "en": "Restrictions"},
    "testing": {"zh": "检测", "en": "Testing"},
    "rooms": {"zh": "隔离房间", "en": "Rooms"},
    "tasks": {"zh": "任务", "en": "Tasks"},
}
FORMS = ("csv", "xlsx", "parquet")
SHOWN_DAYS = 30


@dataclass(frozen=True)
class Asked:
    """What a page or a caller asks: an area, days, and as known when (None: as known at the last copy)."""

    area: str
    first: date
    last: date
    known_at: datetime | None

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def asked(request: HttpRequest, scope: Scope) -> Asked:
    """The question in the address of a page."""
    given = request.GET
    return question(
        scope, area=given.get("area", ""), first=_day(given.get("from", "")), last=_day(given.get("to", "")),
        known_at=_moment(given.get("known_at", "")), now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip


def question(
    scope: Scope, *, area: str, first: date | None, last: date | None, known_at: datetime | None, now: datetime
) -> Asked:
    """A question held within the asker's area; the last thirty days that the copy knows, unless other days are asked for."""
    scope.require(area or scope.area)
    known_at = known_at.replace(tzinfo=BEIJING) if known_at and not known_at.tzinfo else known_at
    newest = min(filter(None, [known_at, indicators.read_at()]), default=now)
    last = last or local_date(newest)
    return Asked(area or scope.area, first or last - timedelta(days=SHOWN_DAYS - 1), last, known_at)


def overview(scope: Scope, question: Asked) -> Iterator[tuple[Mapping[str, str], list[dict[str, Any]]]]:
    """Every indicator by group with its value on the last day."""
    for name, title in GROUPS.items():
        rows = [
            {"one": one, "value": _on_last_day(scope, one, question), "unit": unit(one)}
            for one in indicators.INDICATORS.values()
            if one.group == name
        ]
        yield title, rows


def unit(one: Indicator | Ratio) -> dict[str, str]:
    """The unit's two titles."""
    zh, en = UNITS[one.unit]
    return {"zh": zh, "en": en}


def by_day(scope: Scope, name: str, question: Asked) -> Told:
    """Every day of the question."""
    return indicators.series(
        scope, name, first=question.first, last=question.last, area=question.area, known_at=question.known_at
    )


def by_area(scope: Scope, name: str, question: Asked) -> Told:
    """Every area one level below: over all days where they may be added, on the last one otherwise."""
    days = question.days if indicators.addable(indicators.named(name)) else 1
    return indicators.table(scope, name, as_of=question.last, area=question.area, known_at=question.known_at, days=days)


def part_title(one: Indicator | Ratio, part: str) -> dict[str, str]:
    """What a part is called."""
    if one.parts == "rule":
        rule = rule_or_none(part)
        return {"zh": rule.zh, "en": rule.en} if rule else {"zh": part, "en": part}
    if one.parts == "task" and (kind := catalogue.tasks.get(part)):
        return {"zh": kind.zh, "en": kind.en}
    if one.parts == "place":
        return dict(word(part or "no_place"))
    return dict(word(f"case.{part}" if one.parts == "case" else part))


def chart(told: Told, *, most: int = 6) -> dict[str, Any]:
    """Bars by day, in parts where they add up; a line for what is divided or has a middle."""
    line = isinstance(told.indicator, Ratio) or told.indicator.counted == "median"
    sums: dict[str, float] = {}
    for row in told.rows:
        for part, value in row.parts.items():
            sums[part] = sums.get(part, 0) + value
    parts = [] if line else sorted(sums, key=lambda part: -sums[part])[:most]
    series = [
        {"name": say(part_title(told.indicator, part)), "values": [row.parts.get(part, 0) for row in told.rows]}
        for part in parts
    ]
    whole = {"name": say(told.indicator), "values": [_short(row.value) for row in told.rows], "line": line}
    return {"days": [f"{row.day:%m-%d}" for row in told.rows], "series": series or [whole]}


def plain(row: Value) -> dict[str, Any]:
    """A value as the API tells it."""
    return {"area": row.area, "day": row.day.isoformat(), "value": row.value, "parts": dict(row.parts)}


def file(scope: Scope, name: str, question: Asked, *, form: str, language: str, now: datetime) -> bytes:
    """Values by area and day as a file: marked with who took it, and logged."""
    if form not in FORMS:
        raise Refusal(
            "只有 csv、xlsx 和 parquet 三种格式。", "There are csv, xlsx and parquet.", field="form", value=form
        )
    one = indicators.named(name)
    rows = list(_rows(scope, name, question))
    if form == "parquet":
        return _parquet(scope, one, question, rows, now)
    columns = tuple(Column(key, zh, en) for key, zh, en in _COLUMNS)
    made = Importer(kind=f"numbers-{name}", zh=one.zh, en=one.en, columns=columns)
    told = [[row[key] if isinstance(row[key], str) else _text(row[key]) for key, *_ in _COLUMNS] for row in rows]
    return export(made, told, scope=scope, now=now, form=form, language=language)


def _rows(scope: Scope, name: str, question: Asked) -> Iterator[dict[str, Any]]:
    """The area itself, then those one level below, day by day; the whole, then its parts."""
    for area in [question.area, *_below(scope, name, question)]:
        told = indicators.series(
            scope, name, first=question.first, last=question.last, area=area, known_at=question.known_at
        )
        known_at = told.known_at.isoformat() if told.known_at else ""
        for row in told.rows:
            about = {"indicator": name, "area": area, "area_name": area_name(area), "day": row.day.isoformat()}
            values = [("", row.value), *sorted(row.parts.items())]
            for part, value in values:
                if value is not None:
                    yield about | {"part": part, "value": float(value), "known_at": known_at}


def _below(scope: Scope, name: str, question: Asked) -> Sequence[str]:
    found = by_area(scope, name, question).rows if len(question.area) < 6 else []
    return [row.area for row in found]


def _parquet(scope: Scope, one: Indicator | Ratio, question: Asked, rows: list[dict[str, Any]], now: datetime) -> bytes:
    log_access(scope, f"export numbers-{one.id}", count=len(rows), now=now)
    stamp = f"{STAMP} kind=numbers-{one.id} rows={len(rows)} by={scope.by} area={scope.area} at={now.isoformat()}"
    shape = pa.schema([(key, pa.float64() if key == "value" else pa.string()) for key, *_ in _COLUMNS])
    table = pa.Table.from_pylist(rows, shape).replace_schema_metadata({"yanmen.stamp": stamp, "yanmen.unit": one.unit})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


_COLUMNS = (
    ("indicator", "指标", "indicator"),
    ("area", "地区代码", "area"),
    ("area_name", "地区", "area name"),
    ("day", "日期", "day"),
    ("part", "其中", "of which"),
    ("value", "数值", "value"),
    ("known_at", "截至何时所知", "as known at"),
)


def _on_last_day(scope: Scope, one: Indicator | Ratio, question: Asked) -> float | None:
    told = indicators.figure(scope, one.id, area=question.area, as_of=question.last, known_at=question.known_at)
    return _short(told.one.value)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _text(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """A moment as a form or a caller gives it; without a zone it is local time."""
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Refusal(
            "请按“2022-10-09T20:00”的格式填写时点。",
            "Write the moment like 2022-10-09T20:00.",
            field="known_at",
            value=text,
        )
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)
