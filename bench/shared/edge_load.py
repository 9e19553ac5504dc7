"""Load for the edge: files of ready requests, wrk that sends them, a probe that times single ones."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SCRIPT = """
-- Requests of one length each, from a file, in order. When it ends it begins again and says so.
local size = tonumber(os.getenv("EDGE_REQUEST_SIZE"))
local sender
function setup(thread) sender = thread end
function init(args)
   file = assert(io.open(os.getenv("EDGE_REQUESTS"), "rb"))
   last = file:seek("end")
   at = 0; rounds = 0
   file:seek("set")
end
function request()
   if at >= last then rounds = rounds + 1; at = 0; file:seek("set") end
   at = at + size
   return file:read(size)
end
function done(summary, latency, requests)
   local text = '\\nEDGE{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "worst": %f, "refused": %d, "broken": %d, "rounds": %d}\\n'
   local errors = summary.errors
   io.write(string.format(
      text, summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      latency.max / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout, sender:get("rounds")))
end
"""


@dataclass(frozen=True)
class Load:
    """What wrk says: answers, those that were no 2xx or 3xx, broken connections; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    worst: float
    refused: int
    broken: int
    rounds: int

    @property
    def accepted(self) -> int:
        return self.requests - self.refused

    @property
    def rate(self) -> float:
        """Accepted requests a second."""
        return self.accepted / self.seconds


@dataclass(frozen=True)
class Requests:
    """A file of ready requests of one length."""

    path: Path
    size: int
    count: int


def needs_wrk() -> None:
    """Ends the benchmark with a word on what to install."""
    if not shutil.which("wrk"):
        sys.exit("bench/edge.py needs wrk: apt-get install wrk")


def written(path: Path, requests: Iterable[bytes]) -> Requests:
    """Keep requests in a file; all have the length of the first."""
    size = count = 0
    with path.open("wb") as file:
        for each in requests:
            size = size or len(each)
            if len(each) != size:
                raise ValueError(f"requests of {size} and {len(each)} bytes: they must be of one length")
            file.write(each)
            count += 1
    return Requests(path, size, count)


def wrk(url: str, requests: Requests, *, connections: int, seconds: float) -> Load:
    """Send the requests on so many connections, each waiting for its answer, for so long."""
    script = requests.path.with_name("requests.lua")
    script.write_text(SCRIPT, "utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{int(seconds)}s", "--timeout", "10s", "-s", str(script), url]
    environment = {"EDGE_REQUESTS": str(requests.path), "EDGE_REQUEST_SIZE": str(requests.size)}
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | environment).stdout
    line = next((line for line in said.splitlines() if line.startswith("EDGE{")), None)
    if line is None:
        raise RuntimeError(f"wrk said nothing of use:\n{said}")
    return Load(**json.loads(line.removeprefix("EDGE")))


def middle(loads: Iterable[Load]) -> Load:
    """The run with the middle rate."""
    ordered = sorted(loads, key=lambda load: load.rate)
    return ordered[(len(ordered) - 1) // 2]


@dataclass
class Probe:
    """Single requests sent by the way while others load the server: how long the accepted ones took, what else came."""

    accepted: list[float]
    others: dict[str, int]

    @property
    def p99(self) -> float:
        """Milliseconds within which 99 of 100 accepted requests were answered."""
        ordered = sorted(self.accepted)
        return 1000 * ordered[int(0.99 * (len(ordered) - 1))]


@contextmanager
def probing(url: str, requests: Iterator[bytes], connections: int = 16) -> Iterator[Probe]:
    """Send some of the requests on connections of our own while the block runs."""
    probe = Probe([], {})
    over = threading.Event()
    port = int(url.rpartition(":")[2])
    one_at_a_time = threading.Lock()

    def ask() -> None:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
            connection.makefile("rb") as answers,
        ):
            while not over.wait(0.05):
                with one_at_a_time:
                    request = next(requests)
                started = time.perf_counter()
                connection.sendall(request)
                told = _answer(answers)
                if told == "200":
                    probe.accepted.append(time.perf_counter() - started)
                else:
                    probe.others[told] = probe.others.get(told, 0) + 1

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    try:
        yield probe
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def _answer(answers: IO[bytes]) -> str:
    """The status of an answer, and whether it says when to come again."""
    status = answers.readline().split(b" ", 2)[1].decode()
    headers = http.client.parse_headers(answers)
    answers.read(int(headers["content-length"]))
    return status + (" with Retry-After" if headers["retry-after"] else "")
