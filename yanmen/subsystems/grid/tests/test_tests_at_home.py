"""Tests at the door from the rule to the end of the measure: visited, sampled, checked, told by the laboratory; edges hear of negatives."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from yanmen.loop import facts
from yanmen.loop.models import Fact, Measure
from yanmen.loop.run import settle
from yanmen.project.testing import show_clock
from yanmen.registry.scope import acting
from yanmen.subsystems.grid.kinds import WORKER
from yanmen.subsystems.grid.tests.test_doors import begin, doors_made, hidden, post
from yanmen.subsystems.grid.tests.village import (
    COUNTY,
    MORNING,
    OTHER,
    PROVINCE,
    VILLAGE,
    at,
    held_at_home,
    home,
    open_village,
    record,
    tasks_of,
)

LABORATORY = "laboratory"


@pytest.fixture
def village(clean):
    open_village()
    show_clock(MORNING)


def told_to_edges() -> list[list[Any]]:
    """What the outbox told the edges of last negatives: [person, minutes since 1970 or nothing], a message the other after."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT body FROM loop_outbox WHERE topic = 'health_code.negatives' ORDER BY seq")
        bodies = [json.loads(body) if isinstance(body, str) else body for (body,) in cursor.fetchall()]
    return [pair for body in bodies for pair in body["people"]]


def known_to_edges() -> dict[int, datetime]:
    """What an edge reads that begins anew."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT person, sampled_at FROM edge_negatives()")
        return dict(cursor.fetchall())


def turn(moment: datetime) -> None:
    settle(now=moment)
    show_clock(moment)


def send(client: Any, path: str, **body: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api/screening{path}", json=body, headers=headers)


def form_of(worker: Any, number: int) -> dict[str, str]:
    return hidden(worker.get(f"/grid/doors/{number}/").text)


def tick(worker: Any, number: int, person: int, kind: str) -> None:
    """One thing done at the door, said with a tick."""
    form = form_of(worker, number)
    start = begin(form, person, kind)
    own = {name: value for name, value in form.items() if name.startswith(start)}
    assert "1 answer kept." in post(worker, f"/grid/doors/{number}/", **own | {start + "done": "yes"}).text


def measure_of(person: int) -> str:
    rows = Measure.objects.using("owner").filter(
        subject_type="person", subject=person, kind__in=("contact_follow_up", "stay_and_test")
    )
    return str(rows.order_by("-pk").values_list("state", flat=True)[0])


def test_the_last_sample_taken_at_the_door_and_told_by_the_laboratory_ends_the_stay_at_home(village, sign_in):
    (lan,) = home("幸福村2号", "魏岚")
    held_at_home(lan)
    worker = sign_in(WORKER, VILLAGE, language="en")
    number = doors_made(worker)["幸福村2号"]
    assert "Sample before release" not in worker.get(f"/grid/doors/{number}/").text, "it is owed on the fifth day"
    last = at("2022-12-14 09:00")
    turn(last)
    assert "release_test" in tasks_of(lan.pk)
    assert "Sample before release" in worker.get(f"/grid/doors/{number}/").text
    tick(worker, number, lan.pk, "screening.sampled")
    sample = Fact.objects.using("owner").get(person_id=lan.pk, kind="screening.sampled").detail["sample"]
    turn(last + timedelta(minutes=5))
    assert "release_test" in tasks_of(lan.pk, "done")
    assert "Sample before release" not in worker.get(f"/grid/doors/{number}/").text
    laboratory = sign_in(LABORATORY, COUNTY, language="en")
    assert sample in [row["sample"] for row in laboratory.get("/api/screening/samples").json()["rows"]]
    assert send(laboratory, f"/samples/{sample}/result", result="negative").status_code == 201
    [(person, sampled_at)] = known_to_edges().items()
    assert (person, last <= sampled_at < last + timedelta(minutes=2)) == (lan.pk, True)
    assert told_to_edges()[-1] == [lan.pk, int(sampled_at.timestamp() // 60)]
    turn(at("2022-12-14 18:00"))
    assert measure_of(lan.pk) == "in_force"
    turn(at("2022-12-15 00:01"))
    assert measure_of(lan.pk) == "completed"


def test_a_sample_that_nobody_took_keeps_the_person_and_is_late(village, sign_in):
    (lan,) = home("幸福村2号", "魏岚")
    held_at_home(lan)
    turn(at("2022-12-15 09:00"))
    assert "release_test" in tasks_of(lan.pk, "failed")
    assert measure_of(lan.pk) == "in_force"
    worker = sign_in(WORKER, VILLAGE, language="en")
    number = doors_made(worker)["幸福村2号"]
    assert "Sample before release" in worker.get(f"/grid/doors/{number}/").text, "late is still owed"


def test_who_comes_from_a_high_risk_area_is_visited_sampled_and_checked_at_home(village, sign_in):
    (lan,) = home("幸福村2号", "魏岚")
    came = at("2022-11-21 09:00")
    with acting(PROVINCE):
        facts.record(
            "cases.reported", area=OTHER, occurred_at=came, by="test", now=came,
            detail={"kind": "confirmed", "setting": "community"},
        )  # fmt: skip
    record(
        "arrivals.declared", lan.pk, came, journey="j1", origin=OTHER, destination=COUNTY, left_origin_on="2022-11-20",
        arrived_origin_on="2022-11-10", expected_on="2022-11-20",
    )  # fmt: skip
    turn(came)
    turn(came + timedelta(minutes=1))
    assert "home_visit" in tasks_of(lan.pk)
    worker = sign_in(WORKER, VILLAGE, language="en")
    number = doors_made(worker)["幸福村2号"]
    tick(worker, number, lan.pk, "arrivals.visited")
    assert Fact.objects.using("owner").get(kind="arrivals.visited").detail == {"journey": "j1"}
    turn(came + timedelta(minutes=9))
    assert "home_visit" in tasks_of(lan.pk, "done")
    for day in ("22", "24", "26"):  # the tests between are taken wherever the person is sampled
        record("screening.result", lan.pk, at(f"2022-11-{day} 10:00"), sample=f"s{day}", result="negative")
    record("screening.result", lan.pk, at("2022-11-21 10:00"), sample="s21", result="negative")
    last = at("2022-11-27 09:00")
    turn(last)
    assert {"release_test", "release_check"} <= set(tasks_of(lan.pk))
    tick(worker, number, lan.pk, "screening.sampled")
    tick(worker, number, lan.pk, "arrivals.released_checked")
    turn(last + timedelta(minutes=5))
    assert {"release_test", "release_check"} <= set(tasks_of(lan.pk, "done"))
    sample = Fact.objects.using("owner").get(kind="screening.sampled").detail["sample"]
    assert send(sign_in(LABORATORY, COUNTY), f"/samples/{sample}/result", result="negative").status_code == 201
    turn(at("2022-11-28 00:01"))
    assert measure_of(lan.pk) == "completed"


def test_every_negative_reaches_the_edges_whoever_recorded_it_and_an_antigen_is_no_nucleic_acid_test(village, sign_in):
    (lan,) = home("幸福村2号", "魏岚")
    held_at_home(lan)
    worker = sign_in(WORKER, VILLAGE, language="en")
    number = doors_made(worker)["幸福村2号"]
    form = form_of(worker, number)
    test = begin(form, lan.pk, "screening.result")
    own = {name: value for name, value in form.items() if name.startswith(test)}
    post(worker, f"/grid/doors/{number}/", **own | {test + "result": "negative"})
    assert told_to_edges() == [[lan.pk, None]], "told at once; doors that ask for a nucleic acid test still find none"
    assert known_to_edges() == {}
    with acting(PROVINCE):
        told = facts.record(
            "screening.result", person=lan.pk, area=lan.area, occurred_at=MORNING, by="test", now=MORNING,
            detail={"sample": "s1", "result": "negative", "method": "nat"},
        )  # fmt: skip
        assert len(told_to_edges()) == 1, "not before the transaction ends"
    minutes = int(MORNING.timestamp() // 60)
    assert told_to_edges()[-1] == [lan.pk, minutes]
    assert known_to_edges() == {lan.pk: MORNING}
    with acting(PROVINCE):
        facts.correct(told, detail={"result": "positive"}, by="test", now=MORNING)
    assert told_to_edges()[-1] == [lan.pk, None]
    with acting(PROVINCE):
        rows = [
            {"person": lan.pk, "area": lan.area, "occurred_at": MORNING - timedelta(hours=hours),
             "detail": {"sample": f"m{hours}", "result": "negative"}}
            for hours in range(1, 40)
        ]  # fmt: skip
        facts.record_many("screening.result", rows, by="test", now=MORNING)
    assert len(told_to_edges()) == 4, "one message a transaction, each person once"
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM screening_untold")
        assert cursor.fetchone() == (0,)
