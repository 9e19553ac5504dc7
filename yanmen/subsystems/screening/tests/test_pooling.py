"""Sizes of tubes: the answers of binGroup2, Dorfman's own table, a simulation, and what a policy allows."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from yanmen.base.refusals import Refusal
from yanmen.subsystems.screening.methods.pooling import best_pool, pool, pools

PUBLISHED = Path(__file__).parents[5] / "shared" / "data" / "pooling" / "dorfman_optimal_pool_size.csv"
ALLOWED = (1, 5, 10, 20)


def test_every_row_of_bingroup2_to_a_millionth():
    if not PUBLISHED.is_file():
        pytest.skip("the answers of binGroup2 are not beside this checkout")
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    assert len(rows) == 42
    for row in rows:
        found = best_pool(row["p"], se=row["Se"], sp=row["Sp"])
        assert found.size == row["opt_pool_size"], row
        expected = (row["ET_per_person"], row["PSe"], row["PSp"])
        assert (found.tests, found.sensitivity, found.specificity) == pytest.approx(expected, abs=1e-6), row


@pytest.mark.parametrize(
    ("percent", "size", "saved"),
    [(1, 11, 80), (2, 8, 73), (3, 6, 67), (4, 6, 62), (5, 5, 57), (10, 4, 41), (15, 3, 28), (20, 3, 18), (30, 3, 1)],
)
def test_the_savings_that_dorfman_printed(percent, size, saved):
    """Table I of 1943: the most economical group and the percentage of tests saved."""
    found = best_pool(percent / 100)
    assert (found.size, round(100 * found.saved)) == (size, saved)


def test_where_a_third_is_ill_everybody_is_tested_alone():
    assert best_pool(0.31).size == 1
    assert (pool(1, 0.31, se=0.9, sp=0.8).sensitivity, pool(1, 0.31, se=0.9, sp=0.8).specificity) == (0.9, 0.8)


def test_a_simulated_million_agrees():
    dice, p, se, sp, size, d = np.random.default_rng(4), 0.02, 0.93, 0.97, 10, 0.05
    expected = pool(size, p, se=se, sp=sp, dilution=d)
    ill = dice.random((100_000, size)) < p
    marked = np.where(ill.any(axis=1), dice.random(len(ill)) < expected.tube_sensitivity, dice.random(len(ill)) > sp)
    alone = np.where(ill, dice.random(ill.shape) < se, dice.random(ill.shape) > sp)
    told = marked[:, None] & alone
    assert 1 / size + marked.mean() == pytest.approx(expected.tests, abs=0.003)
    assert told[ill].mean() == pytest.approx(expected.sensitivity, abs=0.01)
    assert (~told)[~ill].mean() == pytest.approx(expected.specificity, abs=0.001)
    assert ill[told].mean() == pytest.approx(expected.positive_value, abs=0.01)
    assert (~ill)[~told].mean() == pytest.approx(expected.negative_value, abs=0.001)


def test_dilution_is_hwangs():
    """No dilution at d = 0; at d = 1 a tube finds what one of its members would: p / (1 - (1-p)^k)."""
    assert pool(10, 0.01, se=0.9).tube_sensitivity == pytest.approx(0.9)
    assert pool(10, 0.01, dilution=1).tube_sensitivity == pytest.approx(0.01 / (1 - 0.99**10))
    assert pool(10, 0, dilution=0.5).tube_sensitivity == pytest.approx(10**-0.5)


def test_dilution_comes_near_what_was_measured():
    """Bateman and others (2021): 93, 91 and 81 % in pools of 5, 10 and 50."""
    found = [pool(size, 0.001, dilution=0.05).tube_sensitivity for size in (5, 10, 50)]
    assert found == pytest.approx([0.93, 0.91, 0.81], abs=0.02)


def test_of_the_sizes_that_a_policy_allows_the_rarer_disease_takes_the_larger():
    best = {p: best_pool(p, se=0.99, sp=0.99, sizes=ALLOWED).size for p in (0.0005, 0.01, 0.05, 0.4)}
    assert best == {0.0005: 20, 0.01: 10, 0.05: 5, 0.4: 1}


def test_who_must_not_be_missed_takes_the_smaller_tube():
    about = {"se": 0.98, "sp": 0.99, "dilution": 0.05, "sizes": ALLOWED}
    assert best_pool(0.001, **about).size == 20
    kept = best_pool(0.001, least_sensitivity=0.86, **about)
    assert (kept.size, kept.sensitivity > 0.86) == (5, True)
    assert [each.size for each in pools(0.001, **about) if each.sensitivity > 0.86] == [1, 5]
    with pytest.raises(Refusal) as refused:
        best_pool(0.001, least_sensitivity=0.99, **about)
    assert refused.value.field == "least_sensitivity"


@pytest.mark.parametrize("about", [{"prevalence": 1.2}, {"se": -1}, {"sp": 2}, {"dilution": 7}, {"size": 0}])
def test_what_makes_no_sense_is_refused(about):
    known = {"size": 5, "prevalence": 0.1} | about
    with pytest.raises(Refusal) as refused:
        pool(known.pop("size"), known.pop("prevalence"), **known)
    assert refused.value.field == next(iter(about))
