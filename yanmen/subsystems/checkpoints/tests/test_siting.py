"""Siting: closing an area with the fewest posts, and meeting most of the traffic with a few."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from yanmen.base.refusals import Refusal
from yanmen.subsystems.checkpoints.methods import siting
from yanmen.subsystems.checkpoints.methods.covering import cover, greedy, trips_between
from yanmen.subsystems.checkpoints.methods.graphml import read_graphml
from yanmen.subsystems.checkpoints.methods.protected import circle
from yanmen.subsystems.checkpoints.methods.roads import Roads
from yanmen.subsystems.checkpoints.tests.test_roads import DATA, real
from yanmen.subsystems.checkpoints.tests.towns import graphml


def town(folder: Path, text: str) -> Roads:
    """`o1>a a-b b-i1`: roads one way (>) or both ways (-), the last letter of a name its place on a line."""
    ways, names = [], dict.fromkeys(text.replace("-", " ").replace(">", " ").replace("*", " ").split())
    for number, road in enumerate(text.split()):
        road, _, lanes = road.partition("*")
        one, other = road.replace("-", ">").split(">")
        data = {"osmid": str(number), "name": road, "lanes": lanes} if lanes else {"osmid": str(number), "name": road}
        ways.append((one, other, data))
        if "-" in road:
            ways.append((other, one, data))
    file = folder / "town.graphml"
    nodes = {name: (number / 1000, 0.0) for number, name in enumerate(names) if not name.isdecimal()}
    file.write_text(graphml(nodes, ways), encoding="utf-8")
    return read_graphml(file)


def sides(roads: Roads) -> dict[str, np.ndarray]:
    """Nodes whose name begins with i are inside, with o outside."""
    return {
        side: np.array([name.startswith(letter) for name in roads.nodes])
        for side, letter in (("inside", "i"), ("outside", "o"))
    }


def named(roads: Roads, segments: tuple[int, ...]) -> set[str]:
    return {roads.segments[each].name for each in segments}


def test_one_bridge_needs_one_post(tmp_path):
    roads = town(tmp_path, "o1-a o2-a o3-a a-b b-i1 b-i2")
    found = siting.close_all_ways(roads, **sides(roads))
    assert named(roads, found.segments) == {"a-b"}
    assert found.checked.holds


def test_a_road_that_only_leads_out_needs_no_post(tmp_path):
    roads = town(tmp_path, "o1-i1 i1>o2")
    assert named(roads, siting.close_all_ways(roads, **sides(roads)).segments) == {"o1-i1"}
    out = siting.close_all_ways(roads, **sides(roads), direction="out")
    assert named(roads, out.segments) == {"o1-i1", "i1>o2"}


def test_of_two_smallest_sets_the_one_with_fewer_lanes_is_taken(tmp_path):
    roads = town(tmp_path, "o1-a*8 a-b*2 b-i1*6")
    assert named(roads, siting.close_all_ways(roads, **sides(roads)).segments) == {"a-b"}


def test_fewer_posts_come_before_fewer_lanes(tmp_path):
    roads = town(tmp_path, "o1-a*2 o2-a*2 a-i1*16")
    assert named(roads, siting.close_all_ways(roads, **sides(roads)).segments) == {"a-i1"}


def test_no_post_stands_where_it_is_forbidden(tmp_path):
    roads = town(tmp_path, "o1-a o2-a a-b b-i1")
    forbidden = [number for number, each in enumerate(roads.segments) if each.name in ("a-b", "b-i1")]
    found = siting.close_all_ways(roads, **sides(roads), forbidden=forbidden)
    assert named(roads, found.segments) == {"o1-a", "o2-a"}
    assert found.checked.holds


def test_a_way_in_without_any_place_for_a_post_is_named(tmp_path):
    roads = town(tmp_path, "o1-a a-i1 o2-i2")
    forbidden = [number for number, each in enumerate(roads.segments) if each.name == "o2-i2"]
    with pytest.raises(Refusal, match="o2-i2") as refused:
        siting.close_all_ways(roads, **sides(roads), forbidden=forbidden)
    assert refused.value.field == "forbid"


def test_without_crossings_inside_or_outside_there_is_nothing_to_close(tmp_path):
    roads = town(tmp_path, "o1-a a-b")
    with pytest.raises(Refusal) as refused:
        siting.close_all_ways(roads, **sides(roads))
    assert refused.value.field == "inside"


def test_nobody_can_get_in_anyway(tmp_path):
    roads = town(tmp_path, "o1-a i1-i2")
    found = siting.close_all_ways(roads, **sides(roads))
    assert found.segments == ()
    assert found.checked.holds


@pytest.mark.parametrize("seed", range(12))
def test_on_random_towns_no_smaller_set_closes(tmp_path, seed):
    """Every set of fewer segments is tried, with a search of its own."""
    dice = np.random.default_rng(seed)
    names = ["o1", "o2", "a", "b", "c", "d", "i1", "i2"]
    pairs = {tuple(sorted(dice.choice(8, 2, replace=False).tolist())) for _ in range(14)}
    roads = town(tmp_path, " ".join(f"{names[a]}{'->'[dice.integers(2)]}{names[b]}" for a, b in sorted(pairs)))
    found = siting.close_all_ways(roads, **sides(roads))
    size = len(found.segments)
    assert found.checked.holds
    assert not any(closed(roads, set(fewer)) for fewer in combinations(range(len(roads.segments)), size - 1) if size)


def closed(roads: Roads, shut: set[int]) -> bool:
    marks = sides(roads)
    reach = set(np.flatnonzero(marks["outside"]).tolist())
    edges = list(zip(roads.tails.tolist(), roads.heads.tolist(), roads.segment_of.tolist(), strict=True))
    while more := {head for tail, head, on in edges if tail in reach and on not in shut} - reach:
        reach |= more
    return not reach & set(np.flatnonzero(marks["inside"]).tolist())


@real
@pytest.mark.parametrize("direction", ["in", "out", "both"])
@pytest.mark.parametrize("reach", [0, 400])
def test_posts_close_a_circle_in_futian_and_no_fewer_would(direction, reach):
    roads = read_graphml(DATA / "shenzhen_futian_osm_drive.graphml")
    gap = circle(114.018, 22.533, 700).gap(roads.x, roads.y)
    found = siting.close_all_ways(roads, inside=gap == 0, outside=gap > reach, direction=direction)
    assert found.checked.holds
    assert len(found.disjoint_ways) == len(found.segments) > 10
    if direction == "in":
        for way in found.disjoint_ways:
            assert leads_in(roads, way, inside=gap == 0, outside=gap > reach)


def leads_in(roads: Roads, way: tuple[int, ...], *, inside: np.ndarray, outside: np.ndarray) -> bool:
    """Whether the segments can be driven one after the other from outside to inside."""
    drive: dict[int, list[tuple[int, int]]] = {}
    for tail, head, on in zip(roads.tails.tolist(), roads.heads.tolist(), roads.segment_of.tolist(), strict=True):
        drive.setdefault(on, []).append((tail, head))
    at = {tail for tail, _ in drive[way[0]] if outside[tail]}
    for segment in way:
        at = {head for tail, head in drive[segment] if tail in at}
    return any(inside[node] for node in at)


TRIPS = {frozenset({1, 2}): 30.0, frozenset({2, 3}): 20.0, frozenset({4}): 25.0, frozenset(): 25.0}


def test_one_post_meets_the_trips_that_share_a_road():
    found = cover(TRIPS, 1)
    assert found.segments == (2,)
    assert (found.met, found.total, found.share, found.gap) == (50, 100, 0.5, 0)


def test_more_posts_than_needed_meet_all_that_can_be_met():
    assert cover(TRIPS, 9).share == 0.75


@pytest.mark.parametrize("seed", range(6))
def test_the_posts_chosen_are_the_best_of_all_choices(seed):
    dice = np.random.default_rng(seed)
    trips = {frozenset(dice.choice(9, 3, replace=False).tolist()): float(dice.integers(1, 20)) for _ in range(25)}
    best = max(sum(w for way, w in trips.items() if way & set(few)) for few in combinations(range(9), 2))
    found = cover(trips, 2)
    assert found.met == best
    assert found.gap == 0


def test_without_time_to_search_the_answer_is_still_fair():
    dice = np.random.default_rng(5)
    trips = {frozenset(dice.choice(300, 12, replace=False).tolist()): float(dice.integers(1, 20)) for _ in range(3000)}
    hurried = cover(trips, 8, seconds=0.01)
    assert len(hurried.segments) == 8
    assert 0 < hurried.gap <= 1 / np.e


@pytest.mark.parametrize("seed", range(6))
def test_no_choice_exceeds_the_bound_of_the_greedy_start(seed):
    dice = np.random.default_rng(seed)
    ways = [(sorted(dice.choice(9, 3, replace=False).tolist()), float(dice.integers(1, 20))) for _ in range(25)]
    chosen, bound = greedy(ways, 3)
    best = max(sum(w for way, w in ways if set(way) & set(few)) for few in combinations(range(9), 3))
    met = sum(w for way, w in ways if set(way) & set(chosen))
    assert (1 - 1 / np.e) * best <= met <= best <= bound


def test_trips_take_the_fastest_way_and_are_counted_where_they_pass(tmp_path):
    roads = town(tmp_path, "o1>a a>i1 o2>a o2>i2 i1>i2 i2>i1")
    number = roads.number_of
    origins = [(number["o1"], 4.0), (number["o2"], 2.0)]
    goals = [number["i1"], number["i2"]]
    candidates = [on for on, each in enumerate(roads.segments) if each.name in ("o1>a", "o2>a", "o2>i2")]
    found = {
        frozenset(named(roads, tuple(way))): weight
        for way, weight in trips_between(roads, origins, goals, candidates=candidates).items()
    }
    assert sum(found.values()) == 6
    assert found[frozenset({"o1>a"})] == 4


def test_no_post_at_all_is_refused():
    with pytest.raises(Refusal):
        cover(TRIPS, 0)
