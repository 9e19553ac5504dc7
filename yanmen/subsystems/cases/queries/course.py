"""The course of a case, its tests, and the criteria of discharge held against both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date
from yanmen.loop.policy.words import source_body
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.methods.discharge import Course, Criterion, Reading, Test, judge
from yanmen.subsystems.cases.methods.words import NO_SYMPTOMS
from yanmen.subsystems.cases.queries.listing import Case, case
from yanmen.subsystems.cases.queries.statements import listed, norm_of, rows


@dataclass(frozen=True)
class Checklist:
    """The criteria of the edition in force. `source` is empty where no edition asks anything of this disease."""

    case: Case
    criteria: Sequence[Criterion]
    source: Mapping[str, Any]

    @property
    def unmet(self) -> list[Criterion]:
        """What is known not to be met."""
        return [each for each in self.criteria if each.met is False]

    @property
    def unknown(self) -> list[Criterion]:
        """What nothing recorded decides."""
        return [each for each in self.criteria if each.met is None]


def course_of(scope: Scope, found: Case, *, now: datetime) -> list[Reading]:
    """What was told of the course, oldest first."""
    told = rows(scope, "course", person=found.person_id, case=found.key, known_at=now)
    return [Reading(**row | {"symptoms": _symptoms(row["symptoms"])}) for row in told]


def results_of(scope: Scope, found: Case, *, now: datetime, since: datetime | None = None) -> list[Test]:
    """Results of the person since the case was found, or since another moment, by the moment of their sample."""
    since = since or found.found_at - timedelta(days=1)
    return [Test(**row) for row in rows(scope, "tests", person=found.person_id, since=since, known_at=now)]


def discharge_checklist(scope: Scope, case_key: str, *, now: datetime, at: datetime | None = None) -> Checklist | None:
    """For each criterion of the edition in force: met, not met or not known, with its evidence. None: no such case.

    `at` asks for an earlier moment: what is known now about how things stood then.
    """
    found = case(scope, case_key, now=now)
    if found is None:
        return None
    at = at or now
    norm = norm_of("discharge", found.disease, local_date(at))
    if norm is None:
        return Checklist(found, (), {})
    course = Course(
        kind=found.kind,
        severity=found.severity or "",
        found_at=found.found_at,
        readings=course_of(scope, found, now=now),
        tests=results_of(scope, found, now=now),
    )
    source = source_body(norm.source) if norm.source else {}
    return Checklist(found, judge(norm.parts, course, now=at), source)


def _symptoms(text: str | None) -> frozenset[str] | None:
    words = listed(text)
    return None if not words else frozenset(words) - {NO_SYMPTOMS}
