"""Waiting for a server: published values of Erlang C, a simulation, and what an officer asks."""

from __future__ import annotations

import heapq
from math import inf

import numpy as np
import pytest

from yanmen.base.queues import (
    erlang_b,
    erlang_c,
    mean_wait,
    servers_by_hour,
    servers_needed,
    waits_longer,
)
from yanmen.base.refusals import Refusal


def test_the_eye_clinic_of_gross_and_harris():
    """Three doctors, six patients an hour, twenty minutes each: 4/9 wait, 8.9 minutes on average (4th ed., example 2.2)."""
    assert erlang_c(3, 2) == pytest.approx(4 / 9)
    assert mean_wait(3, 6, 1200) / 60 == pytest.approx(8.9, abs=0.05)


def test_the_county_hospital_of_hillier_and_lieberman():
    """Two patients an hour, twenty minutes each, one or two doctors (Introduction to Operations Research, chapter 17)."""
    assert [waits_longer(1, 2, 1200, t) for t in (0, 1800, 3600)] == pytest.approx([0.667, 0.404, 0.245], abs=5e-4)
    assert waits_longer(2, 2, 1200, 0) == pytest.approx(0.167, abs=5e-4)
    assert waits_longer(2, 2, 1200, 3600) == pytest.approx(0.003, abs=5e-4)
    assert mean_wait(2, 2, 1200) == pytest.approx(150)


def test_the_call_centre_of_the_erlang_tables():
    """360 calls in half an hour, 240 s each, 55 agents: 23.9 % wait, 8.2 s on average, 84.6 % within 15 s (T. Bromley, 2001)."""
    assert erlang_c(55, 48) == pytest.approx(0.239, abs=5e-4)
    assert mean_wait(55, 720, 240) == pytest.approx(8.2, abs=0.05)
    assert 1 - waits_longer(55, 720, 240, 15) == pytest.approx(0.846, abs=5e-4)


def test_lost_calls_by_hand():
    assert erlang_b(2, 1) == pytest.approx(0.2)
    assert erlang_b(1, 1) == pytest.approx(0.5)


def test_a_full_post_waits_for_ever():
    assert erlang_c(2, 2) == 1
    assert mean_wait(2, 100, 90) == inf
    assert waits_longer(2, 100, 90, 60) == 1


def simulated(servers: int, per_hour: float, service: float, cv2: float, *, people: int = 200_000) -> np.ndarray:
    """Waits of a queue with gamma service, first come first served."""
    dice = np.random.default_rng(7)
    arrivals = np.cumsum(dice.exponential(3600 / per_hour, people))
    times = dice.gamma(1 / cv2, service * cv2, people)
    free = [0.0] * servers
    waits = np.empty(people)
    for number, (arrival, time) in enumerate(zip(arrivals.tolist(), times.tolist(), strict=True)):
        start = max(arrival, heapq.heappop(free))
        waits[number] = start - arrival
        heapq.heappush(free, start + time)
    return waits[5000:]


@pytest.mark.parametrize(("cv2", "within"), [(1.0, 0.04), (0.5, 0.10), (2.0, 0.12)])
def test_a_simulation_waits_as_long_as_the_formula_says(cv2, within):
    """Exact for exponential service; Allen and Cunneen's approximation for others."""
    waits = simulated(5, 350, 45, cv2)
    assert waits.mean() == pytest.approx(mean_wait(5, 350, 45, service_cv2=cv2), rel=within)
    assert (waits > 60).mean() == pytest.approx(waits_longer(5, 350, 45, 60, service_cv2=cv2), abs=0.02)


def test_servers_are_the_fewest_that_keep_the_target():
    found = servers_needed(400, 45, target_seconds=120)
    assert found.servers == 6
    assert waits_longer(6, 400, 45, 120) <= 0.05 < waits_longer(5, 400, 45, 120)
    assert found.wait_95 <= 120
    assert found.within_target >= 0.95


def test_a_quiet_hour_still_has_one_server():
    quiet, busy = servers_by_hour([0, 600], 40, target_seconds=60)
    assert (quiet.servers, quiet.mean_wait) == (1, 0)
    assert busy.servers > 6


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"per_hour": -1}, "per_hour"),
        ({"per_hour": 1e9}, "per_hour"),
        ({"service_seconds": 0}, "service_seconds"),
        ({"share": 1}, "target_seconds"),
    ],
)
def test_what_makes_no_sense_is_refused(about, field):
    known = {"per_hour": 100, "service_seconds": 30, "target_seconds": 60} | about
    with pytest.raises(Refusal) as refused:
        servers_needed(known.pop("per_hour"), known.pop("service_seconds"), **known)
    assert refused.value.field == field
