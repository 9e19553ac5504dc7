"""The database hears that an edge is there, and who falls silent without a farewell is missed once."""

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from yanmen.edge.testing import RunningEdge, running_edge, start_edge
from yanmen.loop.edges import LOOKED_BACK, SILENT
from yanmen.loop.named import sql


@pytest.fixture
def nobody_heard(rows: psycopg.Connection) -> None:
    rows.execute("DELETE FROM loop_edgerun")
    rows.execute("DELETE FROM loop_alarm WHERE kind = 'edge_silent'")


def runs(rows: psycopg.Connection) -> list[tuple[Any, ...]]:
    return rows.execute("SELECT name, started_at, heard_at, ended_at FROM loop_edgerun ORDER BY id").fetchall()


def missed(rows: psycopg.Connection, now: datetime) -> int:
    about = {"now": now, "silent": SILENT, "looked_back": now - LOOKED_BACK, "by": "test"}
    return rows.execute(sql("silent_edges"), about).rowcount


def heard(edge: RunningEdge, rows: psycopg.Connection, count: int = 1) -> None:
    """Wait until so many runs are known."""
    edge.wait()
    end = time.monotonic() + 60
    while len(runs(rows)) < count:
        assert time.monotonic() < end, edge.log()
        time.sleep(0.05)


def test_an_edge_says_that_it_is_there_and_bids_farewell(
    url: str, rows: psycopg.Connection, tmp_path: Path, nobody_heard: None
) -> None:
    with running_edge(url, tmp_path) as edge:
        heard(edge, rows)
        ((name, started, at, ended),) = runs(rows)
        assert name.endswith(f":{edge.url.rsplit(':', 1)[1]}")
        assert ended is None
        edge.stop()
    ((_, _, at, ended),) = runs(rows)
    assert started <= at == ended
    assert missed(rows, at + timedelta(hours=1)) == 0


def test_an_edge_that_was_killed_is_missed_after_two_minutes_and_once(
    url: str, rows: psycopg.Connection, tmp_path: Path, nobody_heard: None
) -> None:
    with running_edge(url, tmp_path) as edge:
        heard(edge, rows)
        edge.kill()
    ((name, _, at, _),) = runs(rows)
    assert missed(rows, at + SILENT) == 0
    assert missed(rows, at + SILENT + timedelta(seconds=1)) == 1
    assert missed(rows, at + timedelta(hours=2)) == 0
    ((told,),) = rows.execute("SELECT detail FROM loop_alarm WHERE kind = 'edge_silent'").fetchall()
    assert told["edge"] == name
    assert datetime.fromisoformat(told["since"]) == at


def test_an_edge_that_is_started_again_at_once_was_not_silent(
    url: str, rows: psycopg.Connection, tmp_path: Path, nobody_heard: None
) -> None:
    with running_edge(url, tmp_path) as edge:
        heard(edge, rows)
        edge.kill()
        again = start_edge(url, tmp_path, port=int(edge.url.rsplit(":", 1)[1]))
        heard(again, rows, count=2)
        again.stop()
    assert missed(rows, runs(rows)[-1][2] + timedelta(hours=1)) == 0


def test_an_edge_reads_nothing_of_what_edges_said(url: str) -> None:
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM loop_edgerun")
