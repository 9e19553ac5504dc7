"""Levels laid over each other: from dated parts of nation, province and city to whole editions.

For every rule and area the time line is cut wherever any level begins or ends. Where the area's
own level says something, the values above it are overlaid by key with its own; where it says
nothing, the edition of the level above holds and no edition is made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from yanmen.base.conditions import nearest
from yanmen.loop.policy.documents import PolicyFault, Table
from yanmen.loop.policy.parts import Dated
from yanmen.loop.policy.words import Edition, NamedEdition, Source, Stage, TaskClock, Word

STRUCTURE = ("stages", "tasks", "marks", "bounds")
NO_SOURCE = Source(zh="", en="", grade="A")
Words = Mapping[str, Mapping[str, Word]]


def merge_rule(levels: Mapping[str, Sequence[Dated]], words: Words, named: Sequence[NamedEdition]) -> list[Edition]:
    """Every edition of one rule; `levels` maps area → dated parts, the rule's own area first."""
    own = next(iter(levels))
    editions: list[Edition] = []
    for area in sorted(levels, key=lambda code: (len(code), code)):
        chain = [levels[a] for a in sorted(levels, key=len) if area.startswith(a)]
        if area != own and levels[area][0].valid_from < levels[own][0].valid_from:
            raise PolicyFault(
                f"{levels[area][0].where}: begins before the rule it overlays says anything"
                f" ({levels[own][0].valid_from}). Begin then, or later."
            )
        editions += _of_area(area, chain, words, named)
    return editions


def _of_area(area: str, chain: Sequence[Sequence[Dated]], words: Words, named: Sequence[NamedEdition]) -> list[Edition]:
    cuts = sorted({day for level in chain for dated in level for day in _cuts(dated)})
    editions = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        layers = [_holding(level, start) for level in chain]
        if layers[-1] is None or layers[0] is None:
            continue
        if layers[0].off and len(chain) > 1:
            continue
        held = [layer for layer in layers if layer is not None]
        editions.append(_edition(area, held, start, end, words, named))
    return editions


def _cuts(dated: Dated) -> list[dt.date]:
    return [dated.valid_from] + ([dated.until + dt.timedelta(1)] if dated.until else [])


def _holding(level: Sequence[Dated], day: dt.date) -> Dated | None:
    begun = [dated for dated in level if dated.valid_from <= day]
    last = max(begun, key=lambda dated: dated.valid_from, default=None)
    return last if last and (last.until is None or day <= last.until) else None


def _edition(
    area: str,
    held: Sequence[Dated],
    start: dt.date,
    end: dt.date | None,
    words: Words,
    named: Sequence[NamedEdition],
) -> Edition:
    parts: dict[str, Any] = {}
    grades: dict[str, str] = {}
    sources: dict[str, Source] = {}
    for layer in held:
        if "stages" in layer.parts:
            grades.pop("tests", None)
            sources.pop("tests", None)
        if "tasks" in layer.parts:
            grades = {name: grade for name, grade in grades.items() if not name.startswith("tasks.")}
        parts |= layer.parts
        grades |= layer.grades
        sources |= layer.sources
    last, off = held[-1], any(layer.off for layer in held)
    stages, tests = read_stages(parts.get("stages", []), parts.get("marks"), words, last.where)
    return Edition(
        pack=last.pack,
        rule=last.rule,
        area=area,
        valid_from=start,
        valid_to=end,
        values={} if off else {k: v for k, v in parts.items() if k not in STRUCTURE},
        stages=() if off else stages,
        tests=() if off else tests,
        tasks=() if off else read_tasks(parts.get("tasks", []), last.where),
        source=last.source or next((n.source for n in named if _covers(n, start)), NO_SOURCE),
        sources=sources,
        grades={} if off else grades,
        off=off,
        marked=any(layer.marked for layer in held),
        bounds=held[-1].parts.get("bounds", parts.get("bounds", {})),
        exemptions=tuple(layer.exemption for layer in held if layer.exemption),
        edition=next((n.id for n in named if _covers(n, start)), ""),
        where=last.where,
    )


def _covers(named: NamedEdition, day: dt.date) -> bool:
    return named.valid_from <= day and (named.valid_to is None or day < named.valid_to)


def read_stages(rows: Any, marks: Any, words: Words, where: str) -> tuple[tuple[Stage, ...], tuple[int, ...]]:
    """Stages one after the other, and the test days of all of them counted from day 0."""
    if not isinstance(rows, list):
        raise PolicyFault(f"{where}: stages: write a list such as [{{place: home_isolation, days: 7}}]")
    stages: list[Stage] = []
    tests: list[int] = []
    begin, before = 0, 0
    for row in rows:
        if stages and stages[-1].to_day is None:
            raise row.fault("no stage can follow one without an end")
        row.only(("place", "days", "tests", *words.get("marks", {})), "stage")
        place = row.need("place", str, "home_isolation")
        if place not in words.get("places", {}):
            raise row.fault(f"place: {place} is no place.{nearest(place, words.get('places', {}))}", "place")
        days = _days(row)
        tests += [before + day for day in _tests(row, days)]
        stages.append(Stage(place, begin, None if days is None else before + days, _marks(row, marks, words)))
        if days is not None:
            before += days
            begin = before + 1
    return tuple(stages), tuple(sorted(set(tests)))


def _days(row: Table) -> int | None:
    if "days" not in row:
        raise row.fault("days: is missing. Write a number of days, or null while the reason lasts")
    days = row["days"]
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or days < 0):
        raise row.fault(f"days: {days} is no number of days", "days")
    return days


def _tests(row: Table, days: int | None) -> list[int]:
    tests = row.get("tests") or []
    for day in tests:
        if not isinstance(day, int) or day < 0 or (days is not None and day > days):
            raise row.fault(f"tests: day {day} does not lie within the stage of {days} days", "tests")
    return list(tests)


def _marks(row: Table, extra: Any, words: Words) -> dict[str, Any]:
    """The marks a stage states, and those that `marks:` lays over all stages or by place."""
    marks = {key: row[key] for key in row if key not in ("place", "days", "tests")}
    for name, value in (extra or {}).items():
        value = value.get(row["place"]) if isinstance(value, Mapping) else value
        if value is not None:
            marks[name] = value
    for name, value in marks.items():
        word = words.get("marks", {}).get(name)
        if word is None:
            raise row.fault(f"marks: {name} is no mark.{nearest(name, words.get('marks', {}))}")
        group = words.get(str(word.notes.get("of", "")))
        if group is not None and value not in group:
            raise row.fault(f"{name}: {value} is unknown.{nearest(str(value), group)}", name)
    return marks


def read_tasks(rows: Any, where: str) -> tuple[TaskClock, ...]:
    """Tasks with their clocks; a task on several days is numbered in order."""
    if not isinstance(rows, list):
        raise PolicyFault(f"{where}: tasks: write a list such as [{{kind: transfer, within_hours: 8}}]")
    clocks: list[TaskClock] = []
    for row in rows:
        row.only(("kind", "day", "days", "within_hours", "from", "role", "every_days", "grade"), "task")
        kind = row.need("kind", str, "transfer")
        days = row.get("days", [row.get("day")])
        for day in days:
            ordinal = 1 + sum(clock.kind == kind for clock in clocks)
            clocks.append(
                TaskClock(
                    kind,
                    ordinal,
                    day,
                    row.get("within_hours"),
                    row.get("from", "count_from"),
                    row.get("role"),
                    row.get("every_days"),
                )
            )
    return tuple(clocks)
