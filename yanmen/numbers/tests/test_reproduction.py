"""R as EpiEstim 2.2-4 gives it for the school in Pennsylvania, 2009 (Cori 2013, data set Flu2009)."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from yanmen.numbers.reproduction import estimate, infectivity, serial_interval
from yanmen.project.state import ROOT

DATA = Path(os.environ.get("YANMEN_DATA") or ROOT.parent / "shared" / "data") / "epiestim"
CASES = [1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13, 12, 13, 11, 12, 6, 6, 6, 3, 1, 0, 2, 0, 0, 0, 0, 2, 0, 2, 0]
SERIAL = [0, 0.233, 0.359, 0.198, 0.103, 0.053, 0.027, 0.014, 0.007, 0.003, 0.002, 0.001]
PRIOR = {"prior_mean": 5, "prior_sd": 5}
own = pytest.mark.skipif(not DATA.is_dir(), reason="the data of EpiEstim are not here: set YANMEN_DATA")


def test_the_first_week_is_that_of_the_paper():
    first, *_ = estimate(CASES, SERIAL, window=7, **PRIOR)
    assert (first.end, first.mean, first.sd) == pytest.approx((7, 1.735609, 0.409087), abs=1e-6)
    assert (first.low, first.median, first.high) == pytest.approx((1.028632, 1.703576, 2.624496), abs=1e-5)


def test_infectivity_is_what_earlier_cases_weigh():
    assert list(infectivity(CASES, SERIAL)[1:5]) == pytest.approx([0.233, 0.592, 0.557, 0.767])


@own
@pytest.mark.parametrize(("file", "window"), [("R_window7", 7), ("R_window14", 14), ("parametric_mean2.6_sd1.5", 7), ("imported_R", 7)])  # fmt: skip
def test_every_window_is_that_of_epiestim(file, window):
    serial = SERIAL if file.startswith("R_") else serial_interval(2.6, 1.5, 40)
    days = rows("Flu2009_imported_input") if file == "imported_R" else [{"local": n, "imported": 0} for n in CASES]
    found = estimate(
        [float(day["local"]) for day in days], serial, imported=[float(day["imported"]) for day in days], window=window, **PRIOR
    )  # fmt: skip
    names = ("Mean(R)", "Std(R)", "Quantile.0.025(R)", "Median(R)", "Quantile.0.975(R)")
    wanted = [[float(row[name]) for name in names] for row in rows(f"Flu2009_{file}")]
    assert [[one.mean, one.sd, one.low, one.median, one.high] for one in found] == [pytest.approx(row, abs=1e-6) for row in wanted]  # fmt: skip


@own
def test_serial_intervals_are_those_of_epiestim():
    for row in rows("discr_si_reference"):
        found = serial_interval(float(row["mean"]), float(row["sd"]), 60)[int(row["k"])]
        assert found == pytest.approx(float(row["w"]), abs=1e-9)


def test_too_few_days_say_nothing_and_a_serial_interval_of_a_day_is_refused():
    assert estimate(CASES[:7], SERIAL, window=7, **PRIOR) == []
    assert estimate([0] * 20, SERIAL, window=7, **PRIOR) == []
    with pytest.raises(ValueError, match="above one day"):
        serial_interval(1.0, 2.0, 10)


def rows(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
