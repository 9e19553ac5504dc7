"""The turn: one transaction that brings measures, tasks and statuses in line with the facts.

1 take dirty subjects, and those whose next change is due
2 work out the measures that should be in force: a statement a relation
3 write the difference: imposed, revised, lifted, completed, over-held
4 tasks: opened, cancelled, closed by facts, failed by the clock
5 statuses: folded from the measures
6 outbox, hash chain, NOTIFY
7 commit

It is level-triggered and idempotent: a crash anywhere gives every subject back, and the
next turn reaches the same state. Any number of workers may run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from time import perf_counter

from django.db import connections, transaction

from yanmen.base.clock import local_date
from yanmen.loop import ledger, measures, policies, statuses, tasks
from yanmen.loop.catalogue import Catalogue, catalogue
from yanmen.loop.program import Program, Stratum
from yanmen.loop.session import LOCK, Session

ACTS = {
    "imposed": "imposed", "proposed": "proposed", "revised": "revised", "approved": "revised",
    "lifted": "lifted", "completed": "completed", "over_held": "over_held",
}  # fmt: skip


@dataclass
class TurnReport:
    """What a turn did; all zero when there was nothing to do."""

    subjects: int = 0
    imposed: int = 0
    proposed: int = 0
    revised: int = 0
    lifted: int = 0
    completed: int = 0
    over_held: int = 0
    tasks_opened: int = 0
    tasks_closed: int = 0
    tasks_failed: int = 0
    statuses: int = 0

    @property
    def changed(self) -> bool:
        """Whether the turn had anything to look at."""
        return bool(self.subjects or self.tasks_failed)


def turn(
    *,
    now: datetime,
    alias: str = "loop",
    words: Catalogue = catalogue,
    program: Program | None = None,
    lock: int = LOCK,
) -> TurnReport:
    """Turn the loop once, as of ``now``. Everything that was dirty is in line afterwards.

    A trial hands in its own ``program`` and ``lock``: it runs on shadow tables.
    """
    started = perf_counter()
    program = program or policies.program(local_date(now), alias=alias, words=words)
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        session = Session(cursor, now=now, as_of=local_date(now), lock=lock)
        session.run("scratch")
        policies.wake_changed_rules(session, program)
        report = TurnReport(tasks_failed=tasks.fail_tasks(session))
        shards = session.column("take_shards")
        if shards:
            session.run("take", shards=shards)
            number = int(session.value("new_turn"))
            _turn(session, program, words, shards, number, report)
            _finish(session, words, number, report, started)
    return report


def settle(*, now: datetime, alias: str = "loop") -> TurnReport:
    """Turn until nothing is dirty. Returns the sum."""
    total = TurnReport()
    while (report := turn(now=now, alias=alias)).changed:
        for name, value in asdict(report).items():
            setattr(total, name, getattr(total, name) + value)
    return total


def _turn(
    session: Session, program: Program, words: Catalogue, shards: Sequence[int], number: int, report: TurnReport
) -> None:
    held = list(shards)
    for stratum in program.strata:
        asked = session.run(f"ask_{stratum.subject_type}")
        if not asked:
            continue
        session.settle_statistics(asked, "asked")
        session.arguments["turn"] = number
        report.subjects += asked
        measures.work_out(session, stratum, asked)
        measures.apply_difference(session, program, stratum)
        report.tasks_closed += tasks.close_tasks(session, stratum.subject_type, words)
        measures.end_measures(session, stratum, words)
        report.tasks_opened += tasks.open_tasks(session, stratum.subject_type, words)
        report.tasks_closed += tasks.close_tasks(session, stratum.subject_type, words)
        held = _pass_on(session, program, stratum, held)
        session.empty("asked", "desired", "ending", "met", "wanted", "changed", rows=asked)


def _pass_on(session: Session, program: Program, stratum: Stratum, held: list[int]) -> list[int]:
    """Wake whom this stratum's changes make stale, in this turn where their shards are free."""
    for relation in program.relations:
        if not (relation.measures and relation.stale_sql):
            continue
        session.empty("changed")
        if session.run("mark_changed", subject_type=stratum.subject_type, kinds=list(relation.measures)):
            session.text(
                f"INSERT INTO woken SELECT DISTINCT '{relation.subject}', s.subject FROM ({relation.stale_sql}) s"
            )
    beyond = sorted(set(session.column("woken_shards")) - set(held))
    if not beyond:
        return held
    held = held + session.column("lock_shards", shards=beyond)
    session.run("hand_over", shards=held)
    session.run("drop_handed_over", shards=held)
    return held


def _finish(session: Session, words: Catalogue, number: int, report: TurnReport, started: float) -> None:
    for act, count in session.rows("acts"):
        setattr(report, ACTS[act], getattr(report, ACTS[act]) + count)
    seq = ledger.begin_sequence(session)
    for subject_type, _ in session.rows("woken_types"):
        asked = session.run(f"ask_{subject_type}")
        session.settle_statistics(asked, "asked")
        report.statuses += statuses.fold_all(session, subject_type, words, version=seq)
        session.empty("asked", rows=asked)
    session.empty("woken", "touched", rows=report.subjects)
    ledger.close(session, turn=number, seq=seq, counts=asdict(report), seconds=perf_counter() - started)
