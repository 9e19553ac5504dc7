"""After discharge: the days of monitoring, follow-up, and what follows from a new positive by the edition in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.diseases import COVID
from yanmen.base.rows import records
from yanmen.loop.models import Measure
from yanmen.loop.policies import shelf
from yanmen.loop.policy.words import source_body
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.methods.discharge import Reading, Test
from yanmen.subsystems.cases.methods.re_positive import decide
from yanmen.subsystems.cases.methods.words import DECISIONS
from yanmen.subsystems.cases.queries.course import course_of, results_of
from yanmen.subsystems.cases.queries.listing import Case, case

MONITORED = ("cases.discharged", "cases.asymptomatic_released")
ASSESSED_BY, MANAGED_BY = "cases.re_positive_assessment", "cases.re_positive"


@dataclass(frozen=True)
class Aftercare:
    """A discharged (or re-positive) case: what was seen since, and what the edition says follows."""

    case: Case
    discharged_at: datetime | None
    monitored: Sequence[Mapping[str, Any]]
    followed_up: Sequence[Mapping[str, Any]]
    positives: Sequence[Test]
    ct: float | None
    symptoms: frozenset[str] | None
    day_of_course: int
    infectious_below: float | None
    assessed: Mapping[str, Any] | None
    decision: str
    source: Mapping[str, Any]

    @property
    def decision_title(self) -> Mapping[str, str]:
        """What follows, in both languages."""
        return DECISIONS[self.decision]

    @property
    def basis(self) -> dict[str, Any]:
        """What an assessment made now rests on, as the fact keeps it."""
        return {
            "ct": self.ct,
            "symptoms": None if self.symptoms is None else ",".join(sorted(self.symptoms)) or "none",
            "day_of_course": self.day_of_course,
            "basis": ",".join(str(each.fact) for each in self.positives),
        }


def aftercare(scope: Scope, case_key: str, *, now: datetime) -> Aftercare | None:
    """How a case goes on after its discharge; None if there is no such case in the asker's areas."""
    found = case(scope, case_key, now=now)
    if found is None:
        return None
    discharged_at = found.discharged_at or _discharged_before(found)
    since = discharged_at or found.found_at
    again = found.setting == "re_positive"
    tests = [each for each in results_of(scope, found, now=now, since=since) if each.at > since or again]
    positives = [each for each in tests if each.result == "positive"] if discharged_at or again else []
    readings = [each for each in course_of(scope, found, now=now) if each.at >= since]
    ct = _latest_ct(positives, found if again else None)
    below, source = _infectious_below(found, local_date(now))
    assessed = _assessed(found)
    symptoms = _symptoms(readings)
    decision = decide(
        positive_again=bool(positives) or again, ct=ct, symptoms=symptoms, infectious_below=below, risk=(assessed or {}).get("risk")
    )  # fmt: skip
    return Aftercare(
        case=found,
        discharged_at=discharged_at,
        monitored=_monitored(found),
        followed_up=_told(found, "cases.followed_up"),
        positives=positives,
        ct=ct,
        symptoms=symptoms,
        day_of_course=(local_date(now) - (found.onset_on or local_date(found.found_at))).days,
        infectious_below=below,
        assessed=assessed,
        decision=decision,
        source=source,
    )


def _latest_ct(positives: Sequence[Test], reported: Case | None) -> float | None:
    known = [each.ct for each in positives if each.ct is not None]
    if known:
        return known[-1]
    ct = reported.detail.get("ct") if reported else None
    return None if ct is None else float(ct)


def _symptoms(readings: Sequence[Reading]) -> frozenset[str] | None:
    told = [each.symptoms for each in readings if each.symptoms is not None]
    return told[-1] if told else None


def _infectious_below(found: Case, day: date) -> tuple[float | None, Mapping[str, Any]]:
    """The Ct below which the edition has a re-positive assessed; None where none says so."""
    if found.disease != COVID:
        return None, {}
    edition = shelf.policy().at(ASSESSED_BY, found.area, day)
    if edition is None or edition.off:
        return None, {}
    return float(edition.values["infectious_below"]), source_body(edition.source)


def _monitored(found: Case) -> list[dict[str, Any]]:
    rows = Measure.objects.filter(subject_type="person", reason=found.key, rule__in=MONITORED).order_by("count_from")
    return [
        {"rule": each.rule, "from": each.count_from, "until": each.last_day, "state": each.state}
        for each in rows.filter(state__in=("proposed", "in_force", "completed"))
    ]


def _discharged_before(found: Case) -> datetime | None:
    """Of a re-positive: when the same person was last discharged before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(fact.occurred_at) FROM registry_person AS one"
            " JOIN registry_person AS other ON coalesce(other.same_as_id, other.id) = coalesce(one.same_as_id, one.id)"
            " JOIN loop_fact AS fact ON fact.person_id = other.id AND fact.kind = 'cases.discharged'"
            " WHERE one.id = %s AND fact.occurred_at < %s AND fact.detail ->> 'case' <> %s"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)",
            [found.person_id, found.found_at, found.key],
        )
        row = cursor.fetchone()
    return row[0] if row and found.setting == "re_positive" else None


def _assessed(found: Case) -> dict[str, Any] | None:
    told = _told(found, "cases.assessed")
    return told[-1] if told else None


def _told(found: Case, kind: str) -> list[dict[str, Any]]:
    """Facts of a kind about a case, oldest first: when, by whom, and what they say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (fact.occurred_at, fact.detail) fact.id AS fact, fact.occurred_at AS at, fact.recorded_by AS by, fact.detail ->> 'note' AS note,"
            " fact.detail ->> 'risk' AS risk, (fact.detail ->> 'ct')::float8 AS ct, fact.detail ->> 'symptoms' AS symptoms,"
            " (fact.detail ->> 'day_of_course')::int AS day_of_course, fact.detail ->> 'basis' AS basis"
            " FROM loop_fact AS fact WHERE fact.person_id = %s AND fact.kind = %s AND fact.detail ->> 'case' = %s"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)"
            " ORDER BY fact.occurred_at, fact.detail, fact.recorded_at DESC, fact.id DESC",
            [found.person_id, kind, found.key],
        )
        return records(cursor)
