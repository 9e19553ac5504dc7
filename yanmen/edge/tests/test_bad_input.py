"""Whatever is sent, the answer comes in bounded time, says what was wrong, and the edge lives on."""

import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from yanmen.edge.testing import Device, RunningEdge, running_edge

CHECK_INS = "/edge/v1/check-ins"


@pytest.fixture(autouse=True)
def _lives_on(client: httpx.Client) -> Iterator[None]:
    yield
    assert client.get("/edge/v1/health").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 422),
        (b"[]", 422),
        (b'{"id":1}', 422),
        (b"\xff\xfe", 400),
        (b'{"id":"\xff"}', 400),
        (b'{"venue":"\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 20_000, 400),
        (b'{"at":1e999999}', 422),
        (b'{"at":' + b"9" * 5000 + b"}", 422),
        (b'"' + b"x" * 200_000 + b'"', 422),
    ],
)
def test_a_body_that_is_nothing_is_refused(client: httpx.Client, phone: Device, body: bytes, status: int) -> None:
    started = time.monotonic()
    answer = phone.post(client, CHECK_INS, body)
    assert time.monotonic() - started < 2
    assert answer.status_code in (status, 400, 422)
    assert set(answer.json()) == {"zh", "en", "field", "value"}
    assert len(answer.content) < 2000


@pytest.mark.parametrize("kind", ["text/plain", "", "application/xml", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind_is_not_read(client: httpx.Client, phone: Device, kind: str) -> None:
    assert phone.post(client, CHECK_INS, b"{}", kind=kind).status_code == 415


@pytest.mark.parametrize(
    "body", [b"\xc1", b"\x81" * 50_000, b"\x93" * 60_000, b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"]
)
def test_messagepack_that_is_nothing_is_refused(client: httpx.Client, guard: Device, body: bytes) -> None:
    answer = guard.post(client, "/edge/v1/batches", body, kind="application/msgpack")
    assert answer.status_code in (400, 422)


def test_a_body_beyond_the_cap_is_not_read(client: httpx.Client, phone: Device, guard: Device) -> None:
    assert phone.post(client, CHECK_INS, b" " * (256 * 1024 + 1)).status_code == 413
    assert guard.post(client, "/edge/v1/batches", b" " * (1024 * 1024 + 1)).status_code == 413
    assert guard.post(client, "/edge/v1/batches", b" " * (900 * 1024)).status_code == 400


def test_who_has_no_session_sends_nothing_large(edge: RunningEdge) -> None:
    head = "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{}content-length: 100000\r\n\r\n{{"
    for path in (CHECK_INS, "/edge/v1/batches", "/edge/v1/look"):
        for shown in ("", "authorization: Yanmen AAAA AAAA\r\n"):
            started = time.monotonic()
            answer = raw(edge, head.format(path, shown).encode(), wait=5)
            assert b" 401 " in answer.split(b"\r\n")[0]
            assert time.monotonic() - started < 5, "it waited for the body"


def test_a_body_without_a_length_is_counted(client: httpx.Client, phone: Device) -> None:
    def parts(count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield b" " * 10_000

    kind = {"content-type": "application/json", "authorization": f"Yanmen {phone.session} AAAA"}
    assert client.post(CHECK_INS, content=parts(2), headers=kind).status_code == 401
    try:
        told = client.post(CHECK_INS, content=parts(200), headers=kind).status_code
    except httpx.WriteError:
        told = 413  # it hung up on who went on sending
    assert told == 413


def raw(edge: RunningEdge, data: bytes, *, wait: float = 15.0, dribble: float = 0.0) -> bytes:
    """Send bytes as they are; what comes back until the other side closes, or time is up."""
    port = int(edge.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as plug:
        answer = b""
        try:
            for start in range(0, len(data), 1 if dribble else len(data)):
                plug.sendall(data[start : start + (1 if dribble else len(data))])
                time.sleep(dribble)
            while part := plug.recv(65536):
                answer += part
        except (TimeoutError, ConnectionError):
            pass
        return answer


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 100,
        b"GET\r\n\r\n",
        b"GET /edge/v1/health HTTP/9.9\r\n\r\n",
        b"POST /edge/v1/check-ins HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /edge/v1/check-ins HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"POST /edge/v1/check-ins HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /edge/v1/health HTTP/1.1\r\nhost: x\r\n" + b"".join(b"x-%d: 1\r\n" % n for n in range(500)) + b"\r\n",
        b"GET /edge/v1/health HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"y" * 100_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_turned_away(edge: RunningEdge, data: bytes) -> None:
    answer = raw(edge, data, wait=2)
    assert b"200 OK" not in answer


def test_a_body_that_does_not_come_is_given_up(url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    head = (
        b"POST /edge/v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"
    )
    chunked = head.replace(b"content-length: 100", b"transfer-encoding: chunked") + b"\r\n"
    with running_edge(url, tmp_path_factory.mktemp("slow"), body_seconds=1) as edge:
        for sent in (head, chunked):
            started = time.monotonic()
            answer = raw(edge, sent, wait=8)
            assert time.monotonic() - started < 7
            assert answer == b"" or b" 400 " in answer.split(b"\r\n")[0]
        assert edge.health()["status"] == "ok"


def test_hundreds_of_slow_senders_do_not_stop_the_others(edge: RunningEdge, client: httpx.Client) -> None:
    head = (
        b"POST /edge/v1/check-ins HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"
    )
    port = int(edge.url.rpartition(":")[2])
    plugs = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
    try:
        for plug in plugs:
            plug.sendall(head)
        started = time.monotonic()
        for _ in range(20):
            assert client.get("/edge/v1/health").status_code == 200
        assert time.monotonic() - started < 3
    finally:
        for plug in plugs:
            plug.close()


def test_who_hangs_up_in_the_middle_leaves_nothing_behind(edge: RunningEdge, client: httpx.Client) -> None:
    head = (
        b"POST /edge/v1/check-ins HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"
    )

    def hang_up() -> None:
        for _ in range(30):
            raw(edge, head, wait=0.01)

    threads = [threading.Thread(target=hang_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.get("/edge/v1/health").json()["queue"] == 0
