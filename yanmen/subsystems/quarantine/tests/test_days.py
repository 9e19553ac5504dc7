"""Ten days in a site under the ninth edition: everybody goes on the day it says; a withheld test is found on the next turn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from yanmen.base.clock import at
from yanmen.loop import facts
from yanmen.loop.models import Fact, Measure, Task
from yanmen.project.testing import show_clock
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.quarantine import queries
from yanmen.subsystems.quarantine.actions import days as actions
from yanmen.subsystems.quarantine.actions import leaving
from yanmen.subsystems.quarantine.models import Stay
from yanmen.subsystems.quarantine.queries import days, findings, today
from yanmen.subsystems.quarantine.queries.guests import guest
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
from yanmen.subsystems.quarantine.tests.guests import post, put_in, rooms_of, sample, tell, turn

FIRST = date(2022, 10, 1)
TESTS = [date(2022, 10, day) for day in (1, 2, 3, 5, 7)]
MINE = Scope(None, "quarantine.manager", COUNTY)


@pytest.fixture
def house(clean):
    """Four contacts of the district, last exposed on 30 September, in a site of the county: in rooms 201, 202, 301 and 401."""
    open_city()
    goal = site(COUNTY, floors=3, rooms=2)
    people = [household(1, DISTRICT)[0] for _ in range(4)]
    close_contacts(people, last=date(2022, 9, 30))
    rooms = {each.number: each for each in rooms_of(goal)}
    given = [
        put_in(person, rooms[one], now=NOON) for person, one in zip(people, ("201", "202", "301", "401"), strict=True)
    ]
    turn(NOON)
    show_clock(NOON)
    return goal, people, given


def found(stay: Stay, now: datetime):
    with acting(MINE) as scope:
        return guest(scope, stay.pk, now=now)


def kinds_found(now: datetime) -> list[tuple[str, int]]:
    with acting(MINE) as scope:
        return [(each.kind, each.person) for each in findings.findings(scope, now=now)]


def test_ten_days_go_by_as_the_edition_says_and_a_withheld_test_is_found(house, sign_in):
    goal, (anna, bai, chen, dong), given = house
    manager = sign_in("quarantine.manager", COUNTY, language="en")
    withheld = {chen.pk: date(2022, 10, 7)}
    for offset in range(7):
        day = FIRST + timedelta(days=offset)
        for person in (anna, bai, chen, dong):
            if day in TESTS and withheld.get(person.pk) != day:
                sample(person, day, hour=13)
        turn(at(day, 16))
        if day == date(2022, 10, 4):
            show_clock(at(day, 17))
            form = {f"celsius-{stay.pk}": "36.5" for stay in given[:3]}
            assert "3 temperatures kept" in post(manager, f"/quarantine/today/?site={goal.pk}", form).text
            plan = manager.get(f"/api/quarantine/stays/{given[0].pk}/days").json()
            assert plan["leaves_on"] == "2022-10-08"
            today = next(each for each in plan["days"] if each["day"] == "2022-10-04")
            assert (today["place"], today["temperatures"], today["missing"]) == ("central_quarantine", [36.5], 0)
        if day == date(2022, 10, 7):
            show_clock(at(day, 18))
            page = manager.get("/quarantine/today/").text
            assert "Leaving today and tomorrow" in page
            assert "10-07 to be taken" in page
            refused = post(manager, f"/quarantine/stays/{given[0].pk}/", {"act": "release", "journey": "own"})
            assert refused.status_code == 422
            assert "may go from 2022-10-08" in refused.text
        turn(at(day, 23))
        assert kinds_found(at(day, 23)) == []

    morning = at(date(2022, 10, 8), 9)
    show_clock(morning)
    readings = [{"stay": stay.pk, "celsius": 36.4} for stay in given]
    token = manager.cookies["csrftoken"]
    headers = {"X-CSRFToken": token, "Referer": str(manager.base_url)}
    kept = manager.post("/api/quarantine/checks", json={"readings": readings}, headers=headers).json()
    assert (kept["created"], kept["rejected"]) == (4, [])
    for stay in (given[0], given[1]):
        path = f"/quarantine/stays/{stay.pk}/"
        assert "Home health monitoring" in manager.get(path).text
        assert post(manager, path, {"act": "release", "journey": "own"}).status_code == 200
        note = manager.get(f"{path}release.pdf")
        assert note.content.startswith(b"%PDF")
        assert post(manager, path, {"act": "go"}).status_code == 200
    refused = post(manager, f"/quarantine/stays/{given[2].pk}/", {"act": "release", "journey": "own"})
    assert refused.status_code == 422
    assert "10-07 not taken" in refused.text

    turn(morning)
    assert kinds_found(morning) == [("over_held", chen.pk), ("over_held", dong.pk)]
    with acting(PROVINCE):
        gone = Stay.objects.filter(pk__in=[given[0].pk, given[1].pk])
        assert set(gone.values_list("state", "why")) == {("left", "released")}
        assert {each.ended_at.date() for each in gone} == {date(2022, 10, 8)}
    assert [each["row"]["person"] for each in queries.findings.audit(MINE, now=at(date(2022, 10, 8), 13))] == [
        chen.pk,
        dong.pk,
    ]
    page = manager.get("/quarantine/findings/").text
    assert "10-07 not taken" in page
    assert "every condition of the release holds" in page

    sample(chen, date(2022, 10, 8), hour=10)
    turn(at(date(2022, 10, 8), 13))
    show_clock(at(date(2022, 10, 8), 13))
    for stay in (given[2], given[3]):
        path = f"/quarantine/stays/{stay.pk}/"
        assert post(manager, path, {"act": "release", "journey": "own"}).status_code == 200
        assert post(manager, path, {"act": "go"}).status_code == 200
    assert kinds_found(at(date(2022, 10, 8), 14)) == []

    for person in (anna, chen, dong):
        sample(person, date(2022, 10, 10), hour=10)
    turn(at(date(2022, 10, 11), 1))
    with acting(Scope(None, "quarantine.manager", DISTRICT)) as scope:
        rows = findings.findings(scope, now=at(date(2022, 10, 11), 1))
    assert [(each.kind, each.person) for each in rows] == [("withheld", bai.pk)]


def test_a_fever_is_looked_at_by_a_doctor_and_tested(house, sign_in):
    _goal, people, given = house
    staff = sign_in("quarantine.staff", COUNTY)
    show_clock(at(FIRST, 20))
    told = post(staff, "/quarantine/today/", {f"celsius-{given[0].pk}": "38.2", f"celsius-{given[1].pk}": "73"}).text
    assert "体温应在34至43℃之间" in told
    turn(at(FIRST, 20, 1))
    with acting(PROVINCE):
        owed = Task.objects.filter(
            subject=people[0].pk, measure_id__in=Measure.objects.filter(rule="quarantine.symptoms").values("pk")
        )
        assert sorted(owed.values_list("kind", "state")) == [("see_doctor", "open"), ("test", "open")]
    assert "尚无医生查看" in staff.get(f"/quarantine/stays/{given[0].pk}/").text
    show_clock(at(FIRST, 21))
    assert post(staff, f"/quarantine/stays/{given[0].pk}/", {"act": "look", "judged": "watch"}).status_code == 200
    turn(at(FIRST, 21, 1))
    with acting(PROVINCE):
        assert Task.objects.get(subject=people[0].pk, kind="see_doctor").state == "done"


def test_readings_sent_twice_are_one_and_bad_ones_are_named(house, sign_in):
    given = house[2]
    staff = sign_in("quarantine.staff", COUNTY, language="en")
    staff.get("/quarantine/today/")
    headers = {"X-CSRFToken": staff.cookies["csrftoken"], "Referer": str(staff.base_url)}
    one = {"stay": given[0].pk, "celsius": 37.3, "id": "01838e5e-1234-7abc-8def-0123456789ab"}
    body = {"readings": [one, {"stay": given[1].pk}, {"stay": 999, "celsius": 36.5}]}
    first, second = (staff.post("/api/quarantine/checks", json=body, headers=headers).json() for _ in range(2))
    assert (first["created"], first["repeated"], len(first["rejected"]), first["told"]) == (1, 0, 2, 1)
    assert (second["created"], second["repeated"]) == (0, 1)
    assert [each["field"] for each in first["rejected"]] == ["celsius", "stay"]
    with acting(PROVINCE):
        assert Fact.objects.filter(kind="quarantine.symptoms_told").count() == 1


def test_needs_and_talks_of_a_guest(house, sign_in):
    given = house[2]
    staff = sign_in("quarantine.staff", COUNTY, language="en")
    path = f"/quarantine/stays/{given[0].pk}/"
    post(staff, path, {"act": "need", "need": "medicine", "note": "降压药", "urgent": "1"})
    assert "降压药" in staff.get("/quarantine/today/").text
    told = found(given[0], NOON + timedelta(minutes=5)).needs[0]["id"]
    assert "Due today" not in staff.get(path).text
    post(staff, path, {"act": "met", "told": told})
    assert "降压药" not in staff.get("/quarantine/today/").text
    post(staff, path, {"act": "need", "need": "mental"})
    assert "Due today" in staff.get(path).text
    post(staff, path, {"act": "care", "about": "mental", "well": "1", "note": "平稳"})
    assert "Due today" not in staff.get(path).text


def test_who_goes_before_the_end_and_who_stays_for_nothing_are_found(house, sign_in):
    _goal, (anna, bai, _chen, _), given = house
    third = at(date(2022, 10, 3), 10)
    with acting(PROVINCE):
        leaving.leave(scope=PROVINCE, stay=given[0].pk, why="absconded", note="夜间翻窗离开", by="test", now=third)
        contact = Fact.objects.get(kind="tracing.contact_found", person_id=bai.pk)
        facts.withdraw(contact.pk, reason="误判", by="test", now=third)
    turn(third)
    told = kinds_found(third)
    assert told == [("left_early", anna.pk), ("without_measure", bai.pk)]
    with acting(MINE) as scope:
        rows = findings.findings(scope, now=third)
        assert [each.late(third + timedelta(hours=3)) for each in rows] == [True, False]
    inspector = sign_in("inspector", COUNTY, language="en")
    show_clock(third)
    assert "Left before the end" in inspector.get("/quarantine/findings/").text


def test_another_county_sees_nothing_of_these_guests(house, sign_in):
    given = house[2]
    stranger = sign_in("quarantine.manager", "140702")
    other = sign_in("quarantine.manager", "140728")
    assert stranger.get(f"/quarantine/stays/{given[0].pk}/").status_code == 200  # their own people
    assert other.get(f"/quarantine/stays/{given[0].pk}/").status_code == 404
    assert other.get(f"/api/quarantine/stays/{given[0].pk}/days").status_code == 404
    with acting(Scope(None, "quarantine.manager", "140728")) as scope:
        assert today.site_day(scope, site=None, now=NOON).guests == 0


def test_a_positive_on_a_floor_concerns_the_next_floors_only(house):
    goal, (anna, bai, chen, _dong), given = house
    fourth = at(date(2022, 10, 4), 9)
    report = tell("cases.reported", anna, now=fourth, kind="confirmed", setting="central_quarantine")
    turn(fourth)
    with acting(PROVINCE):
        held = Measure.objects.filter(rule="quarantine.neighbour", state="in_force")
        assert sorted(held.values_list("subject", flat=True)) == sorted([bai.pk, chen.pk])
        assert set(held.values_list("count_from", flat=True)) == {date(2022, 10, 4)}
    assert days.leaves_on(found(given[1], fourth), today=date(2022, 10, 4)) == date(2022, 10, 12)
    assert days.leaves_on(found(given[3], fourth), today=date(2022, 10, 4)) == date(2022, 10, 8)
    with acting(MINE) as scope:
        about = {"scope": scope, "site": goal.pk, "by": "test", "now": fourth}
        actions.sample_surroundings(where="201", result="positive", **about)
    turn(fourth)
    assert days.leaves_on(found(given[3], fourth), today=date(2022, 10, 4)) == date(2022, 10, 8)  # the room of the case
    with acting(MINE) as scope:
        actions.sample_surroundings(where="电梯", result="positive", **about)
    turn(fourth)
    assert days.leaves_on(found(given[3], fourth), today=date(2022, 10, 4)) == date(2022, 10, 12)
    with acting(PROVINCE):
        facts.withdraw(UUID(report), reason="复核阴性", by="test", now=fourth)
    turn(fourth)
    assert days.leaves_on(found(given[3], fourth), today=date(2022, 10, 4)) == date(2022, 10, 8)
