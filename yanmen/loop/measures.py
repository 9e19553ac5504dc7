"""Step 2 and 3 of the turn: the measures that should be in force, and the difference."""

from __future__ import annotations

import json

from yanmen.loop.catalogue import Catalogue
from yanmen.loop.program import Program, Stratum
from yanmen.loop.session import Session

SMALL = 500


def work_out(session: Session, stratum: Stratum, asked: int) -> None:
    """Fill ``desired`` for the asked subjects: one statement a relation.

    For a few people, relations whose fact kinds none of them has are skipped: they
    could only answer with nothing.
    """
    kinds = _kinds(session, stratum, asked)
    for question in stratum.questions:
        reads = question.relation.facts
        if kinds is None or not reads or kinds & set(reads):
            session.text(question.sql)
    session.settle_statistics(asked, "desired")


def apply_difference(session: Session, program: Program, stratum: Stratum) -> None:
    """Impose, revise, lift and complete, each in the ledger; ``touched`` says what changed."""
    subject = {"subject_type": stratum.subject_type}
    session.run("revise", **subject)
    session.run("impose", **subject)
    session.run("advance", **subject)
    session.run(
        "lift",
        live=list(program.live),
        rules=list(stratum.rules),
        known_rules=list(program.rules),
        **subject,
    )


def end_measures(session: Session, stratum: Stratum, catalogue: Catalogue) -> None:
    """Complete what has run its days and met its end conditions; the rest is over-hold."""
    if not session.run("ending", subject_type=stratum.subject_type, rules=list(stratum.rules)):
        return
    for name in sorted({end for ends in stratum.ends.values() for end in ends}):
        statement = f"INSERT INTO met SELECT DISTINCT e.measure_id, '{name}' FROM ({catalogue.ends[name].sql}) e"
        session.text(statement)
    needs = [{"rule": rule, "ends": list(ends)} for rule, ends in stratum.ends.items()]
    session.run("complete", needs=json.dumps(needs))
    session.run("over_hold")


def _kinds(session: Session, stratum: Stratum, asked: int) -> set[str] | None:
    if stratum.subject_type != "person" or asked > SMALL:
        return None
    return set(session.column("kinds_of_asked"))
