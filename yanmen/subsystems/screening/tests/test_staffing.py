"""What an area needs, beside what the guides ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yanmen.base.queues import waits_longer
from yanmen.base.refusals import Refusal
from yanmen.subsystems.screening.methods.finishing import Stage, finish
from yanmen.subsystems.screening.methods.staffing import Norms, Pace, laboratories_needed, needs

THIRD = Norms((2000, 3000), 360, (5, 10, 20))
PACE = Pace(24, 2, 4, 45, 1800, 95, 70, 150, 4)


def test_the_figures_that_the_third_guide_gives_for_a_million():
    """334 to 500 sites and 2,778 samplers."""
    found = needs(1_000_000, pace=PACE, norms=THIRD)
    assert (found.sites, found.samplers_by_norm) == ((334, 500), 2778)
    assert found.tubes == {5: 200_000, 10: 100_000, 20: 50_000}


def test_one_sampler_for_360_people_is_what_the_desks_of_a_full_site_need():
    """3,000 people in 18 hours, half as many again in the busiest hour: four desks, taking turns, are eight of the guide's nine."""
    found = needs(3000, pace=PACE, norms=THIRD)
    assert (found.window, found.people_a_site, found.desks.servers, found.crews) == (18, 3000, 4, 2)
    assert (found.samplers_by_desks, found.samplers_by_norm) == (8, 9)
    assert waits_longer(4, 250, 45, 1800, service_cv2=0.49) <= 0.05 < waits_longer(3, 250, 45, 1800, service_cv2=0.49)


def test_a_city_of_five_million_in_a_day():
    found = needs(5_000_000, pace=PACE, norms=THIRD)
    assert (found.sites, found.samplers_by_norm, found.samplers) == ((1667, 2500), 13_889, 13_889)
    assert (found.tubes[10], found.tubes_a_day[10]) == (500_000, 666_667)
    an_hour = 5_000_000 / found.window
    laboratory = Stage("laboratory", (found.tubes_a_day[10] * 10 / 24,), delay=4)
    stages = (Stage("sites", (found.desks_in_all * 3600 / 45,)), Stage("vehicles", (1e9,), delay=2), laboratory)
    assert finish(stages, arriving=[an_hour] * 18).hours == pytest.approx(24, abs=0.1)


def test_the_first_guide_says_nothing_of_samplers():
    found = needs(10_000, pace=replace(PACE, hours=48), norms=Norms((2000, 3000), None, (10,)))
    assert (found.samplers_by_norm, found.samplers) == (None, found.samplers_by_desks)


def test_laboratories_are_counted_from_the_largest():
    assert laboratories_needed(5000, [1000, 4000, 2000]) == 2
    assert laboratories_needed(9000, [1000, 4000, 2000]) is None
    assert laboratories_needed(0, []) == 0


def test_the_way_to_the_laboratory_cannot_take_all_the_time():
    with pytest.raises(Refusal) as refused:
        needs(1000, pace=replace(PACE, hours=6), norms=THIRD)
    assert refused.value.field == "hours"
