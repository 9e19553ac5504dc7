"""Workers that are killed in the middle of a turn, and several at once: the state comes out the same."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

import pytest
from django.db import connections

from yanmen.loop.audit import audit
from yanmen.loop.facts import record_many, wake
from yanmen.loop.run import settle, turn
from yanmen.loop.tests.conftest import noon
from yanmen.loop.tests.test_turn import COUNTY, HOME, outbreak, places, rows

pytestmark = pytest.mark.usefixtures("toy", "places")
__all__ = ["places"]
NOW = noon("2022-01-10")
COMPUTED = "loop_measure, loop_event, loop_task, loop_status, loop_seal, loop_turn, loop_outbox"
STATE = {
    "measures": "SELECT rule, subject_type, subject, reason, area, state, count_from, last_day, evidence::text, over_hold FROM loop_measure",
    "ledger": "SELECT act, rule, subject_type, subject, reason, state FROM loop_event",
    "tasks": "SELECT m.rule, m.subject, m.reason, t.kind, t.ordinal, t.state, t.opens_at, t.due_at"
    " FROM loop_task t JOIN loop_measure m ON m.id = t.measure_id",
    "statuses": "SELECT subject_type, subject, status, value, cardinality(because) FROM loop_status",
}


def state() -> dict[str, list[tuple]]:
    return {name: sorted(rows("loop", query), key=str) for name, query in STATE.items()}


def travellers(count: int) -> list[int]:
    """People who were in the county, which has an outbreak that no turn has seen yet."""
    made = rows(
        "owner",
        "INSERT INTO registry_person (name, sex, id_type, area, address, post, synthetic, created_at)"
        " SELECT 'P' || n, '', '', %s, '', '', true, now() FROM generate_series(1, %s) n RETURNING id",
        HOME,
        count,
    )
    people = [number for (number,) in made]
    rows("default", "SELECT 1")
    stays = [{"person": p, "area": HOME, "occurred_at": NOW, "detail": {"where": COUNTY}} for p in people]
    record_many("toy.exposed", stays, by="test", now=NOW)
    outbreak("2022-01-10")
    return people


def undisturbed(people: list[int]) -> dict[str, list[tuple]]:
    """The state that one worker reaches alone, from the same facts."""
    rows("owner", f"TRUNCATE {COMPUTED}, loop_wake")
    wake("person", people)
    [(county,)] = rows("owner", "SELECT id FROM registry_area WHERE code = %s", COUNTY)
    wake("area", [county])
    settle(now=NOW)
    return state()


def worker() -> int:
    """A worker process of its own, settling; returns its number."""
    connections.close_all()
    number = os.fork()
    if not number:
        try:
            settle(now=NOW)
        finally:
            os._exit(0)
    return number


def until_alone() -> None:
    """The server ends the sessions of the killed in its own time: one that was committing goes on to the end."""
    connections.close_all()
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    end = time.monotonic() + 60
    while rows("owner", others) != [(0,)]:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_kill_9_in_the_middle_of_a_turn_changes_nothing_that_counts() -> None:
    people = travellers(1200)
    settled_before = 0
    for moment in [0.005, 0.05, 0.1, 0.2, random.uniform(0.01, 0.5)]:
        number = worker()
        time.sleep(moment)
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
        settled_before += not rows("loop", "SELECT 1 FROM loop_wake LIMIT 1")
    assert settled_before < 5, "every worker was through before it was killed"
    until_alone()
    os.waitpid(worker(), 0)
    reached = state()
    assert audit(now=NOW)["breaks"] == []
    assert rows("loop", "SELECT count(*) FROM loop_wake") == [(0,)]
    assert len(reached["measures"]) == 1201
    assert reached == undisturbed(people)


def test_several_workers_at_once_reach_what_one_reaches() -> None:
    people = travellers(400)
    turn_once = threading.Barrier(4)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            turn_once.wait()
            for _ in range(200):
                if not turn(now=NOW).changed and not rows("loop", "SELECT 1 FROM loop_wake LIMIT 1"):
                    break
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert not faults
    together = state()
    assert audit(now=NOW)["breaks"] == []
    assert together == undisturbed(people)
