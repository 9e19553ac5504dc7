"""The epidemic without measures is the one that theory expects. Intervals hold 99.7 % of runs, or three standard errors."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from yanmen.base.refusals import Refusal
from yanmen.drill.world import calibration, theory
from yanmen.drill.world.diseases import DISEASES, Number, well_mixed
from yanmen.drill.world.draws import dice
from yanmen.drill.world.measuring import epidemic, first_generation, offspring, typical
from yanmen.drill.world.network import network
from yanmen.drill.world.tests.towns import NO_VISITS, town
from yanmen.drill.world.visits import day_visits

PEOPLE = 20_000
CLOCK = (7 / 24, 22 / 24)


@pytest.fixture(scope="module")
def city():
    return town(PEOPLE)


@pytest.fixture(scope="module")
def days(city):
    known = [day_visits(city, day, seed=7) for day in range(20)]
    return lambda day: known[day % len(known)]


def with_r0(disease, r0):
    return replace(disease, r0=Number(r0, "of this test"))


def nowhere(day):
    return NO_VISITS


@pytest.mark.parametrize("name", DISEASES)
def test_the_periods_give_the_published_generation_time(name):
    disease = DISEASES[name]
    assert theory.generation_mean(disease) == pytest.approx(float(disease.generation), abs=0.2)
    assert theory.generation_time(disease).mean == pytest.approx(theory.generation_mean(disease), abs=0.01)
    assert all(number.source for number in (disease.r0, disease.incubation, disease.generation, disease.dispersion))


@pytest.mark.parametrize("name", DISEASES)
def test_a_first_generation_is_as_large_as_r0(city, days, name):
    disease, counts = DISEASES[name], []
    for seed in range(20):
        seeds = typical(city, disease, 30, seed=seed)
        counts.append(offspring(first_generation(city, disease, days, seeds=seeds, seed=seed), seeds))
    found = np.concatenate(counts)
    error = found.std() / np.sqrt(len(found))
    assert abs(found.mean() - float(disease.r0)) < 3 * error
    assert found.var() > 3 * found.mean()


def test_where_all_mix_the_final_size_is_kermack_and_mckendrick_s(city):
    r0, runs = 1.6, 8
    disease, seeds = well_mixed(with_r0(DISEASES["delta"], r0)), np.arange(0, PEOPLE, 100, np.int32)
    sizes = [
        epidemic(city, disease, nowhere, seeds=seeds, seed=seed, days=300).daily.sum() / PEOPLE for seed in range(runs)
    ]
    deviation = theory.final_size_deviation(r0, PEOPLE, disease)
    assert np.mean(sizes) == pytest.approx(
        theory.final_size(r0, len(seeds) / PEOPLE), abs=3 * deviation / np.sqrt(runs)
    )
    assert deviation / 2 < np.std(sizes, ddof=1) < deviation * 2


def test_in_a_city_the_final_size_is_that_of_its_network_and_no_longer_theirs(city, days):
    r0 = 2.5
    disease, seeds = with_r0(DISEASES["delta"], r0), np.arange(0, PEOPLE, 200, np.int32)
    beta, edges = calibration.transmissibility(city, disease), network(city, disease, days(0))
    drawn = [theory.percolated(city, disease, edges, beta, seeds, dice(seed, "test")) / PEOPLE for seed in range(8)]
    ran = [
        epidemic(city, disease, lambda _: days(0), seeds=seeds, seed=seed, days=200).daily.sum() / PEOPLE
        for seed in range(6)
    ]
    error = np.sqrt(np.var(drawn, ddof=1) / len(drawn) + np.var(ran, ddof=1) / len(ran))
    assert abs(np.mean(drawn) - np.mean(ran)) < 3 * error
    assert max(ran) < theory.final_size(r0) - 0.1


def test_generation_times_follow_their_distribution(city):
    disease = replace(
        well_mixed(with_r0(DISEASES["delta"], 0.3)), dispersion=Number(1000.0, "alike, so that pairs are independent")
    )
    times = []
    for seed in range(8):
        seeds = dice(seed, "of this test").choice(PEOPLE, 400, replace=False).astype(np.int32)
        outbreak = first_generation(city, disease, nowhere, seeds=seeds, seed=seed, hours=CLOCK)
        found = np.flatnonzero(outbreak.infector >= 0)
        times.append(outbreak.infected_at[found] - outbreak.infected_at[outbreak.infector[found]])
    found, expected = np.concatenate(times), theory.generation_time(disease, CLOCK)
    assert len(found) > 700
    assert kstest(found, expected.below).pvalue > 0.01
    assert abs(found.mean() - expected.mean) < 3 * expected.deviation / np.sqrt(len(found))


def test_in_a_city_generations_are_shorter_as_theory_says(city, days):
    disease, gaps, cases = DISEASES["omicron"], [], []
    for seed in range(20):
        seeds = typical(city, disease, 30, seed=seed)
        outbreak = first_generation(city, disease, days, seeds=seeds, seed=seed)
        found = np.flatnonzero(outbreak.infector >= 0)
        gap = outbreak.infected_at[found] - outbreak.infected_at[outbreak.infector[found]]
        gaps.append(np.bincount(outbreak.infector[found], weights=gap, minlength=PEOPLE)[seeds])
        cases.append(offspring(outbreak, seeds))
    gap, case = np.concatenate(gaps), np.concatenate(cases)
    mean = gap.sum() / case.sum()
    error = np.sqrt(((gap - mean * case) ** 2).sum()) / case.sum()
    expected = theory.generation_time_in(city, disease, calibration.transmissibility(city, disease)).mean
    assert abs(mean - expected) < 3 * error
    assert expected < theory.generation_mean(disease)


def test_growth_is_euler_and_lotka_s(city):
    disease = well_mixed(DISEASES["delta"])
    wanted = theory.growth_rate(float(disease.r0), theory.generation_time(disease))
    rates = []
    for seed in range(10):
        reached = np.cumsum(
            epidemic(city, disease, nowhere, seeds=np.arange(0, PEOPLE, 400, np.int32), seed=seed, days=16).daily
        )
        first, last = np.searchsorted(reached, [PEOPLE * 0.01, PEOPLE * 0.06])
        rates.append(np.log(reached[last] / reached[first]) / (last - first))
    assert np.mean(rates) == pytest.approx(wanted, abs=3 * np.std(rates, ddof=1) / np.sqrt(len(rates)) + 0.1 * wanted)


def test_final_size_by_type_of_one_type_is_the_classical_one():
    assert theory.final_size_by_type(np.array([[2.0]]), np.array([100.0]))[0] == pytest.approx(theory.final_size(2.0))
    assert theory.final_size(2.0) == pytest.approx(0.796812, abs=1e-6)
    assert theory.final_size(0.9) == 0


def test_a_disease_that_so_few_people_cannot_pass_on_so_often_is_refused():
    with pytest.raises(Refusal, match="Take more people"):
        calibration.transmissibility(town(12), DISEASES["measles"])
