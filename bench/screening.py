"""Screening: people bound to tubes through the edge, and results told to every member of a tube.

Beside each figure stands PostgreSQL's own limit for the same rows, measured turn and turn about: COPY for bindings, a bare
INSERT … SELECT in transactions of the same size for results. A city of 5 million is planned by the guide in force, and what its
busiest hour asks of the doors stands beside what they carry. Everybody here is synthetic.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import common, edge_house, edge_load, screening_release
from shared.edge_bench import CONNECTIONS, WORKERS, Bench, the_edge
from shared.edge_copy import copy_ready, ready_batches
from shared.edge_requests import SAMPLES, TUBE, Devices

from yanmen.edge.tables import BOUND

BATCH, SENDERS = 1000, 16
BATCHES_READY = 120
READY = 30_000
"""Single bindings that are made ready for each second of a run."""

BOUND_ONE, BATCHED, COPIED = "bindings one by one", "bindings in batches of 1,000", "COPY of the same rows"
TOLD, BARE = "members told", "bare INSERT … SELECT of the same rows"
CITY, DAY = 5_000_000, 86_400
POOL, GUIDE_OF = 10, dt.date(2022, 10, 1)


def main(arguments: argparse.Namespace) -> None:
    edge_load.needs_wrk()
    report = common.Report("bench/screening.py", arguments.quick)
    report.machine |= {name: common.version(name) for name in ("uvloop", "httptools", "asyncpg", "msgspec")}
    report.sizes = {"people to a tube": TUBE, "workers": WORKERS}
    wanted = set(filter(None, arguments.only.split(","))) or set(MEASURES)
    report.begin()
    with edge_house.house(arguments.keep) as house:
        bench = Bench(report, house, Devices(house.keys), arguments.quick)
        for name in MEASURES:
            if name in wanted:
                MEASURES[name](bench)
    if truth := report.measures.get("truth"):
        lost = max(0, truth["acknowledged"] - truth["rows"])
        report.ratio(f"acknowledged and not in the table, of {truth['acknowledged']:,}", lost, "0", lost == 0)
    report.machine["load after"] = f"{os.getloadavg()[0]:.1f}"
    report.end(arguments.json)


def bindings(bench: Bench) -> None:
    """Durable bindings through the edge: single ones from 1,024 devices, and batches from phones that come back."""
    edge_house.fill(bench.house.image, bench.devices, people=1_000_000)
    copied = []
    with the_edge(bench.house, SESSION_RATE="0") as (url, _):
        for _ in range(bench.runs):
            ready = ready_batches(100 if bench.quick else 500, BATCH, BOUND)
            edge_house.emptied(BOUND.name)
            copied.append(
                asyncio.run(copy_ready(bench.house.database, ready, connections=2 * WORKERS, size=BATCH, table=BOUND))
            )
            made = bench.requests("samples", bench.devices.samples(READY * bench.seconds))
            edge_house.emptied(BOUND.name)
            load = edge_load.wrk(url + SAMPLES, made, connections=CONNECTIONS, seconds=bench.seconds)
            bench.loads[BOUND_ONE].append(load)
            bench.true(load.accepted, in_flight=CONNECTIONS, rounds=load.rounds, table=BOUND.name)
            bench.pair(BOUND_ONE, load.rate, COPIED, copied[-1])
            made = bench.requests("batches", bench.devices.sample_batches(BATCHES_READY * bench.seconds, BATCH))
            edge_house.emptied(BOUND.name)
            load = bench.run(BATCHED, url, made, SENDERS)
            bench.true(load.accepted * BATCH, in_flight=SENDERS * BATCH, rounds=load.rounds, table=BOUND.name)
            bench.pair(BATCHED, load.rate * BATCH, COPIED, copied[-1])
    bench.report.measure(COPIED, common.median(copied), "rows/s", runs=bench.runs, connections=2 * WORKERS)
    single = bench.tell(BOUND_ONE, "/s", connections=CONNECTIONS)
    bench.tell(BATCHED, "rows/s", times=BATCH, connections=SENDERS)
    bench.share(BOUND_ONE, COPIED, 0.1)
    bench.share(BATCHED, COPIED, 0.5)
    _city(bench, "one by one, a city of 5 million is bound in", CITY / single)


def results(bench: Bench) -> None:
    """Runs of 94 tubes of ten are released one after the other; beside it the bare rows in as many transactions."""
    tubes = 2_000 if bench.quick else 20_000
    town = screening_release.load(tubes, rounds=bench.runs, now=dt.datetime.now(dt.UTC))
    told, bare = [], []
    for number in range(bench.runs):
        told.append(town.release(number))
        bare.append(town.bare(number))
        bench.pair(TOLD, told[-1], BARE, bare[-1])
    bench.report.measure(BARE, common.median(bare), "rows/s", runs=bench.runs, transactions=town.runs)
    rate = common.median(told)
    bench.report.measure(
        TOLD, rate, "members/s", runs=bench.runs, tubes_a_second=rate / TUBE, a_release_ms=town.middle_ms
    )
    bench.share(TOLD, BARE, 0.1)
    _city(bench, "the results of a city of 5 million are told in", CITY / rate)


def city(bench: Bench) -> None:
    """Five million in a day: staff and sites as the guide asks, the finish by the flow of people, and the load at the doors."""
    from yanmen.project.cli import load_catalogue

    load_catalogue()
    from yanmen.subsystems.screening.methods.finishing import Stage, finish
    from yanmen.subsystems.screening.methods.staffing import needs
    from yanmen.subsystems.screening.queries.planning import basis

    found = basis(GUIDE_OF)
    hours = found.hours(CITY)
    pace = found.pace_for(hours)
    plan = needs(CITY, pace=pace, norms=found.norms)
    for name, value, unit in (
        ("sites", plan.sites[0], "sites"), ("desks", plan.desks_in_all, "desks"), ("samplers", plan.samplers, "people"),
        ("tubes of ten", plan.tubes[POOL], "tubes"), ("laboratories", plan.tubes_a_day[POOL], "tubes a day"),
    ):  # fmt: skip
        bench.report.measure(f"{CITY:,} people in {hours} h: {name}", value, unit)
    coming = [CITY / pace.window] * round(pace.window)
    sampled = Stage("sites", (3600 / pace.seconds_a_person * plan.desks_in_all,), pace.collect_hours)
    tested = Stage("laboratories", (plan.tubes_a_day[POOL] * POOL / 24,), pace.run_hours)
    ends = finish([sampled, tested], arriving=coming).hours
    bench.report.ratio(
        f"that plan ends after, h (of {hours})", ends or 0, f"≤ {hours}", ends is not None and ends <= hours
    )
    busiest = CITY / pace.window * pace.busiest_hour_percent / 100 / 3600
    for name in (BOUND_ONE, TOLD):
        if carried := bench.report.measures.get(name, {}).get("value"):
            share = carried / busiest
            bench.report.ratio(
                f"{name} here, of the {busiest:,.0f}/s of the city's busiest hour", share, "≥ 1", share >= 1
            )


def _city(bench: Bench, name: str, seconds: float) -> None:
    bench.report.ratio(f"{name}, h (of 24)", seconds / 3600, "≤ 24", seconds <= DAY)


MEASURES: dict[str, Callable[[Bench], None]] = {"bindings": bindings, "results": results, "city": city}

if __name__ == "__main__":
    main(common.options(__doc__ or ""))
