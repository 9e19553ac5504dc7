"""Runs are planned as people come: offered or taken over as policy says, void once their basis has changed, one plan at a time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connections

from yanmen.project.testing import show_clock
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine import jobs
from yanmen.subsystems.quarantine.actions import errands
from yanmen.subsystems.quarantine.models import Errand, Run, RunPlan, Transfer
from yanmen.subsystems.quarantine.queries import rides, run_plans
from yanmen.subsystems.quarantine.tests.city import (
    CENTRES,
    CITY,
    COUNTY,
    DISTRICT,
    NOON,
    PROVINCE,
    household,
    open_city,
    site,
    vehicle,
)

DISPATCHER = "quarantine.dispatcher"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def city(clean):
    """A hotel in the county, a square in the district by which its addresses are placed, and one van."""
    open_city()
    show_clock(NOON)
    with acting(PROVINCE):
        x, y = CENTRES[DISTRICT]
        Place.objects.create(kind="other", name_zh="广场", area=DISTRICT, created_at=NOON, longitude=x, latitude=y)
    vehicle(plate="晋K00001")
    return site(COUNTY)


@pytest.fixture
def desk(city, sign_in):
    return sign_in(DISPATCHER, CITY, language="en")


def send(client: Any, path: str, **body: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api/quarantine{path}", json=body, headers=headers)


def post(client: Any, **form: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post("/transfers/", data=form, headers=headers)


def approved(desk: Any, city: Any, people: int = 2) -> list[int]:
    """A household is asked for and approved by both sides."""
    family = household(people)
    asked = send(desk, "/transfers", people=[each.pk for each in family], to_place=city.place_id).json()
    numbers = [each["id"] for each in asked]
    assert send(desk, "/transfers/release", transfers=numbers).status_code == 200
    assert send(desk, "/transfers/accept", transfers=numbers).status_code == 200
    return numbers


def states(numbers: list[int]) -> set[tuple[str, int | None]]:
    return set(Transfer.objects.using("owner").filter(pk__in=numbers).values_list("state", "run"))


def turn(now: datetime) -> bool:
    """A minute of the worker: what is due is asked for, and made. Whether anything was."""
    show_clock(now)
    jobs.every_minute(now)
    return jobs.long_work(now)


def offered(desk: Any) -> int | None:
    found = re.search(r'name="plan" value="(\d+)"', desk.get("/transfers/").text)
    return int(found[1]) if found else None


def test_who_waits_long_enough_is_planned_and_a_dispatcher_takes_the_plan_over(city, desk):
    first = approved(desk, city)
    assert not turn(NOON + MINUTE), "two people, a minute: policy says eight or a quarter of an hour"
    assert turn(NOON + 16 * MINUTE)
    page = desk.get("/transfers/").text
    assert "A plan of runs is offered" in page
    assert "by itself, as requests came" in page
    assert states(first) == {("approved", None)}, "an offer changes nothing"
    assert not turn(NOON + 18 * MINUTE), "an offer that holds is not made again"
    plan = offered(desk)
    assert "2 people on 1 runs." in post(desk, act="adopt", plan=plan).text
    [(state, run)] = states(first)
    assert (state, run is not None) == ("planned", True)
    assert post(desk, act="adopt", plan=plan).status_code == 422
    assert offered(desk) is None
    assert not turn(NOON + 60 * MINUTE), "nobody waits"


def test_a_plan_of_an_older_state_is_refused_and_made_anew(city, desk):
    first = approved(desk, city)
    turn(NOON + 16 * MINUTE)
    stale = offered(desk)
    second = approved(desk, city, 6)
    show_clock(NOON + 18 * MINUTE)
    assert "it cannot be adopted" in desk.get("/transfers/").text
    refused = post(desk, act="adopt", plan=stale)
    assert refused.status_code == 422
    assert "Plan anew" in refused.text
    assert turn(NOON + 19 * MINUTE), "eight wait"
    assert offered(desk) not in (None, stale)
    post(desk, act="adopt", plan=offered(desk))
    assert {state for state, _ in states([*first, *second])} == {"planned"}
    turn(NOON + 21 * MINUTE)
    assert RunPlan.objects.using("owner").get(pk=stale).ended_at is not None


def test_an_offer_that_nobody_takes_grows_old_and_is_made_anew(city, desk):
    approved(desk, city)
    turn(NOON + 16 * MINUTE)
    old = offered(desk)
    assert turn(NOON + 48 * MINUTE)
    assert offered(desk) not in (None, old)


def test_runs_that_departed_or_leave_soon_stay_and_a_lost_vehicle_frees_whom_it_has_not_picked_up(city, desk):
    out = approved(desk, city)
    post(desk, act="plan")
    assert jobs.long_work(NOON)
    [(_, run)] = states(out)
    assert send(desk, f"/runs/{run}/depart", driver="张师傅").status_code == 200
    picked = out[:1]
    assert send(desk, "/transfers/pick-up", transfers=picked, picked_up_by="李").status_code == 200
    vehicle(plate="晋K00002")
    soon = approved(desk, city)
    post(desk, act="plan")
    assert jobs.long_work(NOON)
    [(_, kept)] = states(soon)
    assert kept != run
    more = approved(desk, city, 8)
    assert turn(NOON + MINUTE)
    assert states(soon) == {("planned", kept)}
    assert states(out) == {("planned", run), ("picked_up", run)}
    assert offered(desk) is not None
    vehicle(plate="晋K00003")
    lost = Run.objects.using("owner").get(pk=run).vehicle_id
    assert "1 person waits for another." in post(desk, act="lose", vehicle=lost).text
    assert states(out) == {("approved", None), ("picked_up", run)}, "who is aboard stays on the run"
    assert turn(NOON + 2 * MINUTE)
    post(desk, act="adopt", plan=offered(desk))
    assert {state for state, _ in states([*out[1:], *more])} == {"planned"}
    assert states(soon) == {("planned", kept)}
    assert Run.objects.using("owner").get(pk=run).state == "out"


def test_a_lost_vehicle_frees_people_of_other_areas_too(city, sign_in, desk):
    numbers = approved(desk, city)
    post(desk, act="plan")
    jobs.long_work(NOON)
    assert {state for state, _ in states(numbers)} == {"planned"}
    back = household(1, COUNTY)
    asked = send(desk, "/transfers", people=[back[0].pk], from_place=city.place_id, to_place=city.place_id).json()
    team = sign_in("transfer_team", DISTRICT, language="en")
    van = Run.objects.using("owner").get(state="planned").vehicle_id
    Transfer.objects.using("owner").filter(pk__in=numbers).update(area=COUNTY, to_area=COUNTY)
    assert "2 people wait for another." in post(team, act="lose", vehicle=van).text
    assert states(numbers) == {("approved", None)}
    assert asked


def test_where_policy_says_so_the_plan_is_taken_over_by_itself(city, desk, monkeypatch):
    numbers = approved(desk, city)
    norm = run_plans.policy(PROVINCE, NOON)
    monkeypatch.setattr(run_plans, "policy", lambda scope, now: norm | {"adopts": True})
    assert turn(NOON + 16 * MINUTE)
    assert {state for state, _ in states(numbers)} == {"planned"}
    assert "The plan is taken over." in desk.get("/transfers/").text


def test_whom_no_vehicle_can_take_is_not_planned_again_until_the_vehicles_change(city, desk):
    numbers = approved(desk, city, 9)
    assert turn(NOON + MINUTE)
    assert "9" in desk.get("/transfers/").text
    post(desk, act="adopt", plan=offered(desk))
    assert states(numbers) == {("approved", None)}
    assert not turn(NOON + 21 * MINUTE)
    vehicle(plate="晋K00009", seats=12)
    assert turn(NOON + 22 * MINUTE)


def test_two_workers_never_plan_at_once_and_what_one_left_is_begun_again(city, desk):
    numbers = approved(desk, city)
    post(desk, act="plan")
    post(desk, act="plan")
    assert Errand.objects.using("owner").count() == 1, "asked for twice it is one"
    found = connections["loop"].get_connection_params()
    with psycopg.connect(
        **{name: found[name] for name in ("host", "port", "user", "password", "dbname") if found.get(name)}
    ) as other:
        other.execute("SELECT pg_advisory_lock(%s, 0)", [errands._LOCK])
        assert not jobs.long_work(NOON)
        assert "it begins in a moment" in desk.get("/transfers/").text
    Errand.objects.using("owner").update(state="working", part="searching", done=3, whole=20, tries=1)
    page = desk.get("/transfers/").text
    assert "Searching: 3 of at most 20 seconds." in page
    assert "every 2s" in page
    [number] = Errand.objects.using("owner").values_list("pk", flat=True)
    part = desk.get(f"/quarantine/errands/{number}/").text
    assert "Searching: 3 of at most 20 seconds." in part
    assert "<html" not in part
    assert jobs.long_work(NOON)
    done = desk.get(f"/quarantine/errands/{number}/").text
    assert "The plan is taken over." in done
    assert "every 2s" not in done
    assert {state for state, _ in states(numbers)} == {"planned"}
    assert not jobs.long_work(NOON)


def test_what_goes_wrong_is_told_in_both_languages_and_ends(city, desk, sign_in, monkeypatch):
    numbers = approved(desk, city)
    post(desk, act="plan")

    def broken(self: Any, **_: Any) -> None:
        raise RuntimeError("no search today")

    monkeypatch.setattr(rides.Board, "plan", broken)
    assert jobs.long_work(NOON)
    assert "The plan could not be finished" in desk.get("/transfers/").text
    assert "方案未能完成" in sign_in(DISPATCHER, CITY, language="zh-hans").get("/transfers/").text
    assert states(numbers) == {("approved", None)}
    monkeypatch.undo()
    post(desk, act="plan")
    Errand.objects.using("owner").filter(state="waiting").update(state="working", tries=3)
    assert jobs.long_work(NOON), "three workers ended in the middle: it is told, not tried for ever"
    assert "The plan could not be finished" in desk.get("/transfers/").text
    assert states(numbers) == {("approved", None)}
