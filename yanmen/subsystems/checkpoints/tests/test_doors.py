"""Checkpoints through the doors people use: pages and API."""

from __future__ import annotations

import json

import pytest

from yanmen.desk import clock
from yanmen.loop.bulk import record_bulk
from yanmen.project.cli import main
from yanmen.subsystems.checkpoints import actions
from yanmen.subsystems.checkpoints.kinds import MANAGER, OFFICER, PASSED, RECEIVER
from yanmen.subsystems.checkpoints.tests.conftest import moment
from yanmen.subsystems.checkpoints.tests.test_handing_over import owes_stay
from yanmen.subsystems.checkpoints.tests.test_plan_command import CIRCLE, network

NOW = "2022-09-05 10:00"
__all__ = ["network"]


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: moment(NOW))


def posted(client, url, **form):
    files = {name: form.pop(name) for name in list(form) if name == "file"}
    client.get("/checkpoints/")
    data = form | {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(url, data=data, files=files or None, headers={"Referer": str(client.base_url)})


def test_a_manager_opens_a_post_and_an_officer_sees_it(county, sign_in):
    manager = sign_in(MANAGER.name, area="140212", language="en")
    form = {
        "name_zh": "得胜堡卡口",
        "name_en": "Deshengbu",
        "area": "140212",
        "kind": "highway",
        "direction": "both",
        "lanes": "4",
    }
    page = posted(manager, "/checkpoints/", **form, longitude="113.2", latitude="40.4")
    assert "Deshengbu" in page.text
    assert "Motorway exit" in page.text
    seen = sign_in(OFFICER.name, area="140212").get("/checkpoints/")
    assert "得胜堡卡口" in seen.text
    assert "设卡" not in seen.text


def test_a_form_that_makes_no_sense_comes_back_with_the_field(county, sign_in):
    manager = sign_in(MANAGER.name, area="140212", language="en")
    answer = posted(manager, "/checkpoints/", name_zh="卡", area="140212", kind="highway", lanes="many")
    assert answer.status_code == 422
    assert "lanes" in answer.text


def test_an_officer_opens_no_post(county, sign_in):
    answer = posted(sign_in(OFFICER.name, area="140212"), "/checkpoints/", name_zh="卡", area="140212", kind="road")
    assert answer.status_code == 422


def test_the_post_shows_passes_verdicts_and_whom_to_hand_over(county, sign_in):
    person, post = county.person("140121100201", name="王小明"), county.post()
    owes_stay(county, person, post)
    shown = {"direction": "in", "shown": "refer", "reason": "colour_yellow", "knowledge_minutes": 4}
    with county.acting():
        row = {"place": post.pk, "area": post.area, "occurred_at": moment("2022-09-05 09:10"), "detail": shown}
        record_bulk(PASSED.name, [row], by="device:1", now=moment(NOW))
    officer = sign_in(OFFICER.name, area="140212", language="en")
    page = officer.get(f"/checkpoints/posts/{post.pk}/").text
    assert "colour_yellow" in page
    assert "Refer" in page
    assert "To be handed over" in page
    assert "王小明" not in page
    answer = posted(
        officer,
        f"/checkpoints/posts/{post.pk}/",
        act="hand_over",
        person=person.pk,
        owed="contact_follow_up",
        to_area="140121",
    )
    assert "To be handed over" not in answer.text
    assert "in 2 h" in answer.text
    passes = officer.get(f"/checkpoints/posts/{post.pk}/passes/").text
    assert "4 min" in passes
    assert "王" not in passes


def test_both_ends_work_a_hand_over_through_its_page(county, sign_in):
    person, post = county.person(), county.post()
    with county.acting():
        made = actions.open_hand_over(
            scope=county.scope,
            post=post.pk,
            person=person.pk,
            owed="landing_test",
            to_area="140121",
            by="test",
            now=moment(NOW),
        )
    officer, receiver = sign_in(OFFICER.name, area="140212"), sign_in(RECEIVER.name, area="140121", language="en")
    url = "/checkpoints/hand-overs/"
    assert "Nobody is on the way" not in receiver.get(url).text
    assert posted(receiver, url, act="depart", hand_over=made.pk).status_code == 422
    assert "晋B12345" in posted(officer, url, act="assign", hand_over=made.pk, vehicle="晋B12345", escort="李").text
    posted(officer, url, act="depart", hand_over=made.pk)
    page = posted(receiver, url, act="receive", hand_over=made.pk).text
    assert "Ended lately" in page
    assert "Received" in page


def test_a_week_is_planned_filled_and_noted_on_its_page(county, sign_in):
    post = county.post()
    manager = sign_in(MANAGER.name, area="140212", language="en")
    url = "/checkpoints/shifts/?week=2022-09-05"
    plan = {
        "act": "plan",
        "post": post.pk,
        "starts_at": "2022-09-05T08:00",
        "ends_at": "2022-09-05T20:00",
        "check_codes": "2",
    }
    page = posted(manager, url, **plan).text
    assert "2 places are not filled" in page
    assert posted(manager, url, **plan).status_code == 422
    account = page.split('<select name="account"')[1].split('value="')[1].split('"')[0]
    shift = page.split('name="shift" value="')[1].split('"')[0]
    assert (
        "1 place is not filled"
        in posted(manager, url, act="take", shift=shift, account=account, duty="check_codes").text
    )
    posted(manager, url, act="note", shift=shift, text="3号车道设备待修")
    assert "3号车道设备待修" in manager.get(f"/checkpoints/posts/{post.pk}/").text


def test_looking_up_a_vehicle_needs_a_reason_and_the_right_role(county, sign_in):
    post = county.post()
    with county.acting():
        actions.record_vehicle(
            scope=county.scope,
            post=post.pk,
            vehicle="晋B12345",
            people=[county.person(name="王小明").pk, None],
            by="test",
            now=moment(NOW),
        )
    manager = sign_in(MANAGER.name, area="140212", language="en")
    assert posted(manager, "/checkpoints/vehicles/", vehicle="晋B12345", reason="").status_code == 422
    page = posted(manager, "/checkpoints/vehicles/", vehicle="晋b12345", reason="协查通知第7号").text
    assert "王**" in page
    assert "Not known" in page
    assert sign_in(OFFICER.name, area="140212").get("/checkpoints/vehicles/").status_code == 403


def test_a_plan_becomes_posts(county, sign_in, network, tmp_path):
    file = tmp_path / "plan.json"
    assert main(["checkpoints", "plan", str(network), *CIRCLE, "--reach", "2500", "--json", str(file)]) == 0
    manager = sign_in(MANAGER.name, area="140212", language="en")
    page = posted(manager, "/checkpoints/plans/", name="Town", area="140212", file=("plan.json", file.read_bytes()))
    assert "no way is left" in page.text
    picture = manager.get(f"{page.url}map.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    opened = posted(manager, str(page.url), number="1", area="140212")
    assert "Opened" in opened.text
    assert "ab路卡口1" in sign_in(OFFICER.name, area="140212").get("/checkpoints/").text
    again = posted(manager, "/checkpoints/plans/", name="Town", area="140212", file=("plan.json", file.read_bytes()))
    assert again.url == page.url


def test_a_plan_that_does_not_hold_is_refused_on_the_page(county, sign_in):
    manager = sign_in(MANAGER.name, area="140212", language="en")
    answer = posted(manager, "/checkpoints/plans/", area="140212", file=("plan.json", b'{"format": "x"}'))
    assert answer.status_code == 422
    assert "This is no plan of posts" in answer.text


@pytest.mark.parametrize("path", ["", "shifts/", "hand-overs/", "vehicles/", "plans/"])
def test_nobody_else_gets_in(county, sign_in, path):
    assert sign_in("grid_officer", area="14").get(f"/checkpoints/{path}").status_code == 403


def api(client, path, body=None):
    if body is None:
        return client.get(f"/api/checkpoints/{path}")
    client.get("/checkpoints/")
    headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
    return client.post(
        f"/api/checkpoints/{path}", content=json.dumps(body), headers=headers | {"Content-Type": "application/json"}
    )


def test_the_api_opens_posts_shifts_and_hand_overs(county, sign_in):
    manager, receiver = sign_in(MANAGER.name, area="140212"), sign_in(RECEIVER.name, area="140121")
    made = api(manager, "posts", {"name_zh": "得胜堡", "area": "140212", "kind": "highway", "lanes": 4})
    assert made.status_code == 201
    post = made.json()["id"]
    assert [each["id"] for each in api(manager, "posts").json()] == [post]
    shift = {
        "starts_at": "2022-09-06T08:00:00+08:00",
        "ends_at": "2022-09-06T20:00:00+08:00",
        "duties": {"check_codes": 1},
    }
    assert api(manager, f"posts/{post}/shifts", shift).status_code == 201
    assert api(manager, f"posts/{post}/shifts", shift).status_code == 422
    assert [each["covered"] for each in api(manager, f"posts/{post}/shifts").json()] == [0]
    body = {"person": county.person().pk, "owed": "landing_test", "to_area": "140121"}
    number = api(manager, f"posts/{post}/hand-overs", body).json()["id"]
    assert api(receiver, f"hand-overs/{number}/steps", {"act": "receive"}).status_code == 422
    api(manager, f"hand-overs/{number}/steps", {"act": "assign", "vehicle": "晋B12345"})
    api(manager, f"hand-overs/{number}/steps", {"act": "depart"})
    assert [each["state"] for each in api(receiver, "hand-overs?to_us=true").json()] == ["departed"]
    assert api(receiver, f"hand-overs/{number}/steps", {"act": "receive"}).json()["state"] == "received"
    assert api(manager, f"posts/{post}/close", {}).status_code == 200
    assert api(manager, "posts").json() == []


@pytest.mark.parametrize("path", ["posts/0/met", "posts/99999999999999999999/met", "posts/7/shifts"])
def test_a_post_that_is_not_ours_is_not_there(county, sign_in, path):
    assert api(sign_in(OFFICER.name, area="140212"), path).status_code == 404
