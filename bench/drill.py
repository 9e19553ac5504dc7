"""The drill's epidemic: a million people in memory, agreement with theory and with starsim on the same network, person-days a second.

starsim (PyPI: pip install 'yanmen[bench]') runs in the same process on the same edges, periods and factors; without it that is left out.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from shared import common

from yanmen.drill.world import measuring, network, theory
from yanmen.drill.world.calibration import transmissibility
from yanmen.drill.world.city import Area, City, build
from yanmen.drill.world.diseases import DISEASES
from yanmen.drill.world.draws import dice
from yanmen.drill.world.figures import figures
from yanmen.drill.world.visits import day_visits

DISEASE = DISEASES["delta"]
ONE_COUNTY = "140105"
"""Chance meetings are then with anybody, as in starsim's mixing pool."""
SIZES = {"million": 1_000_000, "agreement": 20_000, "runs": 12, "speed": 100_000, "repeats": 3, "days": 15}
QUICK = {"million": 100_000, "agreement": 4_000, "runs": 6, "speed": 10_000, "repeats": 3, "days": 10}
CASES = 1_500
"""Typical cases whose infections are counted."""
ERRORS = 3.0
"""Standard errors of the difference of two means, as many as are let pass."""


def main() -> None:
    arguments = common.options(__doc__.split("\n")[0])
    report = common.Report("bench/drill.py", arguments.quick, sizes=QUICK if arguments.quick else SIZES)
    report.machine |= {name: common.version(name) for name in ("numpy", "scipy")}
    if find_spec("starsim"):
        report.machine |= {"starsim": common.version("starsim")}
    report.begin()
    parts: dict[str, Callable[[common.Report], None]] = {"million": million, "agreement": agreement, "speed": speed}
    for name, part in parts.items():
        if not arguments.only or name in arguments.only.split(","):
            part(report)
    report.end(arguments.json)


def town(people: int, counties: Sequence[str] = (ONE_COUNTY,)) -> City:
    """A synthetic city: two hundred areas a county, of uneven size."""
    free, known = np.random.default_rng(1), figures()
    areas = [
        Area(
            f"{county}{number:06d}",
            county,
            known[county].population * free.lognormal(0, 0.8),
            112 + free.random(),
            37 + free.random(),
        )
        for county in counties
        for number in range(200)
    ]
    return build(areas, people=people, figures=known, seed=7)


def million(report: common.Report) -> None:
    """The whole province on a smaller scale: built, calibrated, and an epidemic from its first day to its last. First of all, for its memory."""
    people, found = report.sizes["million"], []
    spent = common.seconds(lambda: found.append(town(people, sorted(figures()))))
    city = found[0]
    report.measure(f"building {people:,} people", spent, "s", counties=len(city.counties), places=len(city.places))
    disease = DISEASES["omicron"]
    report.measure("calibrating", common.seconds(lambda: transmissibility(city, disease)), "s")
    making = common.median([common.seconds(lambda day=day: day_visits(city, day, seed=7)) for day in range(5)])
    report.measure("a day's visits", making, "s", visits=len(day_visits(city, 0, seed=7)))
    seeds = dice(7, "bench").choice(people, 100, replace=False).astype(np.int32)
    started = time.perf_counter()
    course = measuring.epidemic(city, disease, lambda day: day_visits(city, day, seed=7), seeds=seeds, seed=7, days=200)
    spent, days = time.perf_counter() - started, int(np.flatnonzero(course.daily)[-1]) + 1
    about = {"infected": int(course.daily.sum()), "on the worst day": int(course.daily.max())}
    report.measure(f"an epidemic of {days} days, visits made anew each day", spent, "s", **about)
    report.measure("person-days a second, whole epidemic with visits", people * days / spent, "a second")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    report.measure("peak memory", peak, "GB")
    report.ratio(f"{people:,} people in memory, GB", peak, "at most 4 GB", peak <= 4)


@dataclass
class Setup:
    """A town, one day's visits repeated, and its network: the same for ours and for starsim."""

    city: City
    visits: Any
    edges: Any
    beta: float

    @staticmethod
    def of(people: int) -> Setup:
        city = town(people)
        visits = day_visits(city, 0, seed=7)
        return Setup(city, visits, network.network(city, DISEASE, visits), transmissibility(city, DISEASE))

    def ours(self, seeds: Any, seed: int, days: int) -> Any:
        """Infections by day. Seeds are infected at noon, as those whom a day of starsim's infects are on average."""
        return measuring.epidemic(
            self.city, DISEASE, lambda _: self.visits, seeds=seeds, seed=seed, days=days, at=0.5
        ).daily

    def theirs(self, seeds: Any, seed: int, days: int) -> tuple[Any, float]:
        """Infections by day, and the seconds of the run alone, without getting ready."""
        from yanmen.drill.world import starsim_run

        sim = starsim_run.prepared(self.city, DISEASE, self.edges, self.beta, seeds=seeds, seed=seed, days=days)
        spent = common.seconds(sim.run)
        return starsim_run.daily(sim, seeds), spent


def agreement(report: common.Report) -> None:
    """Attack rate, growth and peak day of several seeds: ours, theory's and starsim's."""
    people, runs, days = report.sizes["agreement"], report.sizes["runs"], 60
    setup = Setup.of(people)
    seeds = np.arange(0, people, people // 50, dtype=np.int32)
    ours = np.array([told(setup.ours(seeds, seed, days), people) for seed in range(runs)])
    drawn = [
        theory.percolated(setup.city, DISEASE, setup.edges, setup.beta, seeds, dice(seed, "bench")) / people
        for seed in range(runs)
    ]
    compare(report, "attack rate: ours and theory's", ours[:, 0], np.array(drawn), "of all")
    first_generation(report, setup.city)
    if not find_spec("starsim"):
        print("  skipped: starsim is not installed (pip install 'yanmen[bench]')")
        return
    theirs = np.array([told(setup.theirs(seeds, 100 + seed, days)[0], people) for seed in range(runs)])
    for column, (name, unit) in enumerate((("attack rate", "of all"), ("growth", "a day"), ("peak day", "days"))):
        compare(report, f"{name}: ours and starsim's", ours[:, column], theirs[:, column], unit)


def told(daily: Any, people: int) -> tuple[float, float, float]:
    """Attack rate, growth from 2 to 15 % infected, and the middle of the three days with the most infections."""
    reached = np.cumsum(daily)
    first, last = (np.interp(share * people, reached, np.arange(len(reached))) for share in (0.02, 0.15))
    peak = float(np.convolve(daily, np.ones(3), "same").argmax())
    return reached[-1] / people, float(np.log(0.15 / 0.02) / (last - first)), peak


def compare(report: common.Report, name: str, ours: Any, others: Any, unit: str) -> None:
    """Two means, and their difference in its standard errors."""
    error = np.sqrt(ours.var(ddof=1) / len(ours) + others.var(ddof=1) / len(others))
    off = abs(ours.mean() - others.mean()) / error if error else 0.0
    report.measure(
        name, float(ours.mean()), unit, other=float(others.mean()), deviation=float(ours.std(ddof=1)), runs=len(ours)
    )
    report.ratio(f"{name}, difference in standard errors", float(off), f"at most {ERRORS:g}", bool(off <= ERRORS))


def first_generation(report: common.Report, city: City) -> None:
    """R0: how many a typical case infects while everybody is susceptible; few at a time, so that they do not meet each other's."""
    known = [day_visits(city, day, seed=7) for day in range(20)]
    counts = []
    together = max(2, city.people // 1_000)
    for seed in range(CASES // together):
        seeds = measuring.typical(city, DISEASE, together, seed=seed)
        outbreak = measuring.first_generation(
            city, DISEASE, lambda day: known[day % len(known)], seeds=seeds, seed=seed
        )
        counts.append(measuring.offspring(outbreak, seeds))
    found = np.concatenate(counts)
    error = float(found.std() / np.sqrt(len(found)))
    off = abs(found.mean() - float(DISEASE.r0)) / error
    report.measure(
        "R0 measured", float(found.mean()), "infected a case", theory=float(DISEASE.r0), error=error, cases=len(found)
    )
    report.ratio("R0, difference in standard errors", float(off), f"at most {ERRORS:g}", bool(off <= ERRORS))


def speed(report: common.Report) -> None:
    """Person-days a second with one in a hundred infected at the start: ours and starsim's turn and turn about."""
    people, days, repeats = report.sizes["speed"], report.sizes["days"], report.sizes["repeats"]
    setup = Setup.of(people)
    report.measure("edges", sum(len(part) for part in setup.edges.values()), "edges", people=people, days=days)
    seeds = np.arange(0, people, 100, dtype=np.int32)
    fixed, anew, peer = [], [], []
    for seed in range(repeats):
        fixed.append(common.seconds(lambda seed=seed: setup.ours(seeds, seed, days)))
        anew.append(common.seconds(lambda seed=seed: fresh(setup.city, seeds, seed, days)))
        if find_spec("starsim"):
            peer.append(setup.theirs(seeds, seed, days)[1])
    rate = {
        name: people * days / common.median(times)
        for name, times in (("ours", fixed), ("anew", anew), ("starsim", peer))
        if times
    }
    report.measure("ours, person-days a second, the day's visits repeated", rate["ours"], "a second", runs=repeats)
    report.measure("ours, person-days a second, visits made anew each day", rate["anew"], "a second", runs=repeats)
    if peer:
        report.measure("starsim, person-days a second, the same network", rate["starsim"], "a second", runs=repeats)
        faster = rate["ours"] / rate["starsim"]
        report.ratio("person-days a second, ours / starsim, same network", faster, "at least 1", faster >= 1)


def fresh(city: City, seeds: Any, seed: int, days: int) -> None:
    """An epidemic whose visits are made while it runs."""
    measuring.epidemic(city, DISEASE, lambda day: day_visits(city, day, seed=7), seeds=seeds, seed=seed, days=days)


if __name__ == "__main__":
    main()
