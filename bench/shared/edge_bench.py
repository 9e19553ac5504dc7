"""What the measures of the edge share: sizes, runs turn and turn about, ratios of neighbouring runs, and the truth."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice

from shared import common, edge_house, edge_load
from shared.edge_house import House
from shared.edge_load import Load, Requests
from shared.edge_requests import CHECK_INS, Devices

CONNECTIONS = 1024
READERS = 64
WORKERS = os.cpu_count() or 1
"""A process for each processor, of the edge and of the server with the constant answer alike."""

READY = 36_000
"""Single check-ins that are made ready for each second of a run: more than any run took."""

CONSTANT = "constant answer"


@dataclass
class Bench:
    """What was measured so far, and on what."""

    report: common.Report
    house: House
    devices: Devices
    quick: bool
    loads: dict[str, list[Load]] = field(default_factory=lambda: defaultdict(list))
    pairs: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def runs(self) -> int:
        return 1 if self.quick else 5

    @property
    def seconds(self) -> int:
        return 2 if self.quick else 6

    def requests(self, name: str, made: Iterator[bytes]) -> Requests:
        """Requests in a file of the house."""
        return edge_load.written(self.house.folder / f"{name}.requests", made)

    def run(self, name: str, url: str, requests: Requests, connections: int) -> Load:
        """One run, kept under its name."""
        load = edge_load.wrk(url, requests, connections=connections, seconds=self.seconds)
        self.loads[name].append(load)
        return load

    def pair(self, name: str, rate: float, of: str, other: float) -> None:
        """Two runs that stood side by side: only such are compared, because the machine is never equally quiet."""
        self.pairs[name, of].append(rate / other)

    def tell(self, name: str, unit: str, *, times: int = 1, **more: float | int | str) -> float:
        """Print the middle run of a name; its rate."""
        load = edge_load.middle(self.loads[name])
        told = {"runs": len(self.loads[name]), "p50_ms": load.p50, "p99_ms": load.p99}
        told |= {"refused": load.refused, "broken": load.broken}
        self.report.measure(name, load.rate * times, unit, **told, **more)
        return load.rate * times

    def share(self, name: str, of: str, goal: float) -> None:
        """The ratio of two names, as the median of neighbouring runs."""
        ratio = common.median(self.pairs[name, of])
        self.report.ratio(f"{name} / {of}", ratio, f"≥ {goal}", ratio >= goal)

    def reach(self, name: str, rate: float, goal: float, unit: str) -> None:
        """A rate that has to be reached."""
        self.report.ratio(f"{name}, {unit}", rate, f"≥ {goal:,.0f}", rate >= goal)

    def check_in_run(
        self, url: str, *, by: list[int] | None = None, ready: int = READY, connections: int = CONNECTIONS
    ) -> Load:
        """Single check-ins into an empty table, by these people in turn or each by another person; then the truth."""
        count = ready * self.seconds
        people = list(islice(cycle(by), count)) if by else self.devices.people(count)
        requests = self.requests("check-ins", self.devices.check_ins(people))
        edge_house.emptied()
        load = edge_load.wrk(url + CHECK_INS, requests, connections=connections, seconds=self.seconds)
        self.true(load.accepted, in_flight=connections, rounds=load.rounds)
        return load

    def true(self, acknowledged: int, *, in_flight: int, rounds: int = 0, table: str = edge_house.TABLE) -> None:
        """Never fewer rows than were acknowledged; more only by what was in flight when the load ended."""
        if rounds:
            raise RuntimeError(f"The requests ran out after {acknowledged:,}; make more of them ready.")
        time.sleep(0.3)
        rows = edge_house.stored(table)
        if not acknowledged <= rows <= acknowledged + in_flight:
            raise AssertionError(f"{acknowledged:,} records were acknowledged, {rows:,} are in the table.")
        told = self.report.measures.setdefault("truth", {"acknowledged": 0, "rows": 0, "runs": 0})
        told["acknowledged"] += acknowledged
        told["rows"] += rows
        told["runs"] += 1


@contextmanager
def the_constant() -> Iterator[str]:
    """The edge's own server with a constant answer."""
    command = [sys.executable, "-m", "shared.edge_constant", "{port}", str(WORKERS)]
    with edge_house.server(command, ready="/") as (url, _):
        yield url


@contextmanager
def the_other_server() -> Iterator[str]:
    """A well-known server of the kind with the same constant answer: what this machine is measured by."""
    more = ("--http", "1", "--backlog", "4096", "--workers", str(WORKERS))
    command = edge_house.granian("shared.edge_rsgi:application", "rsgi", *more)
    with edge_house.server(command, ready="/") as (url, _):
        yield url


@contextmanager
def the_edge(house: House, **more: str) -> Iterator[tuple[str, int]]:
    """The edge itself, on the image and the database of the house: its address and process number."""
    environment = {
        "DATABASE": house.database,
        "SECRETS": str(house.secrets),
        "ISSUING": str(house.issuing),
        "FOLDER": str(house.image),
        "PORT": "{port}",
        "WORKERS": str(WORKERS),
        **more,
    }
    named = {f"YANMEN_EDGE_{name}": value for name, value in environment.items()}
    command = [sys.executable, "-m", "yanmen.edge"]
    with edge_house.server(command, ready="/edge/v1/health", environment=named) as running:
        until_whole(running[0])
        yield running


def until_whole(url: str, seconds: float = 300.0) -> None:
    """Until the edge has its image and its database."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with urllib.request.urlopen(url + "/edge/v1/health", timeout=10) as answer:
            told = json.load(answer)
        if told["database"] == "up" and told["image"]["people"]:
            return
        time.sleep(0.02)
    raise TimeoutError(f"The edge is not whole: {told}")
