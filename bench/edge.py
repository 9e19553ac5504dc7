"""The edge under load: code reads, durable check-ins, batches, overload, an image of 35 million people, credentials.

Server, database and load generator share this one machine. Beside each figure stands what bounds it, measured in the same
run: the same server with a constant answer, PostgreSQL's COPY of the same rows, a plain Django endpoint.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import common, edge_house, edge_load
from shared.edge_house import House
from shared.edge_load import Load, Requests
from shared.edge_requests import CHECK_INS, PEOPLE, VENUES, Devices

CONNECTIONS = 256
READERS = 64
BATCH = 1000
SENDERS = 16
WRITERS = 2
"""Connections with which an edge's process writes, and so does the COPY beside it."""

PER_SECOND = 45_000
"""Single check-ins that are made ready for each second of a run: more than any run took."""

BATCHES_PER_SECOND = 400


@dataclass
class Bench:
    """What the measures share and find out."""

    report: common.Report
    house: House
    devices: Devices
    quick: bool
    rates: dict[str, float] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        return 1 if self.quick else 3

    @property
    def seconds(self) -> int:
        return 2 if self.quick else 8

    def requests(self, name: str, made: Iterator[bytes]) -> Requests:
        """Requests in a file of the house."""
        return edge_load.written(self.house.folder / f"{name}.requests", made)

    def rate(self, name: str, load: Load, unit: str, *, times: int = 1) -> float:
        """Keep and print the rate of a measure."""
        self.rates[name] = load.rate * times
        self.report.measure(
            name,
            load.rate * times,
            unit,
            runs=self.runs,
            p50_ms=load.p50,
            p99_ms=load.p99,
            refused=load.refused,
            broken=load.broken,
        )
        return self.rates[name]

    def share(self, name: str, of: str, goal: float, label: str) -> None:
        """A ratio of two rates, if both were measured."""
        if name in self.rates and of in self.rates:
            ratio = self.rates[name] / self.rates[of]
            self.report.ratio(label, ratio, f"≥ {goal}", ratio >= goal)

    def goal(self, name: str, goal: float, unit: str) -> None:
        """A rate that has to be reached."""
        self.report.ratio(f"{name}, {unit}", self.rates[name], f"≥ {goal:,.0f}", self.rates[name] >= goal)


def main(arguments: argparse.Namespace) -> None:
    edge_load.needs_wrk()
    report = common.Report("bench/edge.py", arguments.quick)
    report.machine |= {name: common.version(name) for name in ("granian", "asyncpg", "msgspec", "numpy")}
    report.sizes = {"people in the image": PEOPLE, "venues": VENUES}
    wanted = set(filter(None, arguments.only.split(","))) or set(MEASURES)
    report.begin()
    with edge_house.house(arguments.keep) as house:
        bench = Bench(report, house, Devices(house.keys), arguments.quick)
        report.measure(
            "making the image", common.seconds(lambda: edge_house.fill(house.image, bench.devices)), "s", people=PEOPLE
        )
        for name in MEASURES:
            if name in wanted:
                MEASURES[name](bench)
    _ratios(bench)
    report.measures["load after"] = common.os.getloadavg()[0]
    report.end(arguments.json)


@contextmanager
def the_edge(bench: Bench, **more: str) -> Iterator[tuple[str, int]]:
    """The edge itself, on the image and the database of the house."""
    environment = {
        "DATABASE": bench.house.database,
        "SECRETS": str(bench.house.secrets),
        "ISSUING": str(bench.house.issuing),
        "FOLDER": str(bench.house.image),
        "PORT": "{port}",
        **more,
    }
    named = {f"YANMEN_EDGE_{name}": value for name, value in environment.items()}
    command = [sys.executable, "-m", "yanmen.edge"]
    with edge_house.server(command, ready="/edge/v1/health", environment=named) as running:
        _until_whole(running[0])
        yield running


def _until_whole(url: str) -> None:
    """Until the edge has its image and its database."""
    for _ in range(600):
        with edge_house.urllib.request.urlopen(url + "/edge/v1/health", timeout=5) as answer:
            told = json.load(answer)
        if told["database"] == "up" and told["image"]["people"]:
            return
        time.sleep(0.05)
    raise TimeoutError(f"the edge is not whole: {told}")


def constant(bench: Bench) -> None:
    """(a) The same server answering a constant: to the very requests that ask for codes."""
    requests = bench.requests("code", bench.devices.code_reads(bench.devices.people(50_000)))
    posts = bench.requests("check-in", bench.devices.check_ins(bench.devices.people(50_000)))
    with edge_house.server(edge_house.granian("shared.edge_constant:application", "rsgi"), ready="/") as (url, _):
        bench.rate("constant answer", _middle(bench, url, requests, READERS), "/s")
        bench.rate("constant answer to check-ins", _middle(bench, url, posts, CONNECTIONS), "/s")


def reads(bench: Bench) -> None:
    """(b) People ask for their own code: few again and again, and everybody for the first time."""
    again = bench.requests("code", bench.devices.code_reads(bench.devices.people(50_000)))
    first = bench.requests(
        "first", bench.devices.code_reads(bench.devices.people(1_500_000 if not bench.quick else 250_000))
    )
    with the_edge(bench) as (url, _):
        bench.rate("code reads", _middle(bench, url, again, READERS), "/s")
        bench.rate("code reads, nobody twice", _middle(bench, url, first, READERS), "/s")


def check_ins(bench: Bench) -> None:
    """(c) Single durable check-ins, each by another person under an id of its own."""
    with the_edge(bench) as (url, _):
        loads = [_check_in_run(bench, url) for _ in range(bench.runs)]
        bench.rate("durable check-ins", edge_load.middle(loads), "/s")


def _check_in_run(bench: Bench, url: str) -> Load:
    people = bench.devices.people(PER_SECOND * bench.seconds)
    requests = bench.requests("check-in", bench.devices.check_ins(people))
    edge_house.emptied()
    load = edge_load.wrk(url + CHECK_INS, requests, connections=CONNECTIONS, seconds=bench.seconds)
    _true(bench, "check-ins", load.accepted, in_flight=CONNECTIONS, rounds=load.rounds)
    return load


def _true(bench: Bench, what: str, acknowledged: int, *, in_flight: int, rounds: int) -> None:
    """Never fewer rows than were acknowledged; more only by what was in flight when the load ended."""
    if rounds:
        raise RuntimeError(f"{what}: the requests ran out after {acknowledged:,}; make more of them ready")
    time.sleep(0.2)
    rows = edge_house.stored()
    if not acknowledged <= rows <= acknowledged + in_flight:
        raise AssertionError(f"{what}: {acknowledged:,} acknowledged, {rows:,} in the table")
    told = bench.report.measures.setdefault("truth", {"acknowledged": 0, "rows": 0})
    told["acknowledged"] += acknowledged
    told["rows"] += rows


def batches(bench: Bench) -> None:
    """(d) Batches of a thousand scans from devices, and PostgreSQL's COPY of such rows into the same table."""
    made = bench.requests("batches", bench.devices.batches(BATCHES_PER_SECOND * bench.seconds, BATCH))
    with the_edge(bench, SESSION_RATE="1000") as (url, _):
        loads = []
        for _ in range(bench.runs):
            edge_house.emptied()
            loads.append(edge_load.wrk(url, made, connections=SENDERS, seconds=bench.seconds))
            _true(bench, "batches", loads[-1].accepted * BATCH, in_flight=SENDERS * BATCH, rounds=loads[-1].rounds)
        bench.rate("batches of 1,000", edge_load.middle(loads), "rows/s", times=BATCH)
    limits = []
    for _ in range(bench.runs):
        edge_house.emptied()
        limits.append(_copied(bench))
    bench.rates["COPY"] = common.median(limits)
    bench.report.measure("COPY of the same rows", bench.rates["COPY"], "rows/s", runs=bench.runs, connections=WRITERS)


def _copied(bench: Bench) -> float:
    """Rows a second that PostgreSQL takes as ready binary COPY in transactions of a batch."""
    from shared.edge_copy import copy_ready, ready_batches

    ready = ready_batches(200 if bench.quick else 800, BATCH)
    return asyncio.run(copy_ready(bench.house.database, ready, connections=WRITERS, size=BATCH))


def django(bench: Bench) -> None:
    """(e) A plain Django endpoint that does the same work, on the number of threads that suits it best."""
    given = {
        "database": _django_database(bench.house.database),
        "session_key": bench.house.keys["session_key"].hex(),
        "venue_key": bench.house.keys["venue_key"].hex(),
        "folder": str(bench.house.image),
    }
    best: tuple[float, Load, str] | None = None
    for workers, threads in ((1, 4), (2, 2), (2, 8)):
        command = edge_house.granian(
            "shared.edge_django:application", "wsgi", "--workers", str(workers), "--blocking-threads", str(threads)
        )
        with edge_house.server(command, ready="/", environment={"EDGE_PEER": json.dumps(given)}) as (url, _):
            people = bench.devices.people(8000 * bench.seconds)
            requests = bench.requests("peer", bench.devices.check_ins(people))
            edge_house.emptied()
            load = edge_load.wrk(url, requests, connections=64, seconds=bench.seconds)
            _true(bench, "Django", load.accepted, in_flight=64, rounds=load.rounds)
            if best is None or load.rate > best[0]:
                best = load.rate, load, f"{workers} × {threads}"
    assert best
    bench.rates["Django"] = best[0]
    bench.report.measure(
        "plain Django endpoint",
        best[0],
        "/s",
        p50_ms=best[1].p50,
        p99_ms=best[1].p99,
        refused=best[1].refused,
        threads=best[2],
    )


def _django_database(url: str) -> dict[str, object]:
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "HOST": parts.hostname,
        "PORT": str(parts.port),
        "USER": parts.username,
        "PASSWORD": unquote(parts.password or ""),
    }


def _middle(bench: Bench, url: str, requests: Requests, connections: int) -> Load:
    return edge_load.middle(
        edge_load.wrk(url, requests, connections=connections, seconds=bench.seconds) for _ in range(bench.runs)
    )


def _ratios(bench: Bench) -> None:
    bench.share("code reads", "constant answer", 0.8, "code reads / constant answer")
    bench.share("code reads, nobody twice", "constant answer", 0.8, "code reads, nobody twice / constant answer")
    if "durable check-ins" in bench.rates:
        bench.goal("durable check-ins", 25_000, "/s")
    bench.share("durable check-ins", "constant answer", 0.28, "durable check-ins / constant answer")
    bench.share("durable check-ins", "Django", 10, "durable check-ins / plain Django endpoint")
    if "batches of 1,000" in bench.rates:
        bench.goal("batches of 1,000", 150_000, "rows/s")
    bench.share("batches of 1,000", "COPY", 0.5, "batches / COPY of the same rows")


MEASURES: dict[str, Callable[[Bench], None]] = {
    "constant": constant,
    "reads": reads,
    "check-ins": check_ins,
    "batches": batches,
    "django": django,
}

if __name__ == "__main__":
    main(common.options(__doc__.split("\n", 1)[0]))
