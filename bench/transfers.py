"""Runs of vehicles: published routing problems beside their best known, and 2,000 people of eleven counties beside no planning.

Synthetic people; ways are great circles by a detour factor, speeds and minutes are those of the norm quarantine.transfers.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import yaml
from shared import common

from yanmen.subsystems.quarantine.methods.plan_check import faults_of
from yanmen.subsystems.quarantine.methods.rides import Party, Plan, Van, one_by_one, pace_of, ways_of
from yanmen.subsystems.quarantine.methods.routing import plan
from yanmen.subsystems.quarantine.methods.vrp_files import solve_file

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "vrp"
NORM = common.ROOT / "packs" / "covid19-cn" / "norms" / "quarantine" / "transfers.yaml"
SOLOMON = Path("solomon_c") / "1" / "c101.txt"
SOLOMON_OPTIMUM = 828.94
"""Kohl and others, Transportation Science 33 (1999): C101 with real distances."""
GAP, SECONDS, QUICK_SECONDS = 0.05, 60.0, 5.0
COUNTIES, PEOPLE, QUICK_PEOPLE = 11, 2_000, 300
VANS_A_COUNTY, HOUR = 9, 3_600


def main() -> None:
    arguments = common.options(__doc__.split("\n")[0])
    report = common.Report("bench/transfers.py", arguments.quick)
    report.machine |= {name: common.version(name) for name in ("pyvrp", "numpy")}
    report.begin()
    seconds = QUICK_SECONDS if arguments.quick else SECONDS
    published(report, seconds)
    counties(report, QUICK_PEOPLE if arguments.quick else PEOPLE, seconds)
    report.end(arguments.json)


def published(report: common.Report, seconds: float) -> None:
    """X-n101-k25 of Uchoa and others and C101 of Solomon, each retold by our own arithmetic."""
    if not DATA.is_dir():
        print(f"  skipped: the published problems are not beside this checkout ({DATA.name})")
        return
    for path, limit, known in (
        (DATA / "X-n101-k25.vrp", seconds, None),
        (DATA / SOLOMON, min(seconds, 10.0), SOLOMON_OPTIMUM),
    ):
        found = solve_file(path, seconds=limit)
        best = known or found.best_known
        if best is None:
            continue
        gap = found.cost / best - 1
        report.measure(
            found.name, found.cost, "in all", best_known=best, vehicles=found.vehicles, seconds=limit, gap=f"{gap:.2%}"
        )
        report.ratio(f"{found.name}: gap to the best known", max(0.0, gap), f"at most {GAP:.0%}", gap <= GAP)
        broken = len(found.faults)
        report.ratio(f"{found.name}: windows, loads or visits that do not hold", broken, "0", not broken)


def counties(report: common.Report, people: int, seconds: float) -> None:
    """Contacts of eleven counties to the sites of their own, some with a wheelchair, and a few infected people to hospital."""
    norm = next(iter(yaml.safe_load(NORM.read_text("utf-8"))["values"].values()))
    pace = pace_of(norm)
    parties, vans, points = _town(people, norm)
    ways = ways_of(norm, points)
    plans: list[Plan] = []
    workers = min(2, os.cpu_count() or 1)
    limit = seconds * 0.85
    spent = common.seconds(lambda: plans.append(plan(parties, vans, ways, pace, seconds=limit, workers=workers)))
    naive = one_by_one(parties, vans, ways, pace)
    for name, found in (("planned", plans[0]), ("one by one", naive)):
        faults = Counter(each.code for each in faults_of(found, parties, vans, ways, pace))
        report.measure(
            f"{sum(each.people for each in parties)} people {name}", found.metres / 1000, "km", rides=len(found.rides),
            vehicles=found.vans, last_arrival_hours=round(found.last / HOUR, 2), parties_late=faults["late"],
            unsound=faults.total() - faults["late"],
        )  # fmt: skip
    broken = [each for each in faults_of(plans[0], parties, vans, ways, pace) if each.code != "late"]
    late = sum(each.code == "late" for each in faults_of(plans[0], parties, vans, ways, pace))
    report.ratio("seconds to plan", spent, f"at most {seconds:.0f}", spent <= seconds)
    report.ratio("what does not hold of the plan", len(broken) + len(plans[0].left), "0", not broken and not plans[0].left)  # fmt: skip
    report.ratio("parties later than due", late, "0", not late)
    report.ratio("way beside one by one", plans[0].metres / naive.metres, "at most 0.6", plans[0].metres <= 0.6 * naive.metres)  # fmt: skip
    report.ratio("last arrival beside one by one", plans[0].last / naive.last, "at most 1", plans[0].last <= naive.last)


def _town(people: int, norm: dict[str, int]) -> tuple[list[Party], list[Van], list[tuple[float, float]]]:
    """Counties side by side, each with two sites, a hospital, a yard of vehicles and people within some twenty kilometres."""
    dice = np.random.default_rng(6)
    points: list[tuple[float, float]] = []
    parties: list[Party] = []
    vans: list[Van] = []
    for county in range(COUNTIES):
        x, y = 111.6 + 0.5 * (county % 4), 36.8 + 0.4 * (county // 4)

        def place(spread: float, x: float = x, y: float = y) -> int:
            points.append((x + dice.normal(0, spread), y + dice.normal(0, spread)))
            return len(points) - 1

        yard, hospital, sites = place(0.01), place(0.02), [place(0.04), place(0.04)]
        for number in range(VANS_A_COUNTY):
            kind = {0: "negative_pressure", 1: "wheelchair"}.get(number, "van")
            seats = 4 if kind == "negative_pressure" else (7, 14)[number % 2]
            vans.append(Van(len(vans), yard, seats, kind))
        left = people * (county + 1) // COUNTIES - people * county // COUNTIES
        while left > 0:
            size = min(left, int(dice.choice([1, 2, 3, 4], p=[0.45, 0.25, 0.2, 0.1])))
            ill = len(parties) % 250 == 0
            kinds = frozenset({"negative_pressure"} if ill else {"wheelchair"} if dice.random() < 0.02 else ())
            hours = norm["infected_hours"] if ill else norm["close_contact_hours"]
            ready = 0 if ill else int(dice.integers(0, HOUR))
            goal = hospital if ill else int(dice.choice(sites))
            group = "case" if ill else "contact"
            parties.append(Party(len(parties), size, place(0.08), goal, group, ready, hours * HOUR, kinds))
            left -= size
    return parties, vans, points


if __name__ == "__main__":
    main()
