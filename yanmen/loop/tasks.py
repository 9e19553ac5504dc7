"""Step 4 of the turn: open the tasks that measures ask for, close those that facts answer."""

from __future__ import annotations

from datetime import timedelta

from yanmen.loop import policies
from yanmen.loop.catalogue import Catalogue
from yanmen.loop.kinds import BulkKind
from yanmen.loop.measures import Standing
from yanmen.loop.named import sql
from yanmen.loop.program import HORIZON_DAYS
from yanmen.loop.session import Session

RELEASE_REVIEW = "release_review"


def bring_in_line(session: Session, subject_type: str, catalogue: Catalogue, standing: Standing) -> tuple[int, int]:
    """Bring the tasks of the asked subjects in line with their measures and facts. Returns how many opened and closed.

    Facts close tasks before the rest is cancelled: who is tested on the last day has done the test.
    """
    subject = {"subject_type": subject_type}
    wanted = _want(session, catalogue, subject)
    if standing.tasks:
        session.run("reopen_tasks", **subject)
        session.run("revise_tasks", **subject)
    opened = session.run("open_tasks", **subject) if wanted else 0
    closed = _close(session, subject_type, catalogue) if opened or standing.tasks else 0
    if standing.tasks:
        session.run("cancel_tasks", **subject)
    return opened, closed


def _want(session: Session, catalogue: Catalogue, subject: dict[str, str]) -> int:
    review = catalogue.tasks.get(RELEASE_REVIEW)
    horizon = session.arguments["as_of"] + timedelta(days=HORIZON_DAYS)
    wanted = session.run("want_tasks", horizon=horizon, review_role=review.role if review else None, **subject)
    session.expect(wanted)
    session.settle("wanted", wanted, "measure_id, kind, ordinal")
    return wanted


def _close(session: Session, subject_type: str, catalogue: Catalogue) -> int:
    if subject_type == "place":
        return 0
    pairs = [(fact, task.name) for task in catalogue.tasks.values() for fact in task.done_by]
    bulk = {fact for fact, _ in pairs if isinstance(catalogue.facts.get(fact), BulkKind)}
    single = [(fact, task) for fact, task in pairs if fact not in bulk]
    facts, tasks = [fact for fact, _ in single], [task for _, task in single]
    closed = session.run(f"close_tasks_{subject_type}", facts=facts, tasks=tasks)
    for kind in sorted(bulk) if subject_type == "person" else ():
        statement = sql("close_tasks_by_bulk").format(known="known_" + kind.replace(".", "_"))
        closed += session.text(statement, tasks=[task for fact, task in pairs if fact == kind])
    return closed


def fail_tasks(session: Session) -> int:
    """Fail every open task whose window has passed: the level above hears of it, and after each further window the next one. Returns how
    many failed or climbed. Where the mode is emergency, the next level hears sooner: norm `loop.climbing`."""
    share = policies.climbing_share(session.arguments["as_of"])
    return session.run("climb_tasks", share=share) + session.run("fail_tasks", share=share)
