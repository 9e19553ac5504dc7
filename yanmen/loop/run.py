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
    trial, program = bool(program), program or policies.program(local_date(now), alias=alias, words=words)
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        session = Session(cursor, now=now, as_of=local_date(now), lock=lock, fresh=trial)
        session.plan(fresh=trial)
        policies.wake_changed_rules(session, program)
        [(scratched, late, shards)] = session.rows("look")
        if not scratched:
            session.script("scratch")
        report = TurnReport(tasks_failed=tasks.fail_tasks(session) if late else 0)
        if shards:
            session.arguments["turn"] = int(session.value("new_turn"))
            _turn(session, program, words, shards, report)
            _finish(session, words, report, started)
            measures.leave(session)
    return report


def settle(*, now: datetime, alias: str = "loop") -> TurnReport:
    """Turn until nothing is dirty. Returns the sum."""
    total = TurnReport()
    for _ in range(1_000):
        if not (report := turn(now=now, alias=alias)).changed:
            return total
        for name, value in asdict(report).items():
            setattr(total, name, getattr(total, name) + value)
    raise RuntimeError(f"The loop does not settle: a thousand turns at {now} still find work. Last: {report}.")


def _turn(session: Session, program: Program, words: Catalogue, shards: Sequence[int], report: TurnReport) -> None:
    woken = set(session.column("take", shards=shards))
    held = _pass_on(session, program, None, words, list(shards))
    for session.arguments["stratum"], stratum in enumerate(program.strata):
        if stratum.subject_type not in woken:
            continue
        subject_type = stratum.subject_type
        asked = measures.ask(session, subject_type)
        report.subjects += asked
        standing = measures.standing(session, subject_type, asked)
        desired = measures.work_out(session, stratum, standing)
        measures.apply_difference(session, program, stratum, standing, desired)
        if desired or standing.measures:
            measures.end_measures(session, stratum, words)
        if desired or standing.measures or standing.tasks:
            opened, closed = tasks.bring_in_line(session, subject_type, words, standing)
            report.tasks_opened, report.tasks_closed = report.tasks_opened + opened, report.tasks_closed + closed
        held = _pass_on(session, program, stratum, words, held)
        woken = set(session.column("woken_types")) if len(held) > len(shards) or subject_type != "person" else woken


def _pass_on(
    session: Session, program: Program, stratum: Stratum | None, words: Catalogue, held: list[int]
) -> list[int]:
    """Wake whom a stratum's changes make stale (before the first: the facts of the woken), where their shards are free."""
    woke = 0
    for relation in (each for each in program.relations if each.stale_sql):
        if measures.mark_changed(session, relation, stratum, words):
            woke += session.text(
                f"INSERT INTO woken SELECT DISTINCT '{relation.subject}', s.subject FROM ({relation.stale_sql}) s"
            )
            session.empty("changed")
    if woke:
        measures.ask_again(session)
    beyond = sorted(set(session.column("woken_shards")) - set(held)) if woke else []
    if not beyond:
        return held
    held = held + session.column("lock_shards", shards=beyond)
    if session.run("hand_over", shards=held):
        session.run("drop_handed_over", shards=held)
    return held


def _finish(session: Session, words: Catalogue, report: TurnReport, started: float) -> None:
    acts = session.rows("acts")
    for act, count in acts:
        setattr(report, ACTS[act], getattr(report, ACTS[act]) + count)
    seq = ledger.begin_sequence(session)
    for subject_type in session.column("woken_types"):
        measures.ask(session, subject_type)
        report.statuses += statuses.fold_all(session, subject_type, words, version=seq)
    ledger.close(session, seq=seq, counts=asdict(report), sealed=bool(acts), seconds=perf_counter() - started)
