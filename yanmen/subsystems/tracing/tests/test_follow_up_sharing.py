"""Sharing out doors: never worse than trying every way, whole households, the same team where it can, and thousands in seconds."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from yanmen.base.sphere import metres_between
from yanmen.subsystems.tracing.methods.assigning import share_out, walking_order

SAME, UNKNOWN = 2000.0, 20000.0


def drawn(seed: int, doors: int, teams: int) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    return (
        112.5 + random.random(doors) / 10, 37.7 + random.random(doors) / 10,
        112.5 + random.random(teams) / 10, 37.7 + random.random(teams) / 10,
        random.integers(1, 4, teams), random.integers(-1, teams, doors),
    )  # fmt: skip


def cost_of(team: tuple[int, ...], metres: np.ndarray, before: np.ndarray) -> tuple[int, float]:
    """Doors nobody takes, then the sum that is made least."""
    given = [(door, each) for door, each in enumerate(team) if each >= 0]
    return len(team) - len(given), sum(metres[d, t] - SAME * (before[d] == t) for d, t in given)


@pytest.mark.parametrize("seed", range(12))
def test_no_other_way_of_sharing_is_better(seed):
    x, y, tx, ty, capacity, before = drawn(seed, 6, 3)
    found = share_out(x, y, tx, ty, capacity, before=before, same_team=SAME, unknown=UNKNOWN)
    metres = metres_between(x, y, tx, ty)
    every = (
        way for way in product(range(-1, 3), repeat=6) if all(way.count(team) <= capacity[team] for team in range(3))
    )
    best = min(cost_of(way, metres, before) for way in every)
    ours = cost_of(tuple(int(each) for each in found.team), metres, before)
    assert ours[0] == best[0]
    assert ours[1] == pytest.approx(best[1], abs=1e-3)
    assert all((found.team == team).sum() <= capacity[team] for team in range(3))


def test_a_door_keeps_its_team_for_a_small_detour_and_not_for_a_large_one():
    x, y = np.array([112.500]), np.array([37.70])
    tx, ty = np.array([112.500, 112.515]), np.array([37.70, 37.70])  # the second is 1.3 km away
    near = share_out(x, y, tx, ty, [5, 5], before=[1], same_team=SAME, unknown=UNKNOWN)
    assert near.team.tolist() == [1]
    far = share_out(x, y, tx, ty, [5, 5], before=[1], same_team=500.0, unknown=UNKNOWN)
    assert far.team.tolist() == [0]


def test_what_nobody_can_take_is_left_over_and_said():
    x, y, tx, ty, _, before = drawn(1, 9, 2)
    found = share_out(x, y, tx, ty, [2, 3], before=before % 2, same_team=SAME, unknown=UNKNOWN)
    assert found.left_over == 4
    nobody = share_out(x, y, tx[:0], ty[:0], [], before=[-1] * 9, same_team=SAME, unknown=UNKNOWN)
    assert nobody.left_over == 9
    assert share_out(x[:0], y[:0], tx, ty, [2, 3], before=[], same_team=SAME, unknown=UNKNOWN).left_over == 0


def test_a_door_without_a_point_still_gets_a_team():
    x, y = np.array([np.nan, 112.5]), np.array([np.nan, 37.7])
    found = share_out(x, y, np.array([112.5]), np.array([37.7]), [2], before=[-1, -1], same_team=SAME, unknown=UNKNOWN)
    assert found.team.tolist() == [0, 0]
    assert np.isnan(found.metres[0])


@pytest.mark.parametrize("seed", range(6))
def test_the_way_is_at_most_a_tenth_longer_than_the_shortest(seed):
    x, y, tx, ty, *_ = drawn(seed, 7, 1)
    px, py = np.append(x, tx), np.append(y, ty)
    apart = metres_between(px, py)

    def length(order: tuple[int, ...]) -> float:
        return float(sum(apart[a, b] for a, b in zip((7, *order), order, strict=False)))

    order = tuple(int(each) for each in walking_order(x, y, float(tx[0]), float(ty[0])))
    assert sorted(order) == list(range(7))
    assert length(order) <= 1.1 * min(length(way) for way in permutations(range(7)))


def test_three_thousand_doors_of_thirty_teams_are_shared_and_ordered():
    x, y, tx, ty, *_ = drawn(3, 3000, 30)
    found = share_out(x, y, tx, ty, [105] * 30, before=[-1] * 3000, same_team=SAME, unknown=UNKNOWN)
    for team in range(30):
        mine = np.flatnonzero(found.team == team)
        walking_order(x[mine], y[mine], float(tx[team]), float(ty[team]))
    assert found.left_over == 0
