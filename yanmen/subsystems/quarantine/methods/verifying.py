"""Whether stays keep the rules, judged from the rows alone. Written from the rules; it shares no code with what makes plans.

The rules: protocols §2.1 (special groups, editions), §8 (single rooms, positive and contact hotels separate, step-free rooms).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import combinations

FAULTS = {
    "twice": {"zh": "同一人同时有两个房间", "en": "Somebody has two rooms at once"},
    "parties": {"zh": "一个房间同时有两批人", "en": "Two parties have one room"},
    "beds": {"zh": "房间人数超过床位", "en": "More people than beds"},
    "child": {"zh": "儿童没有成人同住", "en": "A child without an adult in the room"},
    "accessible": {"zh": "行动不便者不在无障碍房间", "en": "Not a step-free room"},
    "dialysis": {"zh": "需透析者不在能透析的隔离点", "en": "No dialysis at the site"},
    "language": {"zh": "隔离点没有所需语种服务", "en": "Nobody at the site speaks the language"},
    "site": {"zh": "隔离点类型与措施不符", "en": "The site is of the wrong kind"},
    "group": {"zh": "感染者与密接在同一隔离点", "en": "Infected people and contacts in one site"},
    "measure": {"zh": "没有执行中的措施要求其隔离", "en": "No measure in force asks for it"},
    "dates": {"zh": "结束时间与版本规定不符", "en": "The end is not the edition's"},
    "turn_over": {"zh": "未留足房间周转时间", "en": "Too little time to clean the room"},
    "shut": {"zh": "房间停用或隔离点未启用", "en": "The room is closed or the site is not open"},
    "forgotten": {"zh": "应隔离而既无房间也未列明原因", "en": "Neither a room nor a reason"},
}
SERVES = {
    "central_quarantine": {"hotel"},
    "mobile_cabin_hospital": {"cabin"},
    "designated_hospital": {"hospital"},
    "home_isolation": {"yellow_hotel"},
    "home_health_monitoring": {"yellow_hotel"},
}
"""Which kind of site policy means by a place."""
OUT_OF_HOME = {"central_quarantine", "mobile_cabin_hospital", "designated_hospital"}


@dataclass(frozen=True)
class StayRow:
    """A stored stay that is not cancelled; `until` and `held_until` are None where nobody can say yet."""

    stay: int
    person: int
    party: int
    room: int
    site: int
    group: str
    since: datetime
    until: datetime | None
    held_until: datetime | None
    over: bool = False


@dataclass(frozen=True)
class RoomRow:
    """A room and the site it lies in, as stored."""

    room: int
    site: int
    kind: str
    beds: int
    features: frozenset[str]
    site_has: frozenset[str]
    usable: bool = True


@dataclass(frozen=True)
class PersonRow:
    """What is known of somebody, and where the editions want them on each day from the day asked about."""

    person: int
    age: int | None = None
    special: frozenset[str] = frozenset()
    language: str = ""
    infected: bool = False
    wanted: Mapping[date, frozenset[str]] = field(default_factory=dict)
    """Day → places that policy accepts on it, its own and those marked beside it. Missing: nothing asks for anything."""
    home_fit: bool = False
    place: str = ""


@dataclass(frozen=True)
class Fault:
    """A rule that is not kept: which, by whom, where."""

    kind: str
    person: int
    stay: int = 0
    note: str = ""


def verify(
    stays: Sequence[StayRow],
    rooms: Mapping[int, RoomRow],
    people: Mapping[int, PersonRow],
    *,
    day: date,
    midnight: Callable[[date], datetime],
    turn_over: timedelta,
    horizon: date,
    child_age: int,
    adult_age: int,
    named: frozenset[int] = frozenset(),
) -> list[Fault]:
    """Every rule that some row breaks. `named`: who has no room and was told why; `midnight`: when a day begins here;
    `horizon`: the last day that `wanted` looks at."""
    found: list[Fault] = []
    found += _twice(stays)
    found += _shared(stays, rooms)
    found += _children(stays, people, child_age, adult_age)
    found += _groups(stays, people)
    open_stays = [each for each in stays if not each.over]
    for each in open_stays:
        found += _fitting(each, rooms[each.room], people.get(each.person, PersonRow(each.person)))
        found += _dated(
            each, rooms[each.room], people.get(each.person, PersonRow(each.person)), day, midnight, turn_over, horizon
        )
    placed = {each.person for each in open_stays}
    found += [
        Fault("forgotten", each.person, note=each.place)
        for each in people.values()
        if each.place in OUT_OF_HOME and each.person not in placed | named and not each.home_fit
    ]
    return found


def _meet(one: tuple[datetime, datetime | None], two: tuple[datetime, datetime | None]) -> bool:
    return (two[1] is None or one[0] < two[1]) and (one[1] is None or two[0] < one[1])


def _pairs(stays: Iterable[StayRow], key: Callable[[StayRow], int]) -> Iterable[tuple[StayRow, StayRow]]:
    by: dict[int, list[StayRow]] = {}
    for each in stays:
        by.setdefault(key(each), []).append(each)
    for group in by.values():
        yield from combinations(group, 2)


def _twice(stays: Sequence[StayRow]) -> list[Fault]:
    return [
        Fault("twice", two.person, two.stay, f"{one.room}, {two.room}")
        for one, two in _pairs(stays, lambda each: each.person)
        if _meet((one.since, one.until), (two.since, two.until))
    ]


def _shared(stays: Sequence[StayRow], rooms: Mapping[int, RoomRow]) -> list[Fault]:
    """Two parties in a room, or more people in it than beds at the moment somebody's time begins."""
    found = [
        Fault("parties", two.person, two.stay, str(two.room))
        for one, two in _pairs(stays, lambda each: each.room)
        if one.party != two.party and _meet((one.since, one.held_until), (two.since, two.held_until))
    ]
    by: dict[int, list[StayRow]] = {}
    for each in stays:
        by.setdefault(each.room, []).append(each)
    for room, inside in by.items():
        for each in inside:
            there = [o for o in inside if o.since <= each.since and (o.until is None or each.since < o.until)]
            if len(there) > rooms[room].beds and each is max(there, key=lambda o: (o.since, o.stay)):
                found.append(Fault("beds", each.person, each.stay, f"{len(there)} > {rooms[room].beds}"))
    return found


def _children(stays: Sequence[StayRow], people: Mapping[int, PersonRow], child: int, adult: int) -> list[Fault]:
    def age(stay: StayRow) -> int | None:
        return people[stay.person].age if stay.person in people else None

    grown = [each for each in stays if (of := age(each)) is None or of >= adult]
    found = []
    for each in stays:
        of = age(each)
        if each.over or of is None or of > child:
            continue
        beside = any(
            o.room == each.room and o.party == each.party and _meet((each.since, each.until), (o.since, o.until))
            for o in grown
        )
        if not beside:
            found.append(Fault("child", each.person, each.stay, str(of)))
    return found


def _groups(stays: Sequence[StayRow], people: Mapping[int, PersonRow]) -> list[Fault]:
    """A site where two groups are at one time, and people booked with the group they do not belong to."""
    found = []
    by: dict[int, dict[str, list[StayRow]]] = {}
    for each in stays:
        by.setdefault(each.site, {}).setdefault(each.group, []).append(each)
        known = people.get(each.person)
        if known and known.wanted and not each.over and known.infected != (each.group == "case"):
            found.append(Fault("group", each.person, each.stay, each.group))
    for groups in by.values():
        for one, two in combinations(groups.values(), 2):
            fewer, more = sorted((one, two), key=len)
            found += [
                Fault("group", each.person, each.stay, str(each.site))
                for each in fewer
                if any(_meet((each.since, each.until), (o.since, o.until)) for o in more)
            ]
    return found


def _fitting(stay: StayRow, room: RoomRow, person: PersonRow) -> list[Fault]:
    wrong = {
        "accessible": "disabled" in person.special and "accessible" not in room.features,
        "dialysis": "dialysis" in person.special and "dialysis" not in room.site_has,
        "language": bool(person.language) and f"language:{person.language}" not in room.site_has,
        "shut": not room.usable,
    }
    return [Fault(kind, stay.person, stay.stay, str(stay.room)) for kind, broken in wrong.items() if broken]


def _dated(
    stay: StayRow, room: RoomRow, person: PersonRow, day: date, midnight: Callable[[date], datetime], turn_over: timedelta,
    horizon: date,
) -> list[Fault]:  # fmt: skip
    """Day by day: as long as policy wants the person in such a site, and not a day longer."""
    if not person.wanted.get(day):
        return [Fault("measure", stay.person, stay.stay)]
    end = day
    while any(room.kind in SERVES.get(place, ()) for place in person.wanted.get(end, ())):
        end += timedelta(days=1)
    if end == day:
        return [Fault("site", stay.person, stay.stay, room.kind)]
    found = []
    open_ended = end > horizon
    due = midnight(end)
    if stay.until is None:
        if not open_ended:
            found.append(Fault("dates", stay.person, stay.stay, f"- / {end}"))
    elif stay.until != due:
        found.append(Fault("dates", stay.person, stay.stay, f"{stay.until.isoformat()} / {due.isoformat()}"))
    if stay.until is not None and stay.held_until is not None and stay.held_until < stay.until + turn_over:
        found.append(Fault("turn_over", stay.person, stay.stay))
    return found
