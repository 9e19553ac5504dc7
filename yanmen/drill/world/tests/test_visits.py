"""Who visits what when."""

import numpy as np
import pytest

from yanmen.drill.world.tests.towns import town
from yanmen.drill.world.visits import APART, FREE, HOME, PAUSE, day_visits


@pytest.fixture(scope="module")
def city():
    return town(20_000, "140105", "140106")


def test_a_day_is_the_same_whenever_it_is_asked(city):
    third = day_visits(city, 3, seed=5)
    day_visits(city, 1, seed=5)
    again = day_visits(town(20_000, "140105", "140106"), 3, seed=5)
    assert all(
        np.array_equal(getattr(third, name), getattr(again, name)) for name in ("person", "place", "arrived", "left")
    )
    assert not np.array_equal(third.person, day_visits(city, 4, seed=5).person)


def test_who_stays_at_home_visits_nothing_and_changes_nobody_else_s_day(city):
    whereabouts = np.full(city.people, FREE, np.int8)
    whereabouts[::3], whereabouts[1::3] = HOME, APART
    every, some = day_visits(city, 2, seed=5), day_visits(city, 2, whereabouts, seed=5)
    assert (some.person % 3 == 2).all()
    free = every.kept(every.person % 3 == 2)
    assert np.array_equal(free.place, some.place)
    assert np.array_equal(free.arrived, some.arrived)


def test_nobody_is_at_two_public_places_at_once(city):
    visits = day_visits(city, 0, seed=5)
    assert city.places.public[visits.place].all()
    assert (visits.left > visits.arrived).all()
    assert visits.left.max() < 86_400
    same = visits.person[1:] == visits.person[:-1]
    assert (visits.arrived[1:] - visits.left[:-1])[same].min() >= PAUSE
    assert (np.diff(visits.person) >= 0).all()
    assert 0.7 < len(visits) / city.people < 1.3


def test_most_visits_are_near_home(city):
    visits = day_visits(city, 0, seed=5)
    here = np.array([area.county for area in city.areas])
    assert (here[city.home[visits.person]] == here[city.places.area[visits.place]]).mean() > 0.9
