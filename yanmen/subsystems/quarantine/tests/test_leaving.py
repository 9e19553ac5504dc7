"""Leaving on the pages: released with a signed checklist, otherwise told with what happened; a room given back is a fact."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from yanmen.base.clock import at
from yanmen.loop import facts
from yanmen.loop.models import Fact
from yanmen.project.testing import show_clock
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine import jobs
from yanmen.subsystems.quarantine.actions import requests, stays
from yanmen.subsystems.quarantine.models import Cycle, Stay, Transfer
from yanmen.subsystems.quarantine.tests.city import (
    COUNTY,
    DISTRICT,
    NOON,
    PROVINCE,
    close_contacts,
    household,
    open_city,
    site,
)
from yanmen.subsystems.quarantine.tests.guests import post, put_in, rooms_of, sample, turn

MANAGER, STAFF, DISPATCHER = "quarantine.manager", "quarantine.staff", "quarantine.dispatcher"
THIRD = at(date(2022, 10, 3), 10)


@pytest.fixture
def house(clean):
    """Four contacts of the district, last exposed on 30 September, in a site of the county; a fifth who has not come yet."""
    open_city()
    goal = site(COUNTY, floors=3, rooms=2)
    people = [household(1, DISTRICT)[0] for _ in range(5)]
    close_contacts(people, last=date(2022, 9, 30))
    rooms = rooms_of(goal)
    given = [put_in(person, room, now=NOON) for person, room in zip(people[:4], rooms, strict=False)]
    with acting(PROVINCE):
        given += stays.take_room(scope=PROVINCE, people=[people[4].pk], room=rooms[4].pk, by="test", now=NOON)
    turn(NOON)
    show_clock(THIRD)
    return goal, people, given


def told(kind: str) -> list[dict[str, Any]]:
    rows = Fact.objects.using("owner").filter(kind=f"quarantine.{kind}").order_by("recorded_at")
    return list(rows.values_list("detail", flat=True))


def state(stay: Stay) -> tuple[str, str]:
    return tuple(Stay.objects.using("owner").values_list("state", "why").get(pk=stay.pk))


def test_nobody_is_released_without_the_signed_checklist_and_other_ways_say_what_happened(house, sign_in):
    _goal, people, given = house
    manager = sign_in(MANAGER, COUNTY, language="en")
    paths = [f"/quarantine/stays/{each.pk}/" for each in given]

    def leave(number: int, **form: str) -> Any:
        return post(manager, paths[number], {"act": "leave"} | form)

    assert "They leave otherwise" in manager.get(paths[0]).text
    refused = leave(0, why="released")
    assert refused.status_code == 422
    assert "Check the release and sign it first." in refused.text
    for why in ("home", "corrected"):
        refused = leave(0, why=why)
        assert refused.status_code == 422
        assert "A measure still wants them here (through 2022-10-07)" in refused.text
    for why in ("hospital", "died", "absconded"):
        refused = leave(0, why=why, note=" ")
        assert refused.status_code == 422
        assert "Say where they went, or what happened." in refused.text
    assert state(given[0])[0] == "admitted"
    assert leave(0, why="hospital", to="合成定点医院").status_code == 200
    assert state(given[0]) == ("left", "hospital")
    assert leave(1, why="died", note="送医途中死亡").status_code == 200
    assert leave(2, why="absconded", note="夜间翻窗离开").status_code == 200
    assert [(each["why"], each.get("to", ""), each.get("note", "")) for each in told("left")] == [
        ("hospital", "合成定点医院", ""),
        ("died", "", "送医途中死亡"),
        ("absconded", "", "夜间翻窗离开"),
    ]
    assert leave(0, why="hospital", to="别处").status_code == 422, "they have left"
    nurse = sign_in(STAFF, COUNTY, language="en")
    assert post(nurse, paths[3], {"act": "leave", "why": "died", "note": "误点"}).status_code == 422
    with acting(PROVINCE):
        contact = Fact.objects.get(kind="tracing.contact_found", person_id=people[3].pk)
        facts.withdraw(contact.pk, reason="误判", by="test", now=THIRD)
    turn(THIRD)
    assert leave(3, why="corrected").status_code == 200
    assert state(given[3]) == ("left", "corrected")


def test_who_has_served_the_days_is_signed_out_and_goes(house, sign_in):
    _goal, people, given = house
    for day in (1, 2, 3, 5, 7):
        sample(people[0], date(2022, 10, day), hour=14)
        turn(at(date(2022, 10, day), 20))
    morning = at(date(2022, 10, 8), 9)
    turn(morning)
    show_clock(morning)
    manager = sign_in(MANAGER, COUNTY, language="en")
    path = f"/quarantine/stays/{given[0].pk}/"
    assert post(manager, path, {"act": "go"}).status_code == 422
    post(manager, path, {"act": "check", "celsius": "36.5"})
    assert post(manager, path, {"act": "release", "journey": "own"}).status_code == 200
    assert post(manager, path, {"act": "go"}).status_code == 200
    assert state(given[0]) == ("left", "released")


def test_a_room_given_back_is_a_fact_whoever_gives_it_back(house, sign_in):
    _goal, people, given = house
    path = f"/quarantine/stays/{given[4].pk}/"
    nurse = sign_in(STAFF, COUNTY, language="en")
    assert post(nurse, path, {"act": "cancel", "note": "不来了"}).status_code == 422
    desk = sign_in(DISPATCHER, DISTRICT, language="en")
    assert "Give the room back" in desk.get(path).text
    assert post(desk, path, {"act": "cancel", "note": " "}).status_code == 422
    assert post(desk, f"/quarantine/stays/{given[0].pk}/", {"act": "cancel", "note": "不来了"}).status_code == 422
    assert post(desk, path, {"act": "cancel", "note": "已在外省隔离"}).status_code == 200
    assert state(given[4]) == ("cancelled", "已在外省隔离")
    assert [(each["why"], each["stay"]) for each in told("given_back")] == [("已在外省隔离", given[4].pk)]
    assert post(desk, path, {"act": "cancel", "note": "再点一次"}).status_code == 422
    with acting(PROVINCE):
        rooms = rooms_of(given[4].site)
        (again,) = stays.take_room(scope=PROVINCE, people=[people[4].pk], room=rooms[4].pk, by="test", now=THIRD)
        Place.objects.create(
            kind="other", name_zh="合成小区", area=people[4].area, longitude=112.5, latitude=37.8, created_at=THIRD
        )
        (ride,) = requests.request_stays(scope=PROVINCE, stays=[again.pk], by="test", now=THIRD)
        contact = Fact.objects.get(kind="tracing.contact_found", person_id=people[4].pk)
        facts.withdraw(contact.pk, reason="误判", by="test", now=THIRD)
    turn(THIRD)
    jobs.every_minute(THIRD)
    assert state(again) == ("cancelled", "corrected")
    with acting(PROVINCE):
        assert Transfer.objects.get(pk=ride.pk).state == "cancelled", "nobody is driven to a room that is not theirs"
    assert {each["why"] for each in told("given_back")} == {"已在外省隔离", "corrected"}


def test_a_worker_changes_the_area_of_the_house_on_the_page(house, sign_in):
    goal, _people, _given = house
    worker = household(1, COUNTY)[0]
    manager = sign_in(MANAGER, COUNTY, language="en")
    path = f"/quarantine/sites/{goal.pk}/staff/"
    assert (
        post(manager, path, {"act": "enter", "who": str(worker.pk), "zone": "service", "duty": "logistics"}).status_code
        == 200
    )
    page = manager.get(path).text
    assert "Works there from now on" in page
    [cycle] = Cycle.objects.using("owner").values_list("pk", flat=True)
    moved = post(manager, path, {"act": "change", "cycle": str(cycle), "zone": "observation", "duty": "logistics"})
    assert moved.status_code == 200
    assert Cycle.objects.using("owner").get(pk=cycle).zone == "observation"
    back = post(manager, path, {"act": "change", "cycle": str(cycle), "zone": "service", "duty": "logistics"})
    assert back.status_code == 422
    assert "keeps to it until the cycle ends" in back.text
