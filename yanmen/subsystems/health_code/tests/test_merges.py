"""Two records that are found to be one person have one code at the edges at once, and two again when that is undone."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from yanmen.loop import outbox
from yanmen.registry import matching
from yanmen.registry.scope import acting, system
from yanmen.subsystems.health_code.tests.conftest import MORNING

LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def edge(town):
    """What an edge reads that knows everything up to a message."""
    with psycopg.connect(town.database, autocommit=True) as connection:
        connection.execute("SET ROLE yanmen_edge")
        yield lambda query, *values: connection.execute(query, values).fetchall()


def test_a_merge_and_its_undoing_are_told_with_the_codes_that_hold_from_now_on(town, edge):
    red, twin, other = town.resident("张兰"), town.resident("张岚"), town.resident("李梅")
    scope = system("14", purpose="control")
    with acting(scope, now=MORNING):
        known = outbox.tell("venues.changed", {"places": []}, now=MORNING)
    town.status(red, "red", MORNING)
    for act, codes in ((_same, {red.pk: "red", twin.pk: "red"}), (_undone, {red.pk: "red", twin.pk: "green"})):
        with acting(scope, now=LATER):
            act(red, twin)
        messages = edge("SELECT seq, topic, body FROM loop_outbox WHERE seq > %s ORDER BY seq", known)
        assert [topic for _, topic, _ in messages] == ["loop.turned", "health_code.negatives"]
        assert messages[0][2] == {"regrouped": [red.pk, twin.pk]}
        assert messages[1][2]["people"] == [[red.pk, None], [twin.pk, None]]
        told = edge("SELECT person, value FROM edge_statuses(%s)", known)
        assert dict(told) == codes
        assert len(told) == 2
        known = messages[-1][0]
    assert edge("SELECT * FROM edge_statuses(%s)", known) == []
    assert other.pk not in dict(edge("SELECT person, value FROM edge_statuses(0)"))


def test_whom_a_merge_concerns_is_not_everybodys_to_read(town):
    from django.db import connections

    one, twin = town.resident("张兰"), town.resident("张岚")
    with acting(system("14", purpose="control"), now=LATER):
        _same(one, twin)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM loop_outbox")
            assert cursor.fetchone() == (0,)


def _same(one, twin):
    matching.decide_same(left=one.pk, right=twin.pk, by="test", now=LATER)


def _undone(one, twin):
    [decision] = matching.decisions_on(twin.pk)
    matching.undo(decision=decision.pk, by="test", now=LATER)
