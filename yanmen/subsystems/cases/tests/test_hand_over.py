"""A case goes to another county whole or not at all; nobody reports it a second time; no clock starts anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.loop.models import Fact, Task
from yanmen.loop.run import settle
from yanmen.registry.models import Move, Person
from yanmen.subsystems.cases.tests.county import (
    CITY,
    COUNTY,
    FAR_VILLAGE,
    HERE,
    OTHER_COUNTY,
    VILLAGE,
    act,
    areas,
    day,
    person,
    post,
    report,
)


@pytest.fixture(autouse=True)
def _areas(clean):
    areas()


def owed(who, *states):
    rows = Task.objects.using("owner").filter(subject=who, state__in=states or ("open", "failed", "done"))
    return {each.kind: (each.state, each.area, each.opens_at, each.due_at) for each in rows}


def standing(who):
    rows = Fact.objects.using("owner").filter(person_id=who)
    corrected = set(rows.exclude(corrects=None).values_list("corrects", flat=True))
    return {(each.kind, each.area) for each in rows if each.pk not in corrected}


def test_a_case_goes_whole_with_its_tasks_and_its_clocks_run_on(sign_in, settings_clock):
    found = day(1)
    case = report(who := person(), found)
    act("audit_report", case, found + timedelta(hours=1), scope=HERE)
    act("tell_course", case, found + timedelta(hours=1), scope=HERE, severity="mild", symptoms=["cough"])
    settle(now=found + timedelta(hours=5))
    before = owed(who)
    assert {before[kind][0] for kind in ("network_report", "audit_report")} == {"done"}
    assert (before["trace_core"][0], before["investigate_case"][0]) == ("failed", "open")
    settings_clock(found + timedelta(hours=6))
    sender = sign_in("cases.epidemiologist", COUNTY, language="en")
    receiver = sign_in("cases.epidemiologist", OTHER_COUNTY, language="en")
    assert receiver.get(f"/api/cases/cases/{case}").status_code == 404
    answer = post(sender, f"/cases/{case}/hand-over", to_area=FAR_VILLAGE, reason="Lives there")
    assert (answer.status_code, answer.json()["stage"], answer.json()["handed_to"]) == (200, "handed_over", FAR_VILLAGE)
    settle(now=found + timedelta(hours=7))
    after = owed(who)
    assert {kind: each[2:] for kind, each in after.items()} == {kind: each[2:] for kind, each in before.items()}
    assert {kind: each[0] for kind, each in after.items()} == {kind: each[0] for kind, each in before.items()}
    assert {each[1] for each in owed(who, "open", "failed").values()} == {FAR_VILLAGE}, "what is late is theirs too"
    assert {
        each[1] for each in standing(who) if each[0] in ("cases.reported", "cases.report_audited", "cases.course_told")
    } == {(FAR_VILLAGE)}
    assert Person.objects.using("owner").get(pk=who).area == FAR_VILLAGE
    assert Move.objects.using("owner").get(person=who).to_area == FAR_VILLAGE

    settings_clock(found + timedelta(hours=8))
    here = receiver.get(f"/api/cases/cases/{case}").json()
    assert (here["stage"], here["name"], here["severity"], here["area"]) == ("to_trace", "王小明", "mild", FAR_VILLAGE)
    clocks = {row["kind"]: row for row in receiver.get(f"/api/cases/cases/{case}/clocks").json()}
    assert (clocks["network_report"]["late_seconds"], clocks["trace_core"]["level"]) == (None, FAR_VILLAGE[:9])
    (moved,) = receiver.get(f"/api/cases/cases/{case}/hand-overs").json()
    assert (moved["from_area"], moved["to_area"], moved["reason"]) == (VILLAGE, FAR_VILLAGE, "Lives there")
    there = sender.get(f"/api/cases/cases/{case}").json()
    assert (there["stage"], there["name"]) == ("handed_over", ""), (
        "the record of the act stays, the person is no longer theirs to see"
    )
    refused = post(sender, f"/cases/{case}/audit")
    assert refused.status_code == 422
    assert FAR_VILLAGE in refused.text
    assert post(receiver, f"/cases/{case}/trace").status_code == 200
    back = post(receiver, f"/cases/{case}/hand-over", to_area=VILLAGE, reason="Moved back")
    assert back.status_code == 200, back.text
    settle(now=found + timedelta(hours=9))
    settings_clock(found + timedelta(hours=9))
    assert sender.get(f"/api/cases/cases/{case}").json()["stage"] == "to_investigate"
    assert receiver.get(f"/api/cases/cases/{case}").json()["stage"] == "handed_over"
    assert len(sender.get("/api/cases/cases").json()["rows"]) == 1


def test_a_case_is_not_handed_to_nowhere_to_oneself_or_when_it_is_closed(sign_in, settings_clock):
    case, over = report(person()), report(person("李四"))
    act("discharge", over, day(8))
    settings_clock(day(9))
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    for key, area, word in (
        (case, "140799", "no area with the code"), (case, VILLAGE, "in that area already"), (case, COUNTY, "in that area already"),
        (over, OTHER_COUNTY, "closed"),
    ):  # fmt: skip
        answer = post(expert, f"/cases/{key}/hand-over", to_area=area, reason="Lives there")
        assert answer.status_code == 422, area
        assert word in answer.text
    assert not Fact.objects.using("owner").filter(kind="cases.handed_over").exists()


def test_a_hand_over_that_fails_in_the_middle_leaves_nothing(sign_in, settings_clock):
    """The last step is the register's, and it refuses: the person is another city's to hand over."""
    who = person(area="1408")
    case = report(who, area=VILLAGE)
    settle(now=day(1, 13))
    before, tasks = standing(who), owed(who)
    settings_clock(day(1, 14))
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    answer = post(expert, f"/cases/{case}/hand-over", to_area=FAR_VILLAGE, reason="Lives there")
    assert answer.status_code == 422
    assert "level above both" in answer.text
    settle(now=day(1, 13))
    assert (standing(who), owed(who)) == (before, tasks)
    assert expert.get(f"/api/cases/cases/{case}").json()["stage"] == "to_audit"
    assert not Move.objects.using("owner").filter(person=who).exists()


def test_who_is_registered_with_the_receiver_already_is_not_moved(sign_in, settings_clock):
    who = person(area=FAR_VILLAGE)
    case = report(who, area=VILLAGE)
    settings_clock(day(1, 14))
    expert = sign_in("cases.epidemiologist", COUNTY)
    assert post(expert, f"/cases/{case}/hand-over", to_area=OTHER_COUNTY, reason="户籍地").status_code == 200
    assert sign_in("cases.epidemiologist", OTHER_COUNTY).get(f"/api/cases/cases/{case}").json()["area"] == OTHER_COUNTY
    assert Person.objects.using("owner").get(pk=who).area == FAR_VILLAGE


def test_a_case_in_two_counties_is_refused_with_county_key_and_remedy(sign_in, settings_clock):
    case = report(who := person(), area=VILLAGE)
    settings_clock(day(2))
    other = sign_in("cases.reporter", OTHER_COUNTY, language="en")
    body = {"person": who, "area": FAR_VILLAGE, "kind": "confirmed", "found_at": day(2, 8).isoformat()}
    answer = post(other, "/cases", **body)
    assert answer.status_code == 422
    for word in (f"A{COUNTY}", COUNTY, case, "hand the case over", "merges the two"):
        assert word in answer.text
    assert "祁县" in answer.json()["errors"][0]["message"]["zh"]
    city = sign_in("cases.epidemiologist", CITY)
    assert post(city, f"/cases/{case}/hand-over", to_area=OTHER_COUNTY, reason="现住地").status_code == 200
    assert post(other, "/cases", **body).status_code == 422, "it is theirs now, and still one case"
