"""Examples that an officer can read, run through the very conditions the turn runs.

An example gives one row of a relation and says what follows: whether the rule imposes, which
lines fail, the stages, tests and tasks by date, and the marks (colour, tier) on given days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from yanmen.base.conditions import ConditionError, compile_line, literal, nearest
from yanmen.loop.policy.documents import PolicyFault, Table, read, read_any
from yanmen.loop.policy.outcome import by_date, last_day, read_as, stages_of, tasks_of, tests_of
from yanmen.loop.policy.words import Edition, Pack, Policy, Rule, plain

EXAMPLE_KEYS = (
    "name",
    "zh",
    "rule",
    "class",
    "as_of",
    "area",
    "given",
    "then",
    "vector",
)
THEN_KEYS = ("imposed", "off", "fails", "stages", "tests", "release", "tasks", "values")


class Cursor(Protocol):
    """What is needed of a database cursor: psycopg's and Django's both do."""

    def execute(self, sql: str, params: Any = None) -> Any: ...
    def fetchone(self) -> Any: ...


@dataclass(frozen=True)
class Example:
    """One named example of one rule."""

    name: str
    zh: str
    rule: str
    classes: tuple[str, ...]
    as_of: dt.date
    area: str
    given: Mapping[str, Any]
    then: Mapping[str, Any]
    vector: tuple[tuple[str, Mapping[str, str], Any], ...]
    pack: str
    where: str


@dataclass(frozen=True)
class Failure:
    """An example that does not hold, and what was found instead."""

    example: Example
    message: str

    def __str__(self) -> str:
        return f'{self.example.where}: "{self.example.name}": {self.message}'


def load_examples(policy: Policy) -> list[Example]:
    """Every example of every pack, in the order of their files."""
    found = [example for pack in policy.packs for example in _of_pack(pack, policy)]
    names = [example.name for example in found]
    for example in found:
        if names.count(example.name) > 1:
            raise PolicyFault(f'{example.where}: name: "{example.name}" is given to two examples')
    return found


def run_examples(
    policy: Policy,
    examples: Iterable[Example],
    columns: Mapping[str, Mapping[str, str]],
    cursor: Cursor,
) -> list[Failure]:
    """Run each example on PostgreSQL; answers with those that fail, each with all its reasons."""
    failures = []
    for example in examples:
        try:
            messages = judge(policy, example, columns, cursor)
        except (ConditionError, PolicyFault) as error:
            messages = [str(error)]
        if messages:
            failures.append(Failure(example, "; ".join(messages)))
    return failures


def judge(policy: Policy, example: Example, columns: Mapping[str, Mapping[str, str]], cursor: Cursor) -> list[str]:
    """What does not hold of one example; nothing when it holds."""
    rule = policy.rule(example.rule)
    edition = policy.at(rule.id, example.area or rule.area, example.as_of)
    if edition is None or edition.off:
        return _when_off(example)
    if example.then.get("off"):
        return [f"the rule is on ({edition.edition or edition.valid_from}), expected off"]
    failing = failing_lines(rule, edition, example, columns[rule.given], cursor)
    return _compare_imposed(example, failing) + _compare(rule, edition, example)


def failing_lines(
    rule: Rule, edition: Edition, example: Example, columns: Mapping[str, str], cursor: Cursor
) -> list[str]:
    """The lines of `when` that the given row does not meet."""
    if not rule.when:
        return []
    lines = [compile_line(line, columns, edition.values) for line in rule.when]
    cells = ", ".join(_cell(example, name, kind) for name, kind in _row(example, columns).items())
    sql = f"SELECT {', '.join(lines)} FROM (SELECT {cells}) r"
    cursor.execute(sql, {"as_of": example.as_of})
    verdicts = cursor.fetchone()
    return [line for line, verdict in zip(rule.when, verdicts, strict=True) if verdict is not True]


def _row(example: Example, columns: Mapping[str, str]) -> dict[str, str]:
    row = {"known_on": "date", **columns}
    for name in example.given:
        if name not in row:
            raise PolicyFault(f"given: {name} is no column of the relation.{nearest(name, row)}")
    return row


def _cell(example: Example, name: str, kind: str) -> str:
    value = example.given.get(name, example.as_of if name == "known_on" else None)
    return f'{literal(value)}::{kind} AS "{name}"'


def _when_off(example: Example) -> list[str]:
    if example.then.get("off") or example.then.get("imposed") is False:
        return []
    return [f"no edition of {example.rule} is in force on {example.as_of}"]


def _compare_imposed(example: Example, failing: Sequence[str]) -> list[str]:
    expected = example.then.get("imposed", True)
    if expected and failing:
        return [f"expected to be imposed, but this does not hold: {' / '.join(failing)}"]
    if not expected and not failing:
        return ["expected not to be imposed, but every line holds"]
    said = example.then.get("fails")
    if said is not None and list(said) != list(failing):
        return [f"expected to fail on {' / '.join(said)}, but it fails on {' / '.join(failing)}"]
    return []


def _compare(rule: Rule, edition: Edition, example: Example) -> list[str]:
    day_zero = example.given.get(rule.count_from, example.as_of)
    found: dict[str, Any] = {
        "stages": stages_of(edition, day_zero),
        "tests": tests_of(edition, day_zero),
        "tasks": tasks_of(edition, day_zero),
        "release": last_day(edition, day_zero),
        "values": edition.values,
    }
    messages = []
    for key, expected in example.then.items():
        if key in ("imposed", "off", "fails"):
            continue
        actual: Any = found[key] if key in found else by_date(edition, day_zero, key, expected)
        if key == "stages":
            actual = [{k: v for k, v in row.items() if k in said} for row, said in _paired(actual, expected)]
        if key == "values":
            actual = {name: str(actual.get(name)) for name in expected}
            expected = {name: str(value) for name, value in expected.items()}
        if plain(actual) != plain(expected):
            messages.append(f"{key}: expected {_said(expected)}, found {_said(actual)}")
    return messages + _compare_vector(edition, example, day_zero)


def _paired(actual: list[dict[str, Any]], expected: Any) -> list[tuple[dict[str, Any], Any]]:
    """Only what an example mentions of a stage is compared, but every stage must be mentioned."""
    said = list(expected) + [{"place": "", "from": "", "to": ""}] * (len(actual) - len(expected))
    return list(zip(actual, said, strict=False))


def _compare_vector(edition: Edition, example: Example, day_zero: dt.date) -> list[str]:
    messages = []
    for key, how, expected in example.vector:
        actual = read_as(edition, day_zero, how)
        if plain(actual) != plain(expected):
            messages.append(f"vector: {key}: expected {_said(expected)}, found {_said(actual)}")
    return messages


def _said(value: Any) -> str:
    return str(plain(value))


def _of_pack(pack: Pack, policy: Policy) -> list[Example]:
    vectors_file = pack.folder / "vectors.yaml"
    vectors = read(vectors_file) if vectors_file.exists() else Table()
    found = []
    for path in sorted((pack.folder / "examples").rglob("*.yaml")):
        for row in read_any(path) or []:
            found.append(_example(row, pack, policy, vectors))
    return found


def _example(row: Table, pack: Pack, policy: Policy, vectors: Table) -> Example:
    row.only(EXAMPLE_KEYS, "example")
    rule = row.need("rule", str, "arrivals.from_high_risk_area")
    rules = [known.id for known in policy.rules]
    if rule not in rules:
        raise row.fault(f"rule: {rule} is no rule.{nearest(rule, rules)}", "rule")
    then = row.need("then", Table, "{imposed: true}")
    then.only((*THEN_KEYS, "place", *policy.words.get("marks", {})), "then")
    classes = row.get("class", [])
    return Example(
        name=row.need("name", str, "A year earlier the same journey meant fourteen days"),
        zh=row.need("zh", str, "一年前同样行程要隔离十四天"),
        rule=rule,
        classes=tuple([classes] if isinstance(classes, str) else classes),
        as_of=row.need("as_of", dt.date, "2022-08-02"),
        area=str(row.get("area", pack.area)),
        given=row.need("given", Table, "{tier: high, left_on: 2022-08-01}"),
        then=then,
        vector=_vector(row, vectors),
        pack=pack.id,
        where=row.where("name"),
    )


def _vector(row: Table, vectors: Table) -> tuple[tuple[str, Mapping[str, str], Any], ...]:
    """The test vector an example names by its edition, class and first day: what to read, and how."""
    wanted = row.get("vector")
    if wanted is None:
        return ()
    known = vectors.get("vectors", [])
    found = [v for v in known if all(v.get(key) == value for key, value in wanted.items())]
    if len(found) != 1:
        raise row.fault(f"vector: {dict(wanted)} names {len(found)} test vectors, not one", "vector")
    ways = vectors.get("read_as", {})
    return tuple((key, ways[key], value) for key, value in found[0].items() if key in ways)
