"""Reading a scenario: every field checked, and an error names file and line, the field, its value and what to write."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from yanmen.base.area_codes import Level, level_of
from yanmen.base.conditions import nearest
from yanmen.base.refusals import Refusal
from yanmen.drill.scenario import FAULTS, WAYS, Behaviour, Capacity, Imported, PlannedFault, Scenario
from yanmen.loop.policy.documents import PolicyFault, Table, read

DISEASES = ("delta", "omicron", "measles")
PEOPLE, DAYS, SEEDS = (50, 2_000_000), (1, 120), (0, 2**31 - 1)
MANY = 10_000_000
KEYS = ("id", "title", "summary", "areas", "people", "days", "starts_on", "disease", "imported", "behaviour", "capacity",
        "faults", "packs", "seed")  # fmt: skip


class ScenarioFault(Refusal):
    """A scenario does not hold; the message names file:line, field, value and remedy."""


def read_scenario(source: Path | str, *, folders: Iterable[Path] = (), counties: Collection[str] = ()) -> Scenario:
    """The scenario of a file, or the one that ``folders`` (of packs) hold under this id.

    ``counties`` are the codes that exist; without them only their shape is checked.
    """
    path = _found(source, list(folders))
    try:
        table = read(path)
    except PolicyFault as fault:
        raise ScenarioFault(f"{fault} 请改正该行。", f"{fault} Correct this line.") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise ScenarioFault(f"{path}：无法读取：{fault}", f"{path}: cannot be read: {fault}") from None
    return _scenario(table, path, counties)


def listed(folders: Iterable[Path]) -> list[Path]:
    """The scenario files of packs, by name."""
    return sorted(
        (file for folder in folders for file in (folder / "scenarios").glob("*.yaml")), key=lambda file: file.stem
    )


def _found(source: Path | str, folders: list[Path]) -> Path:
    path = Path(source)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    named = {file.stem: file for file in listed(folders)}
    if str(source) not in named:
        raise ScenarioFault(
            f"没有名为“{source}”的场景。请用 yanmen drill list 查看，或给出 .yaml 文件。现有：{'、'.join(named)}",
            f'There is no scenario "{source}".{nearest(str(source), named)} See `yanmen drill list`, or name a .yaml file.',
            field="scenario",
            value=str(source),
        )
    return named[str(source)]


def _scenario(table: Table, path: Path, counties: Collection[str]) -> Scenario:
    _only(table, KEYS)
    zh, en = _both(table, "title")
    summary = _both(table, "summary") if "summary" in table else ("", "")
    areas = _areas(table, counties)
    days = int(_number(table, "days", DAYS, whole=True))
    name = _text(table, "id")
    if name != path.stem:
        _fault(table, "id", f"与文件名“{path.stem}”不同，请改成一样", f"the file is called {path.stem}; write the same")
    return Scenario(
        id=name,
        zh=zh,
        en=en,
        summary_zh=summary[0],
        summary_en=summary[1],
        areas=areas,
        people=int(_number(table, "people", PEOPLE, whole=True)),
        days=days,
        starts_on=_day(table, "starts_on"),
        disease=_one_of(table, "disease", DISEASES),
        imported=tuple(_imported(row, areas, days) for row in _rows(table, "imported")),
        behaviour=_behaviour(_table(table, "behaviour")) if "behaviour" in table else Behaviour(),
        capacity=_capacity(_table(table, "capacity")),
        faults=_numbered([_fault_row(row, areas, days) for row in _rows(table, "faults")]),
        packs=tuple(_pack(table, path, each) for each in _list(table, "packs")),
        seed=int(_number(table, "seed", SEEDS, whole=True)) if "seed" in table else 1,
        file=str(path),
    )


def _areas(table: Table, counties: Collection[str]) -> tuple[str, ...]:
    found = table.get("areas")
    if not isinstance(found, list) or not found:
        _fault(table, "areas", '请列出县区代码，如 ["140105"]', 'list counties, such as ["140105"]')
    codes = tuple(str(each) for each in found)
    for code in codes:
        _county(table, "areas", code, counties)
    if len(set(codes)) < len(codes):
        _fault(table, "areas", "有重复的代码，请删去", "a code stands twice; remove one")
    return codes


def _county(table: Table, key: str, code: str, known: Collection[str]) -> str:
    try:
        county = level_of(code) is Level.COUNTY
    except Refusal:
        county = False
    if not county or (known and code not in known):
        _fault(
            table,
            key,
            f"“{code}”不是县区代码，请填六位代码，如 140105",
            f'"{code}" is no county. Write its six digits, such as 140105.{nearest(code, known)}',
        )
    return code


def _imported(row: Table, areas: tuple[str, ...], days: int) -> Imported:
    _only(row, ("day", "county", "count", "how"))
    return Imported(
        day=int(_number(row, "day", (0, days - 1), whole=True)),
        county=_of_areas(row, areas),
        count=int(_number(row, "count", (1, 10_000), whole=True)),
        how=_one_of(row, "how", WAYS),
    )


def _fault_row(row: Table, areas: tuple[str, ...], days: int) -> PlannedFault:
    _only(row, ("id", "kind", "day", "county", "count", "hours", "days"))
    return PlannedFault(
        id=str(row.get("id", "")),
        kind=_one_of(row, "kind", FAULTS),
        day=int(_number(row, "day", (0, days - 1), whole=True)),
        county=_of_areas(row, areas) if "county" in row else "",
        count=int(_number(row, "count", (1, MANY), whole=True)) if "count" in row else 1,
        hours=int(_number(row, "hours", (0, 24 * days), whole=True)) if "hours" in row else 0,
        days=int(_number(row, "days", (0, days), whole=True)) if "days" in row else 0,
    )


def _numbered(faults: list[PlannedFault]) -> tuple[PlannedFault, ...]:
    """Each planted fault has a name of its own, so that the score can speak of it."""
    seen: dict[str, int] = {}
    named = []
    for fault in faults:
        seen[fault.kind] = seen.get(fault.kind, 0) + 1
        named.append(dataclasses.replace(fault, id=fault.id or f"{fault.kind}_{seen[fault.kind]}"))
    return tuple(named)


def _behaviour(table: Table) -> Behaviour:
    names = [each.name for each in dataclasses.fields(Behaviour)]
    _only(table, names)
    limits = {"late_report_days": (0, 30)}
    return Behaviour(**{name: _number(table, name, limits.get(name, (0, 1))) for name in names if name in table})


def _capacity(table: Table) -> Capacity:
    names = [each.name for each in dataclasses.fields(Capacity)]
    _only(table, names)
    given = [each.name for each in dataclasses.fields(Capacity) if each.default is dataclasses.MISSING]
    asked = [name for name in names if name in table or name in given]
    return Capacity(**{name: int(_number(table, name, (0, MANY), whole=True)) for name in asked})


def _of_areas(row: Table, areas: tuple[str, ...]) -> str:
    code = str(row.get("county", ""))
    if code not in areas:
        _fault(
            row,
            "county",
            f"不在本场景的 areas 内，请从中选一个：{'、'.join(areas)}",
            f"is not among the areas of this scenario. Write one of: {', '.join(areas)}",
        )
    return code


def _pack(table: Table, path: Path, given: Any) -> Path:
    folder = (path.parent / str(given)).resolve()
    if not (folder / "pack.yaml").is_file():
        _fault(
            table,
            "packs",
            f"“{folder}”中没有 pack.yaml，请给出政策包文件夹",
            f"{folder} holds no pack.yaml; name a pack",
        )
    return folder


def _text(table: Table, key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        _fault(table, key, "请填写文字", "write a text")
    return str(value).strip()


def _both(table: Table, key: str) -> tuple[str, str]:
    said = _table(table, key)
    return _text(said, "zh"), _text(said, "en")


def _table(table: Table, key: str) -> Table:
    value = table.get(key)
    if not isinstance(value, Table):
        _fault(
            table,
            key,
            "应为若干“名称: 值”，见 docs/operate/drills.md",
            "must be `name: value` lines; see docs/operate/drills.md",
        )
    return value


def _rows(table: Table, key: str) -> list[Table]:
    rows = _list(table, key)
    if not all(isinstance(row, Table) for row in rows):
        _fault(table, key, "应为列表，每项一行 - {…}", "must be a list, a line `- {…}` each")
    return rows


def _list(table: Table, key: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        _fault(table, key, "应为列表，每项一行 - …", "must be a list, a line `- …` each")
    return list(value)


def _number(table: Table, key: str, limits: tuple[float, float], *, whole: bool = False) -> float:
    value, (least, most) = table.get(key), limits
    kinds = (int,) if whole else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool) or not least <= value <= most:
        _fault(
            table,
            key,
            f"应为 {least} 到 {most} 之间的{'整数' if whole else '数'}",
            f"must be a {'whole ' if whole else ''}number from {least} to {most}",
        )
    return float(value)


def _day(table: Table, key: str) -> dt.date:
    value = table.get(key)
    if not isinstance(value, dt.date):
        _fault(table, key, "应为日期，如 2022-10-10", "must be a day, such as 2022-10-10")
    return value


def _one_of(table: Table, key: str, allowed: Iterable[str] | Mapping[str, Any]) -> str:
    value, names = str(table.get(key, "")), list(allowed)
    if value not in names:
        _fault(table, key, f"应为其中之一：{'、'.join(names)}", f"must be one of these.{nearest(value, names)}")
    return value


def _only(table: Table, allowed: Iterable[str]) -> None:
    names = list(allowed)
    for key in table:
        if key not in names:
            _fault(
                table,
                key,
                f"没有这个字段，可用：{'、'.join(names)}",
                f"there is no such field.{nearest(str(key), names)}",
            )


def _fault(table: Table, key: object, zh: str, en: str) -> NoReturn:
    """Raise: where, the field, its value, what to write."""
    value = table.get(key)
    shown = "" if key not in table or isinstance(value, (dict, list)) else str(value)
    raise ScenarioFault(
        f"{table.where(key)}：{key}{f'：“{shown}”' if shown else ''}{zh if shown else f'：{zh}'}。",
        f"{table.where(key)}: {key}{f': {shown}' if shown else ''}: {en}{'' if en[-1] in '.?' else '.'}",
        field=str(key),
        value=shown,
    )
