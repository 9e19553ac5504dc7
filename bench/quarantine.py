"""Quarantine at the size of a province: the minute job and the pages that everybody opens, with 20,000 guests in 200 sites.

Beside the pages of guests stands a bare statement that only reads the tasks and measures of all guests, measured in the same run:
what a page adds to it is what our own work costs. Everybody here is synthetic.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import common, quarantine_town
from shared.quarantine_town import NOW, Town

PEOPLE, SITES, QUICK_PEOPLE, QUICK_SITES = 100_000, 200, 10_000, 20
RUNS, QUICK_RUNS = 11, 5
PAGE_GOAL, IDLE_GOAL, CHANGED_GOAL, CHANGED = 0.5, 5.0, 30.0, 2_000
BARE = """
SELECT count(*), count(DISTINCT t.id), count(DISTINCT m.id)
FROM quarantine_stay s
JOIN loop_task t ON t.subject_type = 'person' AND t.subject = s.person_id AND t.state IN ('open', 'failed')
JOIN loop_measure m ON m.subject_type = 'person' AND m.subject = s.person_id
WHERE s.state = 'admitted'
"""
PAGES = (
    ("quarantine.manager", "14", "/quarantine/today/"),
    ("quarantine.manager", "14", "/quarantine/findings/"),
    ("quarantine.dispatcher", "14", "/quarantine/waiting/"),
    ("quarantine.manager", "14", "/quarantine/sites/"),
    ("quarantine.dispatcher", "14", "/transfers/"),
    ("grid.manager", "14", "/grid/"),
)
IN_A_COUNTY = (
    ("quarantine.manager", "/quarantine/today/"),
    ("quarantine.dispatcher", "/quarantine/waiting/"),
    ("grid_officer", "/grid/"),
)


def main(arguments: argparse.Namespace) -> None:
    report = common.Report("bench/quarantine.py", arguments.quick)
    people, sites = (QUICK_PEOPLE, QUICK_SITES) if arguments.quick else (PEOPLE, SITES)
    report.sizes = {"people with measures": people, "sites": sites}
    wanted = set(filter(None, arguments.only.split(","))) or set(MEASURES)
    report.begin()
    with common.house(arguments.keep):
        town = quarantine_town.load(people, sites, report)
        report.measure("guests", town.guests, "people")
        for name, measure in MEASURES.items():
            if name in wanted:
                measure(report, town)
    report.machine["load after"] = f"{os.getloadavg()[0]:.1f}"
    report.end(arguments.json)


def pages(report: common.Report, town: Town) -> None:
    """Every page through the whole stack of the desk, without a network."""
    from yanmen.project.testing import show_clock

    show_clock(NOW)
    runs = QUICK_RUNS if report.quick else RUNS
    spent = [common.seconds(lambda: common.owner(BARE)) for _ in range(runs)]
    report.measure("bare: tasks and measures of every guest", 1000 * common.median(spent), "ms", runs=runs)
    county = town.counties[0]
    for role, area, path in (*PAGES, *((role, county, path) for role, path in IN_A_COUNTY)):
        client = visitor(role, area)
        took, size = [], 0
        for _ in range(runs + 1):
            started = time.perf_counter()
            answer = client.get(path)
            took.append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise AssertionError(f"{path} answers {answer.status_code}.")
            size = len(answer.content)
        where = f"{path} of a {'province' if area == '14' else 'county'}"
        slow = common.percentile(took[1:], 0.95)
        report.measure(where, 1000 * common.median(took[1:]), "ms", p95=1000 * slow, kilobytes=size // 1000, runs=runs)
        report.ratio(f"{where}, p95, s", slow, f"≤ {PAGE_GOAL}", slow <= PAGE_GOAL)


def job(report: common.Report, town: Town) -> None:
    """The minute job: when nothing changed, and after the measures of many guests changed."""
    from yanmen.loop import facts
    from yanmen.loop.run import settle
    from yanmen.registry.scope import Scope, acting
    from yanmen.subsystems.quarantine import jobs
    from yanmen.subsystems.quarantine.models import Stay

    report.measure("the minute job, everybody new to it", common.seconds(lambda: jobs.every_minute(NOW)), "s")
    idle = [common.seconds(lambda: jobs.every_minute(NOW)) for _ in range(QUICK_RUNS)]
    report.measure("the minute job when nothing changed", common.median(idle), "s", runs=QUICK_RUNS)
    report.ratio(
        "the minute job when nothing changed, s",
        common.median(idle),
        f"≤ {IDLE_GOAL}",
        common.median(idle) <= IDLE_GOAL,
    )
    many = min(CHANGED, town.guests // 2)
    with acting(Scope(None, "quarantine.dispatcher", "14")):
        rows = Stay.objects.filter(state="admitted").order_by("pk").values_list("person", "home_area", "area")
        changed = list(rows[: 10 * many : 10] if len(rows) >= 10 * many else rows[:many])
        day = NOW.date().isoformat()
        facts.record_many(
            "tracing.contact_found",
            [{"person": person, "area": home, "occurred_at": NOW,
              "detail": {"case": f"bench-{area}", "degree": 1, "first_exposed": day, "last_exposed": day, "via": "venue"}}
             for person, home, area in changed],
            by="bench", now=NOW,
        )  # fmt: skip
    settle(now=NOW)
    spent = common.seconds(lambda: jobs.every_minute(NOW))
    report.measure(f"the minute job after {many:,} measures changed", spent, "s")
    report.ratio(
        f"the minute job after {many:,} measures changed, s", spent, f"≤ {CHANGED_GOAL}", spent <= CHANGED_GOAL
    )


def visitor(role: str, area: str) -> Any:
    """Somebody signed in at the front door."""
    from django.test import Client

    from yanmen.project.testing_doors import PASSWORD, new_account

    client = Client(SERVER_NAME="localhost")
    answer = client.post("/account/login/", {"login": new_account(role, area), "password": PASSWORD})
    if answer.status_code != 302:
        raise AssertionError(answer.content[-2000:])
    return client


MEASURES: dict[str, Callable[[common.Report, Town], None]] = {"pages": pages, "job": job}

if __name__ == "__main__":
    main(common.options(__doc__ or ""))
