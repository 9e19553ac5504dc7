"""The house at its doors: sites and rooms, inspections, rooms between two stays, free rooms, reserve."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yanmen.project.testing import show_clock
from yanmen.registry.models import Area, Person
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.quarantine.models import Inspection, Room, RoomStep, Site, Stay
from yanmen.subsystems.quarantine.queries.conservation import audit
from yanmen.subsystems.quarantine.tests import city as town
from yanmen.subsystems.quarantine.tests.city import COUNTY, DAY, DISTRICT, HOUR, NOON, PROVINCE

MANAGER = "quarantine.manager"
SHEET = '名称,隔离点类型,地区,启用所需小时,服务语言,可透析\n合成宾馆甲,集中隔离宾馆,140702,24,"英语,日语",是\n合成宾馆乙,城堡,140702,24,,\n'


@pytest.fixture
def city(clean):
    town.open_city()
    show_clock(NOON)


def headers(client):
    return {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}


def post(client, path, **form):
    return client.post(path, data=form, headers=headers(client))


def call(client, path, body=None, **more):
    return client.post(f"/api/quarantine{path}", headers=headers(client), **(more or {"json": body or {}}))


def answers(site, *, but=()):
    """Every item of the norm holds, but these."""
    from yanmen.subsystems.quarantine.queries import inspections

    with acting(PROVINCE):
        asked = inspections.asked(PROVINCE, site.kind, now=NOON)
    return {item: "no" if item in but else "yes" for item in asked}


def stays(room: Room, person: Person, *, start=NOON - 3 * DAY, days=3, state="admitted", party=0) -> Stay:
    with acting(PROVINCE):
        return Stay.objects.create(
            person=person, party=party or person.pk, site=room.site, room=room, area=room.area, home_area=person.area, state=state,
            during=DateTimeTZRange(start, start + days * DAY), holds=DateTimeTZRange(start, start + days * DAY + 4 * HOUR),
            assigned_at=start, assigned_by="test",
        )  # fmt: skip


def leaves(stay: Stay, at=NOON) -> None:
    with acting(PROVINCE):
        Stay.objects.filter(pk=stay.pk).update(
            state="left",
            ended_at=at,
            ended_by="account:0",
            why="released",
            during=DateTimeTZRange(stay.during.lower, at),
        )


def room_of(site: Site, number: str) -> Room:
    with acting(PROVINCE):
        return Room.objects.select_related("site").get(site=site, number=number)


def test_a_site_is_registered_given_rooms_in_one_act_inspected_and_opened(city, sign_in):
    manager = sign_in(MANAGER, DISTRICT, language="en")
    about = {
        "area": f"{DISTRICT} 榆次区",
        "name_zh": "合成快捷宾馆",
        "kind": "hotel",
        "ready_hours": "24",
        "languages": "English",
    }
    assert "Registered." in post(manager, "/quarantine/sites/new/", **about).text
    again = post(manager, "/quarantine/sites/new/", **about)
    assert again.status_code == 422
    assert "registered already" in again.text
    site = Site.objects.using("owner").get()
    path = f"/quarantine/sites/{site.pk}/"
    rooms = {
        "act": "rooms",
        "floors": "2-6",
        "rooms": "01-20",
        "zone": "observation",
        "beds": "1",
        "features": ["bathroom", "window"],
    }
    assert "5 floors and 100 rooms were made" in post(manager, path + "setup/", **rooms).text
    assert (
        "0 floors and 5 rooms were made; 95 rooms"
        in post(manager, path + "setup/", **rooms | {"rooms": "02-20, 21"}).text
    )
    assert post(manager, path + "setup/", **rooms | {"floors": "zwei"}).status_code == 422
    service = {"act": "rooms", "floors": "1", "rooms": "", "zone": "service"}
    assert "1 floors and 0 rooms" in post(manager, path + "setup/", **service).text
    assert post(manager, path + "setup/", **service | {"rooms": "01"}).status_code == 422
    assert post(manager, path, act="open").status_code == 422, "a site being prepared does not open"
    found = answers(site, but=("hidden_hazards",))
    assert "accessible_rooms" in found
    assert post(manager, path + "inspection/", **found).status_code == 422, "what is to be mended is written down"
    assert "has not passed" in post(manager, path + "inspection/", **found, note="地漏返味，三日内整改").text
    assert Site.objects.using("owner").get().state == "planned"
    missing = {name: said for name, said in found.items() if name != "own_bathroom"}
    assert post(manager, path + "inspection/", **missing, note="x").status_code == 422
    assert "Passed." in post(manager, path + "inspection/", **answers(site)).text
    assert Site.objects.using("owner").get().state == "ready"
    staff = sign_in("quarantine.staff", DISTRICT, language="en")
    assert post(staff, path, act="open").status_code == 422
    plan = post(manager, path, act="open").text
    assert "room-free" in plan
    assert plan.count('class="room room-free"') == 106, "105 rooms and the legend"
    assert [each["state"] for each in manager.get("/api/quarantine/sites").json()] == ["open"]
    assert post(manager, path, act="wind_down").status_code == 200
    assert post(manager, path, act="close").status_code == 200
    assert Site.objects.using("owner").get().state == "ready"
    elsewhere = sign_in(MANAGER, COUNTY)
    assert elsewhere.get(path).status_code == 404


def test_an_old_inspection_opens_nothing_and_the_database_asks_for_one_too(city, sign_in):
    site = town.site(state="ready")
    manager = sign_in(MANAGER, DISTRICT, language="en")
    with pytest.raises(IntegrityError, match="has not passed its inspection"), acting(PROVINCE), transaction.atomic():
        Site.objects.filter(pk=site.pk).update(state="open")
    with (
        pytest.raises(IntegrityError, match="does not go from ready to closing"),
        acting(PROVINCE),
        transaction.atomic(),
    ):
        Site.objects.filter(pk=site.pk).update(state="closing")
    with acting(PROVINCE):
        Inspection.objects.create(site=site, area=site.area, at=NOON - 91 * DAY, by="test", passed=True, items={})
    told = post(manager, f"/quarantine/sites/{site.pk}/", act="open")
    assert told.status_code == 422
    assert "not too old" in told.text
    post(manager, f"/quarantine/sites/{site.pk}/inspection/", **answers(site))
    assert post(manager, f"/quarantine/sites/{site.pk}/", act="open").status_code == 200


def test_files_bring_sites_and_rooms_with_a_receipt_for_each_line(city, sign_in):
    manager = sign_in(MANAGER, "14", language="en")
    file = {"file": ("s.csv", SHEET.encode(), "text/csv")}
    told = call(manager, "/sites/imports/sites", files=file).json()
    assert (told["created"], told["rejected"], told["rows"][0]["field"]) == (1, 1, "site_kind")
    site = Site.objects.using("owner").get()
    assert (site.languages, site.dialysis, site.state) == (["英语", "日语"], True, "planned")
    lines = f"隔离点编号,楼层,房间,床位,房间条件\n{site.pk},2-3,01-04,2,独立卫生间、可开外窗\n{site.pk},a-b,01,1,\n99999,2,01,1,\n"
    told = call(manager, "/sites/imports/rooms", files={"file": ("r.csv", lines.encode(), "text/csv")}).json()
    assert (told["created"], told["rejected"]) == (1, 2)
    rooms = list(Room.objects.using("owner").order_by("number").values_list("number", "beds", "features"))
    assert (len(rooms), rooms[0]) == (8, ("201", 2, ["bathroom", "window"]))
    assert manager.get("/import/quarantine_sites/").status_code in (200, 404)


def test_a_room_is_closed_with_a_reason_and_no_longer_free(city, sign_in):
    site = town.site(rooms=2, floors=1)
    room = room_of(site, "201")
    manager = sign_in(MANAGER, DISTRICT, language="en")
    path = f"/quarantine/sites/{site.pk}/rooms/{room.pk}/"
    assert post(manager, path, act="close", why=" ").status_code == 422
    assert "水管漏水" in post(manager, path, act="close", why="水管漏水").text
    assert [each["number"] for each in manager.get("/api/quarantine/rooms/free").json()] == ["202"]
    staff = sign_in("quarantine.staff", DISTRICT, language="en")
    assert post(staff, path, act="reopen").status_code == 422
    assert post(manager, path, act="reopen").status_code == 200
    assert post(manager, path, act="change", beds="2", features=["family"]).status_code == 200
    free = manager.get("/api/quarantine/rooms/free?features=family").json()
    assert [(each["number"], each["beds"]) for each in free] == [("201", 2)]


def test_a_room_goes_from_its_last_guest_to_clean_by_two_people_and_its_clock_is_shown(city, sign_in):
    site = town.site(rooms=2, floors=1, beds=2)
    room, family = room_of(site, "201"), town.household(2)
    first, second = (stays(room, each, party=family[0].pk) for each in family)
    leaves(first, NOON - 6 * HOUR)
    assert room_of(site, "201").state == "clean", "somebody is still inside"
    leaves(second, NOON - 5 * HOUR)
    assert room_of(site, "201").state == "vacated"
    staff, other = (sign_in("quarantine.staff", DISTRICT, language="en") for _ in range(2))
    path = f"/quarantine/sites/{site.pk}/"
    page = staff.get(path + "turnover/").text
    assert "1 hour overdue" in page
    assert "Rooms past their clock" in sign_in(MANAGER, DISTRICT, language="en").get("/quarantine/balance/").text
    assert [each["number"] for each in staff.get("/api/quarantine/rooms/free").json()] == ["202"]
    post(staff, path + "linen/", act="buy", sets="20")
    post(staff, path + "linen/", act="lay_out", sets="4")
    assert post(staff, path + "turnover/", act="inspect", rooms=[room.pk]).status_code == 422, "no step is left out"
    assert post(staff, path + "turnover/", act="strip", rooms=[room.pk], sets="2").status_code == 200
    assert post(staff, path + "turnover/", act="disinfect", rooms=[room.pk]).status_code == 200
    refused = post(staff, path + "turnover/", act="inspect", rooms=[room.pk], sets="2")
    assert refused.status_code == 422
    assert "somebody else looks at it" in refused.text
    assert call(other, "/rooms/steps", {"rooms": [room.pk], "act": "inspect", "sets": 2}).json() == {"rooms": 1}
    assert {each["number"] for each in staff.get("/api/quarantine/rooms/free").json()} == {"201", "202"}
    ended = Stay.objects.using("owner").get(pk=second.pk)
    assert NOON <= ended.holds.upper < NOON + HOUR, "the room is held until it is clean, not longer"
    states = list(RoomStep.objects.using("owner").order_by("pk").values_list("state", flat=True))
    assert states == ["vacated", "stripped", "disinfected", "clean"]
    assert audit(system("14"), now=NOON) == []
    with (
        pytest.raises(IntegrityError, match="a room does not go from clean to disinfected"),
        acting(PROVINCE),
        transaction.atomic(),
    ):
        Room.objects.filter(pk=room.pk).update(state="disinfected")


def test_somebody_in_a_room_that_is_not_clean_is_found_by_the_audit(city):
    site = town.site(rooms=1, floors=1)
    room, (one,), (two,) = room_of(site, "201"), town.household(1), town.household(1)
    leaves(stays(room, one), NOON - 5 * HOUR)
    stays(room, two, start=NOON + 5 * HOUR)
    assert [each["check"] for each in audit(system("14"), now=NOON)] == ["guest_in_unclean_room"]


def test_the_plan_says_of_every_room_what_it_is_in_words_letter_and_colour(city, sign_in):
    site = town.site(rooms=5, floors=1)
    people = town.household(3)
    stays(room_of(site, "201"), people[0], start=NOON - DAY, days=6)
    stays(room_of(site, "202"), people[1], start=NOON - 6 * DAY, days=7)
    due = stays(room_of(site, "203"), people[2], start=NOON - HOUR, days=7, state="assigned")
    manager = sign_in(MANAGER, DISTRICT, language="en")
    page = manager.get(f"/quarantine/sites/{site.pk}/").text
    for number, said in (
        ("201", "Staying, 1 person"),
        ("202", "Released by tomorrow, 1 person"),
        ("203", "Given, not arrived"),
        ("204", "Free"),
    ):
        assert re.search(rf"<b>{number}</b>[^/]*</i><span class=.visually-hidden.>{said}</span>", page), number
    assert people[2].name in page
    [row] = manager.get("/api/quarantine/sites").json()
    assert row["rooms"] == {"free": 2, "given": 1, "staying": 1, "leaving": 1, "cleaning": 0, "closed": 0}
    assert row["people"] == 2
    assert post(manager, f"/quarantine/sites/{site.pk}/", act="wind_down").status_code == 200
    closing = post(manager, f"/quarantine/sites/{site.pk}/", act="close")
    assert closing.status_code == 422
    assert "3 people still have rooms" in closing.text
    zone = {"act": "zone", "floor": due.room.floor_id, "zone": "service"}
    assert post(manager, f"/quarantine/sites/{site.pk}/setup/", **zone).status_code == 422


def test_rooms_in_reserve_stand_against_what_the_norm_asks(city, sign_in):
    Area.objects.using("owner").filter(code=DISTRICT).update(population=83_000)
    town.site(rooms=100, floors=1)  # open
    town.site(rooms=100, floors=1, state="ready")  # within 24 hours
    slow = town.site(rooms=300, floors=1, state="ready")
    with acting(PROVINCE):
        Site.objects.filter(pk=slow.pk).update(ready_hours=48)
    dispatcher = sign_in("quarantine.dispatcher", "1407", language="en")
    lines = {each["area"]: each for each in dispatcher.get("/api/quarantine/activation").json()}
    district = lines[DISTRICT]
    assert district["asked"] == 500, "83,000 people, 166 a room"
    assert [(s["rooms"], s["asked"], s["short"]) for s in district["stages"]] == [
        (200, 167, 0),
        (500, 250, 0),
        (500, 500, 0),
    ]
    assert (district["free"], district["meets"]) == (100, True)
    assert (lines["1407"]["largest"], lines["1407"]["meets"]) == (300, False), "a city has one site of a thousand rooms"
    assert "asked: 1,000" in dispatcher.get("/quarantine/activation/").text
    show_clock(NOON - timedelta(days=500))
    early = {each["area"]: each for each in dispatcher.get("/api/quarantine/activation").json()}
    assert early[DISTRICT]["asked"] is None
    assert Scope(None, MANAGER, "14").includes(DISTRICT)
