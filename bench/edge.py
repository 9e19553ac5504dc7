"""The edge under load: code reads, durable check-ins, batches, overload, an image of 35 million people, credentials.

Server, database and load generator share this one machine. Beside each figure stands what bounds it, measured turn
and turn about: the same server with a constant answer, PostgreSQL's COPY of the same rows, a plain Django endpoint.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import common, edge_house, edge_load
from shared.edge_bench import CONNECTIONS, CONSTANT, READERS, WORKERS, Bench, the_constant, the_edge, the_other_server
from shared.edge_copy import copy_ready, ready_batches
from shared.edge_overload import overload
from shared.edge_peer import django
from shared.edge_requests import PEOPLE, VENUES, Devices
from shared.edge_size import size

BATCH = 1000
SENDERS = 16
BATCHES_READY = 300
"""Batches that are made ready for each second of a run."""

WRITERS = 2 * WORKERS
"""Connections of the COPY beside it: twice those of the edge, so that it is PostgreSQL's limit and not a connection's."""

PHONES = 50_000
"""Whose sessions an edge has seen before."""

WARM = 8
"""Seconds in which every process sees nearly all of them."""

READS, NEW_READS = "code reads", "code reads, nobody twice"
CHECKED_IN, NEW_CHECKED_IN = "durable check-ins", "durable check-ins, nobody twice"
BATCHED, COPIED = "batches of 1,000", "COPY of the same rows"
OTHER_SERVER = "constant answer of granian (RSGI)"
ISSUED = "credentials"


def main(arguments: argparse.Namespace) -> None:
    edge_load.needs_wrk()
    report = common.Report("bench/edge.py", arguments.quick)
    report.machine |= {
        name: common.version(name) for name in ("httptools", "uvloop", "granian", "asyncpg", "msgspec", "numpy")
    }
    report.sizes = {"people in the image": PEOPLE, "venues": VENUES, "workers": WORKERS}
    wanted = set(filter(None, arguments.only.split(","))) or set(MEASURES)
    report.begin()
    with edge_house.house(arguments.keep) as house:
        bench = Bench(report, house, Devices(house.keys), arguments.quick)
        spent = common.seconds(lambda: edge_house.fill(house.image, bench.devices))
        report.measure("making the image", spent, "s")
        for name in MEASURES:
            if name in wanted:
                MEASURES[name](bench)
    if truth := report.measures.get("truth"):
        lost = max(0, truth["acknowledged"] - truth["rows"])
        report.ratio(f"acknowledged and not in the table, of {truth['acknowledged']:,}", lost, "0", lost == 0)
    report.machine["load after"] = f"{os.getloadavg()[0]:.1f}"
    report.end(arguments.json)


def reads(bench: Bench) -> None:
    """People who ask for their own code again and again; then everybody for the first time."""
    again = bench.requests("again", bench.devices.code_reads(bench.devices.people(PHONES)))
    with the_other_server() as url:
        for _ in range(bench.runs):
            bench.run(OTHER_SERVER, url, again, READERS)
    bench.tell(OTHER_SERVER, "/s")
    with the_constant() as fixed, the_edge(bench.house) as (url, _):
        edge_load.wrk(url, again, connections=READERS, seconds=WARM)
        for _ in range(bench.runs):
            bound = bench.run(CONSTANT, fixed, again, READERS)
            bench.pair(READS, bench.run(READS, url, again, READERS).rate, CONSTANT, bound.rate)
            new = bench.requests("new", bench.devices.code_reads(bench.devices.people(60_000 * bench.seconds)))
            bench.pair(NEW_READS, bench.run(NEW_READS, url, new, READERS).rate, CONSTANT, bound.rate)
    for name in (CONSTANT, READS, NEW_READS):
        bench.tell(name, "/s")
    bench.share(READS, CONSTANT, 0.8)
    bench.share(NEW_READS, CONSTANT, 0.5)


def check_ins(bench: Bench) -> None:
    """Single durable check-ins under ids of their own: by phones whose session was seen before, and by new ones."""
    phones = bench.devices.people(PHONES)
    again = bench.requests("again", bench.devices.code_reads(phones))
    with the_constant() as fixed, the_edge(bench.house) as (url, _):
        edge_load.wrk(url, again, connections=READERS, seconds=WARM)
        bench.check_in_run(url, by=phones)  # every venue's code is read once
        for _ in range(bench.runs):
            bound = bench.run(CONSTANT, fixed, again, READERS)
            for name, by in ((CHECKED_IN, phones), (NEW_CHECKED_IN, None)):
                bench.loads[name].append(bench.check_in_run(url, by=by))
                bench.pair(name, bench.loads[name][-1].rate, CONSTANT, bound.rate)
    bench.tell(CONSTANT, "/s")
    rate = bench.tell(CHECKED_IN, "/s", connections=CONNECTIONS)
    bench.tell(NEW_CHECKED_IN, "/s", connections=CONNECTIONS)
    bench.reach(CHECKED_IN, rate, 25_000, "/s")
    bench.share(CHECKED_IN, CONSTANT, 0.28)
    bench.share(NEW_CHECKED_IN, CONSTANT, 0.2)


def batches(bench: Bench) -> None:
    """Batches of a thousand scans from devices, and PostgreSQL's COPY of such rows into the same table."""
    copied = []
    with the_edge(bench.house, SESSION_RATE="0") as (url, _):
        for _ in range(bench.runs):
            ready = ready_batches(200 if bench.quick else 1000, BATCH)
            edge_house.emptied()
            copied.append(asyncio.run(copy_ready(bench.house.database, ready, connections=WRITERS, size=BATCH)))
            made = bench.requests("batches", bench.devices.batches(BATCHES_READY * bench.seconds, BATCH))
            edge_house.emptied()
            load = bench.run(BATCHED, url, made, SENDERS)
            bench.true(load.accepted * BATCH, in_flight=SENDERS * BATCH, rounds=load.rounds)
            bench.pair(BATCHED, load.rate * BATCH, COPIED, copied[-1])
    bench.report.measure(COPIED, common.median(copied), "rows/s", runs=bench.runs, connections=WRITERS)
    rate = bench.tell(BATCHED, "rows/s", times=BATCH, connections=SENDERS)
    bench.reach(BATCHED, rate, 150_000, "rows/s")
    bench.share(BATCHED, COPIED, 0.5)


def credentials(bench: Bench) -> None:
    """Health codes signed for phones: the device's certificate verified, the code issued."""
    made = bench.requests("credentials", bench.devices.credentials(bench.house.issuing, 500 if bench.quick else 4000))
    with the_edge(bench.house, SESSION_RATE="0") as (url, _):
        for _ in range(bench.runs):
            bench.run(ISSUED, url, made, READERS)
    bench.tell(ISSUED, "/s")


MEASURES: dict[str, Callable[[Bench], None]] = {
    "reads": reads,
    "check-ins": check_ins,
    "batches": batches,
    "django": django,
    "overload": overload,
    "size": size,
    "credentials": credentials,
}

if __name__ == "__main__":
    main(common.options(__doc__.split("\n", 1)[0]))
