"""R, k and what they mean, beside values of the R package superspreading and draws with a known R and k."""

from __future__ import annotations

import csv
from math import inf, isnan

import numpy as np
import pytest

from yanmen.base.refusals import Refusal
from yanmen.subsystems.tracing.methods.offspring import fit_offspring
from yanmen.subsystems.tracing.methods.superspreading import p_epidemic, share_causing
from yanmen.subsystems.tracing.tests.known_data import DATA

VALUES = DATA / "superspreading" / "expected.csv"
UPSTREAMS_INFINITY = 1e5


@pytest.mark.skipif(not VALUES.exists(), reason="values of superspreading are not here: set YANMEN_DATA")
def test_values_of_superspreading_are_reproduced():
    rows = list(csv.DictReader(VALUES.read_text().splitlines()))
    assert len(rows) == 9
    for row in rows:
        R, k, value = float(row["R"]), float(row["k"]), float(row["value"])
        if row["quantity"] == "proportion_causing_80_percent":
            assert round(share_causing(0.8, R, k), 3) == value  # upstream gives three digits
            continue
        found = p_epidemic(
            R,
            min(k, UPSTREAMS_INFINITY),
            introductions=int(row["initial"]),
            individual_control=float(row["individual_control"]),
            population_control=float(row["population_control"]),
        )
        assert (1 - found if row["quantity"] == "probability_extinct" else found) == pytest.approx(value, abs=1e-6)


def test_the_chance_of_an_epidemic_at_its_edges():
    assert p_epidemic(1.0, 0.5) == p_epidemic(0.3, inf) == p_epidemic(9, 0.5, population_control=1) == 0
    assert p_epidemic(1.5, inf) == pytest.approx(0.58281164, abs=1e-8)  # s = exp(-1.5 (1 - s))
    assert p_epidemic(2.0, 1.0) == pytest.approx(0.5)  # geometric: 1 - 1/R
    assert p_epidemic(2.0, 1.0, introductions=3) == pytest.approx(1 - 0.5**3)
    assert p_epidemic(40.0, 5.0) > 0.999
    assert 0 < p_epidemic(1.0001, 0.1) < 1e-4
    with pytest.raises(Refusal):
        p_epidemic(1.5, 0)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(5)
    inside = np.zeros(2)
    for _ in range(60):
        found = fit_offspring(rng.negative_binomial(0.5, 0.5 / (0.5 + 1.2), 150))
        inside += [low <= truth <= high for truth, (low, high) in ((1.2, found.R_interval), (0.5, found.k_interval))]
    assert (inside / 60 > 0.88).all()
    assert (inside / 60 < 1).all()


def test_a_large_sample_gives_back_what_it_was_drawn_with():
    counts = np.random.default_rng(1).negative_binomial(0.3, 0.3 / (0.3 + 2.5), 200_000)
    found = fit_offspring(counts)
    assert found.R == counts.mean() == pytest.approx(2.5, rel=0.02)
    assert found.k == pytest.approx(0.3, rel=0.02)
    assert found.k_interval[0] < found.k < found.k_interval[1]


def test_nothing_to_tell_k_from_is_said_as_such():
    equal = fit_offspring([1] * 30)
    assert equal.k == equal.k_interval[1] == inf
    none = fit_offspring([0] * 30)
    assert none.R == 0
    assert isnan(none.k)
    assert 0 < none.R_interval[1] < 0.1
    for wrong in ([], [1, -1]):
        with pytest.raises(Refusal):
            fit_offspring(wrong)


def test_few_cause_most_when_k_is_small():
    shares = [share_causing(0.8, 2.0, k) for k in (0.05, 0.2, 1.0, inf)]
    assert shares == sorted(shares)
    assert shares[0] < 0.06
    assert share_causing(0.8, 0.1, 0.5) < 0.1
