"""Plans of rides hold: everybody once, groups apart, seats, kinds, windows, disinfection; and the check finds what does not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from yanmen.base.refusals import Refusal
from yanmen.subsystems.quarantine.methods.plan_check import FAULTS, faults_of
from yanmen.subsystems.quarantine.methods.rides import (
    Pace,
    Party,
    Plan,
    Stop,
    Van,
    Ways,
    one_by_one,
    timed,
    ways_between,
)
from yanmen.subsystems.quarantine.methods.routing import Job, plan, search
from yanmen.subsystems.quarantine.methods.vrp_files import read_solomon, retold, solve_file

PACE = Pace(service=300, unload=600, disinfect=1800, slack=900, van_metres=20_000)
HOUR = 3600
TINY = np.array([[0, 1000, 2000, 2100], [1000, 0, 1500, 1600], [2000, 1500, 0, 100], [2100, 1600, 100, 0]])
SQUARE = """NAME : four
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 2
NODE_COORD_SECTION
1 0 0
2 0 10
3 1 10
4 0 -10
5 1 -10
DEMAND_SECTION
1 0
2 1
3 1
4 1
5 1
DEPOT_SECTION
1
-1
EOF
"""
SOLOMON = """C0

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       100          0
    1      0         10         4          0        90          5
    2      0         20         4         50        60          5
"""


def town(count, vans, *, due=8 * HOUR, seed=1):
    """Two yards, two sites, a hospital, so many parties: some infected, some with a wheelchair."""
    dice = np.random.default_rng(seed)
    points = [(112.1, 37.1), (112.2, 37.2), (112.15, 37.15), (112.25, 37.1), (112.16, 37.12)]
    points += [(112 + dice.random() * 0.3, 37 + dice.random() * 0.3) for _ in range(count)]
    parties = []
    for number in range(count):
        ill = number % 20 == 0
        kinds = frozenset({"negative_pressure"} if ill else {"wheelchair"} if number % 15 == 1 else ())
        parties.append(
            Party(
                number, int(dice.choice([1, 1, 2, 3, 4])), 5 + number, 4 if ill else 2 + number % 2,
                "case" if ill else "contact", int(dice.integers(0, HOUR)), 3 * HOUR if ill else due, kinds,
            )
        )  # fmt: skip
    fleet = [Van(n, n % 2, 8, {3: "wheelchair", 5: "negative_pressure"}.get(n % 7, "van")) for n in range(vans)]
    return parties, fleet, ways_between(points, detour=1.35, metres_a_second=11.1)


def test_a_plan_holds_and_goes_half_the_way_of_no_plan():
    parties, vans, ways = town(60, 10)
    found = plan(parties, vans, ways, PACE, seconds=3)
    assert faults_of(found, parties, vans, ways, PACE) == []
    assert found.left == ()
    naive = one_by_one(parties, vans, ways, PACE)
    assert {each.code for each in faults_of(naive, parties, vans, ways, PACE)} <= {"late"}
    assert found.metres < 0.6 * naive.metres
    assert found.vans <= naive.vans
    assert len(found.rides) > found.vans, "a vehicle makes several runs"


def test_whoever_cannot_be_there_in_time_rides_all_the_same_and_nobody_is_forgotten():
    parties, vans, ways = town(40, 4, due=2 * HOUR)
    vans = [replace(vans[0], kind="negative_pressure"), replace(vans[1], kind="wheelchair"), vans[2]]
    found = plan(parties, vans, ways, PACE, seconds=3)
    assert Counter(each.code for each in faults_of(found, parties, vans, ways, PACE)).keys() == {"late"}
    giant = Party(99, 9, 5, 2, "contact", 0, HOUR)
    assert plan([giant], vans, ways, PACE, seconds=1) == Plan((), (99,))
    assert plan([], vans, ways, PACE, seconds=1) == Plan(())
    assert plan(parties[:2], [], ways, PACE, seconds=1).left == (0, 1)


def test_a_moment_due_is_met_to_the_second_or_not_planned():
    ways, van = Ways(TINY, TINY // 10), Van(1, 0, 4, "van")
    pair = (Party(1, 1, 2, 1, "contact", 0, 0), Party(2, 1, 3, 1, "contact", 0, 0))
    best = min(timed(van, order, start=0, ways=ways, pace=PACE).arrives for order in (pair, pair[::-1]))
    for extra, riding in ((0, 2), (-1, 1)):
        job = Job(pair, (van,), (best + extra,) * 2, ways, PACE, 0.2, 1)
        assert sum(len(trip) for _, trips in search(job) for trip in trips) == riding


def test_whoever_is_ready_after_the_moment_due_is_left_out_and_the_others_ride():
    ways, van = Ways(TINY, TINY // 10), Van(1, 0, 4, "van")
    parties = (Party(1, 1, 2, 1, "contact", 3 * HOUR, HOUR), Party(2, 1, 3, 1, "contact", 0, HOUR))
    job = Job(parties, (van,), (HOUR, HOUR), ways, PACE, 0.2, 1)
    assert search(job) == [(1, [[2]])]


def test_a_vehicle_that_is_out_is_planned_from_when_it_is_free():
    parties, vans, ways = town(10, 7)
    later = [replace(each, free=2 * HOUR) for each in vans]
    found = plan(parties, later, ways, PACE, seconds=1)
    assert min(ride.departs for ride in found.rides) >= 2 * HOUR
    assert {each.code for each in faults_of(found, parties, later, ways, PACE)} <= {"late"}


def test_the_check_finds_each_kind_of_fault():
    parties, vans, ways = town(30, 7)
    good = plan(parties, vans, ways, PACE, seconds=1)
    first, *rest = good.rides
    known = {each.key: each for each in parties}
    one = known[first.stops[0].party]

    def codes(plan_, changed=parties, fleet=vans):
        return {each.code for each in faults_of(plan_, changed, fleet, ways, PACE)}

    def with_first(**changes):
        return Plan((replace(first, **changes), *rest))

    def with_party(**changes):
        return [replace(each, **changes) if each.key == one.key else each for each in parties]

    assert codes(good) == set()
    assert "nobody" in codes(Plan(tuple(rest)))
    assert "twice" in codes(Plan((first, first, *rest)))
    assert "unknown" in codes(with_first(van=99))
    assert "unknown" in codes(with_first(stops=(*first.stops, Stop(777, first.stops[-1].at))))
    assert "seats" in codes(good, with_party(people=9))
    assert "kind" in codes(good, with_party(kinds=frozenset({"bus"})))
    assert "group" in codes(with_first(group="home"))
    assert "goal" in codes(good, with_party(goal=0))
    assert "ready" in codes(good, with_party(ready=first.stops[0].at + 60))
    assert "late" in codes(good, with_party(due=first.arrives - 1))
    assert "travel" in codes(with_first(arrives=first.stops[-1].at))
    assert "metres" in codes(with_first(metres=first.metres + 1))
    assert "busy" in codes(good, fleet=[replace(each, free=first.departs + 1) for each in vans])
    twice = next(each for each in rest if sum(other.van == each.van for other in good.rides) > 1)
    crowded = Plan(tuple(replace(each, van=twice.van) for each in good.rides))
    assert "disinfection" in codes(crowded)
    assert codes(crowded) <= set(FAULTS)


def test_published_problems_are_read_and_retold(tmp_path):
    file = tmp_path / "four.vrp"
    file.write_text(SQUARE)
    (tmp_path / "four.sol").write_text("Route #1: 1 2\nRoute #2: 3 4\nCost 42\n")
    found = solve_file(file, seconds=0.2)
    assert (found.cost, found.vehicles, found.best_known, found.gap, found.faults) == (42, 2, 42, 0, ())
    data = read_solomon(SOLOMON)
    assert retold(data, [[0, 1]]) == (40_000, [])
    hurried = read_solomon(SOLOMON.replace("       90 ", "       60 "))
    assert retold(hurried, [[1, 0]])[1] == ["route 1: a window is missed by 5000"]
    assert "not everybody is visited once" in retold(data, [[0]])[1]
    file.write_text("a,b\n1,2\n")
    with pytest.raises(Refusal, match="CVRPLIB"):
        solve_file(file, seconds=0.2)
