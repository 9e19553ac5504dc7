"""What doors ask, from the packs' `doors.yaml`: dated, sourced, graded; a fault names file and line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from yanmen.base.conditions import nearest
from yanmen.base.refusals import Refusal
from yanmen.base.verdict import ACTS, DoorPolicy
from yanmen.loop.policies import shelf
from yanmen.loop.policy.documents import PolicyFault, Table, read
from yanmen.loop.policy.parts import GRADES, bilingual, read_source
from yanmen.loop.policy.words import Source
from yanmen.subsystems.health_code.kinds import HEALTH_CODE

FILE = "doors.yaml"
OPTIONAL = ("at", "say", "grades", "decides", "note")
NEEDED = ("source", "asks", "doors", "lives", "knowledge")
SAYINGS = (*HEALTH_CODE.order, "test", "old")
REASONS = {value: "valid" if value == HEALTH_CODE.default else f"colour_{value}" for value in HEALTH_CODE.order}
Policy = Mapping[str, Any]


@dataclass(frozen=True)
class Lives:
    """How long what is issued is good."""

    credential_hours: int
    stale_hours: int
    paper_days: int
    holder_device_days: int
    officer_device_days: int


@dataclass(frozen=True)
class Rules:
    """What doors ask from one day on. `policy` and each of `at` are what `DoorPolicy.of` reads."""

    valid_from: dt.date
    asks: bool
    policy: Policy
    at: Mapping[str, Policy]
    asks_at: Mapping[str, bool]
    lives: Lives
    fresh_minutes: int
    say: Mapping[str, Mapping[str, str]]
    source: Source
    grades: Mapping[str, str]


@dataclass(frozen=True)
class Doors:
    """The dated rules of one pack."""

    zh: str
    en: str
    area: str
    rules: tuple[Rules, ...]

    def on(self, day: dt.date) -> Rules | None:
        """What holds on a day; None before the first."""
        begun = [each for each in self.rules if each.valid_from <= day]
        return begun[-1] if begun else None


def door_rules(day: dt.date) -> Rules:
    """What doors ask on a day, by the packs in use: those of the smallest area speak."""
    found = load_doors(shelf.folders)
    rules = max(found, key=lambda each: len(each.area)).on(day) if found else None
    if rules is None:
        raise Refusal(
            "当日没有查验规则。请在政策包的 doors.yaml 中补充。",
            f"No rules for doors hold on {day}. Add them to a pack's {FILE}.",
            field="doors",
            value=str(day),
        )
    return rules


def load_doors(folders: Iterable[Path]) -> list[Doors]:
    """Every `doors.yaml` of these packs, checked."""
    files = [folder / FILE for folder in folders if (folder / FILE).exists()]
    return [_load(file, file.stat().st_mtime_ns) for file in files]


@lru_cache(maxsize=16)
def _load(file: Path, _changed: int) -> Doors:
    table = read(file)
    table.only(("title", "values", "note"), FILE)
    zh, en = bilingual(table, "title")
    values = table.need("values", Table, "2022-12-07: {…}")
    for day in values:
        if not isinstance(day, dt.date) or not isinstance(values[day], Table):
            raise values.fault(f"{day}: write a day and under it a table of values", day)
    rules = tuple(_rules(day, values[day]) for day in sorted(values))
    if not rules:
        raise table.fault("values: has no entry", "values")
    return Doors(zh, en, str(read(file.parent / "pack.yaml").get("area") or ""), rules)


def _rules(day: dt.date, body: Table) -> Rules:
    body.only((*NEEDED, *OPTIONAL), "a day")
    general = _policy(body.need("doors", Table, "{colours: {green: pass}}"))
    source = read_source(body.need("source", Table, "{title: {zh: …, en: …}, grade: A}"))
    at, asks_at = {}, {}
    for kind, more in body.get("at", Table()).items():
        if not isinstance(more, Table):
            raise body["at"].fault(f"{kind}: write a table such as {{test_max_age_hours: 48}}", kind)
        asks_at[kind] = more.need("asks", bool, "true") if "asks" in more else body["asks"]
        own = _policy(more, besides=("asks",))
        at[kind] = {**general, **own}
    rules = Rules(
        valid_from=day,
        asks=body.need("asks", bool, "true"),
        policy=general,
        at=at,
        asks_at=asks_at,
        lives=_lives(body.need("lives", Table, "{credential_hours: 24}")),
        fresh_minutes=_number(body.need("knowledge", Table, "{fresh_minutes: 15}"), "fresh_minutes"),
        say={word: _said(body["say"], word) for word in body.get("say", ())},
        source=source,
        grades=_grades(body, source),
    )
    for policy in (rules.policy, *rules.at.values()):
        _hold_together(body, policy)
    return rules


def _policy(table: Table, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    names = [each.name for each in fields(DoorPolicy)]
    table.only((*names, *besides), "a door")
    found = {name: table[name] for name in table if name in names}
    for name, value in found.items():
        if name == "colours":
            found[name] = _colours(table.need("colours", Table, "{green: pass, yellow: refer, red: stop}"))
        elif name.startswith("act_"):
            _act(table, name, value)
        else:
            _number(table, name)
    return found


def _colours(table: Table) -> list[list[str]]:
    table.only(HEALTH_CODE.order, "colours")
    acts = [_act(table, value, table.get(value)) for value in HEALTH_CODE.order]
    return [[act, REASONS[value]] for act, value in zip(acts, HEALTH_CODE.order, strict=True)]


def _act(table: Table, key: str, act: object) -> str:
    if act not in ACTS:
        raise table.fault(f"{key}: {act} is none of {', '.join(ACTS)}.{nearest(str(act), ACTS)}", key)
    return str(act)


def _number(table: Table, key: str) -> int:
    number: int = table.need(key, int, "60")
    if number < 1:
        raise table.fault(f"{key}: {number} must be 1 or more", key)
    return number


def _lives(table: Table) -> Lives:
    names = [each.name for each in fields(Lives)]
    table.only(names, "lives")
    return Lives(**{name: _number(table, name) for name in names})


def _said(table: Table, word: str) -> Mapping[str, str]:
    table.only(SAYINGS, "say")
    zh, en = bilingual(table, word)
    return {"zh": zh, "en": en}


def _grades(body: Table, source: Source) -> Mapping[str, str]:
    """The grade of each part: the source's own unless stated. What is weak and decides says so."""
    known = [*(f"doors.{name}" for name in body["doors"]), *(f"at.{kind}" for kind in body.get("at", ()))]
    known += ["asks", "lives", "knowledge", "say"]
    stated = body.get("grades", Table())
    for name, grade in stated.items():
        if name not in known or grade not in GRADES:
            raise stated.fault(f"{name}: {grade}: no such value or grade.{nearest(str(name), known)}", name)
    grades = {name: stated.get(name, source.grade) for name in known}
    weak = [name for name, grade in grades.items() if grade == "C" or grade.startswith("KNOWN")]
    if weak and body.get("decides") != "marked":
        raise body.fault(f"{', '.join(weak)}: weakly sourced values decide only with  decides: marked", "source")
    return grades


def _hold_together(body: Table, policy: Policy) -> None:
    try:
        DoorPolicy.of(policy)
    except Refusal as refusal:
        raise PolicyFault(f"{body.where('doors')}: {refusal.en}") from refusal
