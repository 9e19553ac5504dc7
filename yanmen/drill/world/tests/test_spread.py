"""An infection that spreads on contact: who can infect whom, and that a run can be repeated."""

import numpy as np
import pytest

from yanmen.drill.world.diseases import DISEASES
from yanmen.drill.world.spread import Outbreak, Setting
from yanmen.drill.world.tests.towns import NO_VISITS, town
from yanmen.drill.world.visits import APART, FREE, HOME, day_visits

DAYS = 14


@pytest.fixture(scope="module")
def city():
    return town(12_000, "140105", "140106")


@pytest.fixture(scope="module")
def visits(city):
    return [day_visits(city, day, seed=7) for day in range(DAYS)]


@pytest.fixture(scope="module")
def outbreak(city, visits):
    return ran(city, visits)


def ran(city, visits, seed=7):
    outbreak = Outbreak(city, DISEASES["omicron"], seed=seed)
    outbreak.seed(range(100, 12_000, 1_000), 0.0)
    for day in range(DAYS):
        new = outbreak.step(day, visits[day])
        assert ((outbreak.infected_at[new] >= day) & (outbreak.infected_at[new] <= day + 1)).all()
    return outbreak


def test_the_same_seed_gives_the_same_outbreak(city, visits, outbreak):
    again = ran(city, visits)
    assert np.array_equal(outbreak.infected_at, again.infected_at)
    assert np.array_equal(outbreak.infector, again.infector)
    assert not np.array_equal(outbreak.infector, ran(city, visits, seed=8).infector)


def test_everybody_was_infected_by_somebody_infectious_in_a_place_of_both(city, visits, outbreak):
    found = np.flatnonzero(outbreak.infector >= 0)
    assert len(found) > 1_000
    source, at = outbreak.infector[found], outbreak.infected_at[found]
    assert (outbreak.infectious_from[source] <= at + 1e-6).all()
    assert (at <= outbreak.infectious_to[source] + 1e-6).all()
    for setting, group in (
        (Setting.HOUSEHOLD, city.household),
        (Setting.CLASS, city.school_class),
        (Setting.WORKPLACE, city.workplace),
    ):
        own = outbreak.setting[found] == setting
        assert own.sum() > 50
        assert (group[found[own]] == group[source[own]]).all()
        assert (outbreak.place[found[own]] == group[found[own]]).all()
    assert set(np.unique(outbreak.setting[found])) == {1, 2, 3, 4, 5}


def test_an_infection_at_a_public_place_needs_ten_minutes_there_together(outbreak, visits):
    found = np.flatnonzero(outbreak.setting == Setting.PUBLIC)
    assert len(found) > 50
    for person in found:
        day = int(outbreak.infected_at[person])
        second = (outbreak.infected_at[person] - day) * 86_400
        theirs, source = (
            stay(visits[day], who, outbreak.place[person], second) for who in (person, outbreak.infector[person])
        )
        assert min(theirs[1], source[1]) - max(theirs[0], source[0]) >= 600


def stay(visits, person, place, second):
    own = (visits.person == person) & (visits.place == place) & (visits.arrived <= second) & (visits.left >= second)
    return int(visits.arrived[own][0]), int(visits.left[own][0])


def test_who_is_apart_infects_nobody_and_who_is_at_home_only_the_household(city):
    outbreak = Outbreak(city, DISEASES["measles"], seed=1)
    seeds = np.arange(0, 12_000, 40)
    outbreak.seed(seeds, 0.0)
    whereabouts = np.full(city.people, FREE, np.int8)
    whereabouts[seeds] = APART
    assert sum(len(outbreak.step(day, NO_VISITS, whereabouts)) for day in range(12)) == 0
    whereabouts[seeds] = HOME
    first = outbreak.step(12, day_visits(city, 12, whereabouts, seed=1), whereabouts)
    assert len(first) > 5
    assert (outbreak.setting[first] == Setting.HOUSEHOLD).all()


def test_who_is_apart_is_not_infected(city):
    outbreak = Outbreak(city, DISEASES["omicron"], seed=1)
    outbreak.seed(np.arange(0, 12_000, 10), 0.0)
    whereabouts = np.full(city.people, FREE, np.int8)
    whereabouts[5::10] = APART
    for day in range(6):
        outbreak.step(day, day_visits(city, day, whereabouts, seed=1), whereabouts)
    assert len(outbreak.infected()) > 3_000
    assert not np.isfinite(outbreak.infected_at[5::10]).any()


def test_a_seed_keeps_the_day_it_was_given_and_is_infected_once(city):
    outbreak = Outbreak(city, DISEASES["delta"], seed=1)
    outbreak.seed([9, 4], np.array([1.5, -2.0]))
    outbreak.seed([4], 3.0)
    assert (outbreak.infected_at[9], outbreak.infected_at[4]) == (1.5, -2.0)
    assert (outbreak.setting[[4, 9]] == Setting.IMPORTED).all()
    assert (outbreak.infector[[4, 9]] == -1).all()


def test_course_of_the_disease_follows_in_its_order(outbreak):
    found = outbreak.infected()
    assert (outbreak.infectious_from[found] >= outbreak.infected_at[found] + 0.999).all()
    assert (outbreak.infectious_to[found] > outbreak.infectious_from[found]).all()
    ill = found[np.isfinite(outbreak.onset_at[found])]
    assert len(ill) / len(found) == pytest.approx(1 - 0.324, abs=0.05)
    assert (outbreak.onset_at[ill] - outbreak.infected_at[ill]).mean() == pytest.approx(3.42, abs=0.15)
    one = ill[0]
    assert not outbreak.detectable(outbreak.infected_at[one])[one]
    assert outbreak.detectable(outbreak.infectious_from[one])[one]
    assert outbreak.symptomatic(outbreak.onset_at[one])[one]
    assert not outbreak.symptomatic(outbreak.onset_at[one] - 0.01)[one]
    assert not outbreak.detectable(5.0)[np.isinf(outbreak.infected_at)].any()


def test_who_met_somebody_infectious_is_remembered_with_the_first_day(city):
    outbreak = Outbreak(city, DISEASES["omicron"], seed=7)
    outbreak.watch_exposures()
    carrier = int(np.flatnonzero((city.workplace >= 0) & (outbreak.lasts > 4))[0])
    outbreak.seed([carrier], 0.0)
    begins = float(outbreak.infectious_from[carrier])
    held = np.full(city.people, FREE, np.int8)
    held[carrier] = HOME
    for day in range(int(begins) + 1):
        outbreak.step(day, NO_VISITS, held)
    family = np.flatnonzero((city.household == city.household[carrier]) & (np.arange(city.people) != carrier))
    assert set(np.flatnonzero(np.isfinite(outbreak.exposed_at))) == set(family)
    assert outbreak.exposed_at[family] == pytest.approx(begins)
    held[carrier] = FREE
    outbreak.step(int(begins) + 1, NO_VISITS, held)
    colleagues = np.flatnonzero((city.workplace == city.workplace[carrier]) & np.isinf(outbreak.infected_at))
    assert np.isfinite(outbreak.exposed_at[colleagues]).all()
    assert outbreak.exposed_at[np.setdiff1d(colleagues, family)].min() >= int(begins) + 1
