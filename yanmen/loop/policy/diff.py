"""What changes from one day to another, or from one set of packs to another, rule by rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yanmen.loop.policy.words import Edition, Policy, Rule, plain


@dataclass(frozen=True)
class Change:
    """One thing a rule says differently; None where it said nothing."""

    rule: str
    zh: str
    en: str
    area: str
    begins: dt.date
    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        area = self.area or "nation"
        return f"{self.rule} ({self.en}, {area}): {self.key}: {_said(self.before)} → {_said(self.after)}"


def between_days(policy: Policy, area: str, before: dt.date, after: dt.date) -> list[Change]:
    """What rules say in an area on one day and on another."""
    changes: list[Change] = []
    for rule in policy.rules:
        if area.startswith(rule.area):
            old, new = policy.at(rule.id, area, before), policy.at(rule.id, area, after)
            changes += _changes(rule, area, after, old, new)
    return changes


def between_policies(old: Policy, new: Policy) -> list[Change]:
    """What a new set of packs says differently from an old one, edition by edition."""
    rules = {rule.id: rule for rule in (*old.rules, *new.rules)}
    said = {(e.rule, e.area, e.valid_from): e for e in old.editions}
    says = {(e.rule, e.area, e.valid_from): e for e in new.editions}
    changes: list[Change] = []
    for name, area, begins in sorted({*said, *says}):
        key = (name, area, begins)
        changes += _changes(rules[name], area, begins, said.get(key), says.get(key))
    for name in sorted({rule.id for rule in old.rules} & {rule.id for rule in new.rules}):
        changes += _conditions(old.rule(name), new.rule(name))
    return changes


def _conditions(old: Rule, new: Rule) -> Iterator[Change]:
    for key in ("given", "when", "count_from", "impose", "approval", "approved_by", "ends"):
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield Change(new.id, new.zh, new.en, new.area, dt.date.min, key, plain(before), plain(after))


def _changes(rule: Rule, area: str, begins: dt.date, old: Edition | None, new: Edition | None) -> Iterator[Change]:
    before, after = _says(old), _says(new)
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield Change(rule.id, rule.zh, rule.en, area, begins, key, before.get(key), after.get(key))


def _says(edition: Edition | None) -> dict[str, Any]:
    """What an edition says, in the order in which an officer reads it."""
    if edition is None:
        return {}
    if edition.off:
        return {"in force": "off"}
    said: dict[str, Any] = {"in force": "on"}
    for stage in edition.stages:
        days = "open" if stage.to_day is None else f"day {stage.from_day} to {stage.to_day}"
        marks = "".join(f", {name} {value}" for name, value in stage.marks.items())
        said.setdefault("stages", []).append(f"{stage.place} {days}{marks}")
    said |= {"tests": list(edition.tests)} if edition.tests else {}
    for clock in edition.tasks:
        said.setdefault("tasks", []).append(_clock(clock.kind, clock.day, clock.within_hours, clock.every_days))
    return said | {name: str(value) for name, value in edition.values.items()}


def _clock(kind: str, day: int | None, hours: int | None, every: int | None) -> str:
    if every is not None:
        return f"{kind} every {every} days"
    return f"{kind} within {hours} hours" if hours is not None else f"{kind} on day {day}"


def _said(value: Any) -> str:
    if value is None:
        return "—"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
