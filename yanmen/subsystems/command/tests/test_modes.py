"""Modes, nobody lost and 7-1-7, through the doors people use."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from yanmen.base.clock import local_date
from yanmen.desk import clock
from yanmen.loop.facts import record
from yanmen.loop.modes import numbers_in
from yanmen.loop.run import settle
from yanmen.project.moments import moment
from yanmen.project.testing import show_clock
from yanmen.registry import people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system

NOW = moment("2022-10-07 10:00")
CITY, COUNTY, OTHER = "1401", "140105", "140106"
NAMES = {
    "14": "山西省",
    "1401": "太原市",
    "140105": "小店区",
    "140106": "迎泽区",
    "140105001": "北营街道",
    "140105001001": "北营社区",
}
SAID = {"document": "晋疫防〔2022〕9号", "clause": "第二条", "unready_reason": "演练"}


@pytest.fixture(autouse=True)
def at_ten(clean):
    load_areas([AreaRow(code, name, f"A{code}") for code, name in NAMES.items()])
    show_clock(NOW)


@pytest.fixture
def proposer(sign_in):
    return sign_in("command.staff", area=CITY, language="en")


@pytest.fixture
def approver(sign_in):
    return sign_in("command.staff", area="14", language="en")


def post(client, url, **form):
    client.get(url)
    token = client.cookies["csrftoken"]
    return client.post(url, data=form | {"csrfmiddlewaretoken": token}, headers={"Referer": str(client.base_url)})


def tell(*about, **more):
    with acting(system("14", purpose="control")):
        record(*about, **more)


def propose(client, areas, *, first=NOW, days=10, apart=0, **more):
    day = local_date(first)
    about = {
        "area": areas,
        "desk": "*",
        "starts_on": f"{day}",
        "ends_on": f"{day + timedelta(days)}",
        "apart_days": f"{apart}",
    }
    return post(client, "/command/modes/switch/", **(about | SAID | {"unit": "太原市疫情防控办"} | more))


def switch_of(client):
    return client.get("/api/command/modes").json()[0]["switch"]


def states(client):
    return {each["area"]: each["state"] for each in client.get("/api/command/modes").json()}


def test_nothing_switches_until_another_unit_approves_and_then_norms_say_something_else(proposer, approver):
    assert propose(proposer, [COUNTY]).status_code == 200
    settle(now=clock.now())
    assert states(proposer) == {COUNTY: "waiting"}
    assert numbers_in(COUNTY, "grid.forms", local_date(NOW), alias="loop")["most_questions"] == 12
    own = post(proposer, "/command/modes/", act="approve", switch=switch_of(proposer), unit="省疫情防控办")
    assert own.status_code == 422
    assert "Somebody of another unit has to approve." in own.text
    assert (
        post(approver, "/command/modes/", act="approve", switch=switch_of(approver), unit="省疫情防控办").status_code
        == 200
    )
    settle(now=clock.now())
    assert states(proposer) == {COUNTY: "on"}
    for area, most in ((COUNTY + "001", 6), (OTHER, 12)):
        assert numbers_in(area, "grid.forms", local_date(NOW), alias="loop")["most_questions"] == most
    assert "Emergency" in proposer.get("/command/modes/").text
    later = NOW + timedelta(days=11)
    show_clock(later)
    settle(now=later)
    assert numbers_in(COUNTY, "grid.forms", local_date(later), alias="loop")["most_questions"] == 12


def test_a_switch_in_steps_is_undone_half_way(proposer, approver):
    propose(proposer, [COUNTY, OTHER], apart=2)
    switch = switch_of(proposer)
    post(approver, "/command/modes/", act="approve", switch=switch, unit="省疫情防控办")
    settle(now=clock.now())
    assert states(proposer) == {COUNTY: "on", OTHER: "staged"}
    back = post(
        proposer, "/command/modes/", act="undo", switch=switch, document="晋疫防〔2022〕10号", reason="误判", unit="x"
    )
    assert "1 reversed, 1 cancelled before they switched." in back.text
    for moved in (NOW + timedelta(minutes=9), NOW + timedelta(days=3)):
        settle(now=moved)
        show_clock(moved)
        assert states(proposer) == {COUNTY: "undone", OTHER: "cancelled"}
        assert numbers_in(OTHER, "grid.forms", local_date(moved), alias="loop")["most_questions"] == 12


def test_a_switch_that_is_not_ready_needs_a_reason_and_one_too_long_is_refused(proposer):
    refused = propose(proposer, [COUNTY], unready_reason="")
    assert refused.status_code == 422
    assert "Say why it goes on all the same." in refused.text
    assert propose(proposer, [COUNTY], days=31).status_code == 422
    assert propose(proposer, [], days=3).status_code == 422
    for field, text, said in (
        ("apart_days", "x", "A whole number"),
        ("ends_on", "7/10", "is no day. Write 2022-10-07."),
    ):
        wrong = propose(proposer, [COUNTY], **{field: text})
        assert (wrong.status_code, said in wrong.text) == (422, True)
    shown = proposer.get("/command/modes/switch/").text
    assert "not ready" in shown
    assert "nobody here knows" in shown
    assert "up to 0 tasks a day" in shown


def test_somebody_is_reminded_before_an_emergency_ends_and_a_renewal_is_approved_anew(proposer, approver):
    propose(proposer, [COUNTY], days=3)
    post(approver, "/command/modes/", act="approve", switch=switch_of(proposer), unit="省疫情防控办")
    settle(now=clock.now())
    near = NOW + timedelta(days=1)
    show_clock(near)
    settle(now=near)
    assert "Renew the emergency" in proposer.get("/tasks/?role=all").text
    [link] = re.findall(r"/command/modes/switch/(\?renews=[0-9a-f-]+)", proposer.get("/command/modes/").text)
    key = link.partition("=")[2]
    told = post(
        proposer,
        "/command/modes/switch/",
        renews=key,
        ends_on=f"{local_date(near) + timedelta(12)}",
        unit="太原市疫情防控办",
        **SAID,
    )
    assert told.status_code == 200
    assert [each["state"] for each in proposer.get("/api/command/modes").json()] == ["waiting", "on"]


def test_a_positive_without_a_case_is_not_accounted_for_until_it_is_reported(approver):
    with acting(system("14", purpose="control")):
        person = people.register_person(
            name="王小明", area=COUNTY + "001001", born_on=date(1990, 5, 1), synthetic=True, by="test", now=NOW
        ).pk
    tested = {"result": "positive", "sample": "0190c0de-0000-7000-8000-000000000001"}
    tell("screening.result", person=person, area=COUNTY, occurred_at=NOW, by="lab", now=NOW, detail=tested)
    settle(now=clock.now())
    lines = {each["line"]: each for each in approver.get("/api/command/nobody-lost").json()}
    assert lines["positives"]["parts"] == {"case": 0, "in_time": 1, "lost": 0}
    later = NOW + timedelta(days=2)
    show_clock(later)
    page = approver.get("/command/nobody-lost/").text
    assert "the oldest for 48 hours" in page
    assert f"/people/{person}/" in approver.get("/command/nobody-lost/positives/").text
    told = {"case": str(person), "disease": "covid19", "kind": "confirmed", "onset_on": "2022-09-25"}
    tell("cases.reported", person=person, area=COUNTY, occurred_at=later, by="doctor", now=later, detail=told)
    lines = {each["line"]: each for each in approver.get("/api/command/nobody-lost").json()}
    assert (lines["positives"]["parts"]["case"], lines["positives"]["lost"]) == (1, 0)
    assert lines["cases"]["parts"]["in_time"] == 1
    seven = approver.get("/api/command/seven-one-seven").json()
    assert [clock["state"] for clock in seven["events"][0]["clocks"]] == ["missed", "met", "running"]
    assert seven["events"][0]["open_actions"] == ["cases.investigated", "cases.admitted", "tracing.contact_found"]
    assert "Case investigated" in approver.get("/command/7-1-7/").text
