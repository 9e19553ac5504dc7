"""Two questions about examples: is every class of every edition shown, and would they notice a change?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yanmen.loop.policy.documents import read
from yanmen.loop.policy.examples import Cursor, Example, judge
from yanmen.loop.policy.words import Days, Edition, Hours, Policy, Stage


@dataclass(frozen=True)
class Mutant:
    """An edition with one number changed."""

    change: str
    original: Edition
    edition: Edition

    def __str__(self) -> str:
        e = self.original
        return f"{e.rule} {e.area or 'nation'} {e.valid_from}: {self.change}"


def covered(policy: Policy, examples: Iterable[Example]) -> dict[tuple[str, str], list[str]]:
    """(edition, class) of every pack's coverage.yaml → names of the examples that show it."""
    table: dict[tuple[str, str], list[str]] = {}
    for pack in policy.packs:
        path = pack.folder / "coverage.yaml"
        for edition, classes in read(path).items() if path.exists() else ():
            table |= {(edition, name): [] for name in classes}
    for example in examples:
        edition = policy.named_edition(example.pack, example.as_of)
        for name in example.classes:
            table.setdefault((edition, name), []).append(example.name)
    return table


def mutants(edition: Edition) -> Iterator[Mutant]:
    """The edition with each of its numbers changed by one, one at a time."""
    for change, parts in (*_longer(edition), *_tests(edition), *_tasks(edition), *_values(edition)):
        yield Mutant(change, edition, dataclasses.replace(edition, **parts))


def survivors(
    policy: Policy, examples: Iterable[Example], columns: Mapping[str, Mapping[str, str]], cursor: Cursor
) -> list[Mutant]:
    """Changed numbers that no example notices."""
    shown: dict[tuple[str, str, Any], list[Example]] = {}
    for example in examples:
        edition = policy.at(example.rule, example.area, example.as_of)
        if edition is not None and not edition.off:
            shown.setdefault((edition.rule, edition.area, edition.valid_from), []).append(example)
    alive = []
    for edition in policy.editions:
        own = shown.get((edition.rule, edition.area, edition.valid_from), [])
        for mutant in () if edition.off else mutants(edition):
            changed = _with(policy, mutant)
            if not any(judge(changed, example, columns, cursor) for example in own):
                alive.append(mutant)
    return alive


def _with(policy: Policy, mutant: Mutant) -> Policy:
    editions = tuple(mutant.edition if e is mutant.original else e for e in policy.editions)
    return dataclasses.replace(policy, editions=editions)


def _longer(edition: Edition) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, stage in enumerate(edition.stages):
        if stage.to_day is None:
            continue
        later = [_shift(other, 1) for other in edition.stages[number + 1 :]]
        longer = dataclasses.replace(stage, to_day=stage.to_day + 1)
        yield f"{stage.place} one day longer", {"stages": (*edition.stages[:number], longer, *later)}


def _shift(stage: Stage, days: int) -> Stage:
    end = None if stage.to_day is None else stage.to_day + days
    return dataclasses.replace(stage, from_day=stage.from_day + days, to_day=end)


def _tests(edition: Edition) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, day in enumerate(edition.tests):
        moved = (*edition.tests[:number], day + 1, *edition.tests[number + 1 :])
        yield f"test of day {day} a day later", {"tests": moved}


def _tasks(edition: Edition) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, clock in enumerate(edition.tasks):
        for name in ("day", "within_hours", "every_days"):
            value = getattr(clock, name)
            if value is not None:
                moved = dataclasses.replace(clock, **{name: value + 1})
                tasks = (*edition.tasks[:number], moved, *edition.tasks[number + 1 :])
                yield f"{clock.kind}: {name} {value} + 1", {"tasks": tasks}


def _values(edition: Edition) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in edition.values.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        for step in (1, -1):
            span = type(value) if isinstance(value, (Days, Hours)) else (lambda number: number)
            changed = {**edition.values, name: span(value + step)}
            yield f"{name} {value} {step:+d}", {"values": changed}
