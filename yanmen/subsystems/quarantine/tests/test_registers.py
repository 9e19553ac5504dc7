"""What the database refuses, whoever writes: two in one bed, one in two rooms, steps left out; and who may see what."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yanmen.loop import reading
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.quarantine.models import Room, Run, Site, Stay, Transfer
from yanmen.subsystems.quarantine.tests.city import (
    COUNTY,
    DAY,
    DISTRICT,
    HOUR,
    NOON,
    PROVINCE,
    close_contacts,
    household,
    open_city,
    site,
    vehicle,
)


@pytest.fixture
def city(clean):
    open_city()


def stay(room: Room, person: Person, start=NOON, days=7, *, party: int = 0, scope: Scope = PROVINCE, **about) -> Stay:
    with acting(scope), transaction.atomic():
        return Stay.objects.create(
            person=person, party=party or person.pk, site=room.site, room=room, area=room.area, home_area=person.area,
            during=DateTimeTZRange(start, start + days * DAY), holds=DateTimeTZRange(start, start + days * DAY + 4 * HOUR),
            assigned_at=NOON, assigned_by="test", **about,
        )  # fmt: skip


def rooms(of: Site) -> list[Room]:
    with acting(PROVINCE):
        return list(Room.objects.filter(site=of).select_related("site").order_by("number"))


def test_no_two_parties_share_a_room_and_nobody_has_two(city):
    one, two = rooms(site(rooms=2, beds=2))[:2]
    (first,), (second,) = household(1), household(1)
    stay(one, first)
    with pytest.raises(IntegrityError, match="quarantine_room_of_one_party"):
        stay(one, second)
    with pytest.raises(IntegrityError, match="quarantine_person_in_one_room"):
        stay(two, first)
    stay(one, second, NOON + 7 * DAY + 4 * HOUR)  # once the room is clean again


def test_a_family_shares_a_room_as_far_as_there_are_beds(city):
    one = rooms(site(beds=2))[0]
    family = household(3)
    for each in family[:2]:
        stay(one, each, party=family[0].pk)
    with pytest.raises(IntegrityError, match="no bed left"):
        stay(one, family[2], party=family[0].pk)


def test_a_closed_room_takes_nobody_and_a_room_belongs_to_its_site(city):
    here, there = rooms(site()), rooms(site(COUNTY))
    (person,) = household(1)
    with acting(PROVINCE):
        Room.objects.filter(pk=here[0].pk).update(closed_why="漏水")
    with pytest.raises(IntegrityError, match="the room is closed"):
        stay(here[0], person)
    with pytest.raises(IntegrityError, match="lies in another site"), acting(PROVINCE), transaction.atomic():
        Stay.objects.create(
            person=person, party=person.pk, site=here[0].site, room=there[0], area=here[0].area, home_area=person.area,
            during=DateTimeTZRange(NOON, NOON + DAY), holds=DateTimeTZRange(NOON, NOON + DAY), assigned_at=NOON, assigned_by="test",
        )  # fmt: skip


def ask(person: Person, to: Site, **about) -> Transfer:
    return Transfer.objects.create(
        person=person, party=person.pk, area=person.area, to_area=to.area, from_text=person.address, from_longitude=112.7,
        from_latitude=37.7, to_place_id=to.pk, to_longitude=112.3, to_latitude=37.4, requested_at=NOON, requested_by="test",
        due_at=NOON + 8 * HOUR, **about,
    )  # fmt: skip


def test_a_transfer_leaves_no_step_out_and_one_is_open_a_person(city):
    goal = site(COUNTY)
    (person,) = household(1)
    with acting(PROVINCE):
        asked = ask(person, goal)
        with pytest.raises(IntegrityError, match="quarantine_one_open_transfer"), transaction.atomic():
            ask(person, goal)
        with pytest.raises(IntegrityError, match="does not go from requested to arrived"), transaction.atomic():
            Transfer.objects.filter(pk=asked.pk).update(state="arrived")
        for step in ("released", "approved"):
            Transfer.objects.filter(pk=asked.pk).update(state=step)
        with pytest.raises(IntegrityError, match="quarantine_carried_by_a_run"), transaction.atomic():
            Transfer.objects.filter(pk=asked.pk).update(state="planned")


def test_a_vehicle_makes_one_run_at_a_time_its_disinfection_included(city):
    van = vehicle()
    about = {"vehicle": van, "area": van.area, "group": "contact", "planned_at": NOON, "planned_by": "test"}
    with acting(PROVINCE):
        Run.objects.create(departs_at=NOON, back_at=NOON + HOUR, free_at=NOON + 2 * HOUR, **about)
        with pytest.raises(IntegrityError, match="quarantine_runs_apart"), transaction.atomic():
            Run.objects.create(departs_at=NOON + 1.5 * HOUR, back_at=NOON + 3 * HOUR, free_at=NOON + 4 * HOUR, **about)


def test_both_ends_see_a_stay_and_nobody_else(city):
    room = rooms(site(COUNTY))[0]
    (person,) = household(1, DISTRICT)
    stay(room, person)
    for area, seen in ((DISTRICT, 1), (COUNTY, 1), ("140728", 0)):
        with acting(Scope(None, "quarantine.manager", area)):
            assert Stay.objects.count() == seen
    with acting(Scope(None, "command.staff", "14", purpose="statistics")):
        assert not Stay.objects.exists()


def test_a_contact_has_a_measure_that_asks_for_a_room(city):
    (person,) = household(1)
    close_contacts([person], last=date(2022, 9, 30))
    with acting(PROVINCE) as scope:
        assert reading.plan(scope, person.pk, as_of=date(2022, 10, 1))["days"][0]["place"] == "central_quarantine"
