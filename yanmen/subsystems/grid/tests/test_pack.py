"""The village pack: it asks what the page of each door asks, whatever the number of doors it takes the same few statements."""

from __future__ import annotations

import gzip
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yanmen.base.ids import uuid7
from yanmen.loop.run import settle
from yanmen.project.testing import show_clock
from yanmen.registry.models import AccessLog
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.models import Door
from yanmen.subsystems.grid.queries.asking import form_at, forms_at
from yanmen.subsystems.grid.queries.pack import pack
from yanmen.subsystems.grid.tests.village import (
    COUNTY,
    MORNING,
    OTHER,
    PROVINCE,
    VILLAGE,
    at,
    crowd,
    doors_made,
    held_at_home,
    home,
    newest_account,
    open_village,
    record,
    worker_scope,
)

CITY = Scope(None, MANAGER.name, COUNTY)


@pytest.fixture
def village(clean):
    open_village()
    show_clock(MORNING)


@pytest.fixture
def busy(village) -> dict[str, int]:
    """Doors with visits, tests, checks and needs owed, some of it done; a form that asks; people without a household."""
    from yanmen.registry import people

    families = [home(f"幸福村{n}号楼1单元101室", f"人{n}", f"伴{n}") for n in range(1, 7)]
    held_at_home(*(person for family in families[:4] for person in family))
    with acting(PROVINCE):
        people.register_person(name="独居", area=VILLAGE, address="幸福村9号", by="test", now=MORNING)
    doors = doors_made()
    first, second = families[0], families[1]
    record("quarantine.need_told", first[0].pk, at("2022-12-10 03:00"), need="dialysis", urgent=True, text="每周三次")
    food = record("quarantine.need_told", second[0].pk, at("2022-12-10 03:00"), need="food", urgent=False)
    record("quarantine.need_met", second[0].pk, at("2022-12-10 04:00"), told=str(food), how="送到")
    for celsius, hour in ((36.5, 1), (36.7, 7)):
        record("quarantine.door_visited", first[0].pk, at(f"2022-12-10 0{hour}:30"), found=True, celsius=celsius)
    seen = {"own_room": True, "own_bathroom": True, "shared_air": False, "at_risk": False, "carer": False, "fit": True}
    record("quarantine.home_checked", second[0].pk, at("2022-12-10 07:00"), **seen)
    record("arrivals.declared", families[5][0].pk, at("2022-12-10 06:00"), journey="j1", origin="110105")
    with acting(CITY):
        about = {"scope": CITY, "by": "test", "now": MORNING, "area": VILLAGE, "office": "派出所", "every_days": 7}
        form = actions.ask_form(
            **about, title="养犬登记表", questions=[actions.Wanted("养犬数量"), actions.Wanted("犬种")]
        )
    record("grid.answered", first[1].pk, MORNING, form=form.pk, question=form.questions[0]["key"], answer="0")
    settle(now=MORNING)
    return doors


def asks_of(asked: Any) -> list[dict[str, Any]]:
    """A person's asks as the pack has to tell them."""
    return [
        {
            "kind": ask.kind, "about": ask.about, "known": dict(ask.known), "needed": ask.needed,
            "fields": [field.name for field in ask.fields],
        }
        for ask in asked.asks
    ]  # fmt: skip


def test_the_pack_asks_what_the_page_of_each_door_asks(busy, sign_in):
    worker = sign_in(WORKER, VILLAGE, language="en")
    answer = worker.get("/api/grid/pack").json()
    assert [each["order"] for each in answer["doors"]] == list(range(1, len(answer["doors"]) + 1))
    assert {each["id"] for each in answer["doors"]} == set(busy.values())
    titled = 0
    with acting(worker_scope()):
        for told in answer["doors"]:
            one = Door.objects.get(pk=told["id"])
            page = form_at(worker_scope(), one, now=MORNING)
            assert [each["person"] for each in told["people"]] == [each.resident.person for each in page]
            for person, asked in zip(told["people"], page, strict=True):
                shown = [{name: value for name, value in ask.items() if name != "title"} for ask in person["asks"]]
                assert shown == asks_of(asked), told["address"]
                titles = [ask.get("title") or answer["kinds"][ask["kind"]] for ask in person["asks"]]
                assert [each["en"] for each in titles] == [ask.title["en"] for ask in asked.asks]
                assert [each["kind"] for each in person["owed"]] == [each.kind for each in asked.resident.owed]
                assert [each["id"] for each in person["needs_open"]] == [
                    str(each.id) for each in asked.resident.needs()
                ]
                titled += len(titles)
            told_apart = worker.get(f"/api/grid/doors/{one.pk}").json()
            assert [each["kind"] for each in told_apart] == [
                ask["kind"] for each in told["people"] for ask in each["asks"]
            ]
    assert titled > 20
    asked_kinds = {ask["kind"] for door in answer["doors"] for each in door["people"] for ask in each["asks"]}
    assert asked_kinds >= {
        "quarantine.door_visited", "quarantine.home_checked", "quarantine.need_met", "screening.result", "grid.answered",
    }  # fmt: skip
    for door in answer["doors"]:
        for each in door["people"]:
            assert all(owed["kind"] in answer["tasks"] for owed in each["owed"])
            assert each["place"] == "" or each["place"] in answer["places"]
            for ask in each["asks"]:
                known = {field["name"] for field in answer["kinds"][ask["kind"]]["fields"]}
                assert {*ask["fields"], *ask["known"]} <= known
    assert answer["areas"][VILLAGE]["zh"].endswith("幸福村")


def test_answers_of_the_pack_are_taken_as_it_says(busy, sign_in):
    worker = sign_in(WORKER, VILLAGE, language="en")
    answer = worker.get("/api/grid/pack").json()
    filled = {
        "found": True,
        "celsius": 36.5,
        "result": "negative",
        "how": "送到",
        "answer": "1",
        "own_room": True,
        "own_bathroom": True,
    }
    filled |= {"shared_air": False, "at_risk": False, "carer": False}  # fmt: skip
    said = [
        {
            "id": str(uuid7(MORNING)), "kind": ask["kind"], "person": each["person"], "occurred_at": MORNING.isoformat(),
            "said": ask["known"] | {name: filled[name] for name in ask["fields"] if name in filled},
        }
        for door in answer["doors"]
        for each in door["people"]
        for ask in each["asks"]
    ]  # fmt: skip
    headers = {"Referer": str(worker.base_url), "X-CSRFToken": answer["csrf"]}
    receipts = worker.post("/api/grid/answers", json={"answers": said}, headers=headers).json()
    assert {each["outcome"] for each in receipts} == {"created"}, receipts
    later = MORNING + timedelta(minutes=5)
    settle(now=later)
    show_clock(later)
    left = [
        ask for door in worker.get("/api/grid/pack").json()["doors"] for each in door["people"] for ask in each["asks"]
    ]
    assert left == []


def test_a_pack_is_of_ones_own_grid_ends_and_is_sent_once(busy, sign_in, monkeypatch):
    worker = sign_in(WORKER, VILLAGE, language="en")
    account = newest_account()
    neighbour, manager = sign_in(WORKER, OTHER, language="en"), sign_in(MANAGER.name, COUNTY, language="en")
    about = {"scope": CITY, "by": "test", "now": MORNING}
    with acting(CITY):
        cell = actions.open_cell(**about, area=VILLAGE, name="一网格", worker=account)
        actions.give_doors(**about, cell=cell.pk, text="1号楼、2号楼")
    first = worker.get("/api/grid/pack", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cache-control"] == "no-store"
    assert [each["building"] for each in first.json()["doors"]] == ["1号楼", "2号楼"]
    assert first.json()["doors"][0]["cell"] == "一网格"
    assert first.json()["account"] | {"name": ""} == {"id": account, "name": "", "role": WORKER, "area": VILLAGE}
    assert first.json()["ends_at"].startswith("2022-12-11T08:00:0")
    assert len(manager.get("/api/grid/pack").json()["doors"]) == len(busy)
    assert neighbour.get("/api/grid/pack").json()["doors"] == []
    monkeypatch.setattr("yanmen.subsystems.grid.queries.pack.numbers", lambda name, day: {"most_doors": 2})
    too_many = manager.get("/api/grid/pack")
    assert (too_many.status_code, too_many.json()["errors"][0]["value"]) == (422, str(len(busy)))
    monkeypatch.undo()
    assert sign_in("sampling", VILLAGE).get("/api/grid/pack").status_code == 403
    show_clock(MORNING + timedelta(hours=1))
    again = worker.get("/api/grid/pack", headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["pack-ends-at"].startswith("2022-12-11T09:00:0")
    headers = {"Referer": str(worker.base_url), "X-CSRFToken": first.json()["csrf"]}
    number = first.json()["doors"][0]["id"]
    said = {
        "id": str(uuid7(MORNING)),
        "door": number,
        "field": "locked",
        "value": "yes",
        "said_at": MORNING.isoformat(),
    }
    assert worker.post("/api/grid/edits", json={"edits": [said]}, headers=headers).json()[0]["outcome"] == "created"
    changed = worker.get("/api/grid/pack", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.json()["doors"][0]["household"]["fields"] == {"locked": {"value": "yes", "seen": said["id"]}}
    log = AccessLog.objects.using("owner").filter(what="pack of a grid", account=account)
    assert list(log.values_list("count", flat=True)) == [4, 4, 4]


def test_five_thousand_people_take_as_many_statements_as_a_few(village, sign_in, capsys):
    people = crowd(1700)
    assert len(people) > 5000
    doors_made()
    with acting(PROVINCE):
        Door.objects.filter(pk__lte=Door.objects.order_by("pk")[1200].pk).update(longitude=112.7, latitude=37.6)
    from yanmen.registry.models import Person

    held_at_home(*Person.objects.using("owner").filter(pk__in=people[:200]))
    scope = worker_scope()
    counted = []
    with acting(scope):
        every = list(Door.objects.all())
        for doors in (every[:2], every):
            with CaptureQueriesContext(
                connection,
            ) as made:
                asked = forms_at(scope, doors, now=MORNING)
            counted.append(len(made))
            assert len(asked) == len(doors)
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as made:
            found = pack(scope, now=MORNING)
        built = time.perf_counter() - started
    assert counted[0] == counted[1] < 10
    assert len(made) < 20
    assert found.people == len(people)
    worker = sign_in(WORKER, VILLAGE, language="zh-hans")
    started = time.perf_counter()
    answer = worker.get("/api/grid/pack", headers={"Accept-Encoding": "gzip"})
    taken = time.perf_counter() - started
    assert len(answer.json()["doors"]) == 1700
    body = json.dumps(answer.json(), ensure_ascii=False).encode()
    packed = int(answer.headers["content-length"]) if "content-length" in answer.headers else len(gzip.compress(body))
    with capsys.disabled():
        print(
            f"\npack of {found.people} people, 1700 doors: {len(made)} statements, built in {built:.1f} s, "
            f"answered in {taken:.1f} s, {len(body) / 1e6:.2f} MB, {packed / 1e6:.2f} MB sent"
        )
