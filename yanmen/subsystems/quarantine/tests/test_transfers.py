"""Transfers over HTTP between two counties: asked for, approved by both, planned, driven, handed over; no step is left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yanmen.base.clock import BEIJING
from yanmen.loop.models import Fact, Task
from yanmen.loop.run import settle
from yanmen.project.testing import emergency_in, show_clock
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine.jobs import long_work
from yanmen.subsystems.quarantine.models import Room, Run, Stay, Transfer
from yanmen.subsystems.quarantine.tests.city import (
    CENTRES,
    CITY,
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

DISPATCHER, TEAM, MANAGER = "quarantine.dispatcher", "transfer_team", "quarantine.manager"


@pytest.fixture
def city(clean):
    """A hotel in the county, a square in the district by which its addresses are placed."""
    open_city()
    show_clock(NOON)
    with acting(PROVINCE):
        x, y = CENTRES[DISTRICT]
        Place.objects.create(kind="other", name_zh="广场", area=DISTRICT, created_at=NOON, longitude=x, latitude=y)
    return site(COUNTY)


def send(client: Any, path: str, **body: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api/quarantine{path}", json=body, headers=headers)


def post(client: Any, path: str, **form: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def planned(client: Any) -> dict[str, Any]:
    """Ask for runs, let the worker plan them, and look what came of it."""
    errand = good(send(client, "/transfers/plan"))
    assert errand["state"] == "waiting"
    assert long_work(NOON)
    found = good(client.get(f"/api/quarantine/errands/{errand['id']}"))
    assert (found["state"], found["told"]["adopted"]) == ("done", True), found
    return found["told"]


def good(answer: Any) -> Any:
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


def refused(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["message"]["zh"]
    assert error["message"]["en"]
    return error


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def due(transfer: dict[str, Any]) -> datetime:
    """When somebody is to be there, to the minute."""
    return datetime.fromisoformat(transfer["due_at"]).replace(second=0, microsecond=0)


def given_rooms(people: list[Any], hotel: Any) -> list[Stay]:
    """The people have a room together from now on."""
    with acting(PROVINCE):
        room = Room.objects.filter(site=hotel).order_by("number").first()
        Room.objects.filter(pk=room.pk).update(beds=len(people))
        span = DateTimeTZRange(NOON, NOON + 7 * DAY)
        return [
            Stay.objects.create(
                person=each, party=people[0].pk, site=hotel, room=room, area=hotel.area, home_area=each.area, during=span,
                holds=DateTimeTZRange(NOON, NOON + 7 * DAY + 4 * HOUR), assigned_at=NOON, assigned_by="test",
            )
            for each in people
        ]  # fmt: skip


def state_of(number: int) -> str:
    return str(Transfer.objects.using("owner").values_list("state", flat=True).get(pk=number))


def test_a_family_is_brought_to_its_room_with_both_sides_agreeing(city, sign_in):
    family = household(2)
    close_contacts(family, last=date(2022, 9, 30))
    assert Task.objects.using("owner").filter(kind="transfer", state="open").count() == 2
    stays = given_rooms(family, city)
    sends, receives = sign_in(DISPATCHER, DISTRICT), sign_in(MANAGER, COUNTY)
    asked = good(send(sends, "/transfers", stays=[each.pk for each in stays]))
    assert [(each["state"], each["area"], each["to_area"]) for each in asked] == [("requested", DISTRICT, COUNTY)] * 2
    assert {each["party"] for each in asked} == {family[0].pk}
    assert {each["due_at"] for each in asked} == {"2022-10-01T12:00:00Z"}, "the loop's own eight hours"
    numbers = [each["id"] for each in asked]

    early = refused(send(receives, "/transfers/accept", transfers=numbers))
    assert "Requested" in early["message"]["en"]
    assert "Release by the sending side" in early["message"]["en"]
    assert (
        "sending side releases it" in refused(send(receives, "/transfers/release", transfers=numbers))["message"]["en"]
    )
    assert {each["state"] for each in good(send(sends, "/transfers/release", transfers=numbers))} == {"released"}
    assert refused(send(sends, "/transfers/accept", transfers=numbers))["field"] == "transfers"
    assert {each["state"] for each in good(send(receives, "/transfers/accept", transfers=numbers))} == {"approved"}

    team = sign_in(TEAM, DISTRICT)
    jumped = refused(send(team, "/transfers/arrive", transfers=numbers, received_by="王护士"))
    assert (jumped["field"], jumped["value"]) == ("state", "approved")
    x, y = CENTRES[DISTRICT]
    van = good(send(team, "/vehicles", area=DISTRICT, plate="晋k-00001", kind="van", seats=7, longitude=x, latitude=y))
    assert van["plate"] == "晋K-00001"
    done = planned(team)
    assert (done["runs"], done["people"], done["left"], done["late"]) == (1, 2, 0, 0)
    [run] = good(team.get("/api/quarantine/runs"))
    assert (run["group"], run["vehicle"], run["state"]) == ("contact", van["id"], "planned")

    assert refused(send(team, "/transfers/pick-up", transfers=numbers, picked_up_by="张师傅"))["field"] == "run"
    good(send(team, f"/runs/{run['id']}/depart", driver="张师傅"))
    good(send(team, "/transfers/pick-up", transfers=numbers, picked_up_by="张师傅"))
    left = refused(send(team, f"/runs/{run['id']}/finish"))
    assert "2 people" in left["message"]["en"]
    show_clock(at(1.5))
    arrived = good(send(receives, "/transfers/arrive", transfers=numbers, received_by="王护士"))
    assert {(each["state"], each["received_by"]) for each in arrived} == {("arrived", "王护士")}
    settle(now=at(1.6))
    assert set(Task.objects.using("owner").filter(kind="transfer").values_list("state", flat=True)) == {"done"}
    [fact, _] = Fact.objects.using("owner").filter(kind="arrivals.transferred").order_by("person_id")
    assert (fact.detail["handed_over_by"], fact.detail["received_by"], fact.area) == ("张师傅", "王护士", COUNTY)
    assert set(Stay.objects.using("owner").values_list("state", flat=True)) == {"admitted"}
    assert Fact.objects.using("owner").filter(kind="quarantine.admitted").count() == 2

    good(send(team, f"/runs/{run['id']}/finish"))
    others = household(1)
    again = [each["id"] for each in good(send(sends, "/transfers", people=[others[0].pk], to_place=city.pk))]
    good(send(sends, "/transfers/release", transfers=again))
    good(send(receives, "/transfers/accept", transfers=again))
    second = good(send(team, "/runs", vehicle=van["id"], transfers=again))
    dirty = refused(send(team, f"/runs/{second['id']}/depart", driver="张师傅"))
    assert "disinfected" in dirty["message"]["en"]
    assert refused(send(team, f"/vehicles/{van['id']}/close"))["field"] == "vehicle"
    show_clock(at(3))
    done = good(send(team, f"/runs/{run['id']}/disinfected", disinfected_by="赵消毒"))
    assert (done["state"], done["disinfected_by"]) == ("done", "赵消毒")
    assert datetime.fromisoformat(done["free_at"]).replace(second=0, microsecond=0) == at(3)
    assert good(send(team, f"/runs/{second['id']}/depart", driver="张师傅"))["state"] == "out"


def test_whoever_answers_for_both_approves_at_once_and_many(city, sign_in):
    people = household(1) + household(1) + household(3)
    both = sign_in(DISPATCHER, CITY)
    asked = good(send(both, "/transfers", people=[each.pk for each in people], to_place=city.pk))
    assert len({each["party"] for each in asked}) == 3
    numbers = [each["id"] for each in asked]
    assert {each["state"] for each in good(send(both, "/transfers/approve", transfers=numbers))} == {"approved"}
    assert refused(send(both, "/transfers/approve", transfers=numbers))["value"] == "approved"
    twice = refused(send(both, "/transfers", people=[people[0].pk], to_place=city.pk))
    assert "open transfer" in twice["message"]["en"]


def test_in_emergency_only_the_receiving_side_is_waited_for_and_the_other_can_still_refuse(city, sign_in):
    emergency_in(DISTRICT, now=NOON)
    first, second = household(1), household(1)
    sends, receives = sign_in(DISPATCHER, DISTRICT), sign_in(DISPATCHER, COUNTY)
    asked = good(send(sends, "/transfers", people=[each.pk for each in first + second], to_place=city.pk))
    assert {each["state"] for each in asked} == {"released"}
    numbers = [each["id"] for each in asked]
    assert good(send(receives, "/transfers/approve", transfers=numbers[:1]))[0]["state"] == "approved"
    no = good(send(sends, "/transfers/refuse", transfers=numbers[1:], why="家中有卧床老人"))
    assert no[0]["state"] == "refused"


def test_what_is_refused_or_cancelled_says_why_and_leaves_the_run(city, sign_in):
    first, second, third = household(1) + household(1) + household(1)
    both, receives = sign_in(DISPATCHER, CITY), sign_in(MANAGER, COUNTY)
    numbers = [
        each["id"] for each in good(send(both, "/transfers", people=[first.pk, second.pk, third.pk], to_place=city.pk))
    ]
    good(send(both, "/transfers/release", transfers=numbers))
    assert send(receives, "/transfers/refuse", transfers=numbers[:1], why="").status_code == 422
    assert refused(send(receives, "/transfers/refuse", transfers=numbers[:1], why="  "))["field"] == "why"
    [gone] = good(send(receives, "/transfers/refuse", transfers=numbers[:1], why="没有合适房间"))
    assert (gone["state"], gone["why"]) == ("refused", "没有合适房间")
    assert refused(send(both, "/transfers/approve", transfers=numbers[:1]))["value"] == "refused"
    good(send(receives, "/transfers/accept", transfers=numbers[1:]))
    car = vehicle(DISTRICT)
    run = good(send(both, "/runs", vehicle=car.pk, transfers=numbers[1:]))
    assert [each["position"] for each in run["transfers"]] == [1, 2]
    good(send(both, "/transfers/cancel", transfers=numbers[1:2], why="自行前往医院"))
    assert [each["id"] for each in good(both.get(f"/api/quarantine/runs/{run['id']}"))["transfers"]] == numbers[2:]
    good(send(both, f"/runs/{run['id']}/cancel"))
    assert state_of(numbers[2]) == "approved"
    stranger = sign_in(DISPATCHER, "140728")
    assert stranger.get(f"/api/quarantine/transfers/{numbers[2]}").status_code == 404
    assert good(stranger.get("/api/quarantine/transfers")) == []
    assert refused(send(stranger, "/transfers/cancel", transfers=numbers[2:], why="x"))["field"] == "transfers"
    assert refused(send(stranger, "/transfers", people=[first.pk], to_place=city.pk))["field"] == "people"
    assert sign_in("grid_officer", DISTRICT).get("/api/quarantine/transfers").status_code == 403


def test_infected_people_go_first_alone_and_under_negative_pressure(city, sign_in):
    hospital = site(DISTRICT, kind="hospital")
    ill, contact = household(1), household(1)
    stays = given_rooms(ill, city)
    with acting(PROVINCE):
        Stay.objects.filter(pk=stays[0].pk).update(state="admitted", admitted_at=NOON - HOUR)
    both = sign_in(DISPATCHER, CITY)
    sick = good(send(both, "/transfers", people=[ill[0].pk], to_place=hospital.pk, group="case", needs=["negative_pressure"]))  # fmt: skip
    assert (sick[0]["area"], sick[0]["to_area"], due(sick[0])) == (COUNTY, DISTRICT, at(2))
    second = good(send(both, "/transfers", people=[contact[0].pk], to_place=city.pk, why="second_contact"))
    assert due(second[0]) == at(12)
    numbers = [sick[0]["id"], second[0]["id"]]
    good(send(both, "/transfers/approve", transfers=numbers))
    van = vehicle(COUNTY)
    wrong = refused(send(both, "/runs", vehicle=van.pk, transfers=numbers[:1]))
    assert "wrong kind" in wrong["message"]["en"]
    ambulance = vehicle(COUNTY, kind="negative_pressure", seats=2)
    crowd = refused(send(both, "/runs", vehicle=ambulance.pk, transfers=numbers))
    assert "Two groups" in crowd["message"]["en"]
    done = planned(both)
    assert (done["runs"], done["people"], done["late"]) == (2, 2, 0)
    cars = dict(Transfer.objects.using("owner").values_list("pk", "run__vehicle"))
    assert cars[numbers[0]] == ambulance.pk
    run = Transfer.objects.using("owner").get(pk=numbers[0]).run_id
    good(send(both, f"/runs/{run}/depart", driver="李师傅"))
    good(send(both, "/transfers/pick-up", transfers=numbers[:1], picked_up_by="李师傅"))
    good(send(both, "/transfers/arrive", transfers=numbers[:1], received_by="陈医生"))
    assert Stay.objects.using("owner").values_list("state", "why").get() == ("left", "hospital")


def test_plans_change_until_a_vehicle_has_left(city, sign_in):
    both = sign_in(DISPATCHER, CITY)
    car, other = vehicle(DISTRICT, seats=4), vehicle(DISTRICT, seats=4)
    first = household(2)
    numbers = [
        each["id"] for each in good(send(both, "/transfers", people=[each.pk for each in first], to_place=city.pk))
    ]
    good(send(both, "/transfers/approve", transfers=numbers))
    planned(both)
    [run] = good(both.get("/api/quarantine/runs"))
    more = household(2)
    later = [each["id"] for each in good(send(both, "/transfers", people=[each.pk for each in more], to_place=city.pk))]
    good(send(both, "/transfers/approve", transfers=later))
    planned(both)
    [anew] = good(both.get("/api/quarantine/runs"))
    assert anew["id"] != run["id"]
    assert len(good(both.get(f"/api/quarantine/runs/{anew['id']}"))["transfers"]) == 4, "one vehicle takes both parties"
    good(send(both, f"/runs/{anew['id']}/depart", driver="张师傅"))
    third = household(1)
    last = [each["id"] for each in good(send(both, "/transfers", people=[third[0].pk], to_place=city.pk))]
    good(send(both, "/transfers/approve", transfers=last))
    planned(both)
    assert {state_of(each) for each in (*numbers, *later, *last)} == {"planned"}
    assert Run.objects.using("owner").get(pk=anew["id"]).state == "out"
    assert len(good(both.get(f"/api/quarantine/runs/{anew['id']}"))["transfers"]) == 4
    assert {car.pk, other.pk} >= set(Transfer.objects.using("owner").values_list("run__vehicle", flat=True))
    good(send(both, "/transfers/pick-up", transfers=[*numbers, *later], picked_up_by="张师傅"))
    back = good(send(both, "/transfers/bring-back", transfers=[*numbers, *later], why="隔离点临时停收"))
    assert {each["state"] for each in back} == {"returned"}
    good(send(both, "/transfers", people=[first[0].pk], to_place=city.pk))


def test_a_county_drives_others_people_when_the_city_plans_it_and_leaves_that_run_alone(city, sign_in):
    (rider,), both = household(1), sign_in(DISPATCHER, CITY)
    car = vehicle(COUNTY)
    [asked] = good(send(both, "/transfers", people=[rider.pk], to_place=city.pk))
    good(send(both, "/transfers/approve", transfers=[asked["id"]]))
    with acting(PROVINCE):
        Transfer.objects.filter(pk=asked["id"]).update(to_area="140728")
    [run] = [good(send(both, "/runs", vehicle=car.pk, transfers=[asked["id"]]))]
    team = sign_in(TEAM, COUNTY)
    assert rider.name in team.get(f"/transfers/runs/{run['id']}/").text
    assert refused(send(team, f"/runs/{run['id']}/cancel"))["field"] == "run"
    planned(team)
    assert Run.objects.using("owner").get(pk=run["id"]).state == "planned"
    good(send(team, f"/runs/{run['id']}/depart", driver="祁师傅"))
    good(send(team, "/transfers/pick-up", transfers=[asked["id"]], picked_up_by="祁师傅"))
    assert state_of(asked["id"]) == "picked_up"


def test_the_board_the_run_and_the_map_over_http(city, sign_in):
    family = household(2)
    both = sign_in(DISPATCHER, CITY, language="en")
    assert "Nobody waits for a transfer" in both.get("/transfers/").text
    assert "Nobody waits, and no vehicle is registered" in both.get("/transfers/map/").text
    lines = "\n".join(str(each.pk) for each in family)
    wrong = post(both, "/transfers/", act="request", people="张三", to_place=str(city.pk), group="contact")
    assert wrong.status_code == 422
    assert "张三" in wrong.text
    board = post(
        both, "/transfers/", act="request", people=lines, to_place=str(city.pk), group="contact", needs="disabled"
    )
    assert "2 transfers asked for." in board.text
    assert "in 8 hours" in board.text
    numbers = list(Transfer.objects.using("owner").order_by("pk").values_list("pk", flat=True))
    assert post(both, "/transfers/", act="refuse", transfers=numbers, why="").status_code == 422
    assert "2 transfers approved." in post(both, "/transfers/", act="approve", transfers=numbers).text
    x, y = CENTRES[DISTRICT]
    form = {"act": "vehicle", "area": f"{DISTRICT} 榆次区", "plate": "晋K12345", "seats": "6", "longitude": str(x)}
    assert post(both, "/transfers/", **form, kind="van", latitude="north").status_code == 422
    assert "晋K12345" in post(both, "/transfers/", **form, kind="van", latitude=str(y)).text
    assert "The plan is being made" in post(both, "/transfers/", act="plan").text
    assert long_work(NOON)
    said = both.get("/transfers/").text
    assert "0 people on 0 runs; 0 parties later than due; no vehicle can take 2 people." in said
    form["plate"] = "晋K54321"
    post(both, "/transfers/", **form, kind="wheelchair", latitude=str(y))
    post(both, "/transfers/", act="plan")
    assert long_work(NOON)
    assert "2 people on 1 runs" in both.get("/transfers/").text
    run = Run.objects.using("owner").get(state="planned")
    drawn = both.get("/transfers/map/").text
    assert drawn.count('class="ride ride-contact') == 1
    assert family[0].name not in drawn
    page = both.get(f"/transfers/runs/{run.pk}/").text
    assert family[0].name in page
    assert "Needs step-free access" in page
    driver = sign_in(TEAM, DISTRICT, language="en")
    where = f"/transfers/runs/{run.pk}/"
    assert "Picked up" in post(driver, where, act="depart", driver="张师傅").text
    assert "Arrived and handed over" in post(driver, where, act="pick_up", transfers=numbers).text
    nurse = sign_in("quarantine.staff", COUNTY, language="en")
    assert post(nurse, where, act="arrive", transfers=numbers, received_by="").status_code == 422
    assert "Arrived" in post(nurse, where, act="arrive", transfers=numbers, received_by="王护士").text
    assert post(nurse, where, act="finish").status_code == 422
    assert "Disinfected by" in post(driver, where, act="finish").text
    assert "Disinfected by 赵消毒" in post(driver, where, act="disinfect", disinfected_by="赵消毒").text
    assert "Ended in the last 24 hours" in both.get("/transfers/").text
    other = sign_in(DISPATCHER, "140728")
    assert other.get(where).status_code == 404
    assert "out of use" in both.get("/transfers/").text.lower()


@pytest.mark.browser
def test_the_screens_of_transfers_look(city, browser, sign_in):
    from yanmen.project.looks import LOOKS, toured

    hospital = site(DISTRICT, kind="hospital")
    people = [each for size in (1, 2, 3, 1, 2) for each in household(size)]
    ill = household(1)
    faults: list[str] = []

    def look_at(paths: dict[str, str], title: str) -> None:
        for look, (language, _) in LOOKS.items():
            client = sign_in(DISPATCHER, CITY, language=language)
            faults.extend(toured(browser, client, look, paths, f"transfers-{title}"))

    look_at({"board": "/transfers/", "map": "/transfers/map/"}, "empty")
    both = sign_in(DISPATCHER, CITY)
    asked = good(send(both, "/transfers", people=[each.pk for each in people], to_place=city.pk, needs=["disabled"]))
    sick = good(send(both, "/transfers", people=[ill[0].pk], to_place=hospital.pk, group="case"))
    numbers = [each["id"] for each in asked]
    good(send(both, "/transfers/release", transfers=numbers[:2]))
    good(send(both, "/transfers/approve", transfers=[*numbers[3:], sick[0]["id"]]))
    vehicle(DISTRICT), vehicle(DISTRICT, kind="wheelchair", seats=12)
    planned(both)
    run = Run.objects.using("owner").filter(state="planned").order_by("-pk").first()
    good(send(both, f"/runs/{run.pk}/depart", driver="张师傅"))
    show_clock(datetime(2022, 10, 1, 15, tzinfo=BEIJING))
    look_at({"board": "/transfers/", "run": f"/transfers/runs/{run.pk}/", "map": "/transfers/map/"}, "full")
    assert faults == []
