"""The policy as pages read it: the one in use, its editions on a day, and what differs between two days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yanmen.loop.policies import shelf
from yanmen.loop.policy.words import Edition, Policy, Rule, Source, Stage


def book() -> Policy:
    """The policy in use."""
    return shelf.policy()


def pack_folders() -> list[Path]:
    """Where the packs of this installation lie."""
    return list(shelf.folders)


def place_ranks() -> dict[str, int]:
    """How strict each place of stay is, from the packs' words."""
    return {name: word.strictness for name, word in book().words.get("places", {}).items()}


def rule_or_none(name: str) -> Rule | None:
    """The rule of that id, if it is still there."""
    return next((rule for rule in book().rules if rule.id == name), None)


@dataclass(frozen=True)
class Line:
    """One value of an edition, with its grade and source."""

    name: str
    value: Any
    grade: str
    source: Source

    @property
    def weak(self) -> bool:
        return self.grade.startswith(("C", "KNOWN"))


def said_values(edition: Edition) -> dict[str, Any]:
    """Everything an edition says, stages and clocks first."""
    stages = [stage_of(stage) for stage in edition.stages]
    clocks = [{name: value for name, value in vars(task).items() if value is not None} for task in edition.tasks]
    found = {"stages": stages, "tests": list(edition.tests), "tasks": clocks}
    return {name: value for name, value in found.items() if value} | dict(edition.values)


def stage_of(stage: Stage) -> dict[str, Any]:
    """A stage with its length in days, as officers count it."""
    days = None if stage.to_day is None else stage.to_day - stage.from_day + (1 if stage.from_day else 0)
    return {"place": stage.place, "days": days, **stage.marks}


def lines(edition: Edition) -> list[Line]:
    """Every value of an edition as a table's rows."""
    return [
        Line(name, value, edition.grades.get(name, edition.source.grade), edition.sources.get(name, edition.source))
        for name, value in said_values(edition).items()
    ]


def on_day(day: date, area: str) -> Iterator[tuple[Rule, Edition | None]]:
    """Every rule with the edition that holds in an area on a day."""
    for rule in book().rules:
        if area.startswith(rule.area) or rule.area.startswith(area):
            yield rule, book().at(rule.id, max(area, rule.area, key=len), day)


@dataclass(frozen=True)
class Difference:
    """What a rule said on one day and says on another."""

    rule: Rule
    name: str
    before: Any
    after: Any
    source: Source | None


def differences(first: date, second: date, area: str) -> list[Difference]:
    """Every value that differs between two days, by rule."""
    found: list[Difference] = []
    for rule, before in on_day(first, area):
        after = book().at(rule.id, max(area, rule.area, key=len), second)
        old, new = _said(before), _said(after)
        source = after.source if after else before.source if before else None
        found += [
            Difference(rule, name, old.get(name), new.get(name), source)
            for name in sorted({*old, *new})
            if old.get(name) != new.get(name)
        ]
    return found


def _said(edition: Edition | None) -> dict[str, Any]:
    if edition is None or edition.off:
        return {}
    return said_values(edition)
