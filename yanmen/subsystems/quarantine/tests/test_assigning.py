"""Sharing out rooms: the rules always hold, the plan is no worse than first come first served, and the verifier finds what is planted."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yanmen.base.clock import BEIJING, start_of
from yanmen.subsystems.quarantine.methods.assigning import assign
from yanmen.subsystems.quarantine.methods.greedy import first_come
from yanmen.subsystems.quarantine.methods.parties import Guest, Together, parties
from yanmen.subsystems.quarantine.methods.rooms import FreeRoom, OpenSite, Weights, figures
from yanmen.subsystems.quarantine.methods.serving import Stretch, last_day_served
from yanmen.subsystems.quarantine.methods.verifying import PersonRow, RoomRow, StayRow, verify

TODAY = date(2022, 10, 1)
NOW = datetime(2022, 10, 1, 12, tzinfo=BEIJING)
RULE = Together(14, 18, frozenset({"not_self_caring"}), household=False)
WEIGHTS = Weights(mixing=20, wasted_bed=5, fallback=50, gap=0.01, seconds=15)
TURN_OVER = timedelta(hours=4)


def world(dice: random.Random, people: int, sites: int, rooms: int):
    """People of eleven counties in households, and sites with rooms; whatever the dice say."""
    towns = [(dice.uniform(111.5, 113.5), dice.uniform(36.8, 38.2)) for _ in range(11)]
    houses = [
        OpenSite(
            each + 1, "cabin" if each % 5 == 4 else "hotel", towns[each % 11][0] + dice.gauss(0, 0.05),
            towns[each % 11][1] + dice.gauss(0, 0.05), frozenset({"dialysis", "language:english"} if each % 4 == 0 else ()),
        )
        for each in range(sites)
    ]  # fmt: skip
    free = []
    for each in range(rooms):
        site, number = each % sites + 1, each // sites
        floor = number // 20
        features = {"bathroom", "window"} | ({"accessible"} if number % 20 == 0 else set())
        free.append(
            FreeRoom(
                each + 1, site, site * 100 + floor, floor + 2, number % 20, 1 + (number % 20 < 7), frozenset(features)
            )
        )
    guests: list[Guest] = []
    home = 0
    while len(guests) < people:
        home += 1
        town = dice.randrange(11)
        infected = dice.random() < 0.1
        for member in range(min(dice.choice((1, 1, 2, 3, 4)), people - len(guests))):
            number = len(guests) + 1
            age = dice.randrange(20, 80) if member < 2 else dice.randrange(3, 18)
            special = (
                frozenset({dice.choice(("disabled", "dialysis", "pregnant"))}) if dice.random() < 0.03 else frozenset()
            )
            guests.append(
                Guest(
                    number, home, None, age, ("cabin",) if infected else ("hotel",), "case" if infected else "contact",
                    f"case-{town}-{home % 3}", towns[town][0] + dice.gauss(0, 0.05), towns[town][1] + dice.gauss(0, 0.05),
                    special, "english" if dice.random() < 0.01 else "", NOW + timedelta(minutes=dice.randrange(600)),
                )
            )  # fmt: skip
    return guests, houses, free


def rows_of(plan, guests, houses, free):
    """What would be stored of a plan, for the verifier."""
    about = {each.person: each for each in guests}
    site = {each.number: each for each in houses}
    until = start_of(TODAY + timedelta(days=7))
    stays = [
        StayRow(
            100000 + person, person, each.party.number, each.room.number, each.room.site, each.party.group, NOW, until,
            until + TURN_OVER,
        )
        for each in plan.given
        for person in each.cell.people
    ]  # fmt: skip
    rooms = {
        each.number: RoomRow(
            each.number, each.site, site[each.site].kind, each.beds, each.features, site[each.site].has
        )
        for each in free
    }
    places = {"contact": "central_quarantine", "case": "mobile_cabin_hospital"}
    people = {
        person: PersonRow(
            person, each.age, each.special, each.language, each.group == "case",
            {TODAY + timedelta(days=n): frozenset({places[each.group]}) for n in range(7)}, False, places[each.group],
        )
        for person, each in about.items()
    }  # fmt: skip
    return stays, rooms, people


def faults(stays, rooms, people, named=frozenset()):
    return verify(
        stays, rooms, people, day=TODAY, midnight=start_of, turn_over=TURN_OVER, horizon=TODAY + timedelta(days=60),
        child_age=14, adult_age=18, named=named,
    )  # fmt: skip


def named(plan, found, alone):
    people = {each.number: each.people for each in found}
    placed = {person for each in plan.given for person in each.cell.people}
    return frozenset(person for party in plan.left for person in people[party] if person not in placed) | frozenset(
        alone
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 6), st.integers(1, 90))
def test_whatever_the_city_every_rule_holds_and_everybody_has_a_room_or_a_reason(seed, people, sites, rooms):
    guests, houses, free = world(random.Random(seed), people, sites, rooms)
    found, alone = parties(guests, RULE)
    for plan in (assign(found, houses, free, WEIGHTS), first_come(found, houses, free)):
        told = named(plan, found, alone)
        assert faults(*rows_of(plan, guests, houses, free), told) == []
        placed = {person for each in plan.given for person in each.cell.people}
        assert placed | told == {each.person for each in guests}
        assert not placed & told


FAULTS = ["twice", "parties", "beds", "child", "accessible", "dialysis", "language", "site", "group", "measure", "dates", "turn_over", "shut", "forgotten"]  # fmt: skip


def planted(kind, stays, rooms, people):
    """One thing wrong with rows that were right."""
    one, other = stays[0], next(each for each in stays if each.party != stays[0].party and each.group == stays[0].group)
    change = {
        "twice": lambda: stays.append(replace(one, stay=1, room=other.room, party=other.party)),
        "parties": lambda: stays.__setitem__(0, replace(one, room=other.room, site=other.site)),
        "beds": lambda: rooms.__setitem__(one.room, replace(rooms[one.room], beds=0)),
        "child": lambda: people.__setitem__(other.person, replace(people[other.person], age=9)),
        "accessible": lambda: people.__setitem__(one.person, replace(people[one.person], special=frozenset({"disabled"}))),
        "dialysis": lambda: people.__setitem__(one.person, replace(people[one.person], special=frozenset({"dialysis"}))),
        "language": lambda: people.__setitem__(one.person, replace(people[one.person], language="klingon")),
        "site": lambda: rooms.__setitem__(one.room, replace(rooms[one.room], kind="hospital")),
        "group": lambda: stays.__setitem__(0, replace(one, group="case" if one.group == "contact" else "contact")),
        "measure": lambda: people.__setitem__(one.person, replace(people[one.person], wanted={})),
        "dates": lambda: stays.__setitem__(0, replace(one, until=one.until + timedelta(days=1), held_until=one.held_until + timedelta(days=1))),
        "turn_over": lambda: stays.__setitem__(0, replace(one, held_until=one.until)),
        "shut": lambda: rooms.__setitem__(one.room, replace(rooms[one.room], usable=False)),
        "forgotten": lambda: stays.pop(0),
    }  # fmt: skip
    change[kind]()


@pytest.mark.parametrize("kind", FAULTS)
def test_the_verifier_finds_a_planted_fault(kind):
    guests, houses, free = world(random.Random(7), 40, 5, 200)
    guests = [replace(each, special=frozenset(), language="") for each in guests if each.age >= 18]
    houses = [replace(each, has=frozenset()) for each in houses]
    free = [replace(each, features=each.features - {"accessible"}) for each in free]
    found, alone = parties(guests, RULE)
    plan = assign(found, houses, free, WEIGHTS)
    stays, rooms, people = rows_of(plan, guests, houses, free)
    told = named(plan, found, alone)
    assert faults(stays, rooms, people, told) == []
    planted(kind, stays, rooms, people)
    assert kind in {each.kind for each in faults(stays, rooms, people, told)}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["twice", "parties", "dates", "group", "site", "forgotten", "measure"]))
def test_the_verifier_finds_it_in_any_city(seed, kind):
    guests, houses, free = world(random.Random(seed), 30, 5, 150)
    found, alone = parties(guests, RULE)
    plan = assign(found, houses, free, WEIGHTS)
    stays, rooms, people = rows_of(plan, guests, houses, free)
    groups = {}
    for each in stays:
        groups.setdefault(each.group, set()).add(each.party)
    if not stays or len(groups[stays[0].group]) < 2:
        return
    planted(kind, stays, rooms, people)
    assert kind in {each.kind for each in faults(stays, rooms, people, named(plan, found, alone))}


def test_a_child_stays_with_its_guardian_and_a_child_alone_is_named():
    about = {
        "household": 1,
        "guardian": None,
        "kinds": ("hotel",),
        "group": "contact",
        "source": "a",
        "longitude": 112.0,
        "latitude": 37.0,
    }
    mother = Guest(person=1, age=35, **about)
    child = Guest(person=2, age=14, **about | {"guardian": 1})
    youth = Guest(person=3, age=15, **about)
    (party,), alone = parties([child, youth, mother], RULE)
    assert party.number == 1
    assert sorted(cell.people for cell in party.cells) == [(1, 2), (3,)]
    assert alone == {}
    assert parties([child], RULE) == ([], {2: "no_adult"})
    together = replace(RULE, household=True)
    assert [cell.people for cell in parties([child, youth, mother], together)[0][0].cells] == [(1, 2, 3)]


def test_a_household_that_no_site_holds_whole_goes_to_several():
    houses = [OpenSite(each, "hotel", 112.0 + each / 10, 37.0) for each in (1, 2)]
    free = [FreeRoom(each, 1 + each % 2, 1 + each % 2, 2, each, 1) for each in range(4)]
    about = {
        "household": 1,
        "guardian": None,
        "age": 40,
        "kinds": ("hotel",),
        "group": "contact",
        "source": "a",
        "longitude": 112.0,
        "latitude": 37.0,
    }
    found, _ = parties([Guest(person=each, **about) for each in range(1, 6)], RULE)
    for plan in (assign(found, houses, free, WEIGHTS), first_come(found, houses, free)):
        assert {each.party.number for each in plan.given} == {1}
        assert len(plan.given) == 4
        assert plan.left == {1: "full"}


def test_contacts_never_share_a_site_with_infected_people():
    site = OpenSite(1, "hotel", 112.0, 37.0)
    free = [FreeRoom(each, 1, 1, 2, each, 1) for each in range(1, 9)]
    about = {"guardian": None, "age": 40, "kinds": ("hotel",), "longitude": 112.0, "latitude": 37.0}
    guests = [
        Guest(person=n, household=n, group="contact" if n % 3 else "case", source="a", **about) for n in range(1, 7)
    ]
    found, _ = parties(guests, RULE)
    for plan in (assign(found, [site], free, WEIGHTS), first_come(found, [site], free)):
        assert len({each.party.group for each in plan.given}) == 1
        assert set(plan.left.values()) <= {"no_site", "full"}
        assert len(plan.given) + len(plan.left) == 6


def _cost(told):
    return told.km + 20 * told.site_sources + 5 * told.wasted_beds


def test_two_thousand_contacts_have_rooms_no_worse_than_first_come():
    guests, houses, free = world(random.Random(1), 2000, 20, 4000)
    found, alone = parties(guests, RULE)
    plan, base = assign(found, houses, free, WEIGHTS), first_come(found, houses, free)
    sites = {each.number: each for each in houses}
    mine, theirs = figures(plan, sites), figures(base, sites)
    assert mine.people >= theirs.people
    assert plan.gap is not None
    assert plan.gap < 0.1
    assert _cost(mine) <= _cost(theirs)
    assert mine.floor_sources <= theirs.floor_sources
    assert faults(*rows_of(plan, guests, houses, free), named(plan, found, alone)) == []


def test_a_stay_lasts_as_long_as_sites_of_its_kind_serve():
    def stretch(place, first, last, rank, **about):
        return Stretch(
            place,
            TODAY + timedelta(days=first),
            None if last is None else TODAY + timedelta(days=last),
            rank,
            1,
            **about,
        )

    central, after = stretch("central_quarantine", -3, 4, 70), stretch("home_health_monitoring", 5, 7, 30)
    assert last_day_served([central, after], TODAY, "hotel") == (True, TODAY + timedelta(days=4))
    hospital = stretch("designated_hospital", 2, None, 90)
    assert last_day_served([central, after, hospital], TODAY, "hotel") == (True, TODAY + timedelta(days=1))
    assert last_day_served([central, hospital], TODAY + timedelta(days=2), "hospital") == (True, None)
    again = stretch("central_quarantine", 4, 9, 70)
    assert last_day_served([central, after, again], TODAY, "hotel") == (True, TODAY + timedelta(days=9))
    assert last_day_served([after], TODAY, "hotel") == (False, None)
    home = stretch("home_isolation", 0, 5, 50, fallback="central_quarantine")
    assert last_day_served([home], TODAY, "hotel") == (True, TODAY + timedelta(days=5))
