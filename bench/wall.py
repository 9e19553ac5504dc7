"""The wall at the size of a province: what each panel takes when it is drawn, of a province, a city and a county, and what a reader waits.

One in ten of the people is under measures; all are synthetic. Drawn means asked of the database; whoever comes next gets what was drawn.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import common, quarantine_town
from shared.quarantine_town import NOW

MEASURED, QUICK_MEASURED, TIMES = 100_000, 5_000, 5
GOAL = 0.5


def main(arguments: argparse.Namespace) -> None:
    report = common.Report("bench/wall.py", arguments.quick)
    measured = QUICK_MEASURED if arguments.quick else MEASURED
    report.sizes = {"under measures": measured}
    report.begin()
    with common.house(arguments.keep):
        town = quarantine_town.load(measured, 20 if arguments.quick else 200, report)
        county = town.counties[0]
        for area in ("14", county[:4], county):
            _drawn(report, area)
    report.end(arguments.json)


def _drawn(report: common.Report, area: str) -> None:
    """Every panel drawn anew, several times; then asked for again as a reader would."""
    import yanmen.project.urls  # noqa: F401  registers the pages and panels
    from yanmen.desk import wall
    from yanmen.registry.scope import system

    look = wall.Look.of(replace(system(area), role="command.staff", purpose="control"), "zh-hans")
    took: dict[str, list[float]] = {}
    whole, cpu, again = [], [], []
    for _ in range(TIMES):
        wall.forget()
        started, worked = time.perf_counter(), time.process_time()
        found = wall.drawn(look, now=NOW)
        whole.append(time.perf_counter() - started)
        cpu.append(time.process_time() - worked)
        started = time.perf_counter()
        wall.drawn(look, now=NOW)
        again.append(time.perf_counter() - started)
        for one in found:
            took.setdefault(one.panel.name, []).append(one.seconds)
            assert one.state != "failed", one.panel.name
    for name, times in took.items():
        report.measure(f"{area}: {name}", 1000 * common.median(times), "ms", runs=TIMES)
    slow = common.percentile(whole, 0.95)
    report.measure(
        f"{area}: the whole wall", 1000 * common.median(whole), "ms", p95=1000 * slow, python=1000 * common.median(cpu)
    )
    report.measure(f"{area}: asked again", 1000 * common.median(again), "ms")
    report.ratio(f"{area}: the whole wall, p95, s", slow, f"≤ {GOAL}", slow <= GOAL)


if __name__ == "__main__":
    main(common.options(__doc__ or ""))
