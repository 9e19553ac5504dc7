"""Records are kept once, whoever sends them how often to which edge; overload is told and outlived."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from yanmen.base.ports import free_port
from yanmen.edge.testing import Device, RunningEdge, holder, officer, running_edge
from yanmen.edge.tests.conftest import PATIENT
from yanmen.edge.tests.test_doors import a_pass, check_in, sample
from yanmen.edge.tests.town import AREA, OWNER, SITE

CHECK_INS, BATCHES = "/edge/v1/check-ins", "/edge/v1/batches"


@pytest.fixture(scope="module")
def pair(url: str, edge: RunningEdge) -> Iterator[list[RunningEdge]]:
    """Two edges of one installation on one machine."""
    with running_edge(url, edge.home, port=free_port(), session_rate=0, commit_seconds=PATIENT) as other:
        yield [edge, other]


def test_a_session_of_one_edge_opens_the_other(pair: list[RunningEdge], phone: Device) -> None:
    record = check_in()
    told = []
    for edge in pair:
        with httpx.Client(base_url=edge.url) as client:
            told.append(phone.post(client, CHECK_INS, record).json()["kept"])
    assert told == [True, "repeated"]


def test_one_record_sent_to_two_edges_at_once_is_new_once(pair: list[RunningEdge], phone: Device) -> None:
    def send(edge: RunningEdge, record: dict[str, object]) -> object:
        with httpx.Client(base_url=edge.url) as client:
            return phone.post(client, CHECK_INS, record).json()["kept"]

    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            record = check_in()
            told = Counter(pool.map(lambda edge, record=record: send(edge, record), pair * 4))
            assert told == {True: 1, "repeated": 7}


def test_batches_that_overlap_at_two_edges_are_kept_once(
    pair: list[RunningEdge], guard: Device, rows: psycopg.Connection
) -> None:
    records = [a_pass() for _ in range(400)]
    parts = [records[:300], records[100:][::-1], records[50:350], records]

    def send(part: list[dict[str, object]], edge: RunningEdge) -> list[list[str]]:
        with httpx.Client(base_url=edge.url, timeout=20) as client:
            answer = guard.post(client, BATCHES, {"door": "passes", "records": part})
            while answer.status_code == 503:
                answer = guard.post(client, BATCHES, {"door": "passes", "records": part})
            return answer.json()["results"]

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(send, parts, pair * 2))
    for part, result in zip(parts, results, strict=True):
        assert [each[0] for each in result] == [each["id"] for each in part]
    new = Counter(each[0] for result in results for each in result if each[1] == "kept")
    assert set(new.values()) == {1}
    assert len(new) == 400
    (count,) = rows.execute(
        "SELECT count(*) FROM loop_bulk_checkpoints_passed WHERE id = ANY (%s::uuid[])", [list(new)]
    ).fetchone()
    assert count == 400


def test_only_whom_a_measure_holds_is_woken(client: httpx.Client, phone: Device, town: str) -> None:
    with psycopg.connect(town, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        hold(owner, 7)
        woken = "SELECT count(*) FROM loop_wake WHERE subject_type = 'person' AND subject = %s"
        before = [owner.execute(woken, [person]).fetchone() for person in (7, 8)]
        phone.post(client, CHECK_INS, check_in())
        after = [owner.execute(woken, [person]).fetchone() for person in (7, 8)]
        owner.execute("DELETE FROM loop_measure WHERE subject = 7")
    assert after[0][0] == before[0][0] + 1
    assert after[1] == before[1]


def hold(owner: psycopg.Connection, person: int) -> None:
    """An open measure; its other columns do not matter here."""
    columns = owner.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'loop_measure'"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
    ).fetchall()
    filler = {
        "bigint": "1",
        "integer": "1",
        "date": "2022-01-01",
        "timestamp with time zone": "2022-01-01",
        "uuid": "0" * 32,
    }
    filler |= {"jsonb": "{}", "ARRAY": "{}", "boolean": "false", "smallint": "1"}
    values = {name: filler.get(kind, "x") for name, kind in columns}
    values |= {"subject_type": "person", "subject": str(person), "state": "in_force"}
    names = ", ".join(values)
    owner.execute(
        f"INSERT INTO loop_measure ({names}) VALUES ({', '.join(['%s'] * len(values))})", list(values.values())
    )


def test_a_full_queue_says_when_to_come_again_and_empties(url: str, town: str, home: Path) -> None:
    with (
        running_edge(url, home, queue=40, session_rate=0, commit_seconds=5) as edge,
        psycopg.connect(town, options=OWNER) as blocker,
    ):
        phone = holder(edge.home, person=7).sign_in(edge.url)
        blocker.execute("LOCK TABLE loop_bulk_presence_scanned IN ACCESS EXCLUSIVE MODE")
        threading.Timer(2, blocker.rollback).start()
        answers = crowded(edge.url, phone, 120)
        told = Counter(answer.status_code for answer in answers)
        assert set(told) == {200, 503}
        assert told[200] >= 25
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status_code == 503)
        assert edge.health()["queue"] == 0


def test_binding_a_sample_has_room_when_checking_in_has_none(url: str, town: str, home: Path) -> None:
    with (
        running_edge(url, home, queue=40, session_rate=0, commit_seconds=5) as edge,
        psycopg.connect(town, options=OWNER) as blocker,
        httpx.Client(base_url=edge.url, timeout=20) as client,
    ):
        phone = holder(edge.home, person=7).sign_in(edge.url)
        sampler = officer(edge.home, place=SITE, area=AREA, role="sampling", device=9).sign_in(edge.url)
        blocker.execute("LOCK TABLE loop_bulk_presence_scanned IN ACCESS EXCLUSIVE MODE")
        threading.Timer(2, blocker.rollback).start()
        with ThreadPoolExecutor(1) as pool:
            rest = pool.submit(crowded, edge.url, phone, 80)
            end = time.monotonic() + 1.5
            while edge.health()["queue"] < 30 and time.monotonic() < end:
                time.sleep(0.01)
            assert sampler.post(client, "/edge/v1/samples", sample()).status_code == 200
            rest.result()


def test_under_much_more_than_it_can_take_memory_stays_bounded(url: str, home: Path) -> None:
    with running_edge(url, home, queue=20, session_rate=50) as edge:
        phones = [holder(edge.home, person=30 + number).sign_in(edge.url) for number in range(2)]
        crowded(edge.url, phones[0], 150)
        before = memory(edge)
        told: Counter[int] = Counter()
        for phone in phones * 2:
            told.update(answer.status_code for answer in crowded(edge.url, phone, 150))
        assert set(told) <= {200, 429, 503}
        assert memory(edge) - before < 30_000_000
        assert edge.health()["status"] == "ok"


def crowded(url: str, phone: Device, count: int) -> list[httpx.Response]:
    """What a crowd is answered. In a thread of its own: the browser of other tests keeps a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, crowd(url, phone, count)).result()


def memory(edge: RunningEdge) -> int:
    """Resident bytes of the process that answers."""
    (worker,) = edge.workers()
    pages = int(Path(f"/proc/{worker}/statm").read_text("utf-8").split()[1])
    return pages * 4096


async def crowd(url: str, phone: Device, count: int) -> list[httpx.Response]:
    """So many check-ins at once."""
    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits) as client:

        async def send() -> httpx.Response:
            body = json.dumps(check_in()).encode()
            headers = {
                "authorization": phone.authorization("POST", CHECK_INS, body), "content-type": "application/json",
            }  # fmt: skip
            return await client.post(CHECK_INS, content=body, headers=headers)

        return await asyncio.gather(*(send() for _ in range(count)))
