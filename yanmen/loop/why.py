"""Why: what is in force on a person, which line of which rule holds, and what clears it when.

The same dictionary serves the page, the API, the hotline and the command line. It can be
given as of one day and as known at another moment. The caller has checked that the asker
may see the person: the explanation itself reads everything the loop read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections, transaction

from yanmen.loop import policies
from yanmen.loop.catalogue import Catalogue, catalogue
from yanmen.loop.kinds import BulkKind
from yanmen.loop.named import sql
from yanmen.loop.program import Program, Question
from yanmen.loop.session import Session, decoded
from yanmen.loop.statuses import fold, stage_on

CONTEST = {
    "zh": "如认为依据的事实有误，可就该事实提出申诉；申诉成立后，该事实引起的全部措施一并解除。",
    "en": "If a fact it rests on is wrong, contest that fact; when upheld, everything it caused is lifted together.",
}
SERVED = {"zh": "期满", "en": "The days are served"}


def explain(
    person: int,
    *,
    as_of: dt.date,
    known_at: dt.datetime,
    now: dt.datetime,
    alias: str = "loop",
    words: Catalogue = catalogue,
) -> dict[str, Any]:
    """Everything the loop has to say about one person, in both languages."""
    program = policies.program(as_of, alias=alias, words=words)
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        session = Session(cursor, now=now, as_of=as_of)
        session.arguments["known_at"] = known_at
        session.script("scratch")
        session.run("ask_one", person=person)
        subject = {"subject": person, "subject_type": "person"}
        measures = session.records("standing", **subject)
        story = session.records("story", **subject)
        tests = session.records("open_tests", **subject)
        verdicts = _verdicts(session, program)
        editions = _editions(session, {m["edition_id"] for m in measures + story})
        facts = _facts(session, measures, verdicts, words)
        session.empty("asked")
    told = [_measure(m, editions, verdicts, facts, story, tests, as_of, words) for m in measures]
    standing = [m for m in told if m["state"] in ("proposed", "in_force")]
    return {
        "person": person,
        "as_of": as_of.isoformat(),
        "known_at": known_at.isoformat(),
        "statuses": _statuses(measures, editions, as_of, words),
        "measures": standing,
        "ended": [m for m in told if m["state"] not in ("proposed", "in_force")],
        "not_imposed": _not_imposed(verdicts, {(m["rule"], m["reason"]) for m in standing}),
        "contest": CONTEST,
    }


def _verdicts(session: Session, program: Program) -> list[dict[str, Any]]:
    """For every rule that has something to ask about this person: each line, and whether it holds."""
    kinds = set(session.column("kinds_of_asked"))
    found: list[dict[str, Any]] = []
    for stratum in program.strata:
        if stratum.subject_type != "person":
            continue
        for question in stratum.questions:
            if question.concerns(kinds):
                found += _judge(session, question)
    return found


def _judge(session: Session, question: Question) -> list[dict[str, Any]]:
    session.text(question.judged)
    told = []
    for number, reason, evidence, row, holds in sorted(decoded(session.cursor), key=lambda each: each[0]):
        rule = question.clauses[number].rule
        told.append(
            {
                "rule": rule.id,
                "title": {"zh": rule.zh, "en": rule.en},
                "reason": reason,
                "evidence": evidence,
                "row": row,
                "lines": [{"text": t, "holds": h} for t, h in zip(rule.when, holds, strict=True)],
            }
        )
    return told


def _editions(session: Session, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in session.records("edition_bodies", ids=sorted(ids))}


def _facts(
    session: Session,
    measures: Sequence[Mapping[str, Any]],
    verdicts: Sequence[Mapping[str, Any]],
    words: Catalogue,
) -> dict[str, Any]:
    """What the measures rest on: ordinary facts, and check-ins and other bulk facts while they are kept."""
    ids = {fact for source in (measures, verdicts) for row in source for fact in row["evidence"]}
    found = {row["id"]: row for row in session.records("evidence", ids=sorted(ids))}
    if missing := sorted(ids - found.keys()):
        for kind in (each for each in words.facts.values() if isinstance(each, BulkKind)):
            session.text(sql("bulk_evidence").format(table=kind.table), ids=missing, kind=kind.name)
            found |= {row["id"]: row for row in session.as_records()}
    return found


def _measure(
    measure: Mapping[str, Any],
    editions: Mapping[int, Mapping[str, Any]],
    verdicts: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Mapping[str, Any]],
    story: Sequence[Mapping[str, Any]],
    tests: Sequence[Mapping[str, Any]],
    as_of: dt.date,
    words: Catalogue,
) -> dict[str, Any]:
    body = editions[measure["edition_id"]]["body"]
    stages = dated_stages(measure["count_from"], body)
    now_in = stage_on({**measure, "stages": body["stages"]}, as_of)
    judged = next((v for v in verdicts if (v["rule"], v["reason"]) == (measure["rule"], measure["reason"])), None)
    return {
        "id": measure["id"],
        "rule": measure["rule"],
        "reason": measure["reason"],
        "title": _rule_title(measure["rule"]),
        "kind": {"name": measure["kind"], **_titles(words.measures.get(measure["kind"]))},
        "state": measure["state"],
        "over_hold": measure["over_hold"],
        "count_from": measure["count_from"].isoformat(),
        "last_day": measure["last_day"].isoformat() if measure["last_day"] else None,
        "stage": now_in,
        "stages": stages,
        "source": body["source"],
        "grades": body["grades"],
        "weak": body["weak"],
        "edition": body["edition"],
        "lines": judged["lines"] if judged else [],
        "evidence": [_fact(facts[f], words) for f in measure["evidence"] if f in facts],
        "clears": _clears(measure, tests, words),
        "history": [
            {"at": s["at"].isoformat(), "act": s["act"], "note": s["note"], "last_day": _iso(s["last_day"])}
            for s in story
            if s["measure_id"] == measure["id"]
        ],
    }


def dated_stages(count_from: dt.date, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stages of an edition laid on the calendar from day 0."""

    def day(offset: int | None) -> str | None:
        return None if offset is None else (count_from + dt.timedelta(days=offset)).isoformat()

    return [
        {"place": s["place"], "first_day": day(s["from_day"]), "last_day": day(s["to_day"]), "marks": s["marks"]}
        for s in body["stages"]
    ]


def _clears(measure: Mapping[str, Any], tests: Sequence[Mapping[str, Any]], words: Catalogue) -> dict[str, Any]:
    ends = [words.ends[name] for name in _rule_ends(measure["rule"]) if name in words.ends]
    left = [t for t in tests if t["measure_id"] == measure["id"] and t["state"] != "done"]
    earliest = measure["last_day"] + dt.timedelta(days=1) if measure["last_day"] else None
    return {
        "earliest": _iso(earliest),
        "needs": [SERVED, *({"zh": end.zh, "en": end.en} for end in ends)],
        "tests": [{"kind": t["kind"], "due": t["due_at"].isoformat(), "state": t["state"]} for t in left],
    }


def _fact(fact: Mapping[str, Any], words: Catalogue) -> dict[str, Any]:
    return {
        "id": fact["id"],
        "kind": fact["kind"],
        "title": _titles(words.facts.get(fact["kind"])),
        "area": fact["area"],
        "occurred_at": fact["occurred_at"].isoformat(),
        "recorded_at": fact["recorded_at"].isoformat(),
        "recorded_by": fact["recorded_by"],
        "detail": fact["detail"] if fact["person_id"] else {},
        "corrected_by": fact["corrected_by"],
        "corrected_because": fact["corrected_because"],
    }


def _statuses(
    measures: Sequence[Mapping[str, Any]], editions: Mapping[int, Mapping[str, Any]], as_of: dt.date, words: Catalogue
) -> dict[str, Any]:
    rows = [{**m, "stages": editions[m["edition_id"]]["body"]["stages"]} for m in measures]
    told = {}
    for status in words.statuses.values():
        if status.subject == "person":
            value, because = fold(status, rows, as_of)
            told[status.name] = {"value": value, "because": because, "zh": status.zh, "en": status.en}
    return told


def _not_imposed(verdicts: Sequence[Mapping[str, Any]], standing: set[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {key: v[key] for key in ("rule", "title", "reason", "lines")}
        for v in verdicts
        if (v["rule"], v["reason"]) not in standing and not all(line["holds"] for line in v["lines"])
    ]


def _rule_title(rule: str) -> dict[str, str]:
    found = next((r for r in policies.shelf.policy().rules if r.id == rule), None)
    return {"zh": found.zh, "en": found.en} if found else {"zh": rule, "en": rule}


def _rule_ends(rule: str) -> tuple[str, ...]:
    found = next((r for r in policies.shelf.policy().rules if r.id == rule), None)
    return found.ends if found else ()


def _titles(kind: Any) -> dict[str, str]:
    return {"zh": kind.zh, "en": kind.en} if kind else {"zh": "", "en": ""}


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
