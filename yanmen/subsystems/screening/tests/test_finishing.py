"""When a campaign finishes: cases worked out by hand, and a simulation person by person."""

from __future__ import annotations

import heapq
from dataclasses import replace

import pytest

from yanmen.base.refusals import Refusal
from yanmen.subsystems.screening.methods.finishing import Stage, expected_arrivals, finish, lost

MANY = 1e6
SITES = Stage("sites", (100,))
VEHICLES = Stage("vehicles", (MANY,), delay=2)
LABORATORY = Stage("laboratory", (50,), delay=4)
ALL = (SITES, VEHICLES, LABORATORY)


def test_a_slow_laboratory_holds_everybody_up():
    """Sampled until hour 10; the first reach the laboratory at 2, it takes 20 hours for a thousand, the last run ends at 26."""
    found = finish(ALL, arriving=[1000])
    assert (found.hours, found.bottleneck) == (pytest.approx(26, abs=0.01), "laboratory")
    assert found.alone["sites"] == pytest.approx(10 + 2 + 4, abs=0.01)
    assert found.sooner["laboratory"] == pytest.approx(10, abs=0.01)
    assert found.sooner["sites"] == 0
    assert found.done[0][5] == pytest.approx(500)
    assert found.queues[2][12] == pytest.approx(1000 - 10 * 50)


def test_few_vehicles_hold_everybody_up():
    """25 an hour carry a thousand in 40 hours, the last is two hours on the road and four on the machine."""
    slow = replace(VEHICLES, per_hour=(25,))
    found = finish((SITES, slow, LABORATORY), arriving=[1000])
    assert (found.hours, found.bottleneck) == (pytest.approx(46, abs=0.01), "vehicles")


def test_people_who_come_late_are_nobodys_bottleneck():
    """Twenty an hour are fewer than any stage can take: the last comes at 50."""
    found = finish(ALL, arriving=[20] * 50)
    assert (found.hours, found.bottleneck) == (pytest.approx(50 + 2 + 4, abs=0.01), "")


def test_sites_that_close_at_night():
    """Eight hours of a hundred, sixteen closed, and two more hours in the morning."""
    nights = Stage("sites", tuple([100] * 8 + [0] * 16 + [100]))
    fast = replace(LABORATORY, per_hour=(MANY,))
    assert finish((nights, VEHICLES, fast), arriving=[1000]).hours == pytest.approx(24 + 2 + 2 + 4, abs=0.01)


def test_what_is_on_its_way_counts_once():
    """Nobody is left to be sampled: 100 wait for a vehicle, 100 are on the road, 100 wait at the laboratory, 40 are on the machine."""
    vehicles = replace(VEHICLES, waiting=100, under_way=100)
    laboratory = replace(LABORATORY, waiting=100, under_way=40)
    found = finish((SITES, vehicles, laboratory), arriving=[])
    assert found.hours == pytest.approx(300 / 50 + 4, abs=0.01)
    assert found.done[-1][4] == pytest.approx(40)
    assert finish((SITES, VEHICLES, LABORATORY), arriving=[]).hours == 0


def test_half_of_the_laboratory_is_lost_at_six():
    """Two hundred are taken before six, the other eight hundred at 25 an hour."""
    found = finish((SITES, VEHICLES, lost(LABORATORY, 0.5, since=6)), arriving=[1000])
    assert found.hours == pytest.approx(6 + 800 / 25 + 4, abs=0.01)
    assert finish((SITES, VEHICLES, lost(LABORATORY, 1)), arriving=[1000]).hours is None


def test_a_lost_site_costs_nothing_while_the_laboratory_is_slower():
    assert finish((lost(SITES, 0.25), VEHICLES, LABORATORY), arriving=[1000]).hours == pytest.approx(26, abs=0.01)
    assert finish((lost(SITES, 0.75), VEHICLES, LABORATORY), arriving=[1000]).bottleneck == "sites"


def one_by_one(arrivals, rates, delays):
    """The same line with one server a stage and people who are served one after the other."""
    times = sorted(arrivals)
    for rate, delay in zip(rates, delays, strict=True):
        free, left = 0.0, []
        for at in times:
            free = max(free, at) + 1 / rate
            heapq.heappush(left, free + delay)
        times = sorted(left)
    return times[-1]


def test_a_simulation_person_by_person_ends_when_the_flow_does():
    profile = [300, 900, 1500, 800, 400, 100]
    people = [hour + (number + 1) / count for hour, count in enumerate(profile) for number in range(count)]
    stages = (Stage("sites", (700,), 0.5), Stage("vehicles", (650,), 1.5), Stage("laboratory", (520,), 4))
    expected = one_by_one(people, (700, 650, 520), (0.5, 1.5, 4))
    assert finish(stages, arriving=profile).hours == pytest.approx(expected, abs=1 / 12)


def test_real_arrivals_change_the_forecast():
    """Planned were 500 an hour, 200 come: the 1,000 who are left need five hours, not two."""
    assert expected_arrivals(1000, [], 500) == [500, 500]
    assert expected_arrivals(1000, [900, 180, 200, 220], 500) == [200] * 5
    assert expected_arrivals(1000, [0, 0], 500, opened=[False, True, False]) == [0, 500, 0, 500]
    assert expected_arrivals(0, [200], 500) == []


@pytest.mark.parametrize("stages", [(), (Stage("sites", ()),), (Stage("sites", (-1,)),)])
def test_what_makes_no_sense_is_refused(stages):
    with pytest.raises(Refusal):
        finish(stages, arriving=[10])
