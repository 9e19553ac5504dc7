"""Rooms given at the doors: planned and adopted, taken by hand, the last one by two at once, and stays that follow their measures."""

from __future__ import annotations

import json
import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connections
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yanmen.base.clock import BEIJING, start_of
from yanmen.base.refusals import Refusal
from yanmen.loop import facts, reading
from yanmen.loop.models import Fact
from yanmen.loop.run import settle
from yanmen.project.cli import main
from yanmen.project.testing import show_clock
from yanmen.registry.models import Person
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine import jobs
from yanmen.subsystems.quarantine.actions import leaving
from yanmen.subsystems.quarantine.actions import planning as plans
from yanmen.subsystems.quarantine.actions import stays as rooms
from yanmen.subsystems.quarantine.jobs import long_work
from yanmen.subsystems.quarantine.models import Conflict, Plan, Room, Stay
from yanmen.subsystems.quarantine.queries.verified import verified
from yanmen.subsystems.quarantine.queries.waiting import CHECK, HOME, ROOM, waiting
from yanmen.subsystems.quarantine.tests.city import (
    COUNTY,
    DAY,
    DISTRICT,
    HOUR,
    NOON,
    PROVINCE,
    household,
    open_city,
    room_plan,
    site,
)

LATER = NOON + HOUR
WAITING = "/quarantine/waiting/"


@pytest.fixture
def city(clean):
    open_city()


def contacts(count: int = 1, area: str = DISTRICT, last: date = date(2022, 9, 30)) -> list[Person]:
    """A household named close contacts, in central quarantine from noon."""
    return judged(household(count, area), last=last)


def judged(people: list[Person], *, last: date = date(2022, 9, 30), now: datetime = NOON) -> list[Person]:
    """Close contacts of a case of another province."""
    with acting(PROVINCE):
        for each in people:
            facts.record(
                "tracing.contact_found", person=each.pk, area=each.area, occurred_at=now, by="test", now=now,
                detail={"case": f"K-{people[0].pk}", "degree": 1, "first_exposed": last.isoformat(), "last_exposed": last.isoformat(), "via": "venue"},
            )  # fmt: skip
    settle(now=now)
    return people


def free(of) -> list[Room]:
    with acting(PROVINCE):
        return list(Room.objects.filter(site=of).order_by("number"))


def take(people: list[Person], room: Room, *, now: datetime = LATER, scope=PROVINCE) -> list[Stay]:
    with acting(scope):
        return rooms.take_room(scope=scope, people=[each.pk for each in people], room=room.pk, by="test", now=now)


def ends(person: Person) -> datetime:
    """The end of the last day of central quarantine, as the loop's own plan has it."""
    with acting(PROVINCE) as scope:
        days = reading.plan(scope, person.pk, as_of=date(2022, 10, 1))["days"]
    return start_of(max(each["day"] for each in days if each["place"] == "central_quarantine") + DAY)


def stay_of(person: Person) -> Stay:
    with acting(PROVINCE):
        return Stay.objects.filter(person=person).latest("assigned_at", "pk")


def faults(now: datetime = LATER) -> list[str]:
    with acting(PROVINCE) as scope:
        return [each.kind for each in verified(scope, now=now).faults]


def wait(now: datetime = LATER, **about):
    with acting(PROVINCE) as scope:
        return waiting(scope, now=now, **about)


def test_a_room_by_hand_lasts_until_the_editions_last_day_and_is_held_until_it_is_clean(city):
    hotel = site()
    (person,) = contacts()
    assert [(each.person, each.need, each.place) for each in wait()] == [(person.pk, ROOM, "central_quarantine")]
    assert "forgotten" in faults()
    (stay,) = take([person], free(hotel)[0])
    with pytest.raises(Refusal, match="has a room already"):
        take([person], free(hotel)[1])
    assert stay.during.upper == ends(person)
    assert stay.holds.upper == ends(person) + 4 * HOUR
    assert wait() == []
    assert faults() == []
    with acting(PROVINCE):
        told = Fact.objects.get(kind="quarantine.assigned", person_id=person.pk)
        assert told.detail["room"] == "201"
        assert told.area == DISTRICT


def test_two_users_take_the_last_room_at_once_one_gets_it_and_one_is_told(city):
    hotel = site(floors=1, rooms=1)
    one, two = contacts(), contacts()
    (last,) = free(hotel)
    gate, answers = threading.Barrier(2), []

    def grab(people: list[Person]) -> None:
        try:
            gate.wait(10)
            answers.append(take(people, last)[0].person_id)
        except Refusal as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    users = [threading.Thread(target=grab, args=(each,)) for each in (one, two)]
    for each in users:
        each.start()
    for each in users:
        each.join(30)
    (told,) = [each for each in answers if isinstance(each, Refusal)]
    (got,) = [each for each in answers if not isinstance(each, Refusal)]
    assert "刚刚被别人占用" in told.zh
    assert "Choose another" in told.en
    with acting(PROVINCE):
        assert [each.person_id for each in Stay.objects.all()] == [got]


def test_two_adopt_plans_of_the_same_rooms_and_the_second_is_refused_whole(city):
    site(floors=1, rooms=2)
    contacts(2)
    with acting(PROVINCE) as scope:
        first, second = (room_plan(scope, LATER) for _ in range(2))
        assert plans.adopt(scope=scope, plan=first.pk, by="test", now=LATER).people == 2
    more = contacts(1)
    with acting(PROVINCE) as scope:
        row = {
            "party": more[0].pk,
            "people": [more[0].pk],
            "room": second.rows[0]["room"],
            "site": second.rows[0]["site"],
        }
        Plan.objects.filter(pk=second.pk).update(rows=[row])
        with pytest.raises(Refusal, match="just been given"):
            plans.adopt(scope=scope, plan=second.pk, by="test", now=LATER)
        with pytest.raises(Refusal, match="adopted already"):
            plans.adopt(scope=scope, plan=first.pk, by="test", now=LATER)
    assert faults() == ["forgotten"]


def test_the_command_plans_beside_the_baseline_adopts_and_verifies(city, capsys, monkeypatch):
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)  # this test's own database is up
    near, far = site(rooms=6), site(COUNTY, rooms=6)
    mother, child = household(1), household(1, born=date(2012, 5, 1))
    with acting(PROVINCE):
        Person.objects.filter(pk=child[0].pk).update(household=mother[0].household_id, guardian=mother[0].pk)
        Room.objects.filter(site=near, number="203").update(beds=2)
    family = [*mother, *child]
    judged(family)
    others = [*contacts(3), *contacts(2, COUNTY)]
    at = ["--at", "2022-10-01T13:00"]
    assert main(["quarantine", "assign", *at]) == 0
    shown = capsys.readouterr().out
    assert "greedy" in shown
    assert "gap" in shown
    assert main(["quarantine", "verify", *at]) == 1
    assert "Neither a room nor a reason" in capsys.readouterr().out
    assert main(["quarantine", "assign", *at, "--adopt", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["adopted"] == 7
    assert told["left"] == {}
    assert told["figures"]["plan"]["km"] <= told["figures"]["greedy"]["km"]
    assert main(["quarantine", "verify", *at, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stays"] == 7
    assert stay_of(mother[0]).room_id == stay_of(child[0]).room_id
    assert {stay_of(each).site_id for each in others[:3]} == {near.pk}
    assert {stay_of(each).site_id for each in others[3:]} == {far.pk}


def test_a_child_is_never_put_alone(city):
    hotel = site(beds=2)
    (child,) = household(1, born=date(2012, 5, 1))
    judged([child])
    with pytest.raises(Refusal, match="A child stays with an adult"):
        take([child], free(hotel)[0])
    with acting(PROVINCE) as scope:
        plan = room_plan(scope, LATER)
        assert plan.left == {str(child.pk): "no_adult"}
        plans.adopt(scope=scope, plan=plan.pk, by="test", now=LATER)
    assert faults() == []  # named, with the reason


def test_a_child_named_later_gets_the_bed_beside_its_mother(city):
    hotel = site(beds=2)
    mother, child = household(2)
    with acting(PROVINCE):
        Person.objects.filter(pk=child.pk).update(born_on=date(2012, 5, 1))
    judged([mother])
    take([mother], free(hotel)[3])
    judged([child], now=LATER)
    with acting(PROVINCE) as scope:
        plan = room_plan(scope, LATER)
        assert plan.left == {}
        plans.adopt(scope=scope, plan=plan.pk, by="test", now=LATER)
    assert stay_of(child).room_id == stay_of(mother).room_id
    assert faults() == []


def test_the_page_shows_who_waits_plans_and_adopts(city, sign_in):
    site(floors=1, rooms=2)
    people = contacts(3)
    show_clock(LATER)
    desk = sign_in("quarantine.dispatcher", "14", language="en")

    def send(**form):
        headers = {"Referer": str(desk.base_url), "X-CSRFToken": desk.cookies["csrftoken"]}
        return desk.post(WAITING, data=form, headers=headers)

    page = desk.get(WAITING).text
    assert all(each.name in page for each in people)
    assert "in 6 hours" in page or "in 7 hours" in page  # eight hours from the judgement
    assert "The plan is being made" in send(act="plan").text
    assert long_work(LATER)
    assert "A plan for 2 people is made" in desk.get(WAITING).text
    with acting(PROVINCE):
        plan = Plan.objects.latest("pk").pk
        assert not Stay.objects.exists()
    page = desk.get(WAITING).text
    assert "All rooms that fit are taken" in page
    assert "2 people have rooms." in send(act="adopt", plan=plan).text
    page = desk.get(WAITING).text
    assert sum(f"Choose {each.name}" in page for each in people) == 1
    assert send(act="adopt", plan=plan).status_code == 422
    assert send(act="take", people=people[0].pk, room="x").status_code == 422
    site(COUNTY, floors=1, rooms=1)
    with acting(PROVINCE):
        room = Room.objects.get(area=COUNTY)
    (left,) = wait()
    assert "Room 201 is given." in send(act="take", people=left.person, room=room.pk).text
    assert "Nobody waits for a room" in desk.get(WAITING).text
    reader = sign_in("quarantine.manager", DISTRICT, language="zh-hans")
    page = reader.get(WAITING).text
    assert "待分配" in page
    assert "先到先得" in page or "没有人等待" in page


def arrived(person: Person, now: datetime = LATER) -> None:
    stay = stay_of(person)
    with acting(PROVINCE) as scope:
        rooms.admit(scope=scope, stay=stay.pk, by="test", now=now)


def take_back(person: Person, now: datetime) -> None:
    with acting(PROVINCE):
        told = Fact.objects.get(kind="tracing.contact_found", person_id=person.pk)
        facts.withdraw(told.pk, reason="假阳性", by="test", now=now)
    settle(now=now)


def test_a_false_positive_gives_back_the_room_not_taken_yet_and_ends_the_stay_of_who_has_come(city):
    hotel = site()
    one, two = contacts(2)
    take([one], free(hotel)[0])
    take([two], free(hotel)[1])
    arrived(two)
    now = NOON + DAY
    for each in (one, two):
        take_back(each, now)
    jobs.every_minute(now + timedelta(minutes=1))
    assert stay_of(one).state == "cancelled"
    stay = stay_of(two)
    assert stay.state == "admitted"
    assert stay.during.upper == now + timedelta(minutes=1)
    with acting(PROVINCE):
        assert [each.kind for each in Conflict.objects.filter(resolved_at=None)] == ["no_measure"]
    with acting(PROVINCE) as scope:
        leaving.leave(scope=scope, stay=stay.pk, why="corrected", by="test", now=now + HOUR)
    with acting(PROVINCE):
        assert not Conflict.objects.filter(resolved_at=None).exists()
        assert Fact.objects.get(kind="quarantine.left", person_id=two.pk).detail["why"] == "corrected"
        assert Room.objects.get(pk=stay.room_id).state == "vacated"


def test_a_later_exposure_prolongs_the_stay_and_a_promised_room_is_told_not_failed(city):
    hotel = site(floors=1, rooms=1)
    (person,) = contacts()
    take([person], free(hotel)[0])
    arrived(person)
    before = stay_of(person).during.upper
    now = NOON + DAY
    with acting(PROVINCE):
        told = Fact.objects.get(kind="tracing.contact_found", person_id=person.pk)
        facts.correct(told.pk, detail={"last_exposed": "2022-10-01"}, by="test", now=now)
    settle(now=now)
    jobs.every_minute(now)
    assert stay_of(person).during.upper == before + DAY
    assert faults(now) == []
    other = household(1)[0]
    with acting(PROVINCE):
        stay = stay_of(person)
        start, room = stay.holds.upper, stay.room
        Stay.objects.create(
            person=other, party=other.pk, site=stay.site, room=room, area=room.area, home_area=other.area,
            during=DateTimeTZRange(start, start + DAY), holds=DateTimeTZRange(start, start + DAY), assigned_at=now,
            assigned_by="test",
        )  # fmt: skip
        told = Fact.objects.filter(kind="tracing.contact_found", person_id=person.pk).latest("recorded_at")
        facts.correct(told.pk, detail={"last_exposed": "2022-10-02"}, by="test", now=now + HOUR)
    settle(now=now + HOUR)
    jobs.every_minute(now + HOUR)
    assert stay_of(person).during.upper == before + DAY
    with acting(PROVINCE):
        assert [each.kind for each in Conflict.objects.filter(resolved_at=None)] == ["room_needed"]
        rooms.cancel(scope=PROVINCE, stay=Stay.objects.get(person=other).pk, why="site", by="test", now=now + HOUR)
    jobs.every_minute(now + 2 * HOUR)
    assert stay_of(person).during.upper == before + 2 * DAY
    with acting(PROVINCE):
        assert not Conflict.objects.filter(resolved_at=None).exists()


def test_who_becomes_a_case_waits_for_a_hospital_and_leaves_the_hotel_on_arrival_there(city):
    hotel, hospital = site(), site(COUNTY, kind="hospital")
    (person,) = contacts()
    take([person], free(hotel)[0])
    arrived(person)
    now = NOON + DAY
    with acting(PROVINCE):
        facts.record(
            "cases.reported", person=person.pk, area=DISTRICT, occurred_at=now, by="test", now=now,
            detail={"kind": "confirmed", "severity": "moderate", "setting": "central_quarantine"},
        )  # fmt: skip
    settle(now=now)
    jobs.every_minute(now)
    (each,) = wait(now)
    assert (each.place, each.kinds, each.group) == ("designated_hospital", ("hospital",), "case")
    with acting(PROVINCE):
        assert [each.kind for each in Conflict.objects.filter(resolved_at=None)] == ["wrong_site"]
    with pytest.raises(Refusal, match="No measure of today"):
        take([person], free(hotel)[1], now=now)
    (new,) = take([person], free(hospital)[0], now=now + HOUR)
    assert new.during.upper is None
    arrived(person, now + 3 * HOUR)
    with acting(PROVINCE):
        assert list(Stay.objects.order_by("pk").values_list("state", "why")) == [("left", "hospital"), ("admitted", "")]
    assert faults(now + 3 * HOUR) == []


def test_guests_move_together_within_a_site_and_are_admitted_once(city):
    hotel = site(beds=2)
    family = contacts(2)
    take(family, free(hotel)[0])
    arrived(family[0])
    arrived(family[0])
    with acting(PROVINCE) as scope:
        moved = rooms.move(
            scope=scope, stay=stay_of(family[0]).pk, room=free(hotel)[5].pk, why="漏水", by="test", now=LATER
        )
    assert len(moved) == 2
    assert {stay_of(each).room_id for each in family} == {free(hotel)[5].pk}
    with acting(PROVINCE):
        assert Fact.objects.filter(kind="quarantine.admitted").count() == 1
        assert Fact.objects.filter(kind="quarantine.moved").count() == 2
    assert faults() == []


def looked_at(person: Person, now: datetime, **home) -> None:
    with acting(PROVINCE):
        facts.record(
            "quarantine.home_checked", person=person.pk, area=person.area, occurred_at=now, by="test", now=now,
            detail={"own_room": True, "own_bathroom": True, "shared_air": False, "at_risk": False, "carer": False, "special": "", "chosen": ""} | home,
        )  # fmt: skip


def test_at_home_a_fit_home_is_enough_an_unfit_one_needs_a_room_and_one_may_choose(city):
    december = datetime(2022, 12, 10, 12, tzinfo=BEIJING)
    people = household(4)
    judged(people, last=date(2022, 12, 9), now=december)
    fit, unfit, chosen, unknown = people
    looked_at(fit, december, fit=True)
    looked_at(unfit, december, fit=False, own_bathroom=False)
    looked_at(chosen, december, fit=True, chosen="central_quarantine")
    found = {each.person: (each.need, each.kinds) for each in wait(december + HOUR, with_homes=True)}
    assert found[fit.pk][0] == HOME
    assert found[unfit.pk] == (ROOM, ("hotel", "yellow_hotel"))
    assert found[chosen.pk] == (ROOM, ("hotel",))
    assert found[unknown.pk][0] == CHECK
    assert fit.pk not in {each.person for each in wait(december + HOUR)}


def test_special_groups_stay_at_a_fit_home_with_a_carer(city):
    one, two = contacts(2)
    looked_at(one, NOON, fit=True, special="pregnant", carer=True)
    looked_at(two, NOON, fit=True, special="pregnant", carer=False)
    found = {each.person: each.need for each in wait(with_homes=True)}
    assert found == {one.pk: HOME, two.pk: ROOM}


def test_a_new_edition_shortens_the_stays_of_those_who_are_in(city):
    hotel = site()
    before, after = datetime(2022, 11, 9, 12, tzinfo=BEIJING), datetime(2022, 11, 11, 12, tzinfo=BEIJING)
    (person,) = judged(household(1), last=date(2022, 11, 8), now=before)
    (stay,) = take([person], free(hotel)[0], now=before)
    assert stay.during.upper == start_of(date(2022, 11, 16))  # seven days in a site from the last exposure
    arrived(person, before)
    settle(now=after)
    jobs.every_minute(after)
    assert stay_of(person).during.upper == start_of(date(2022, 11, 14))  # five since the Twenty Measures
    assert stay_of(person).holds.upper == start_of(date(2022, 11, 14)) + 4 * HOUR
    assert faults(after) == []


def test_the_verifier_finds_what_was_changed_behind_its_back(city):
    hotel = site()
    people = contacts(2)
    for person, room in zip(people, free(hotel), strict=False):
        take([person], room)
    assert faults() == []
    stays = Stay.objects.using("owner")
    one, two = stays.order_by("pk")
    late = one.during.upper + DAY
    stays.filter(pk=one.pk).update(
        during=DateTimeTZRange(one.during.lower, late), holds=DateTimeTZRange(one.during.lower, late)
    )
    assert sorted(faults()) == ["dates", "turn_over"]
    stays.filter(pk=two.pk).update(group="case")
    assert sorted(set(faults())) == ["dates", "group", "turn_over"]
    Room.objects.using("owner").filter(pk=two.room_id).update(closed_why="漏水")
    assert "shut" in faults()
