"""Staff at their pages beside the loop: 300 signed-in people click for a minute while facts come in, with a million people registered.

Everybody opens the pages of their own menu, and now and then a person's page, with locust; the site and its worker are started as
`yanmen serve` starts them. Beside them some open a page that reads nothing: what it takes is what this machine takes at this load,
and the pages are compared with it. One in fifty of the people is under measures, with `--only hard` one in ten: an outbreak nobody
stopped. Everybody here is synthetic. Needs `yanmen[bench]`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import common, quarantine_town
from shared.quarantine_town import NOW, Town

PEOPLE, QUICK_PEOPLE, MEASURED, HARD = 1_000_000, 50_000, 50, 10
"""People registered, and one in how many of them is under measures."""
STAFF, QUICK_STAFF, SECONDS, QUICK_SECONDS = 300, 60, 60, 15
COMING = 40
"""Seconds in which they come to work, one after the other; what is measured begins when the last has come."""
THINK = (5.0, 25.0)
"""Seconds from one click to the next: a page is read before the next is opened."""
GOAL = 0.5
PORT = 8391
FACTS, EVERY = 50, 5.0
"""So many facts come in every so many seconds: the loop has work all the time."""
BARE = "/account/login/"
ROLES = (
    ("command.staff", 30, (2, 4, 6)), ("inspector", 10, (2, 4)), ("cases.epidemiologist", 30, (4, 6)),
    ("tracing.tracer", 25, (4, 6)), ("quarantine.manager", 40, (4, 6)), ("quarantine.dispatcher", 15, (4, 6)),
    ("grid_officer", 60, (6, 9)), ("grid.manager", 20, (6,)), ("screening.manager", 20, (4, 6)), ("laboratory", 15, (6,)),
    ("checkpoints.manager", 10, (4, 6)), ("venues.manager", 10, (6,)), ("risk_areas.receiver", 15, (4, 6)),
)  # fmt: skip
"""Role, how many of the 300, and the digits of their areas."""
CALM_HOMES = """
INSERT INTO registry_household (area, address, created_at)
SELECT (%(counties)s::text[])[1 + n %% %(many)s] || (100 + n / %(many)s %% 10), '静安路' || n / 40 %% 9 || '号' || n / 12 %% 20 || '栋' || n || '室', %(calm)s
FROM generate_series(0, %(people)s / 3) n
"""
CALM_PEOPLE = """
INSERT INTO registry_person (name, sex, id_type, area, address, household_id, born_on, post, synthetic, created_at)
SELECT '静' || h.id || '之' || k, '', '', h.area, h.address, h.id, '1980-05-01', '', true, %(calm)s
FROM registry_household h, generate_series(1, 3) k WHERE h.address LIKE '静安路%%'
"""


def main(arguments: argparse.Namespace) -> None:
    report = common.Report("bench/pages.py", arguments.quick)
    people = QUICK_PEOPLE if arguments.quick else PEOPLE
    staff, seconds = (QUICK_STAFF, QUICK_SECONDS) if arguments.quick else (STAFF, SECONDS)
    held = people // (HARD if arguments.only == "hard" else MEASURED)
    report.sizes = {"people": people, "under measures": held, "staff": staff, "seconds": seconds}
    locust = shutil.which("locust") or shutil.which("locust", path=str(Path(sys.executable).parent))
    if not locust:
        raise SystemExit("bench/pages.py needs locust: pip install yanmen[bench]")
    report.begin()
    with common.house(arguments.keep) as folder:
        town = quarantine_town.load(held, 20 if arguments.quick else 200, report)
        _register_calm(people - held, town, report)
        report.measure("copying the ledger, figures made ready", common.seconds(_figures), "s")
        officers = _officers(staff, town)
        (folder / "staff.json").write_text(json.dumps(officers, ensure_ascii=False), "utf-8")
        with _site(folder), _facts_coming_in(town) as told:
            _click(locust, folder, staff, seconds, folder / "clicks")
        _tell(report, folder / "clicks", told)
    report.machine["load after"] = f"{os.getloadavg()[0]:.1f}"
    report.end(arguments.json)


def _register_calm(people: int, town: Town, report: common.Report) -> None:
    """Everybody else: registered, at home, nothing owed."""
    if common.owner("SELECT count(*) > %s FROM registry_person", people)[0][0]:
        return
    about = {
        "counties": list(town.counties),
        "many": len(town.counties),
        "people": people,
        "calm": quarantine_town.CALM,
    }

    def register() -> None:
        for statement in (CALM_HOMES, CALM_PEOPLE):
            quarantine_town._run(statement, about)
        common.owner("VACUUM ANALYZE")

    report.measure(f"registering {people:,} more", common.seconds(register), "s")


def _figures() -> None:
    """The copy that the worker keeps up every few minutes: who clicks finds it there."""
    from django.conf import settings

    from yanmen.numbers.keeping import bring_up

    bring_up(Path(settings.YANMEN_LEDGER), now=NOW)


def _officers(staff: int, town: Town) -> list[dict[str, Any]]:
    """Accounts by role and area, signed in, with the pages of their menus."""
    from django.test import override_settings

    whole = sum(many for _, many, _ in ROLES)
    found: list[dict[str, Any]] = []
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        for role, many, digits in ROLES:
            for each in range(max(1, round(many * staff / whole))):
                county = town.counties[each * 7 % len(town.counties)]
                area = {2: county[:2], 4: county[:4], 6: county, 9: county + f"{100 + each % 10}"}[
                    digits[each % len(digits)]
                ]
                found.append(_signed_in(role, area, seed=len(found)))
    found = found[:staff]
    return found + [{"cookies": {}, "paths": [["(bare)", BARE]], "seed": -each} for each in range(1, staff // 20 + 1)]


def _signed_in(role: str, area: str, *, seed: int) -> dict[str, Any]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    import yanmen.project.urls  # noqa: F401 (registers the pages)
    from yanmen.desk.pages import nav_of
    from yanmen.project.testing_doors import new_account

    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.using("owner").get(username=new_account(role, area)))
    paths = [[f"/{one.path}", f"/{one.path}"] for one in nav_of(role)]
    people = common.owner(
        "SELECT id FROM registry_person WHERE area >= %s AND area < %s || '~' ORDER BY id LIMIT 3", area, area
    )
    paths += [["/people/…/", f"/people/{number}/"] for (number,) in people[:3]]
    return {
        "cookies": {name: one.value for name, one in client.cookies.items()},
        "paths": paths,
        "seed": seed,
        "role": role,
        "area": area,
    }


@contextmanager
def _site(folder: Path) -> Iterator[None]:
    """The site with its worker, at the moment of the town."""
    from django.db import connections

    from yanmen.project import database, state

    state.keep_clock(NOW.isoformat())
    url = database.server().url(connections["owner"].settings_dict["NAME"])
    command = [
        sys.executable,
        "-m",
        "yanmen.project.cli",
        "serve",
        "--port",
        str(PORT),
        "--workers",
        "2",
        "--edge-port",
        "0",
    ]
    with (folder / "site.log").open("w") as log:
        site = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "YANMEN_DATABASE_URL": url})
    try:
        _wait(site)
        yield
    finally:
        site.terminate()
        site.wait(40)
        state.keep_clock("")


def _wait(site: "subprocess.Popen[bytes]") -> None:
    import httpx

    until = time.monotonic() + 180
    while time.monotonic() < until and site.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{PORT}{BARE}").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise SystemExit("The site did not start: see site.log in the folder of --keep.")


@contextmanager
def _facts_coming_in(town: Town) -> Iterator[list[int]]:
    """Symptoms and visits told all the time, by people under measures: the loop turns beside the pages."""
    from yanmen.loop import facts
    from yanmen.registry.scope import Scope, acting

    people = common.owner("SELECT person_id, home_area FROM quarantine_stay WHERE state = 'admitted' ORDER BY id")
    stop, told = threading.Event(), [0]

    def tell() -> None:
        from django.db import connections

        scope = Scope(None, "quarantine.manager", "14")
        while not stop.wait(EVERY):
            first = told[0] % max(1, len(people) - FACTS)
            with acting(scope):
                facts.record_many(
                    "tracing.contact_found",
                    [{"person": person, "area": area, "occurred_at": NOW,
                      "detail": {"case": f"bench-{told[0]}", "degree": 1, "first_exposed": NOW.date().isoformat(),
                                 "last_exposed": NOW.date().isoformat(), "via": "venue"}}
                     for person, area in people[first : first + FACTS]],
                    by="bench", now=NOW,
                )  # fmt: skip
            told[0] += FACTS
        connections.close_all()

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def _click(locust: str, folder: Path, staff: int, seconds: int, out: Path) -> None:
    """Everybody comes to work, then clicks for so long; what each page took in that time is written beside ``out``."""
    about = {"BENCH_STAFF": str(folder / "staff.json"), "BENCH_THINK": f"{THINK[0]},{THINK[1]}"}
    users = staff + staff // 20
    done = subprocess.run(
        [locust, "-f", str(Path(__file__).parent / "shared" / "page_clicks.py"), "--headless", "--only-summary", "-u", str(users),
         "-r", f"{users / COMING:.2f}", "--reset-stats", "-t", f"{COMING + seconds}s", "-H", f"http://127.0.0.1:{PORT}", "--csv", str(out), "--loglevel", "ERROR"],
        env={**os.environ, **about}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not out.with_name(f"{out.name}_stats.csv").exists():
        raise SystemExit(done.stderr[-2000:])


def _tell(report: common.Report, out: Path, told: list[int]) -> None:
    with out.with_name(f"{out.name}_stats.csv").open(encoding="utf-8") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file) if int(row["Request Count"])}
    whole, bare = rows.pop("Aggregated"), rows.pop("(bare)", None)
    for name, row in sorted(rows.items(), key=lambda pair: -float(pair[1]["95%"])):
        report.measure(
            name,
            float(row["50%"]),
            "ms",
            p95=float(row["95%"]),
            clicks=int(row["Request Count"]),
            failed=int(row["Failure Count"]),
        )
    slow, clicks = float(whole["95%"]) / 1000, int(whole["Request Count"])
    report.measure("all pages", float(whole["50%"]), "ms", p95=1000 * slow, p99=float(whole["99%"]), clicks=clicks)
    report.measure("clicks", float(whole["Requests/s"]), "a second", facts=told[0])
    if bare:
        report.measure("a page that reads nothing", float(bare["50%"]), "ms", p95=float(bare["95%"]))
        report.ratio(
            "p95 of all pages to that of a page that reads nothing",
            slow * 1000 / max(1.0, float(bare["95%"])),
            "told",
            True,
        )
    failed = int(whole["Failure Count"])
    report.ratio("clicks that failed", failed, "0", failed == 0)
    report.ratio("p95 of all pages, s", slow, f"≤ {GOAL}", slow <= GOAL)


if __name__ == "__main__":
    main(common.options(__doc__ or ""))
