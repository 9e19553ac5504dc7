"""HTTP as clients speak it: one after the other, ahead of the answers, in pieces, half closed, and too many of them."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from yanmen.edge.testing import Device, RunningEdge, identifier, milliseconds, running_edge
from yanmen.edge.tests.town import code

CHECK_INS = "/edge/v1/check-ins"
HEALTH = b"GET /edge/v1/health HTTP/1.1\r\nhost: x\r\n\r\n"


class Plug:
    """A connection whose bytes we write ourselves."""

    def __init__(self, edge: RunningEdge) -> None:
        self.socket = socket.create_connection(("127.0.0.1", int(edge.url.rpartition(":")[2])), timeout=10)
        self._answers = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, *, body: bool = True) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers, body."""
        status = int(self._answers.readline().split(b" ")[1])
        headers = {}
        while line := self._answers.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name] = value
        return status, headers, self._answers.read(int(headers.get("content-length", 0))) if body else b""

    def ended(self) -> bool:
        return self._answers.read(1) == b""

    def close(self) -> None:
        self._answers.close()
        self.socket.close()


@pytest.fixture
def plug(edge: RunningEdge) -> Iterator[Plug]:
    with closing(Plug(edge)) as made:
        yield made


def check_in(phone: Device, *more: str) -> tuple[bytes, str]:
    """A whole request, and the id of its record."""
    record = {"id": str(identifier()), "venue": code(), "at": milliseconds()}
    body = json.dumps(record).encode()
    lines = [
        f"POST {CHECK_INS} HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"AUTHORIZATION: {phone.authorization('POST', CHECK_INS, body)}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body, str(record["id"])


def test_requests_ahead_of_the_answers_are_answered_in_their_order(plug: Plug, phone: Device) -> None:
    """Keeping takes a commit, reading nothing: the reader waits for its turn all the same."""
    first, one = check_in(phone)
    second, two = check_in(phone)
    plug.send(first + HEALTH + second + HEALTH * 40)
    assert json.loads(plug.answer()[2]) == {"id": one, "kept": True}
    assert json.loads(plug.answer()[2])["status"] == "ok"
    assert json.loads(plug.answer()[2]) == {"id": two, "kept": True}
    assert [plug.answer()[0] for _ in range(40)] == [200] * 40


def test_a_request_may_come_byte_by_byte(plug: Plug, phone: Device) -> None:
    data, one = check_in(phone)
    for start in range(0, len(data), 7):
        plug.send(data[start : start + 7])
        time.sleep(0.001)
    assert json.loads(plug.answer()[2])["id"] == one


def test_who_asks_before_sending_a_body_is_told_to_go_on(plug: Plug, phone: Device) -> None:
    data, one = check_in(phone, "Expect: 100-continue")
    head, body = data.split(b"\r\n\r\n")
    plug.send(head + b"\r\n\r\n")
    assert plug.answer()[0] == 100
    plug.send(body)
    assert json.loads(plug.answer()[2])["id"] == one


def test_who_asks_before_sending_what_nobody_wants_is_told_at_once(plug: Plug) -> None:
    plug.send(b"POST /edge/v1/check-ins HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9000000\r\n\r\n")
    status, headers, _ = plug.answer()
    assert (status, headers["connection"]) == (413, "close")
    assert plug.ended()


def test_a_refusal_reaches_who_goes_on_sending(plug: Plug) -> None:
    head = (
        b"POST /edge/v1/check-ins HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    )
    plug.send(head % 200_000 + b"x" * 150_000)
    assert plug.answer()[0] == 401


def test_the_head_of_a_page_alone(plug: Plug) -> None:
    plug.send(b"HEAD /phone/ HTTP/1.1\r\nhost: x\r\n\r\n" + HEALTH)
    status, headers, _ = plug.answer(body=False)
    assert status == 200
    assert int(headers["content-length"]) > 100
    assert plug.answer()[0] == 200


def test_not_modified_has_no_body_and_no_length(plug: Plug) -> None:
    plug.send(b"GET /phone/style.css HTTP/1.1\r\nhost: x\r\n\r\n")
    etag = plug.answer()[1]["ETag"]
    plug.send(f"GET /phone/style.css HTTP/1.1\r\nhost: x\r\nif-none-match: {etag}\r\n\r\n".encode() + HEALTH)
    status, headers, _ = plug.answer()
    assert (status, "content-length" in headers) == (304, False)
    assert plug.answer()[0] == 200


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /edge/v1/health HTTP/1.1\r\nhost: x\r\nconnection: close",
        b"GET /edge/v1/health HTTP/1.0",
        b"GET /edge/v1/health HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c",
    ],
)
def test_a_last_request_ends_the_connection(plug: Plug, request_line: bytes) -> None:
    plug.send(request_line + b"\r\n\r\n")
    status, headers, _ = plug.answer()
    assert (status, headers["connection"]) == (200, "close")
    assert plug.ended()


def test_who_says_no_more_is_answered_still(plug: Plug, phone: Device) -> None:
    data, one = check_in(phone)
    plug.send(data)
    plug.socket.shutdown(socket.SHUT_WR)
    assert json.loads(plug.answer()[2])["id"] == one
    assert plug.ended()


@pytest.mark.parametrize(
    "data",
    [
        b"CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /edge/v1/check-ins HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /edge/v1/health HTTP/1.1\r\nhost: x\r\na: b\nc: d\r\n e\r\n\r\n",
        b"GET /edge/v1/health HTTP/1.1\r\nhost: x\r\na\x00b: 1\r\n\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_opens_nothing(plug: Plug, data: bytes) -> None:
    plug.send(data)
    plug.socket.shutdown(socket.SHUT_WR)
    assert plug.answer()[0] >= 400


def test_who_does_not_fit_is_told_to_come_again(url: str, tmp_path: Path) -> None:
    with running_edge(url, tmp_path, connections=3) as edge:
        plugs = [Plug(edge) for _ in range(3)]
        time.sleep(0.2)
        with closing(Plug(edge)) as late:
            status, headers, _ = late.answer()
            assert (status, headers["retry-after"]) == (503, "2")
            assert late.ended()
        plugs.pop().close()
        time.sleep(0.2)
        with closing(Plug(edge)) as later:
            later.send(HEALTH)
            assert later.answer()[0] == 200
        for each in plugs:
            each.close()


def test_who_asks_and_never_reads_is_let_go(edge: RunningEdge, plug: Plug) -> None:
    """The answers of one client do not pile up in memory: after some, it is not read from any more."""
    plug.socket.settimeout(1)
    asked = b"GET /phone/style.css HTTP/1.1\r\nhost: x\r\n\r\n" * 1000
    with pytest.raises(TimeoutError):
        plug.send(asked * 2000)
    assert edge.health()["status"] == "ok"
