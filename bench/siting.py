"""Sites: p-medians of the OR-Library with their proofs, and a county's sites within a walk.

Beside each value stands the published optimum; the bound is proved by the run itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from shared import common

from yanmen.subsystems.screening.methods.siting import hold_everybody, medians, read_graph

LIBRARY = Path(__file__).resolve().parents[2] / "shared" / "data" / "pmedian"
OPTIMA = (5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255)
GOAL = 60.0
VILLAGES, QUICK_VILLAGES = 400, 100


def main() -> None:
    arguments = common.options(__doc__.split("\n")[0])
    report = common.Report("bench/siting.py", arguments.quick)
    report.machine |= {name: common.version(name) for name in ("highspy", "numpy", "scipy")}
    report.begin()
    library(report)
    county(report, QUICK_VILLAGES if arguments.quick else VILLAGES)
    report.end(arguments.json)


def library(report: common.Report) -> None:
    """Value, bound and seconds of pmed1 to pmed10."""
    if not LIBRARY.is_dir():
        print(f"  skipped: the OR-Library's files are not beside this checkout ({LIBRARY.name})")
        return
    longest, right = 0.0, 0
    for number, optimum in enumerate(OPTIMA, 1):
        costs, count = read_graph((LIBRARY / f"pmed{number}.txt").read_text())
        answers = []
        spent = common.seconds(lambda costs=costs, count=count, to=answers: to.append(medians(costs, count)))
        found = answers[0]
        more = {"medians": count, "bound": found.bound, "published": optimum, "seconds": round(spent, 2)}
        report.measure(f"pmed{number}", found.value, "in all", **more)
        longest, right = max(longest, spent), right + (found.value == optimum and found.proved)
    report.ratio("p-medians at the published optimum, proved", right, "10 of 10", right == len(OPTIMA))
    report.ratio("slowest p-median", longest, f"at most {GOAL:.0f} s", longest <= GOAL)


def county(report: common.Report, villages: int) -> None:
    """Sites of 3,000 people within 1,500 m, synthetic villages."""
    dice = np.random.default_rng(2)
    side = 20_000 * (villages / 200) ** 0.5
    points, people = dice.random((villages, 2)) * side, dice.lognormal(6.7, 0.7, villages).round()
    distances = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    answers = []
    spent = common.seconds(
        lambda: answers.append(hold_everybody(people, distances, capacity=3000, walk=1500, seconds=20))
    )
    found = answers[0]
    about = {"villages": villages, "people": int(people.sum()), "no plan has fewer than": found.bound}
    report.measure("sites of a county", found.count, "sites", **about, seconds=round(spent, 2))
    report.ratio("sites above the bound", found.count / found.bound, "at most 1.02", found.count <= 1.02 * found.bound)


if __name__ == "__main__":
    main()
