"""The policy in force: loaded once a process, published once a database, compiled once a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connections

from yanmen.loop.catalogue import Catalogue, catalogue
from yanmen.loop.policy.load import load_packs
from yanmen.loop.policy.norms import Norm, load_norms
from yanmen.loop.policy.parts import Dated
from yanmen.loop.policy.publish import publish
from yanmen.loop.policy.words import Policy
from yanmen.loop.program import Program, compile_program, live_editions
from yanmen.loop.relations import Relation
from yanmen.loop.session import Session


class PolicyShelf:
    """Policies and the programs compiled from them, by database and day."""

    def __init__(self) -> None:
        self.folders: list[Path] = []
        self._policy: Policy | None = None
        self._norms: dict[str, Norm] | None = None
        self._ids: dict[tuple[str, str], dict[str, int]] = {}
        self._live: dict[tuple[str, str, dt.date], frozenset[int]] = {}
        self._programs: dict[tuple[str, str, frozenset[int]], Program] = {}

    def use(self, folders: list[Path]) -> None:
        """Take the policy from these folders from now on."""
        self.folders = folders
        self.use_policy(None)

    def use_policy(self, policy: Policy | None) -> None:
        """Take this policy from now on; None reads the folders again."""
        self._policy, self._norms = policy, None
        self._ids.clear()
        self._live.clear()
        self._programs.clear()

    def policy(self) -> Policy:
        """The policy in use."""
        if self._policy is None:
            self._policy = load_packs(self.folders)
        return self._policy

    def norms(self) -> Mapping[str, Norm]:
        """The norms of the policy in use by name; of several packs that speak of one, the last holds. Read once."""
        if self._norms is None:
            self._norms = {norm.id: norm for norm in load_norms(self.policy())}
        return self._norms

    def relation_of(self, rule: str) -> Relation | None:
        """The relation a rule asks about; None when the rule is no longer there."""
        given = next((r.given for r in self.policy().rules if r.id == rule), "")
        return catalogue.relations.get(given)

    def program(self, as_of: dt.date, *, alias: str, words: Catalogue) -> Program:
        """What the turn of a day runs against one database; days of the same editions share it."""
        database, day = self._database(alias), (*self._database(alias), as_of)
        if day not in self._live:
            self._live[day] = frozenset(live_editions(self.policy(), self.ids(alias), as_of))
        key = (*database, self._live[day])
        if key not in self._programs:
            self._programs[key] = compile_program(self.policy(), words, self.ids(alias), as_of)
        return self._programs[key]

    def ids(self, alias: str) -> dict[str, int]:
        """Row numbers of the policy's editions in one database; stores them the first time."""
        database = self._database(alias)
        if database not in self._ids:
            self._ids[database] = publish(self.policy(), alias=alias)
        return self._ids[database]

    def _database(self, alias: str) -> tuple[str, str]:
        return alias, str(connections[alias].settings_dict["NAME"])


shelf = PolicyShelf()


def norm_in_force(name: str, day: dt.date) -> Dated | None:
    """What a norm says on a day, with its source and grades; None where there is none."""
    norm = shelf.norms().get(name)
    return norm.at(day) if norm else None


def numbers(name: str, day: dt.date) -> Mapping[str, Any]:
    """The numbers of a norm in force on a day; nothing where there is none."""
    dated = norm_in_force(name, day)
    return dict(dated.parts) if dated else {}


CLIMBING = "loop.climbing"


def climbing_share(day: dt.date) -> float:
    """The part of its clock after which a late task goes up another level where the mode is emergency; one: as in peace."""
    dated = norm_in_force(CLIMBING, day)
    return float(dated.in_emergency().parts.get("percent_of_clock", 100)) / 100 if dated else 1.0


def program(as_of: dt.date, *, alias: str = "loop", words: Catalogue = catalogue) -> Program:
    """What the turn of a day runs, from the policy in use."""
    return shelf.program(as_of, alias=alias, words=words)


def wake_changed_rules(session: Session, today: Program) -> None:
    """Where the editions of a rule differ from those last applied, wake whom it may touch.

    This one comparison serves a new edition's day, an overnight publication and a rule withdrawn.
    """
    stored = dict(session.rows("rule_states"))
    for rule, editions in today.states.items():
        known = list(stored.get(rule, [])) == editions
        if not known and session.run("store_rule_state", rule=rule, editions=editions):
            _wake(session, rule)
    for rule in set(stored) - set(today.states):
        _wake(session, rule)
        session.run("drop_rule_state", rule=rule)


def _wake(session: Session, rule: str) -> None:
    relation = shelf.relation_of(rule)
    session.run(
        "wake_rule",
        rule=rule,
        subject_type=relation.subject if relation else "",
        facts=list(relation.facts) if relation else [],
    )
