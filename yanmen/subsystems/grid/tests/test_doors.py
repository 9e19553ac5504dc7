"""A worker's day over HTTP: doors in walking order, one form at a door, needs of the weak, answers that a telephone hands over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from yanmen.base.ids import uuid7
from yanmen.loop.models import Fact
from yanmen.loop.run import settle
from yanmen.project.testing import show_clock
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.models import Cell, Door
from yanmen.subsystems.grid.queries import day as days
from yanmen.subsystems.grid.tests.village import (
    MORNING,
    OTHER,
    VILLAGE,
    at,
    held_at_home,
    home,
    kinds_of,
    newest_account,
    open_village,
    record,
    tasks_of,
    worker_scope,
)


@pytest.fixture
def village(clean):
    open_village()
    show_clock(MORNING)


def post(client: Any, path: str, **form: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def hidden(page: str) -> dict[str, str]:
    """What a form carries without being asked."""
    found = dict(re.findall(r'<input type="hidden" name="(\d+-\d+-\w+)" value="([^"]*)"', page))
    return {name: value.replace("&amp;", "&") for name, value in found.items()}


def begin(form: dict[str, str], person: int, kind: str) -> str:
    """Where the fields of an ask begin."""
    [name] = [name for name, value in form.items() if name.startswith(f"{person}-") and value == kind]
    return name.removesuffix("kind")


def doors_made(client: Any) -> dict[str, int]:
    post(client, "/grid/")
    return dict(Door.objects.using("owner").values_list("address", "pk"))


def fitted(start: str, **other: str) -> dict[str, str]:
    said = {"own_room": "yes", "own_bathroom": "yes", "shared_air": "no", "at_risk": "no", "carer": "no"} | other
    return {start + name: value for name, value in said.items()}


def test_one_form_at_a_door_records_others_facts_and_closes_their_tasks(village, sign_in):
    lan, kai = home("幸福村1号楼2单元501室", "魏岚", "魏开")
    held_at_home(lan, kai)
    assert "antigen_test" in tasks_of(lan.pk)
    worker = sign_in(WORKER, VILLAGE, language="en")
    page = worker.get("/grid/").text
    assert "魏岚" in page
    assert "1 address is not registered as a door" in page
    number = doors_made(worker)["幸福村1号楼2单元501室"]
    page = worker.get("/grid/").text
    for owed in ("Antigen test", "Check the home", "Visit at the door"):
        assert owed in page, owed
    assert "病例" not in page
    door = f"/grid/doors/{number}/"
    form = hidden(worker.get(door).text)
    visit, test, check = (
        begin(form, lan.pk, kind) for kind in ("quarantine.door_visited", "screening.result", "quarantine.home_checked")
    )
    wrong = post(worker, door, **form | {visit + "found": "yes", visit + "celsius": "84", test + "result": "negative"})
    assert wrong.status_code == 422
    assert all(word in wrong.text for word in ("celsius", "84", "34", "43"))
    assert 'value="84"' in wrong.text  # nothing typed is lost
    assert kinds_of(lan.pk).count("screening.result") == 0  # all or nothing
    filled = form | {
        visit + "found": "yes",
        visit + "celsius": "38.1",
        visit + "symptoms": "咳嗽",
        test + "result": "negative",
    }
    filled |= fitted(check)
    assert "3 answers kept." in post(worker, door, **filled).text
    assert "nothing is recorded twice" in post(worker, door, **filled).text
    kinds = kinds_of(lan.pk)
    for kind in ("quarantine.door_visited", "quarantine.symptoms_told", "screening.result", "quarantine.home_checked"):
        assert kinds.count(kind) == 1, kind
    checked = Fact.objects.using("owner").get(person_id=lan.pk, kind="quarantine.home_checked")
    assert checked.detail["fit"] is True
    result = Fact.objects.using("owner").get(person_id=lan.pk, kind="screening.result")
    assert result.detail["method"] == "antigen"
    settle(now=MORNING + timedelta(minutes=5))
    assert "antigen_test" in tasks_of(lan.pk, "done")
    show_clock(MORNING + timedelta(minutes=6))

    again = worker.get(door).text
    form = hidden(again)
    assert not [name for name, value in form.items() if name.startswith(f"{lan.pk}-") and value.startswith(("screening", "quarantine.door", "quarantine.home"))]  # fmt: skip
    other = begin(form, kai.pk, "quarantine.home_checked")
    assert form[other + "known"] == "shared_air=no"  # seen once for the whole home
    assert f'name="{other}shared_air"' not in again
    assert worker.get("/grid/").text.count("魏岚") == 0
    assert post(worker, door, **form).status_code == 422  # an empty form says so


def test_a_home_that_is_not_fit_is_recorded_so_whoever_fills_it_in(village, sign_in):
    (lan,) = home("幸福村2号", "魏岚")
    held_at_home(lan)
    worker = sign_in(WORKER, VILLAGE, language="en")
    number = doors_made(worker)["幸福村2号"]
    form = hidden(worker.get(f"/grid/doors/{number}/").text)
    check = begin(form, lan.pk, "quarantine.home_checked")
    post(worker, f"/grid/doors/{number}/", **form | fitted(check, own_bathroom="no", special="dialysis"))
    assert Fact.objects.using("owner").get(kind="quarantine.home_checked").detail["fit"] is False


def test_doors_come_in_walking_order_and_a_worker_sees_their_own(village, sign_in):
    families = [
        home(f"幸福村{house}号楼1单元{room}室", f"人{house}{room}")[0]
        for house, room in ((10, 101), (2, 101), (2, 601), (1, 301))
    ]
    held_at_home(*families)
    worker = sign_in(WORKER, VILLAGE, language="en")
    account = newest_account()
    deputy = sign_in(WORKER, VILLAGE, language="en")
    stand_in = newest_account()
    manager = sign_in(MANAGER.name, VILLAGE, language="en")
    manager.get("/grid/cells/")
    assert "5 doors made." in post(manager, "/grid/cells/", act="doors").text
    assert post(manager, "/grid/cells/", act="open", area=OTHER, name="邻村").status_code == 422
    no_role = post(manager, "/grid/cells/", act="open", area=VILLAGE, name="一网格", worker=str(newest_account()))
    assert no_role.status_code == 422
    assert "worker" in no_role.text
    post(manager, "/grid/cells/", act="open", area=VILLAGE, name="一网格", worker=str(account))
    cell = Cell.objects.using("owner").get().pk
    assert "3 doors given." in post(manager, "/grid/cells/", act="give", cell=str(cell), text="2号楼、1号楼").text
    post(manager, "/grid/cells/", act="change", cell=str(cell), worker=str(account), deputies=str(stand_in))

    def walked(client: Any, path: str = "/grid/") -> list[str]:
        return re.findall(r'">(幸福村[^<]*)</a><div', client.get(path).text)

    mine = ["幸福村1号楼1单元301室", "幸福村2号楼1单元601室", "幸福村2号楼1单元101室"]
    assert walked(worker) == mine
    assert walked(deputy) == mine
    assert walked(worker, "/grid/?all=1") == [*mine, "幸福村10号楼1单元101室"]
    last = Door.objects.using("owner").get(address=mine[0]).pk
    worker.get(f"/grid/doors/{last}/")
    assert post(worker, f"/grid/doors/{last}/", act="place", position="x").status_code == 422
    assert post(worker, f"/grid/doors/{last}/", act="place", position="0", longitude="112.7").status_code == 422
    post(worker, f"/grid/doors/{last}/", act="place", position="0", longitude="112.7", latitude="37.6")
    for address, position in (("幸福村2号楼1单元101室", 1), ("幸福村2号楼1单元601室", 2)):
        number = Door.objects.using("owner").get(address=address).pk
        post(worker, f"/grid/doors/{number}/", act="place", position=str(position))
    assert walked(worker) == [mine[2], mine[1], mine[0]]


def test_a_need_is_owed_by_a_clock_until_it_is_met_and_the_urgent_ones_lead(village, sign_in):
    (grandmother, child) = home("幸福村3号", "林奶奶", "林小")
    worker = sign_in(WORKER, VILLAGE, language="en")
    worker.get("/grid/needs/")
    page = post(
        worker, "/grid/needs/", act="told", who=str(child.pk), need="food", text="牛奶", id=str(uuid7(MORNING))
    ).text
    assert "牛奶" in page
    show_clock(MORNING + timedelta(minutes=30))
    fresh = str(uuid7(MORNING))
    for _ in range(2):  # pressed twice
        post(worker, "/grid/needs/", act="told", who=str(grandmother.pk), need="dialysis", text="每周三次", id=fresh)
    assert kinds_of(grandmother.pk) == ["quarantine.need_told"]
    nobody = post(worker, "/grid/needs/", act="told", who="999999999", need="food", id=str(uuid7(MORNING)))
    assert nobody.status_code == 422
    settle(now=MORNING + timedelta(minutes=31))
    assert tasks_of(grandmother.pk) == ["meet_need"]
    page = worker.get("/grid/needs/").text
    assert page.index("林奶奶") < page.index("林小")
    assert "in 3 hours" in page or "in 4 hours" in page
    assert "林奶奶" in worker.get("/grid/").text  # at the door as well
    show_clock(MORNING + timedelta(hours=5))
    settle(now=MORNING + timedelta(hours=5))
    page = worker.get("/grid/needs/").text
    assert "overdue" in page
    assert "passed up to" in page
    said = re.search(r'name="told" value="([^"]+)"><input type="hidden" name="id" value="([^"]+)"', page)
    assert said
    form = {"act": "met", "person": str(grandmother.pk), "told": said[1], "id": said[2], "how": "送至医院"}
    assert post(worker, "/grid/needs/", **form | {"how": ""}).status_code == 422
    assert "Kept." in post(worker, "/grid/needs/", **form).text
    other = post(worker, "/grid/needs/", **form | {"id": str(uuid7(MORNING + timedelta(hours=5)))})
    assert other.status_code == 422
    assert "met this need already" in other.text
    settle(now=MORNING + timedelta(hours=5, minutes=1))
    assert tasks_of(grandmother.pk) == []
    assert tasks_of(grandmother.pk, "done") == ["meet_need"]
    assert tasks_of(child.pk) == ["meet_need"]
    told = re.findall(
        r'<td class="key"[^>]*>([^<]+)</td>' + 3 * r'<td class="num"[^>]*>([^<]+)</td>', worker.get("/grid/needs/").text
    )
    assert sorted(told) == [("Dialysis", "1", "1", "4.5"), ("Food", "1", "0", "–")]


def test_meeting_one_need_leaves_another_of_the_same_person_owed_by_its_own_clock(village, sign_in):
    (grandmother,) = home("幸福村3号", "林奶奶")
    food = record("quarantine.need_told", grandmother.pk, MORNING, need="food", urgent=False)
    record("quarantine.need_told", grandmother.pk, MORNING, need="medicine", urgent=True)
    settle(now=MORNING)
    record("quarantine.need_met", grandmother.pk, at("2022-12-10 09:00"), told=str(food), how="送到")
    settle(now=at("2022-12-10 09:01"))
    assert tasks_of(grandmother.pk) == ["meet_need"]
    show_clock(at("2022-12-10 09:30"))
    worker = sign_in(WORKER, VILLAGE, language="en")
    page = worker.get("/grid/needs/").text
    assert "Medicine" in page
    assert "Milk" not in page
    assert "in 2 hours" in page  # four hours from when it was told, not from when the other was met


def test_by_telephone_only_what_can_be_said_by_telephone_is_asked(village, sign_in):
    (lan,) = home("幸福村4号", "魏岚")
    held_at_home(lan)
    worker = sign_in(WORKER, VILLAGE, language="en")
    number = doors_made(worker)["幸福村4号"]
    path = f"/grid/doors/{number}/?way=phone"
    form = hidden(worker.get(path).text)
    kinds = {value for name, value in form.items() if name.endswith("-kind")}
    assert kinds == {"quarantine.symptoms_told", "quarantine.need_told"}
    rung = begin(form, lan.pk, "quarantine.symptoms_told")
    post(worker, path, **form | {rung + "symptoms": "发热"})
    assert Fact.objects.using("owner").get(kind="quarantine.symptoms_told").detail == {
        "symptoms": "发热",
        "how": "phone",
    }
    assert "Visit at the door" in worker.get("/grid/").text


def test_a_duty_ends_with_the_measure_that_asked_for_it(village, sign_in):
    (lan,) = home("幸福村5号", "魏岚")
    case = held_at_home(lan)
    scope = worker_scope()
    with acting(scope):
        assert len(days.day_of(scope, now=MORNING).calls) == 1
    from yanmen.loop import facts

    later = MORNING + timedelta(hours=1)
    with acting(Scope(None, MANAGER.name, "14")):
        facts.withdraw(UUID(case), reason="假阳性", by="test", now=later)
    settle(now=later)
    with acting(scope):
        assert days.day_of(scope, now=later).calls == []


def test_a_telephone_hands_answers_over_one_by_one_each_with_a_receipt(village, sign_in):
    (lan,) = home("幸福村6号", "魏岚")
    (far,) = home("邻村6号", "孙远", area=OTHER)
    held_at_home(lan)
    worker = sign_in(WORKER, VILLAGE, language="en")
    number = doors_made(worker)["幸福村6号"]
    asked = worker.get(f"/api/grid/doors/{number}").json()
    assert {each["kind"] for each in asked} == {
        "screening.result",
        "quarantine.home_checked",
        "quarantine.door_visited",
    }
    assert worker.get("/api/grid/day").json()[0]["door"] == number
    headers = {"Referer": str(worker.base_url), "X-CSRFToken": worker.cookies["csrftoken"]}

    def one(kind: str, person: int = lan.pk, when: str = "2022-12-10T07:30:00+08:00", **said: Any) -> dict[str, Any]:
        return {"id": str(uuid7(MORNING)), "kind": kind, "person": person, "occurred_at": when, "said": said}

    visit = one("quarantine.door_visited", found=True, celsius=36.4)
    sent = [
        visit,
        one("quarantine.door_visited", found=True, celsius=99),
        one("quarantine.door_visited", far.pk, found=True),
        one("quarantine.door_visited", when="2022-12-11T07:30:00+08:00", found=True),
        one("arrivals.visited"),
        visit,
    ]
    told = worker.post("/api/grid/answers", json={"answers": sent}, headers=headers).json()
    assert [each["outcome"] for each in told] == ["created", "refused", "refused", "refused", "created", "repeated"]
    assert [each["field"] for each in told[1:4]] == ["celsius", "person", "occurred_at"]
    assert all(each["zh"] and each["en"] for each in told[1:4])
    fact = Fact.objects.using("owner").get(pk=visit["id"])
    assert fact.occurred_at == at("2022-12-10 07:30")  # when it was said, not when it was handed over
    kinds = kinds_of(lan.pk)
    assert kinds.count("quarantine.door_visited") == 1
    assert kinds.count("arrivals.visited") == 1


def test_nobody_elses_doors_are_seen_and_nobody_else_gets_in(village, sign_in):
    (lan,) = home("幸福村7号", "魏岚")
    held_at_home(lan)
    worker = sign_in(WORKER, VILLAGE, language="en")
    number = doors_made(worker)["幸福村7号"]
    neighbour = sign_in(WORKER, OTHER, language="en")
    assert "Nothing is owed at a door today" in neighbour.get("/grid/").text
    assert neighbour.get(f"/grid/doors/{number}/").status_code == 404
    assert neighbour.get(f"/api/grid/doors/{number}").status_code == 404
    assert sign_in("sampling", VILLAGE).get("/grid/").status_code == 403
    for scope, many in (
        (worker_scope(), 1),
        (worker_scope(OTHER), 0),
        (Scope(None, WORKER, VILLAGE, purpose="statistics"), 0),
    ):
        with acting(scope):
            assert Door.objects.filter(pk=number).count() == many
