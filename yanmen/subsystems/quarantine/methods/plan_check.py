"""An independent check of a plan of rides: it shares no line with what makes plans, only the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from yanmen.subsystems.quarantine.methods.rides import Pace, Party, Plan, Ride, Van, Ways

FAULTS = {
    "nobody": {"zh": "有人没有车", "en": "Somebody has no vehicle"},
    "twice": {"zh": "同一人排了两次", "en": "Somebody rides twice"},
    "unknown": {"zh": "计划外的人或车", "en": "An unknown party or vehicle"},
    "seats": {"zh": "超过座位数", "en": "More people than seats"},
    "kind": {"zh": "车型不符", "en": "The wrong kind of vehicle"},
    "group": {"zh": "不同人群同车", "en": "Two groups in one vehicle"},
    "goal": {"zh": "目的地不符", "en": "Brought to the wrong place"},
    "ready": {"zh": "早于可出发时间", "en": "Picked up before ready"},
    "travel": {"zh": "路上时间不够", "en": "Less time than the way takes"},
    "late": {"zh": "晚于时限", "en": "Later than due"},
    "disinfection": {"zh": "两趟之间消毒时间不够", "en": "No time to disinfect between two rides"},
    "busy": {"zh": "车辆尚未空出", "en": "The vehicle is not free yet"},
    "metres": {"zh": "里程不符", "en": "The way is told wrong"},
}


@dataclass(frozen=True)
class Fault:
    """What does not hold: one of FAULTS, the vehicle or party it is about, and by how much."""

    code: str
    key: int
    by: int = 0


def faults_of(plan: Plan, parties: Sequence[Party], vans: Sequence[Van], ways: Ways, pace: Pace) -> list[Fault]:
    """Everything that does not hold of a plan. Lateness is among it: a plan may be sound and late."""
    known, fleet = {each.key: each for each in parties}, {each.key: each for each in vans}
    found: list[Fault] = []
    riding = Counter(stop.party for ride in plan.rides for stop in ride.stops)
    found += [Fault("nobody", key) for key in known if not riding[key] and key not in plan.left]
    found += [Fault("twice", key, count) for key, count in riding.items() if count > 1]
    found += [Fault("twice", key) for key in plan.left if riding[key]]
    found += [Fault("unknown", key) for key in riding if key not in known]
    for ride in plan.rides:
        if ride.van not in fleet:
            found.append(Fault("unknown", ride.van))
            continue
        members = [known[stop.party] for stop in ride.stops if stop.party in known]
        found += _aboard(ride, members, fleet[ride.van])
        found += _on_the_way(ride, known, fleet[ride.van], ways, pace)
    return found + _between(plan, fleet, pace)


def _aboard(ride: Ride, members: Sequence[Party], van: Van) -> list[Fault]:
    found = []
    if (people := sum(each.people for each in members)) > van.seats:
        found.append(Fault("seats", van.key, people - van.seats))
    for each in members:
        if any(kind != van.kind for kind in each.kinds):
            found.append(Fault("kind", each.key))
        if each.group != ride.group:
            found.append(Fault("group", each.key))
        if each.goal != ride.goal:
            found.append(Fault("goal", each.key))
        if ride.arrives > each.due:
            found.append(Fault("late", each.key, ride.arrives - each.due))
    return found


def _on_the_way(ride: Ride, known: dict[int, Party], van: Van, ways: Ways, pace: Pace) -> list[Fault]:
    found: list[Fault] = []
    here, earliest, metres = van.stand, ride.departs, 0
    for stop in ride.stops:
        party = known.get(stop.party)
        if party is None:
            continue
        if stop.at < party.ready:
            found.append(Fault("ready", party.key, party.ready - stop.at))
        if stop.at < (there := earliest + int(ways.seconds[here][party.at])):
            found.append(Fault("travel", party.key, there - stop.at))
        metres += int(ways.metres[here][party.at])
        here, earliest = party.at, stop.at + pace.service
    if ride.arrives < (there := earliest + int(ways.seconds[here][ride.goal])):
        found.append(Fault("travel", van.key, there - ride.arrives))
    if ride.back < (home := ride.arrives + pace.unload + int(ways.seconds[ride.goal][van.stand])):
        found.append(Fault("travel", van.key, home - ride.back))
    metres += int(ways.metres[here][ride.goal]) + int(ways.metres[ride.goal][van.stand])
    if metres != ride.metres:
        found.append(Fault("metres", van.key, ride.metres - metres))
    return found


def _between(plan: Plan, fleet: dict[int, Van], pace: Pace) -> list[Fault]:
    found: list[Fault] = []
    for key, van in fleet.items():
        rides = sorted((each for each in plan.rides if each.van == key), key=lambda each: each.departs)
        if rides and rides[0].departs < van.free:
            found.append(Fault("busy", key, van.free - rides[0].departs))
        for one, following in pairwise(rides):
            if (lacking := one.back + pace.disinfect - following.departs) > 0:
                found.append(Fault("disinfection", key, lacking))
    return found
