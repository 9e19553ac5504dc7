"""Ending an edge, on purpose or not, loses nothing that was acknowledged and doubles nothing."""

import threading
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from yanmen.base.ports import free_port
from yanmen.edge.testing import (
    Device,
    RunningEdge,
    holder,
    identifier,
    milliseconds,
    running_edge,
    start_edge,
)
from yanmen.edge.tests.town import code

PATH = "/edge/v1/check-ins"


class Crowd:
    """Phones that send records, each until it is acknowledged, to wherever an edge listens."""

    def __init__(self, devices: list[Device], urls: list[str]) -> None:
        self.acknowledged: list[str] = []
        self.refused: set[int] = set()
        self.urls = urls
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(each,)) for each in devices]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(60)

    def _send(self, device: Device) -> None:
        with httpx.Client(timeout=10) as client:
            while not self._enough.is_set():
                record = {"id": str(identifier()), "venue": code(), "at": milliseconds()}
                self._deliver(client, device, record)

    def _deliver(self, client: httpx.Client, device: Device, record: dict[str, object]) -> None:
        tries = 0
        while True:
            tries += 1
            try:
                client.base_url = self.urls[tries % len(self.urls)]
                answer = device.post(client, PATH, record)
            except httpx.HTTPError:
                time.sleep(0.02)
                continue
            if answer.status_code == 200:
                self.acknowledged.append(str(record["id"]))
                return
            self.refused.add(answer.status_code)
            time.sleep(0.02)

    def wait_for(self, more: int, *, seconds: float = 30) -> None:
        """Until so many more are acknowledged."""
        goal, end = len(self.acknowledged) + more, time.monotonic() + seconds
        while len(self.acknowledged) < goal:
            assert time.monotonic() < end, f"nothing is acknowledged any more, refused: {self.refused}"
            time.sleep(0.01)


def devices(edge: RunningEdge, count: int = 4) -> list[Device]:
    return [holder(edge.home, person=20 + number).sign_in(edge.url) for number in range(count)]


def stands_once(rows: psycopg.Connection, ids: list[str]) -> None:
    """Every acknowledged record is there, once (the id is the key), and was acknowledged once."""
    assert len(set(ids)) == len(ids)
    (found,) = rows.execute(
        "SELECT count(*) FROM loop_bulk_presence_scanned WHERE id = ANY (%s::uuid[])", [ids]
    ).fetchone()
    assert found == len(ids)


def test_a_successor_listens_before_the_old_edge_ends(url: str, rows: psycopg.Connection, tmp_path: Path) -> None:
    port = free_port()
    with running_edge(url, tmp_path, port=port, session_rate=0) as edge:
        with Crowd(devices(edge), [edge.url]) as crowd:
            for _ in range(3):
                crowd.wait_for(50)
                successor = start_edge(url, tmp_path, port=port, session_rate=0)
                time.sleep(1.5)
                started = time.monotonic()
                edge.stop()
                assert time.monotonic() - started < 10
                edge = successor.wait()
                crowd.wait_for(50)
        edge.stop()
    assert crowd.refused <= {503}
    stands_once(rows, crowd.acknowledged)


def test_an_edge_that_is_told_to_stop_answers_what_it_took(url: str, tmp_path: Path) -> None:
    with running_edge(url, tmp_path, session_rate=0) as edge:
        phone = holder(edge.home, person=7).sign_in(edge.url)
        answers: list[httpx.Response] = []

        def send() -> None:
            with httpx.Client(base_url=edge.url, timeout=10) as client:
                record = {"id": str(identifier()), "venue": code(), "at": milliseconds()}
                answers.append(phone.post(client, PATH, record))

        with psycopg.connect(url.replace("-c%20role%3Dyanmen_edge", "-c%20role%3Dyanmen_owner")) as blocker:
            blocker.execute("LOCK TABLE loop_bulk_presence_scanned IN ACCESS EXCLUSIVE MODE")
            thread = threading.Thread(target=send)
            thread.start()
            time.sleep(0.5)
            edge.terminate()
            time.sleep(0.5)
        thread.join()
        edge.process.wait(20)
    assert [answer.status_code for answer in answers] == [200]


@pytest.mark.parametrize("idle", [True, False])
def test_connections_that_are_kept_open_do_not_hold_an_edge(url: str, tmp_path: Path, idle: bool) -> None:
    with running_edge(url, tmp_path) as edge, httpx.Client(base_url=edge.url) as client:
        if idle:
            assert client.get("/edge/v1/health").status_code == 200
        started = time.monotonic()
        edge.stop()
        assert time.monotonic() - started < 5
