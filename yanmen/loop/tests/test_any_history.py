"""Any history of facts, corrections, withdrawals and passing days: turns that see only what changed
reach what a recomputation from all facts reaches, and the two folds of a status agree."""

from __future__ import annotations

import random
from datetime import date, timedelta
from uuid import UUID

import pytest

from yanmen.loop.audit import audit
from yanmen.loop.catalogue import catalogue
from yanmen.loop.facts import correct, record, withdraw
from yanmen.loop.run import settle
from yanmen.loop.statuses import fold
from yanmen.loop.tests.conftest import noon
from yanmen.loop.tests.test_turn import COUNTY, HOME, person, places, rows

pytestmark = pytest.mark.usefixtures("toy", "places")
__all__ = ["places"]
STEPS, SEEDS = 24, 6


class History:
    """A random walk through the doors: people report, mistakes are put right, days pass."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.day = date(2022, 1, 20)
        self.people = [person(f"P{n}") for n in range(5)]
        self.standing: list[UUID] = []

    def step(self) -> None:
        rows("default", "SELECT 1")
        act = self.chance.choice(
            [self.expose, self.expose, self.break_out, self.test, self.put_right, self.take_back, self.wait]
        )
        act()
        settle(now=self.now)

    @property
    def now(self):
        return noon(self.day.isoformat())

    def expose(self) -> None:
        left = self.now - timedelta(days=self.chance.randrange(9))
        where = self.chance.choice([COUNTY, COUNTY, HOME])
        who = self.chance.choice(self.people)
        self.standing.append(
            record(
                "toy.exposed", person=who, area=HOME, occurred_at=left, by="test", now=self.now, detail={"where": where}
            )
        )

    def break_out(self) -> None:
        on = self.now - timedelta(days=self.chance.randrange(4))
        self.standing.append(record("toy.outbreak", area=COUNTY, occurred_at=on, by="test", now=self.now))

    def test(self) -> None:
        who, result = self.chance.choice(self.people), self.chance.choice(["clear", "unclear"])
        self.standing.append(
            record(
                "toy.tested",
                person=who,
                area=HOME,
                occurred_at=self.now,
                by="test",
                now=self.now,
                detail={"result": result},
            )
        )

    def put_right(self) -> None:
        if self.standing:
            wrong = self.standing.pop(self.chance.randrange(len(self.standing)))
            on = self.now - timedelta(days=self.chance.randrange(6))
            self.standing.append(correct(wrong, detail={}, occurred_at=on, by="test", now=self.now))

    def take_back(self) -> None:
        if self.standing:
            wrong = self.standing.pop(self.chance.randrange(len(self.standing)))
            withdraw(wrong, reason="mistaken", by="test", now=self.now)

    def wait(self) -> None:
        self.day += timedelta(days=self.chance.choice([1, 1, 2, 5]))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_incremental_turns_equal_the_recomputation(seed: int) -> None:
    history = History(seed)
    for number in range(STEPS):
        history.step()
        if number % 8 == 7:
            assert audit(now=history.now)["breaks"] == [], f"after step {number} on {history.day}"
            compare_folds(history)


def compare_folds(history: History) -> None:
    """What SQL stored is what the Python fold says of the same measures."""
    status = catalogue.statuses["toy_code"]
    stages = rows(
        "loop", "SELECT edition_id, from_day, to_day, marks::text FROM loop_edition_stage ORDER BY edition_id, ordinal"
    )
    stored = dict(rows("loop", "SELECT subject, value FROM loop_status WHERE status = 'toy_code'"))
    for who in history.people:
        measures = [
            {
                "id": number,
                "state": state,
                "count_from": day,
                "over_hold": over,
                "stages": [staged(s) for s in stages if s[0] == edition],
            }
            for number, state, day, over, edition in rows(
                "loop",
                "SELECT id, state, count_from, over_hold, edition_id FROM loop_measure WHERE subject_type = 'person' AND subject = %s",
                who,
            )
        ]
        assert fold(status, measures, history.day)[0] == stored.get(who, status.default)


def staged(row: tuple) -> dict:
    import json

    return {"from_day": row[1], "to_day": row[2], "marks": json.loads(row[3])}
