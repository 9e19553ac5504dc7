"""Step 2 and 3 of the turn: the measures that should be in force, and the difference."""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import dataclass

from yanmen.loop.catalogue import Catalogue
from yanmen.loop.program import Program, Stratum
from yanmen.loop.relations import Relation
from yanmen.loop.session import LARGE, Session

WORKING = ("subjects", "asked", "desired", "ending", "met", "wanted")


@dataclass(frozen=True)
class Standing:
    """What the asked subjects already have; whatever they have not need not be looked at.

    ``kinds`` are the kinds of their facts, None when that is not worth finding out.
    """

    kinds: Set[str] | None
    measures: bool
    tasks: bool


def ask(session: Session, subject_type: str) -> int:
    """Put the woken subjects of a type into ``subjects`` and ``asked``, and empty what others left."""
    if session.arguments.get("asking") == subject_type:
        return 0
    if "asking" in session.arguments:
        session.empty(*WORKING)
    session.arguments["asking"] = subject_type
    asked = session.run(f"ask_{subject_type}")
    session.expect(asked)
    session.settle("subjects", asked, "subject")
    session.settle("asked", asked, "subject, member", "member, subject")
    return asked


def ask_again(session: Session) -> None:
    """Somebody was woken meanwhile: what was asked before is no longer all there is to ask."""
    if "asking" in session.arguments:
        session.arguments["asking"] = ""


def leave(session: Session) -> None:
    """Leave the working tables as the next turn of this connection wants them."""
    if session.fresh:
        session.script("drop_scratch")
    else:
        session.empty(*WORKING, "woken", "touched")


def standing(session: Session, subject_type: str, asked: int) -> Standing:
    """What the asked have."""
    few = subject_type == "person" and asked <= LARGE
    [(kinds, has_measures, has_tasks)] = session.rows("standing_of_asked", subject_type=subject_type, few=few)
    return Standing(set(kinds) if few else None, has_measures, has_tasks)


def work_out(session: Session, stratum: Stratum, standing: Standing) -> int:
    """Fill ``desired`` for the asked subjects: one statement a relation. Returns how many it holds.

    For a few people, relations whose fact kinds none of them has are skipped: they
    could only answer with nothing.
    """
    desired = 0
    for question in stratum.questions:
        if question.concerns(standing.kinds):
            desired += session.text(question.sql)
    session.expect(desired)
    session.settle("desired", desired, "subject")
    return desired


def apply_difference(session: Session, program: Program, stratum: Stratum, standing: Standing, desired: int) -> None:
    """Impose, revise, lift and complete, each in the ledger; ``touched`` says what changed."""
    subject = {"subject_type": stratum.subject_type}
    if standing.measures:
        session.run("revise", **subject)
    if desired:
        session.run("impose", **subject)
    if standing.measures:
        session.run("advance", **subject)
        session.run(
            "lift",
            live=list(program.live),
            rules=list(stratum.rules),
            known_rules=list(program.rules),
            **subject,
        )


def mark_changed(session: Session, relation: Relation, stratum: Stratum | None, catalogue: Catalogue) -> int:
    """Fill ``changed`` with whom a relation may be stale for: by measures it reads, touched in this stratum.

    Before the first stratum, a relation that reads other subjects' facts and no measures is asked about the woken, people with
    every record that was merged with theirs.
    """
    if stratum is None:
        marked = 0 if relation.measures else session.run("mark_woken", subject_type=relation.subject)
        session.expect(marked)
        session.settle("changed", marked)
        return marked
    kinds = [kind for kind in relation.measures if catalogue.measure(kind).subject == stratum.subject_type]
    return session.run("mark_changed", subject_type=stratum.subject_type, kinds=kinds) if kinds else 0


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
