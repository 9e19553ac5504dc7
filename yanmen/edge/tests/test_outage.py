"""The database goes and comes back, edges are killed: reads go on, and what was acknowledged is there, once."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from yanmen.base.ports import free_port
from yanmen.base.postgres import THROWAWAY, Server
from yanmen.edge.client import Device, b64
from yanmen.edge.testing import RunningEdge, holder, identifier, milliseconds, running_edge, start_edge
from yanmen.edge.tests.test_restart import Crowd, devices, stands_once
from yanmen.edge.tests.town import OWNER, code, fill
from yanmen.project import database, testing

CODE, CHECK_INS = "/edge/v1/code", "/edge/v1/check-ins"
KILLS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL of our own, that we may kill. It writes to the disk as one in earnest does."""
    folder = Path(tempfile.mkdtemp(prefix=f"yanmen-test-{os.getpid()}-edge-"))
    folder.chmod(0o711)
    draft = Server(folder, password="only-for-tests", settings=THROWAWAY)
    draft.start()
    testing._build(draft.url(), "town")
    draft.stop()
    own = Server(folder, password="only-for-tests", settings=dict.fromkeys(THROWAWAY, "on"))
    own.start()
    with psycopg.connect(own.url("town"), autocommit=True, options=OWNER) as connection:
        fill(connection)
    yield own
    own.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def own_url(server: Server) -> str:
    return database.edge_url(server.url("town"), by_password=False)


def kill(server: Server) -> None:
    """Like a power cut for the processes: nobody may say farewell."""
    pid = server.status().pid
    assert pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    for victim in [pid, *map(int, children)]:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            continue


def test_without_the_database_reads_go_on_and_writes_wait(server: Server, own_url: str, tmp_path: Path) -> None:
    with running_edge(own_url, tmp_path) as edge, httpx.Client(base_url=edge.url, timeout=10) as client:
        phone = holder(edge.home, person=7).sign_in(edge.url)
        record = {"id": str(identifier()), "venue": code(), "at": milliseconds()}
        server.stop()
        edge.wait(database="down")
        started = time.monotonic()
        answer = phone.post(client, CHECK_INS, record)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert time.monotonic() - started < 1
        time.sleep(1)
        told = phone.get(client, CODE)
        assert told.status_code == 200
        assert told.json()["age_seconds"] >= 1
        other = holder(edge.home, person=8).sign_in(edge.url)
        assert other.get(client, CODE).status_code == 200
        server.start()
        edge.wait()
        assert [phone.post(client, CHECK_INS, record).json()["kept"] for _ in range(2)] == [True, "repeated"]


def test_an_edge_starts_without_the_database_from_its_folder(server: Server, own_url: str, tmp_path: Path) -> None:
    with running_edge(own_url, tmp_path) as edge:
        edge.stop()
    server.stop()
    with running_edge(own_url, tmp_path, wait="down") as edge, httpx.Client(base_url=edge.url) as client:
        phone = holder(edge.home, person=7).sign_in(edge.url)
        assert phone.get(client, CODE).json()["age_seconds"] > 0
        server.start()
        edge.wait()


def test_old_knowledge_makes_short_codes_and_then_none(server: Server, own_url: str, tmp_path: Path) -> None:
    """Phones know what got worse since a code was made only as far back as the list of changes reaches."""
    with running_edge(own_url, tmp_path) as edge:
        phone = holder(edge.home, person=7)
        edge.stop()
    known, some = time.time(), 3 / 3600
    server.stop()
    try:
        answer = _asks_for_code(own_url, phone, tmp_path, credential_hours=24, stale_hours=some)
        assert answer.json()["expires_at"] < 1000 * (known + 24 * 3600 + 4)
        time.sleep(max(0.0, known + 7 - time.time()))
        answer = _asks_for_code(own_url, phone, tmp_path, credential_hours=some, stale_hours=some)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    finally:
        server.start()


def _asks_for_code(database: str, phone: Device, home: Path, **limits: float) -> httpx.Response:
    with running_edge(database, home, wait="down", **limits) as edge, httpx.Client(base_url=edge.url) as client:
        return phone.sign_in(edge.url).post(client, "/edge/v1/credential", {"certificate": b64(phone.certificate)})


def test_a_database_that_hangs_is_given_up_in_time(server: Server, own_url: str, tmp_path: Path) -> None:
    with running_edge(own_url, tmp_path) as edge, httpx.Client(base_url=edge.url, timeout=20) as client:
        phone = holder(edge.home, person=7).sign_in(edge.url)
        record = {"id": str(identifier()), "venue": code(), "at": milliseconds()}
        pid = server.status().pid
        assert pid
        stopped = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split())]
        for each in stopped:
            os.kill(each, signal.SIGSTOP)
        try:
            started = time.monotonic()
            assert phone.post(client, CHECK_INS, record).status_code == 503
            assert time.monotonic() - started < 5
            assert phone.get(client, CODE).status_code == 200
        finally:
            for each in stopped:
                os.kill(each, signal.SIGCONT)
        edge.wait()
        assert phone.post(client, CHECK_INS, record).status_code == 200


def test_killing_edge_and_database_in_turn_loses_nothing_that_was_acknowledged(
    server: Server, own_url: str, tmp_path: Path
) -> None:
    ports = [free_port(), free_port()]
    edges = [start_edge(own_url, tmp_path, port=port, session_rate=0).wait() for port in ports]
    try:
        with Crowd(devices(edges[0], 6), [edge.url for edge in edges]) as crowd:
            for turn in range(KILLS):
                crowd.wait_for(25)
                if turn % 2:
                    kill(server)
                    server.start()
                else:
                    which = turn // 2 % 2
                    edges[which].kill()
                    edges[which] = start_edge(own_url, tmp_path, port=ports[which], session_rate=0)
            crowd.wait_for(25)
    finally:
        for edge in edges:
            edge.stop()
    assert crowd.refused <= {503}
    with psycopg.connect(server.url("town"), options=OWNER) as rows:
        stands_once(rows, crowd.acknowledged)


def test_a_commit_that_no_standby_confirms_is_not_acknowledged(server: Server, own_url: str, tmp_path: Path) -> None:
    with (
        psycopg.connect(server.url("town"), autocommit=True) as owner,
        running_edge(own_url, tmp_path, commit_seconds=20) as edge,
        httpx.Client(base_url=edge.url, timeout=30) as client,
    ):
        phone = holder(edge.home, person=7).sign_in(edge.url)
        record = {"id": str(identifier()), "venue": code(), "at": milliseconds()}
        assert phone.post(client, CHECK_INS, {**record, "id": str(identifier())}).status_code == 200
        standby(owner, "nowhere")
        try:
            for _ in range(2):  # the second is a repetition: it must wait for the standby just as well
                told = cancelled(owner, edge, lambda: phone.post(client, CHECK_INS, record))
                assert told.status_code == 503
        finally:
            standby(owner, "")
        assert phone.post(client, CHECK_INS, record).json()["kept"] == "repeated"


def standby(owner: psycopg.Connection, name: str) -> None:
    """From now on a commit waits for this standby; empty: for none."""
    owner.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    owner.execute("SELECT pg_reload_conf()")
    time.sleep(0.3)


def cancelled(owner: psycopg.Connection, edge: RunningEdge, ask: object) -> httpx.Response:
    """Ask, and cancel the wait for the standby once the commit hangs in it."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask)
        end = time.monotonic() + 10
        while time.monotonic() < end and not answer.done():
            owner.execute(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'yanmen_edge' AND wait_event = 'SyncRep'"
            )
            time.sleep(0.05)
        return answer.result(20)
