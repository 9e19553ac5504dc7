"""The same network in starsim gives the same epidemic."""

from importlib.util import find_spec

import numpy as np
import pytest

from yanmen.drill.world.calibration import transmissibility
from yanmen.drill.world.diseases import DISEASES
from yanmen.drill.world.measuring import epidemic
from yanmen.drill.world.network import network
from yanmen.drill.world.tests.towns import town
from yanmen.drill.world.visits import day_visits

PEOPLE, DAYS, RUNS = 4_000, 50, 6


@pytest.mark.skipif(not find_spec("starsim"), reason="starsim is not installed (pip install 'yanmen[bench]')")
def test_attack_rate_and_peak_are_starsim_s():
    from yanmen.drill.world import starsim_run

    city, disease = town(PEOPLE), DISEASES["delta"]
    visits, seeds = day_visits(city, 0, seed=7), np.arange(0, PEOPLE, 200, np.int32)
    edges, beta = network(city, disease, visits), transmissibility(city, disease)
    ours, theirs = [], []
    for seed in range(RUNS):
        ours.append(told(epidemic(city, disease, lambda _: visits, seeds=seeds, seed=seed, days=DAYS, at=0.5).daily))
        sim = starsim_run.prepared(city, disease, edges, beta, seeds=seeds, seed=100 + seed, days=DAYS)
        sim.run()
        theirs.append(told(starsim_run.daily(sim, seeds)))
    error = np.sqrt((np.var(ours, axis=0, ddof=1) + np.var(theirs, axis=0, ddof=1)) / RUNS)
    assert (np.abs(np.mean(ours, axis=0) - np.mean(theirs, axis=0)) < 3.5 * error).all()


def told(daily):
    return daily.sum() / PEOPLE, np.convolve(daily, np.ones(3), "same").argmax()
