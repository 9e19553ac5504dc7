"""Plans of rides: who goes when in which vehicle, several rides a vehicle, disinfected in between.

A ride takes one group of people to one goal. All parties of one group and goal are a problem of their own, a vehicle routing
problem with time windows, a mixed fleet and several trips, that pyvrp (Wouda, Lan and Kool, INFORMS J. Computing 36, 2024)
searches by iterated local search. What is exact and what is not stands in docs/decisions/0090-how-rides-are-planned.md.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import ceil
from multiprocessing import get_context
from typing import Any

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime, MultipleCriteria, NoImprovement

from yanmen.subsystems.quarantine.methods.rides import Pace, Party, Plan, Ride, Van, Ways, one_by_one, timed

GIVEN_UP = 8_000
"""Steps without anything better after which the search of one problem ends before its time."""
LATER = (0, 3_600, 3 * 3_600, 9 * 3_600, 27 * 3_600)
"""Who cannot be there in time is planned again with so many seconds more, until everybody rides."""
FIRST_SHARE = 0.6
SHORTEST = 0.3


@dataclass(frozen=True)
class Job:
    """Parties of one group with one goal, the vehicles given to them, by when each is to be there, and how long to search."""

    parties: tuple[Party, ...]
    vans: tuple[Van, ...]
    by: tuple[int, ...]
    ways: Ways
    pace: Pace
    seconds: float
    seed: int


def plan(
    parties: Sequence[Party],
    vans: Sequence[Van],
    ways: Ways,
    pace: Pace,
    *,
    seconds: float = 20.0,
    workers: int = 1,
    seed: int = 1,
) -> Plan:
    """Rides for everybody whom some vehicle can take, with as little way as is found in so many seconds.

    Everybody is there `pace.slack` before due where that can be; else by the moment due; else as little later as it takes.
    """
    ends = time.monotonic() + seconds
    fleet = {van.key: van for van in vans}
    takes = {party.key: any(van.takes(party) for van in vans) for party in parties}
    special = [party for party in parties if takes[party.key] and party.kinds]
    ordinary = [party for party in parties if takes[party.key] and not party.kinds]
    rides: list[Ride] = []
    for some, all_left in ((special, len(special) + len(ordinary)), (ordinary, len(ordinary))):
        if some:
            until = time.monotonic() + max(0.0, ends - time.monotonic()) * len(some) / all_left
            rides += _staged(some, fleet, ways, pace, until=until, workers=workers, seed=seed)
    rides.sort(key=lambda ride: (ride.departs, ride.van))
    return Plan(tuple(rides), tuple(key for key, able in takes.items() if not able))


def _staged(
    waiting: Sequence[Party], fleet: dict[int, Van], ways: Ways, pace: Pace, *, until: float, workers: int, seed: int
) -> list[Ride]:
    """Rides for parties of whom each fits some vehicle; the vehicles of the fleet are free later from then on.

    Whoever needs a special kind of vehicle is planned before the others, so that these do not take it away from them.
    """
    rides: list[Ride] = []
    share = FIRST_SHARE
    for later in (-pace.slack, *LATER):
        found: list[Ride] | None = None
        while waiting and (found is None or found):
            left = max(0.0, until - time.monotonic()) * share
            kinds = {kind for party in waiting for kind in party.kinds}
            vans = [van for van in fleet.values() if not kinds or van.kind in kinds]
            found = _round(waiting, vans, ways, pace, later=later, seconds=left, workers=workers, seed=seed)
            for ride in found:
                fleet[ride.van] = replace(fleet[ride.van], free=max(fleet[ride.van].free, ride.free))
            riding = {stop.party for ride in found for stop in ride.stops}
            waiting = [party for party in waiting if party.key not in riding]
            rides += found
            share = 0.5
    last = one_by_one(waiting, fleet.values(), ways, pace, nearest=False).rides
    for ride in last:
        fleet[ride.van] = replace(fleet[ride.van], free=max(fleet[ride.van].free, ride.free))
    return [*rides, *last]


def _round(
    parties: Sequence[Party],
    vans: Sequence[Van],
    ways: Ways,
    pace: Pace,
    *,
    later: int,
    seconds: float,
    workers: int,
    seed: int,
) -> list[Ride]:
    """Every group and goal is given vehicles and searched once."""
    apart: dict[tuple[str, int], list[Party]] = {}
    for party in parties:
        apart.setdefault((party.group, party.goal), []).append(party)
    given = _shared_out(apart, vans, ways, pace, later)
    each = seconds * workers / sum(len(apart[key]) for key in given) if given else 0.0
    jobs = []
    for key, own in given.items():
        some = tuple(party for party in apart[key] if any(van.takes(party) for van in own))
        by = tuple(party.due + later for party in some)
        least = min(SHORTEST, 0.02 * len(some))
        jobs.append(Job(some, tuple(own), by, ways, pace, max(least, each * len(some)), seed))
    if workers > 1 and len(jobs) > 1:
        jobs.sort(key=lambda job: -job.seconds)
        small = [_cut_out(job) for job in jobs]
        with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as pool:
            orders = list(pool.map(search, small))
    else:
        orders = [search(job) for job in jobs]
    return [ride for job, found in zip(jobs, orders, strict=True) for ride in _driven(job, found)]


def _shared_out(
    apart: Mapping[tuple[str, int], Sequence[Party]], vans: Sequence[Van], ways: Ways, pace: Pace, later: int
) -> dict[tuple[str, int], list[Van]]:
    """Each vehicle goes to one problem of the round: first what only some kind can do, then to whoever lacks most."""
    rest = {van.key: van for van in vans}
    given: dict[tuple[str, int], list[Van]] = {key: [] for key in apart}
    order = sorted(apart, key=lambda key: (min(party.due for party in apart[key]), key))
    soonest = min((van.free for van in vans), default=0)
    needed = {key: _vans_needed(apart[key], vans, ways, pace, later, soonest) for key in order}
    for key in order:
        for kind in sorted({kind for party in apart[key] for kind in party.kinds}):
            able = [van for van in rest.values() if van.kind == kind]
            if able:
                given[key].append(rest.pop(_nearest(able, apart[key], ways).key))
    lacking = set(order)
    while lacking and rest:
        key = max(lacking, key=lambda one: (needed[one] / (len(given[one]) or 0.01), -order.index(one)))
        able = [van for van in rest.values() if any(van.takes(party) for party in apart[key])]
        if not able or len(given[key]) >= min(len(apart[key]), ceil(3 * needed[key]) + 1):
            lacking.remove(key)
            continue
        given[key].append(rest.pop(_nearest(able, apart[key], ways).key))
    return {key: own for key, own in given.items() if own}


def _nearest(able: Iterable[Van], parties: Sequence[Party], ways: Ways) -> Van:
    """The vehicle that can begin first; those of a special kind last unless somebody here needs it."""
    wanted = {kind for party in parties for kind in party.kinds}
    goal = parties[0].goal

    def rank(van: Van) -> tuple[bool, int, int]:
        special = van.kind in ("negative_pressure", "wheelchair") and van.kind not in wanted
        return special, van.free + int(ways.seconds[van.stand, goal]), van.key

    return min(able, key=rank)


def _vans_needed(
    parties: Sequence[Party], vans: Sequence[Van], ways: Ways, pace: Pace, later: int, soonest: int
) -> float:
    """A rough guess: the seconds of work in all, by the seconds that there are."""
    seats = max(1.0, float(np.mean([van.seats for van in vans])))
    legs = float(np.mean([ways.seconds[party.at, party.goal] for party in parties]))
    rides = ceil(sum(party.people for party in parties) / seats)
    work = rides * (2.5 * legs + pace.unload + pace.disinfect) + len(parties) * (pace.service + legs / 4)
    window = float(np.mean([party.due + later - max(party.ready, soonest) for party in parties]))
    return work / max(window, 600.0)


def _cut_out(job: Job) -> Job:
    """The same job with only the places it is about: less to send to another process."""
    places = sorted({each.at for each in job.parties} | {each.stand for each in job.vans} | {job.parties[0].goal})
    number = {place: index for index, place in enumerate(places)}
    cut = np.ix_(places, places)
    parties = tuple(replace(each, at=number[each.at], goal=number[each.goal]) for each in job.parties)
    vans = tuple(replace(each, stand=number[each.stand]) for each in job.vans)
    return replace(job, parties=parties, vans=vans, ways=Ways(job.ways.metres[cut], job.ways.seconds[cut]))


def search(job: Job) -> list[tuple[int, list[list[int]]]]:
    """For each vehicle used, its rides in order, each the keys of its parties in order. Whoever cannot be there in time is in none."""
    if len(job.parties) == 1:
        return _alone(job)
    latest = _latest(job)
    kinds = sorted({kind for party in job.parties for kind in party.kinds})
    stands = sorted({van.stand for van in job.vans})
    data = _problem(job, stands, kinds, latest)
    stop = MultipleCriteria([MaxRuntime(job.seconds), NoImprovement(GIVEN_UP)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)  # who cannot be there in time is expected
        best = pyvrp.solve(data, stop, seed=job.seed, collect_stats=False).best
    alike = _alike(job.vans)
    unused = {key: list(own) for key, own in alike.items()}
    names = list(alike)
    found = []
    for route in best.routes():
        trips: dict[int, list[int]] = {}
        for act in route.schedule():
            if act.is_client():
                trips.setdefault(act.trip, []).append(job.parties[act.idx].key)
        van = unused[names[route.vehicle_type()]].pop()
        found.append((van.key, [trips[trip][::-1] for trip in sorted(trips, reverse=True)]))
    return found


def _alone(job: Job) -> list[tuple[int, list[list[int]]]]:
    party = job.parties[0]
    able = [van for van in job.vans if van.takes(party)]
    if not able:
        return []
    best = min(able, key=lambda van: timed(van, [party], start=van.free, ways=job.ways, pace=job.pace).arrives)
    return [(best.key, [[party.key]])]


def _latest(job: Job) -> int:
    """A moment by which every ride has ended."""
    longest = int(job.ways.seconds.max())
    return max(*job.by, *(van.free for van in job.vans)) + job.pace.unload + job.pace.disinfect + longest + 3600


def _alike(vans: Sequence[Van]) -> dict[tuple[int, int, str, int], list[Van]]:
    """Vehicles between which nothing tells a difference."""
    found: dict[tuple[int, int, str, int], list[Van]] = {}
    for van in vans:
        found.setdefault((van.stand, van.seats, van.kind, van.free), []).append(van)
    return found


def _problem(job: Job, stands: Sequence[int], kinds: Sequence[str], latest: int) -> Any:
    """The job with time running backwards: a vehicle leaves its stand for the goal and then brings people to their doors.

    So that somebody is there by a moment becomes that a trip does not set out before a moment, which pyvrp knows (release
    times: they bound the beginning of the loading), and the disinfection after a ride becomes the loading before a trip. With stands at several places the one nearest
    to the goal is reckoned with, which is too strict for the others and never too lax. Who is ready after the moment due
    cannot be planned: pyvrp wants their window to hold nevertheless.
    """
    pace, metres, seconds = job.pace, job.ways.metres, job.ways.seconds
    goal = job.parties[0].goal
    doors = [party.at for party in job.parties]
    places = [*stands, *doors]
    count = len(stands)
    back_metres, back_seconds = metres[np.ix_(places, places)].T.copy(), seconds[np.ix_(places, places)].T.copy()
    for row, stand in enumerate(stands):
        back_metres[row, count:] = metres[doors, goal] + metres[goal, stand]
        back_seconds[row, count:] = seconds[doors, goal] + seconds[goal, stand] + pace.unload
    np.fill_diagonal(back_metres, 0)
    np.fill_diagonal(back_seconds, 0)
    home = min(int(seconds[goal, stand]) for stand in stands)
    prize = 4 * int(back_metres.max()) + 2 * pace.van_metres + 1_000
    clients = []
    for index, (party, by) in enumerate(zip(job.parties, job.by, strict=True)):
        last = max(0, latest - party.ready - pace.service)
        clients.append(
            pyvrp.Client(
                location=count + index,
                delivery=[party.people, *(party.people if kind in party.kinds else 0 for kind in kinds)],
                service_duration=pace.service,
                tw_late=last,
                release_time=min(last, max(0, latest - by - home - pace.unload - pace.disinfect)),
                prize=prize,
                required=False,
            )
        )
    fleet = []
    for (stand, seats, kind, free), own in _alike(job.vans).items():
        depot = stands.index(stand)
        fleet.append(
            pyvrp.VehicleType(
                num_available=len(own),
                capacity=[seats, *(seats if kind == each else 0 for each in kinds)],
                start_depot=depot,
                end_depot=depot,
                reload_depots=[depot],
                fixed_cost=pace.van_metres,
                tw_late=latest - free,
            )
        )
    depots = [pyvrp.Depot(index, service_duration=pace.disinfect) for index in range(count)]
    locations = [pyvrp.Location(0.0, 0.0) for _ in places]
    matrices: list[Any] = [back_metres, back_seconds]  # its stubs write an array's dtype otherwise than numpy does
    return pyvrp.ProblemData(locations, clients, depots, fleet, matrices[:1], matrices[1:])


def _driven(job: Job, orders: Sequence[tuple[int, Sequence[Sequence[int]]]]) -> list[Ride]:
    """Rides in time, as early as they can be. One that does not hold is left out, and so is who would come too late."""
    parties, vans = {party.key: party for party in job.parties}, {van.key: van for van in job.vans}
    by = {party.key: moment for party, moment in zip(job.parties, job.by, strict=True)}
    rides: list[Ride] = []
    for key, trips in orders:
        van, start = vans[key], vans[key].free
        for trip in trips:
            order = [parties[one] for one in trip]
            if sum(party.people for party in order) > van.seats or not all(van.takes(party) for party in order):
                continue
            ride = timed(van, order, start=start, ways=job.ways, pace=job.pace)
            while order and ride.arrives > min(by[party.key] for party in order):
                order.remove(min(order, key=lambda party: by[party.key]))
                if order:
                    ride = timed(van, order, start=start, ways=job.ways, pace=job.pace)
            if order:
                rides.append(ride)
                start = ride.free
    return rides
