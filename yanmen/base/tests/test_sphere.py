"""Distances on the sphere against known ones."""

import numpy as np
import pytest

from yanmen.base.sphere import EARTH_RADIUS, metres, metres_between, metres_from

PLACES = {"Taiyuan": (112.5492, 37.857), "Datong": (113.295, 40.0903), "Antipode of Taiyuan": (-67.4508, -37.857)}


def test_a_degree_of_the_equator():
    assert metres(0, 0, 1, 0) == pytest.approx(np.radians(1) * EARTH_RADIUS)


def test_half_around_the_earth_is_as_far_as_one_can_go():
    assert metres(*PLACES["Taiyuan"], *PLACES["Antipode of Taiyuan"]) == pytest.approx(np.pi * EARTH_RADIUS)


def test_one_place_many_places_and_all_pairs_agree():
    x, y = np.array(list(PLACES.values())).T
    pairs = metres_between(x, y)
    assert pairs == pytest.approx(pairs.T)
    assert pairs == pytest.approx(metres_between(x, y, x, y))
    for row, place in enumerate(PLACES.values()):
        assert metres_from(*place, x, y) == pytest.approx(pairs[row])
        assert [metres(*place, *other) for other in PLACES.values()] == pytest.approx(pairs[row])


def test_a_place_that_is_not_known_is_at_no_distance():
    assert np.isnan(metres_between(np.array([np.nan, 112.0]), np.array([37.0, 37.0]))[0, 1])
