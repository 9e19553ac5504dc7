"""Far more clients than the edge can serve, none of whom waits before asking again."""

from __future__ import annotations

import resource

from shared import common, edge_house, edge_load
from shared.edge_bench import CONNECTIONS, READY, Bench, the_edge
from shared.edge_house import Memory
from shared.edge_load import Load, Probe
from shared.edge_requests import CHECK_INS

CROWDS = (10 * CONNECTIONS, 14_000)
"""Ten times the clients of the best run, and more than the queue has room for."""

ALLOWED = {"429 with Retry-After", "503 with Retry-After"}


def overload(bench: Bench) -> None:
    """The best run, then ten times as many clients, then as many as the machine can connect."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1000
    remembered = (
        {"SESSIONS": "20000"} if bench.quick else {}
    )  # a run must be long enough to fill the memory of sessions
    with the_edge(bench.house, **remembered) as (url, pid):
        peak = max(bench.check_in_run(url).rate for _ in range(bench.runs))
        bench.report.measure("peak before the crowd", peak, "/s", connections=CONNECTIONS)
        for crowd in CROWDS[:1] if bench.quick else CROWDS:
            _crowd(bench, url, pid, min(crowd, most), peak)


def _crowd(bench: Bench, url: str, pid: int, crowd: int, peak: float) -> None:
    seconds = 8 if bench.quick else 60
    made = bench.requests("crowd", bench.devices.check_ins(bench.devices.people(int(READY * seconds * 1.2))))
    singles = bench.devices.check_ins(bench.devices.people(3_000 if bench.quick else 25_000))
    edge_house.emptied()
    with edge_house.watched(pid) as memory, edge_load.probing(url, singles) as probe:
        load = edge_load.wrk(url + CHECK_INS, made, connections=crowd, seconds=seconds)
    bench.true(load.accepted, in_flight=crowd + len(probe.accepted), rounds=load.rounds)
    _tell(bench, crowd, load, probe, memory, peak)


def _tell(bench: Bench, crowd: int, load: Load, probe: Probe, memory: list[Memory], peak: float) -> None:
    name = f"{crowd:,} clients"
    third = max(1, len(memory) // 3)  # the first one goes by until all are connected
    grown = common.median([each.own for each in memory[-third:]]) / common.median(
        [each.own for each in memory[third:-third]]
    )
    bench.report.measure(
        name, load.rate, "accepted/s", refused=load.refused, broken=load.broken, p99_accepted_ms=probe.p99,
        worst_accepted_ms=1000 * max(probe.accepted), memory_mb=memory[-1].own, probes=len(probe.accepted), other_answers=str(probe.others)
    )  # fmt: skip
    goodput = load.rate / peak
    bench.report.ratio(f"{name}: accepted / peak", goodput, "≥ 0.8", goodput >= 0.8)
    bench.report.ratio(f"{name}: p99 of accepted, ms", probe.p99, "≤ 3,000", probe.p99 <= 3000)
    strange = load.broken + sum(count for told, count in probe.others.items() if told not in ALLOWED)
    bench.report.ratio(f"{name}: other than 200, 429, 503 with Retry-After", strange, "0", strange == 0)
    bench.report.ratio(f"{name}: memory, last third / second third", grown, "≤ 1.1", grown <= 1.1)
