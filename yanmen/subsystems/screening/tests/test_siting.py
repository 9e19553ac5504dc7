"""Sites: the proved answers of the OR-Library, every choice tried by hand, and who fits where within a walk."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from yanmen.base.refusals import Refusal
from yanmen.subsystems.screening.methods.siting import hold_everybody, medians, read_graph

LIBRARY = Path(__file__).parents[5] / "shared" / "data" / "pmedian"
PROVED = {1: 5819, 2: 4093, 3: 4250, 4: 3034, 5: 1355, 7: 5631, 8: 4445, 9: 2734, 10: 1255}
"""Optimal values; pmed6 (7824), which takes ten seconds, is in bench/siting.py."""


@pytest.mark.parametrize("number", PROVED)
def test_the_or_library_is_solved_and_proved(number):
    file = LIBRARY / f"pmed{number}.txt"
    if not file.is_file():
        pytest.skip("the files of the OR-Library are not beside this checkout")
    costs, count = read_graph(file.read_text())
    found = medians(costs, count)
    assert (found.value, found.bound, found.proved, len(set(found.sites))) == (PROVED[number], found.value, True, count)
    assert costs[np.arange(len(costs)), list(found.served_by)].sum() == found.value
    assert set(found.served_by) <= set(found.sites)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("count", [1, 3, 7])
def test_no_choice_is_better_when_all_are_tried(whole, count):
    dice = np.random.default_rng(count)
    for _ in range(5):
        points, weights = dice.random((14, 2)) * 100, dice.integers(1, 50, 14)
        costs = np.linalg.norm(points[:, None] - points[None, :], axis=2) * weights[:, None]
        costs = np.round(costs) if whole else costs
        best = min(costs[:, list(choice)].min(axis=1).sum() for choice in combinations(range(14), count))
        found = medians(costs, count)
        assert found.value == pytest.approx(best)
        assert found.proved


def test_out_of_time_the_bound_says_how_good_the_answer_is():
    dice = np.random.default_rng(9)
    points = dice.random((300, 2)) * 1000
    costs = np.round(np.linalg.norm(points[:, None] - points[None, :], axis=2))
    found = medians(costs, 12, seconds=0)
    assert found.bound <= found.value <= found.bound * 1.02
    assert found.gap < 0.02


def test_of_a_repeated_edge_the_last_counts():
    costs, count = read_graph("3 3 1\n1 2 5\n2 3 4\n1 2 9\n")
    assert count == 1
    assert costs.tolist() == [[0, 9, 13], [9, 0, 4], [13, 4, 0]]
    assert (medians(costs, 1).sites, medians(costs, 1).value) == ((1,), 13)


@pytest.mark.parametrize("text", ["", "3 2", "two three four", "3 2 1\n1 2 5\n", "2 1 1\n1 7 5\n"])
def test_what_is_no_such_file_is_refused(text):
    with pytest.raises(Refusal) as refused:
        read_graph(text)
    assert refused.value.field == "file"


def line(*places):
    at = np.array(places, dtype=float)
    return np.abs(at[:, None] - at[None, :])


def test_a_large_village_gets_several_sites_and_small_neighbours_share_one():
    """A village of 8,000 needs three sites of 3,000; the two of 400 at 300 m fit into what is left of the third."""
    people = np.array([8000.0, 400, 400, 900])
    found = hold_everybody(people, line(0, 300, 300, 5000), capacity=3000, walk=500)
    assert (found.count, found.bound, found.proved, found.sites[0], found.sites[3]) == (4, 4, True, 3, 1)
    assert (found.walked, found.farthest, found.unreached) == (800 * 300, 300, ())


def test_of_plans_with_as_few_sites_the_one_with_the_least_walking():
    people = np.array([100.0, 500, 100])
    found = hold_everybody(people, line(0, 1000, 2000), capacity=3000, walk=1000)
    assert (found.sites, found.walked) == ({1: 1}, 200_000)


def test_people_are_shared_out_where_a_site_is_full():
    people = np.array([1000.0, 1000, 1000])
    found = hold_everybody(people, line(0, 500, 1000), capacity=1500, walk=500)
    assert (found.count, found.walked) == (2, 500_000)
    taken = {place: sum(sent for _, at, sent in found.ways if at == place) for place in found.sites}
    assert all(number <= 1500 + 1e-6 for number in taken.values())
    assert sum(taken.values()) == pytest.approx(3000)


def test_who_lives_too_far_is_told():
    distances = np.array([[100.0], [9000.0]])
    found = hold_everybody(np.array([50.0, 60]), distances, capacity=3000, walk=1000)
    assert (found.sites, found.unreached) == ({0: 1}, (1,))


def test_places_that_cannot_hold_everybody_are_refused():
    with pytest.raises(Refusal) as refused:
        hold_everybody(np.array([9000.0]), np.array([[0.0]]), capacity=3000, walk=500, places=2)
    assert refused.value.field == "places"


def test_sixty_villages_have_as_few_sites_as_can_be():
    dice = np.random.default_rng(2)
    points, people = dice.random((60, 2)) * 11_000, dice.lognormal(6.7, 0.7, 60).round()
    distances = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    found = hold_everybody(people, distances, capacity=3000, walk=1500, seconds=120)
    assert found.bound == found.count
    assert found.farthest <= 1500
    assert sum(sent for _, _, sent in found.ways) == pytest.approx(people.sum())
