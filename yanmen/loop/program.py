"""The policy of one day as SQL: which statements, in which order, over which subjects.

A relation is evaluated once a turn, for all rules that ask about it. Relations that read
area measures come after the rules that impose those, so that one turn reaches everyone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from yanmen.base.conditions import compile_line, literal
from yanmen.loop.catalogue import Catalogue
from yanmen.loop.policy.publish import identity
from yanmen.loop.policy.words import Edition, Policy, Rule
from yanmen.loop.relations import Relation

REGISTERS = {
    "person": ("registry_person", "area"),
    "area": ("registry_area", "code"),
    "place": ("registry_place", "area"),
}
HORIZON_DAYS = 14
ROLL_DAYS = 7


@dataclass(frozen=True)
class Clause:
    """One rule in one edition: who it speaks about, under which conditions."""

    rule: Rule
    edition: Edition
    edition_id: int
    inner_areas: tuple[str, ...]

    def lines(self, relation: Relation) -> list[str]:
        """Each line of ``when`` as SQL, in the order written."""
        return [compile_line(text, relation.types, self.edition.values) for text in self.rule.when]


@dataclass(frozen=True)
class Question:
    """A relation and every clause that asks about it today."""

    relation: Relation
    clauses: tuple[Clause, ...]
    register: str
    area_column: str
    frozen: bool = False
    reads_bulk: bool = False

    def concerns(self, kinds: Set[str] | None) -> bool:
        """Whether somebody who has facts of these kinds only (None: not known) can have a row here."""
        reads = self.relation.facts
        return kinds is None or not reads or self.reads_bulk or not kinds.isdisjoint(reads)

    @cached_property
    def sql(self) -> str:
        """One statement: the relation once, a branch a clause, into ``desired``."""
        branches = "\nUNION ALL\n".join(self._branch(clause) for clause in self.clauses)
        return f"{self.source}\nINSERT INTO desired\n{branches}"

    @cached_property
    def judged(self) -> str:
        """One statement: the relation once, and for every clause and row (ordinal, reason, evidence, row, which lines hold)."""
        branches = "\nUNION ALL\n".join(self._judged(number, clause) for number, clause in enumerate(self.clauses))
        return f"{self.source}\n{branches}"

    @property
    def source(self) -> str:
        """The relation as ``r``, each row with the area of its subject's register, looked up once for all clauses.

        Where another area than the register's owes the answer, the relation says so in a column ``in_charge``.
        """
        area = f"reg.{self.area_column}"
        area = f"coalesce(source.in_charge, {area})" if "in_charge" in self.relation.types else area
        return (
            f"WITH source AS (\n{self.relation.sql}\n), r AS MATERIALIZED (\n"
            f"SELECT source.*, {area}::text AS register_area\n"
            f"FROM source JOIN {self.register} reg ON reg.id = source.subject\n)"
        )

    def _branch(self, clause: Clause) -> str:
        edition, rule = clause.edition, clause.rule
        count_from = f"r.{rule.count_from}"
        total = edition.total_days
        last_day = "NULL::date" if total is None else f"{count_from} + {total}"
        conditions = [f"({line})" for line in clause.lines(self.relation)]
        conditions += [f"{count_from} IS NOT NULL", *self.within(clause)]
        if total is not None:
            conditions.append(f"r.known_on <= {last_day}")
            if not self.frozen:
                conditions.append(f"{last_day} >= {literal(edition.valid_from)}")
        since = "r.since_at" if "since_at" in self.relation.types else "%(now)s::timestamptz"
        return (
            f"SELECT {_text(rule.id)}, {_text(rule.impose)}, r.subject, r.reason, {self._state(clause)}, "
            f"{clause.edition_id}, {count_from}, {last_day}, r.known_on, {self._next_change(edition, count_from)}, "
            f"{since}, r.evidence, r.register_area\n"
            "FROM r\nWHERE " + "\n  AND ".join(conditions)
        )

    def _judged(self, number: int, clause: Clause) -> str:
        lines = ", ".join(f"({line}) IS TRUE" for line in clause.lines(self.relation))
        within = "".join(f" AND {part}" for part in self.within(clause))
        return (
            f"SELECT {number} AS ordinal, r.reason, r.evidence::text[], to_jsonb(r) - 'register_area', "
            f"ARRAY[{lines}]::boolean[] FROM r WHERE true{within}"
        )

    def _next_change(self, edition: Edition, count_from: str) -> str:
        """The next day by the calendar, or the relation's own ``next_on`` where it comes first."""
        when = _next_change(edition, count_from)
        return f"least({when}, r.next_on)" if "next_on" in self.relation.types else when

    def within(self, clause: Clause) -> list[str]:
        column = 'r.register_area COLLATE "C"'
        held = [_prefix(column, clause.edition.area)] if clause.edition.area else []
        return held + [f"NOT ({_prefix(column, inner)})" for inner in clause.inner_areas]

    def _state(self, clause: Clause) -> str:
        if clause.rule.approval == "automatic":
            return "'in_force'"
        whose = "f.person_id = r.subject" if self.relation.subject == "person" else "f.area = r.register_area"
        return (
            "CASE WHEN EXISTS (SELECT 1 FROM known_facts(%(known_at)s) f WHERE f.kind = 'measure.approved' "
            f"AND {whose} AND f.detail ->> 'rule' = {_text(clause.rule.id)} AND f.detail ->> 'reason' = r.reason) "
            "THEN 'in_force' ELSE 'proposed' END"
        )


@dataclass(frozen=True)
class Stratum:
    """Rules of one subject type that need nothing of each other."""

    subject_type: str
    questions: tuple[Question, ...]
    rules: tuple[str, ...]
    ends: Mapping[str, tuple[str, ...]]

    def only(self, rules: Set[str]) -> Stratum:
        """The same stratum, asking for these rules alone."""
        asked = [replace(q, clauses=tuple(c for c in q.clauses if c.rule.id in rules)) for q in self.questions]
        return replace(
            self,
            questions=tuple(question for question in asked if question.clauses),
            rules=tuple(rule for rule in self.rules if rule in rules),
            ends={rule: ends for rule, ends in self.ends.items() if rule in rules},
        )


@dataclass(frozen=True)
class Program:
    """Everything the turn runs while the same editions are in force."""

    strata: tuple[Stratum, ...]
    rules: tuple[str, ...]
    live: tuple[int, ...]
    states: Mapping[str, list[int]]
    relations: tuple[Relation, ...]

    def only(self, rules: Set[str]) -> Program:
        """The same program for these rules and those that their measures may move; the others stand as they are.

        A rule that is off or gone may move anything that read it: then the program stays whole.
        """
        clauses = [(c, q.relation) for s in self.strata for q in s.questions for c in q.clauses]
        if rules - {clause.rule.id for clause, _ in clauses}:
            return self
        moved: set[str] = set()
        wider = set(rules)
        while wider - moved:
            moved |= wider
            kinds = {clause.rule.impose for clause, _ in clauses if clause.rule.id in moved}
            wider = {clause.rule.id for clause, relation in clauses if kinds & set(relation.measures)}
        return replace(self, strata=tuple(stratum.only(moved) for stratum in self.strata))


def compile_program(
    policy: Policy, catalogue: Catalogue, ids: Mapping[str, int], as_of: dt.date, *, frozen: bool = False
) -> Program:
    """The statements of a day: clauses of the editions in force, in strata.

    ``frozen`` applies the editions of that day to any day: for replaying other times.
    """
    live = live_editions(policy, ids, as_of)
    questions: dict[str, list[Clause]] = {}
    states: dict[str, list[int]] = {}
    for rule in policy.rules:
        if rule.given not in catalogue.relations:
            continue
        editions = {number: e for number, e in live.items() if e.rule == rule.id}
        states[rule.id] = sorted(editions)
        for number, edition in editions.items():
            if not edition.off:
                questions.setdefault(rule.given, []).append(_clause(rule, number, edition, editions.values()))
    strata = [_stratum(level, questions, policy, catalogue, frozen) for level in _levels(policy, catalogue)]
    return Program(
        strata=tuple(strata),
        rules=tuple(states),
        live=tuple(number for number, e in live.items() if not e.off),
        states=states,
        relations=tuple(catalogue.relations.values()),
    )


def live_editions(policy: Policy, ids: Mapping[str, int], as_of: dt.date) -> dict[int, Edition]:
    """The editions in force on a day, by row number."""
    return {ids[identity(e)]: e for e in policy.editions if e.in_force(as_of)}


def _clause(rule: Rule, number: int, edition: Edition, editions: Iterable[Edition]) -> Clause:
    inner = [e.area for e in editions if e.area != edition.area and e.area.startswith(edition.area)]
    return Clause(rule=rule, edition=edition, edition_id=number, inner_areas=tuple(sorted(inner)))


def _levels(policy: Policy, catalogue: Catalogue) -> list[list[Relation]]:
    """Relations in the order in which measures feed them: a relation comes after what it reads."""
    imposed_by: dict[str, set[str]] = {}
    for rule in policy.rules:
        if rule.given in catalogue.relations:
            imposed_by.setdefault(rule.impose, set()).add(rule.given)
    waiting = {r.given for r in policy.rules if r.given in catalogue.relations}
    needs = {
        name: {g for kind in catalogue.relation(name).measures for g in imposed_by.get(kind, ())} - {name}
        for name in waiting
    }
    levels: list[list[Relation]] = []
    while waiting:
        ready = sorted(name for name in waiting if not needs[name] & waiting)
        ready = ready or sorted(waiting, key=lambda name: (catalogue.relation(name).subject != "area", name))[:1]
        for subject in ("area", "place", "person"):
            chosen = [catalogue.relation(n) for n in ready if catalogue.relation(n).subject == subject]
            if chosen:
                levels.append(chosen)
        waiting -= set(ready)
    return _persons_together(levels)


def _persons_together(levels: Sequence[list[Relation]]) -> list[list[Relation]]:
    """People last and in one level: their rules are asked once, whatever woke them."""
    others = [level for level in levels if level[0].subject != "person"]
    persons = [relation for level in levels if level[0].subject == "person" for relation in level]
    return [*others, persons] if persons else others


def _stratum(
    level: Sequence[Relation],
    questions: Mapping[str, Sequence[Clause]],
    policy: Policy,
    catalogue: Catalogue,
    frozen: bool,
) -> Stratum:
    names = {relation.name for relation in level}
    rules = [rule for rule in policy.rules if rule.given in names]
    subject_type = level[0].subject
    register, area_column = REGISTERS[subject_type]
    asked = [
        Question(
            relation, tuple(questions[relation.name]), register, area_column, frozen, catalogue.reads_bulk(relation)
        )
        for relation in level
        if relation.name in questions
    ]
    needs = {rule.id: tuple(end for end in rule.ends if end in catalogue.ends) for rule in rules}
    return Stratum(
        subject_type=subject_type, questions=tuple(asked), rules=tuple(rule.id for rule in rules), ends=needs
    )


def _next_change(edition: Edition, count_from: str) -> str:
    """The next day on which something changes by the calendar: a stage, the end, the task horizon."""
    total = edition.total_days
    days = {stage.from_day for stage in edition.stages} - {0}
    if total is not None:
        days.add(total + 1)
    last = "NULL::date" if total is None else "%(as_of)s::date + 1"
    steps = " ".join(f"WHEN %(as_of)s::date < {count_from} + {day} THEN {count_from} + {day}" for day in sorted(days))
    when = f"CASE {steps} ELSE {last} END" if steps else last
    rolls = any(task.every_days for task in edition.tasks) or any(
        (task.day or 0) > HORIZON_DAYS for task in edition.tasks
    )
    rolls = rolls or any(day > HORIZON_DAYS for day in edition.tests)
    return f"least({when}, %(as_of)s::date + {ROLL_DAYS})" if rolls else when


def _prefix(column: str, area: str) -> str:
    return f"{column} >= '{area}' AND {column} < '{area}~'"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"
