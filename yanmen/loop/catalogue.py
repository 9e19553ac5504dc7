"""Everything the loop knows by name: kinds, roles, statuses, relations, end conditions.

The loop imports no subsystem. ``project.discovery`` fills this catalogue at start-up,
and whatever is misspelt is refused there, with the nearest name.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from yanmen.loop.kinds import BulkKind, FactKind, Kind, MeasureKind, Role, Status, TaskKind, kinds_in
from yanmen.loop.relations import End, Relation, read_folder

K = TypeVar("K")
KERNEL_FACTS = ("fact.withdrawn", "measure.approved")


class UnknownName(LookupError):
    """A name that nothing declares; the message offers the nearest one."""


class Catalogue:
    """Names to kinds and relations, each name declared once."""

    def __init__(self) -> None:
        self.facts: dict[str, FactKind] = {}
        self.measures: dict[str, MeasureKind] = {}
        self.tasks: dict[str, TaskKind] = {}
        self.roles: dict[str, Role] = {}
        self.statuses: dict[str, Status] = {}
        self.relations: dict[str, Relation] = {}
        self.ends: dict[str, End] = {}

    def add_kinds(self, module: ModuleType) -> None:
        """Take in every kind that a ``kinds.py`` defines."""
        for kind in kinds_in(module):
            self._shelf(kind)[kind.name] = _once(self._shelf(kind), kind.name, kind)

    def add_relations(self, folder: Path) -> None:
        """Take in every relation and end condition of a ``relations/`` folder."""
        relations, ends = read_folder(folder)
        for relation in relations:
            self.relations[relation.name] = _once(self.relations, relation.name, relation)
        for end in ends:
            self.ends[end.name] = _once(self.ends, end.name, end)

    def fact(self, name: str) -> FactKind:
        return find(self.facts, name, "fact kind")

    def reads_bulk(self, relation: Relation) -> bool:
        """Whether a relation reads facts that stand in tables of their own."""
        return any(isinstance(self.facts.get(name), BulkKind) for name in relation.facts)

    def measure(self, name: str) -> MeasureKind:
        return find(self.measures, name, "measure kind")

    def task(self, name: str) -> TaskKind:
        return find(self.tasks, name, "task kind")

    def relation(self, name: str) -> Relation:
        return find(self.relations, name, "relation")

    def wakes(self, fact_kind: str) -> set[str]:
        """Subject types that a fact of this kind may touch, by relations and by tasks it closes."""
        subjects = {r.subject for r in self.relations.values() if fact_kind in r.facts}
        if any(fact_kind in task.done_by for task in self.tasks.values()):
            subjects.add(self.fact(fact_kind).subject)
        if fact_kind in KERNEL_FACTS:
            subjects |= {"person", "area"}
        return subjects

    def check(self) -> list[str]:
        """What does not fit together: fact kinds that relations or tasks name in vain."""
        faults = []
        for relation in self.relations.values():
            faults += self._unknown(relation.facts, self.facts, f"relation {relation.name}")
            faults += self._unknown(relation.measures, self.measures, f"relation {relation.name}")
        for task in self.tasks.values():
            faults += self._unknown(task.done_by, self.facts, f"task kind {task.name}")
            faults += self._unknown([task.role], self.roles, f"task kind {task.name}")
        return faults

    def _shelf(self, kind: Kind) -> dict[str, Kind]:
        shelves: dict[type[Kind], dict[str, Kind]] = {
            FactKind: self.facts,  # type: ignore[dict-item]
            BulkKind: self.facts,  # type: ignore[dict-item]
            MeasureKind: self.measures,  # type: ignore[dict-item]
            TaskKind: self.tasks,  # type: ignore[dict-item]
            Role: self.roles,  # type: ignore[dict-item]
            Status: self.statuses,  # type: ignore[dict-item]
        }
        return shelves[type(kind)]

    @staticmethod
    def _unknown(names: Iterable[str], shelf: dict[str, K], where: str) -> list[str]:
        return [f"{where}: {_unknown_text(shelf, name, 'name')}" for name in names if name not in shelf]


def find(shelf: dict[str, K], name: str, what: str) -> K:
    """The thing called ``name``; UnknownName with the nearest name otherwise."""
    try:
        return shelf[name]
    except KeyError:
        raise UnknownName(_unknown_text(shelf, name, what)) from None


def _unknown_text(shelf: Iterable[str], name: str, what: str) -> str:
    near = get_close_matches(name, list(shelf), n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'no {what} is called "{name}".{hint}'


def _once(shelf: dict[str, K], name: str, value: K) -> K:
    if name in shelf and shelf[name] != value:
        raise UnknownName(f'"{name}" is declared twice: {shelf[name]} and {value}')
    return value


catalogue = Catalogue()
