"""Two workers apart over HTTP: edits merged field by field, conflicts shown and settled, the pack that a telephone takes along."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections
from django.test.utils import CaptureQueriesContext

from yanmen.base.ids import uuid7
from yanmen.loop.models import Fact
from yanmen.project.testing import show_clock
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.models import Edit
from yanmen.subsystems.grid.queries.conflicts import conflicts
from yanmen.subsystems.grid.tests.village import (
    MORNING,
    OTHER,
    VILLAGE,
    doors_made,
    home,
    open_village,
    worker_scope,
)

LATER = MORNING + timedelta(hours=2)


@pytest.fixture
def village(clean):
    open_village()
    show_clock(MORNING)


def send(client: Any, path: str, **body: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api/grid/{path}", json=body, headers=headers)


def change(door: int, field: str, value: str, *, person: int | None = None, seen: str = "", at: str = "07:30") -> dict[str, Any]:  # fmt: skip
    said_at = f"2022-12-10T{at}:00+08:00"
    return {
        "id": str(uuid7(MORNING)), "door": door, "person": person, "field": field, "value": value, "seen": seen, "said_at": said_at,
    }  # fmt: skip


def told(client: Any, *edits: dict[str, Any]) -> list[dict[str, Any]]:
    answer = send(client, "edits", edits=list(edits))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def outcomes(client: Any, *edits: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in told(client, *edits)]


def pack_of(client: Any) -> dict[str, Any]:
    answer = client.get("/api/grid/pack")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def door_of(pack: dict[str, Any], number: int) -> dict[str, Any]:
    [found] = [each for each in pack["doors"] if each["id"] == number]
    return dict(found)


def test_edits_of_different_fields_come_into_force_and_of_one_field_are_a_conflict_until_settled(village, sign_in):
    (lan, kai) = home("幸福村1号楼2单元501室", "魏岚", "魏开", phone="13800000001")
    number = doors_made()["幸福村1号楼2单元501室"]
    one, two, manager = (sign_in(role, VILLAGE, language="en") for role in (WORKER, WORKER, MANAGER.name))
    for client in (one, two, manager):
        pack_of(client)
    assert outcomes(
        one, change(number, "people_at_home", "2"), change(number, "how_to_reach", "敲窗"), change(number, "lives_here", "yes", person=lan.pk)
    ) == ["created"] * 3  # fmt: skip
    assert (
        outcomes(two, change(number, "locked", "yes"), change(number, "lives_here", "moved_away", person=kai.pk))
        == ["created"] * 2
    )
    other = change(number, "people_at_home", " 3 ")
    [receipt] = told(two, other)
    assert (receipt["outcome"], receipt["theirs"]["value"]) == ("conflict", "2")
    assert receipt["theirs"]["by_name"]
    [again] = told(two, other)
    assert (again["outcome"], again["was"], again["theirs"]["value"]) == ("repeated", "conflict", "2")
    assert outcomes(two, change(number, "how_to_reach", "敲窗")) == ["same"]
    values = door_of(pack_of(one), number)["household"]["fields"]
    assert {name: each["value"] for name, each in values.items()} == {"people_at_home": "2", "how_to_reach": "敲窗", "locked": "yes"}  # fmt: skip
    facts = Fact.objects.using("owner").filter(kind="grid.residence_told").order_by("person_id")
    assert [(each.person_id, each.detail["lives_here"]) for each in facts] == [(lan.pk, "yes"), (kai.pk, "moved_away")]

    for client in (one, two, manager):
        [found] = client.get("/api/grid/conflicts").json()
        assert "told differently by two people" in client.get("/grid/").text
        assert (found["door"], found["field"], found["in_force"]["value"], found["other"]["value"], found["kept"]) == (
            number, "people_at_home", "2", "3", "",
        )  # fmt: skip
    assert pack_of(two)["conflicts"] == [found]
    path, decision = f"conflicts/{found['id']}", {"keep": "other", "id": str(uuid7(MORNING))}
    stale = send(manager, path, **decision, seen=str(uuid7(MORNING))).json()
    assert (stale["outcome"], stale["field"]) == ("refused", "seen")
    settled = send(manager, path, **decision, seen=found["in_force"]["edit"]).json()
    assert (settled["outcome"], settled["conflict"]["kept"]) == ("created", "other")
    assert send(manager, path, **decision).json()["outcome"] == "repeated"
    assert send(one, path, keep="other", id=str(uuid7(MORNING))).json()["outcome"] == "repeated"
    too_late = send(one, path, keep="in_force", id=str(uuid7(MORNING))).json()
    assert too_late["outcome"] == "refused"
    assert "settled this" in too_late["en"]
    for client in (one, two):
        assert door_of(pack_of(client), number)["household"]["fields"]["people_at_home"]["value"] == "3"
        assert "told differently" not in client.get("/grid/").text
        [seen] = client.get("/api/grid/conflicts").json()
        assert (seen["kept"], seen["in_force"]["value"], seen["settled_at"] is not None) == ("other", "2", True)
        assert seen["settled_by_name"]
    show_clock(MORNING + timedelta(days=8))
    assert one.get("/api/grid/conflicts").json() == []


def test_an_edit_rests_on_what_its_author_saw(village, sign_in):
    home("幸福村1号", "魏岚")
    number = doors_made()["幸福村1号"]
    one, two = (sign_in(WORKER, VILLAGE, language="en") for _ in range(2))
    pack_of(one), pack_of(two)
    first = change(number, "how_to_reach", "敲窗")
    assert outcomes(one, first) == ["created"]
    after = change(number, "how_to_reach", "打电话", seen=first["id"])
    assert outcomes(two, after) == ["created"]  # saw it and knows better
    back = change(number, "how_to_reach", "敲窗", seen=after["id"])
    assert outcomes(one, back) == ["created"]
    assert outcomes(two, change(number, "how_to_reach", "喊门", seen=first["id"])) == ["created"]  # the same words
    mine = change(number, "people_at_home", "2", at="07:40")
    assert outcomes(one, mine, change(number, "people_at_home", "3", at="07:41")) == ["created"] * 2  # one's own
    assert outcomes(one, change(number, "people_at_home", "4", at="07:35")) == ["conflict"]  # said before, came later
    assert outcomes(two, change(number, "people_at_home", "5", seen=str(uuid7(MORNING)))) == ["conflict"]
    assert len(two.get("/api/grid/conflicts").json()) == 2
    assert outcomes(two, change(number, "people_at_home", "3")) == ["same"]  # gives in: nothing is left to settle
    assert [each["other"]["value"] for each in two.get("/api/grid/conflicts").json()] == ["4"]
    now = door_of(pack_of(one), number)["household"]["fields"]["people_at_home"]
    assert outcomes(one, change(number, "people_at_home", "", seen=now["seen"])) == ["created"]  # taken back
    assert outcomes(two, change(number, "locked", "")) == ["same"]


def test_what_cannot_be_taken_is_refused_one_by_one_with_field_and_remedy(village, sign_in):
    home("幸福村1号", "魏岚")
    (far,) = home("邻村6号", "孙远", area=OTHER)
    doors = doors_made()
    one, two = (sign_in(WORKER, VILLAGE, language="en") for _ in range(2))
    pack_of(one), pack_of(two)
    number = doors["幸福村1号"]
    taken = change(number, "locked", "no")
    bad = [
        change(doors["邻村6号"], "locked", "no"), change(number, "note", "x", person=far.pk), change(number, "pets", "2"),
        change(number, "locked", "maybe"), change(number, "people_at_home", "100"), change(number, "contact_phone", "12345"),
        change(number, "how_to_reach", "x" * 301), change(number, "locked", "yes", seen="x"), change(number, "locked", "yes", at="09:00"),
        change(number, "locked", "yes") | {"said_at": "2022-11-20T08:00:00+08:00"},
    ]  # fmt: skip
    receipts = told(one, *bad, taken)
    assert [each["outcome"] for each in receipts] == ["refused"] * len(bad) + ["created"]
    named = ["door", "person", "field", "locked", "people_at_home", "contact_phone", "how_to_reach", "seen", "said_at", "said_at"]  # fmt: skip
    assert [each["field"] for each in receipts[:-1]] == named
    assert all(each["zh"] and each["en"] for each in receipts[:-1])
    assert outcomes(two, taken) == ["refused"]  # an id of somebody else
    assert send(one, "edits", edits=[taken] * 501).status_code == 422
    assert outcomes(one) == []
    assert Edit.objects.using("owner").count() == 1
    far_away = change(doors["邻村6号"], "locked", "no")
    neighbour = sign_in(WORKER, OTHER, language="en")
    pack_of(neighbour)
    assert outcomes(neighbour, far_away) == ["created"]
    clash = send(one, "edits", edits=[change(number, "locked", "yes") | {"id": far_away["id"]}])
    assert (clash.status_code, clash.json()["errors"][0]["field"]) == (422, "id")


def test_many_edits_take_as_many_statements_as_one(village):
    families = [home(f"幸福村{n}号", f"人{n}") for n in range(1, 41)]
    doors = doors_made()
    counted = []
    for many in (1, 40):
        said = [
            actions.Change(uuid7(MORNING), doors[f"幸福村{n + 1}号"], person, field, value, "", MORNING)
            for n in range(many)
            for field, person, value in (("people_at_home", None, str(many)), ("lives_here", families[n][0].pk, "yes"))
        ]
        scope = worker_scope()
        with acting(scope), CaptureQueriesContext(connection) as made:
            receipts = actions.take_edits(scope=scope, said=said, by="account:1", now=MORNING)
        assert {each.outcome for each in receipts} <= {"created", "same"}
        counted.append(len(made))
    assert counted[0] == counted[1] < 20, counted


def test_a_telephone_number_is_sealed_compared_by_digest_and_shown_masked(village, sign_in):
    home("幸福村1号", "魏岚")
    number = doors_made()["幸福村1号"]
    one, two = (sign_in(WORKER, VILLAGE, language="en") for _ in range(2))
    pack_of(one), pack_of(two)
    assert outcomes(one, change(number, "contact_phone", "138 0000 0001")) == ["created"]
    assert outcomes(two, change(number, "contact_phone", "13800000001")) == ["same"]
    [receipt] = told(two, change(number, "contact_phone", "13900000002"))
    assert (receipt["outcome"], receipt["theirs"]["value"]) == ("conflict", "138****0001")
    texts = json.dumps([pack_of(one), one.get("/api/grid/conflicts").json()], ensure_ascii=False)
    assert "138****0001" in texts
    assert "139****0002" in texts
    rows = Edit.objects.using("owner").order_by("pk")
    assert [each.value for each in rows] == ["", "", ""]
    assert not any(b"0000000" in bytes(each.sealed) for each in rows)
    assert "13800000001" not in texts
    assert send(one, f"conflicts/{receipt['id']}", keep="other", id=str(uuid7(MORNING))).json()["outcome"] == "created"
    assert door_of(pack_of(one), number)["household"]["fields"]["contact_phone"]["value"] == "139****0002"


def test_two_edits_of_one_field_at_once_are_one_in_force_and_one_conflict(village):
    home("幸福村1号", "魏岚")
    number = doors_made()["幸福村1号"]
    ready, failures = threading.Barrier(2), []
    found: list[str] = []

    def say(worker: int) -> None:
        try:
            scope = worker_scope()
            said = [
                actions.Change(uuid7(MORNING), number, None, field, str(worker + 1), "", MORNING)
                for field in ("people_at_home", "how_to_reach")
            ]
            with acting(scope):
                connection.ensure_connection()
                ready.wait(timeout=30)
                receipts = actions.take_edits(scope=scope, said=said, by=f"account:{worker}", now=MORNING)
            found.extend(each.outcome for each in receipts)
        except Exception as fault:  # a thread's failure is the test's
            failures.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=say, args=(worker,)) for worker in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    rows = Edit.objects.using("owner")
    assert rows.filter(outcome="created").count() == 2
    assert found.count("conflict") == 2, found
    with acting(worker_scope()):
        assert len(conflicts(worker_scope(), now=MORNING)) == 2


def posted(client: Any, path: str, **form: str) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def shown(page: str) -> dict[str, str]:
    """What a form of fields carries without being asked."""
    found = re.findall(r'name="((?:seen|was)-known-[^"]+|form)" value="([^"]*)"', page)
    return dict(found)


def test_the_page_of_a_door_shows_and_edits_fields_and_the_inbox_settles_conflicts(village, sign_in):
    (lan,) = home("幸福村1号", "魏岚")
    number = doors_made()["幸福村1号"]
    one, two = (sign_in(WORKER, VILLAGE, language="en") for _ in range(2))
    door = f"/grid/doors/{number}/"
    first, second = shown(one.get(door).text), shown(two.get(door).text)
    mine = {"act": "fields", "known-0-people_at_home": "2", f"known-{lan.pk}-lives_here": "moved_away", "known-0-contact_phone": "13800000001"}  # fmt: skip
    assert "3 fields saved." in posted(one, door, **first | mine).text
    assert Edit.objects.using("owner").count() == 3
    posted(one, door, **first | mine)  # pressed twice
    assert Edit.objects.using("owner").count() == 3
    page = one.get(door).text
    assert "138****0001" in page
    assert "13800000001" not in page
    answer = posted(two, door, **second | {"act": "fields", "known-0-people_at_home": "3", "known-0-locked": "yes"})
    assert "1 field saved." in answer.text
    assert "1 field was said differently by somebody else" in answer.text
    assert "Two people said different things about 1 field here" in answer.text
    wrong = posted(
        two, door, **second | {"act": "fields", "known-0-people_at_home": "many", "known-0-how_to_reach": "x"}
    )
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text  # nothing typed is lost
    assert Edit.objects.using("owner").filter(field="how_to_reach").count() == 0  # all or nothing
    assert posted(two, door, act="fields", form="x").status_code == 422
    assert posted(two, door, **shown(two.get(door).text) | {"act": "fields"}).status_code == 422  # nothing was changed
    page = two.get("/grid/conflicts/").text
    said = dict(re.findall(r'name="(conflict|id|seen)" value="([^"]+)"', page))
    assert "Keep what is in force" in page
    assert posted(two, "/grid/conflicts/", **said | {"keep": "x"}).status_code == 422
    assert posted(two, "/grid/conflicts/", conflict="x", id="x", seen="x", keep="other").status_code == 422
    page = posted(two, "/grid/conflicts/", **said | {"keep": "other"}).text
    assert "Decided. Both see it." in page
    for client in (one, two):
        page = client.get("/grid/conflicts/").text
        assert "No two people contradict each other" in page
        assert "Decided lately" in page
    assert posted(one, "/grid/conflicts/", **said | {"keep": "in_force"}).status_code == 422
    assert 'name="known-0-people_at_home" inputmode="numeric" maxlength="9" value="3"' in one.get(door).text
    neighbour = sign_in(WORKER, OTHER, language="en")
    assert "幸福村1号" not in neighbour.get("/grid/conflicts/").text
    assert send(neighbour, f"conflicts/{said['conflict']}", keep="other", id=str(uuid7(MORNING))).json()["outcome"] == "refused"  # fmt: skip
    assert sign_in("sampling", VILLAGE).get("/grid/conflicts/").status_code == 403


def test_what_was_said_is_never_changed_nor_seen_from_elsewhere(village):
    home("幸福村1号", "魏岚")
    number = doors_made()["幸福村1号"]
    scope = worker_scope()
    with acting(scope):
        said = [actions.Change(uuid7(MORNING), number, None, "locked", "yes", "", MORNING)]
        actions.take_edits(scope=scope, said=said, by="account:1", now=MORNING)
    for attempt in ("UPDATE grid_edit SET value = 'no'", "DELETE FROM grid_edit"):
        with pytest.raises(ProgrammingError, match="permission denied"), acting(scope), connection.cursor() as cursor:
            cursor.execute(attempt)
    row = Edit.objects.using("owner").get()
    row.pk, row.key = None, uuid7(MORNING)
    with pytest.raises(IntegrityError, match="grid_edit_one_after_another"):
        row.save(using="owner")  # a second one after none
    for other, many in (
        (worker_scope(), 1),
        (worker_scope(OTHER), 0),
        (Scope(None, WORKER, VILLAGE, purpose="statistics"), 0),
    ):
        with acting(other):
            assert Edit.objects.count() == many
