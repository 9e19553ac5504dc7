"""Far more clients than the edge can serve, none of whom waits before asking again."""

from __future__ import annotations

import resource
import urllib.request

from shared import common, edge_house, edge_load
from shared.edge_bench import READY, Bench, the_edge
from shared.edge_house import Memory
from shared.edge_load import Load, Probe
from shared.edge_requests import CHECK_INS

CROWDS = (2_560, 14_000)
"""Ten times the clients of the best run, and more than the queue has room for."""

ALLOWED = {"200", "429 with Retry-After", "503 with Retry-After"}


def overload(bench: Bench) -> None:
    """The best run, then ten times as many clients, then as many as the machine can connect."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1000
    remembered = {"SESSIONS": "20000"} if bench.quick else {}  # a run must be long enough to fill the memory of sessions
    with the_edge(bench.house, **remembered) as (url, pid):
        peak = max(bench.check_in_run(url).rate for _ in range(bench.runs))
        bench.report.measure("peak before the crowd", peak, "/s", connections=256)
        for crowd in CROWDS:
            _crowd(bench, url, pid, min(crowd, most), peak)


def _crowd(bench: Bench, url: str, pid: int, crowd: int, peak: float) -> None:
    seconds = 8 if bench.quick else 60
    made = bench.requests("crowd", bench.devices.check_ins(bench.devices.people(int(READY * seconds * 1.2))))
    singles = bench.devices.check_ins(bench.devices.people(40_000))
    edge_house.emptied()
    before = _answers(url)
    with edge_house.watched(pid) as memory, edge_load.probing(url, singles) as probe:
        load = edge_load.wrk(url + CHECK_INS, made, connections=crowd, seconds=seconds)
    bench.true(load.accepted, in_flight=crowd + len(probe.accepted), rounds=load.rounds)
    after = _answers(url)
    statuses = {status: count - before.get(status, 0) for status, count in after.items()}
    _tell(bench, crowd, load, probe, memory, statuses, peak)


def _tell(
    bench: Bench, crowd: int, load: Load, probe: Probe, memory: list[Memory], statuses: dict[str, int], peak: float
) -> None:
    name = f"{crowd:,} clients"
    third = max(1, len(memory) // 3)  # the first one goes by until all are connected
    grown = common.median([each.own for each in memory[-third:]]) / common.median(
        [each.own for each in memory[third:-third]]
    )
    bench.report.measure(
        name, load.rate, "accepted/s", refused=load.refused, broken=load.broken, p99_accepted_ms=probe.p99,
        worst_accepted_ms=1000 * max(probe.accepted), memory_mb=memory[-1].own, answers=str(statuses)
    )  # fmt: skip
    goodput = load.rate / peak
    bench.report.ratio(f"{name}: accepted / peak", goodput, "≥ 0.8", goodput >= 0.8)
    bench.report.ratio(f"{name}: p99 of accepted, ms", probe.p99, "≤ 3,000", probe.p99 <= 3000)
    strange = sum(count for status, count in statuses.items() if status not in ("200", "429", "503"))
    strange += load.broken + sum(count for told, count in probe.others.items() if told not in ALLOWED)
    bench.report.ratio(f"{name}: other than 200, 429, 503 with Retry-After", strange, "0", strange == 0)
    bench.report.ratio(f"{name}: memory, last third / second third", grown, "≤ 1.1", grown <= 1.1)


def _answers(url: str) -> dict[str, int]:
    """What the check-in door has answered so far, by status."""
    with urllib.request.urlopen(url + "/edge/v1/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    counted = [line for line in lines if line.startswith('yanmen_edge_answers_total{door="check-ins"')]
    return {line.split('status="')[1][:3]: int(line.rpartition(" ")[2]) for line in counted}
