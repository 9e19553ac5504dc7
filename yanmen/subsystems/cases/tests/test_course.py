"""The course of a case through the API: symptoms over time, criteria of discharge, death, a positive after discharge."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.loop import facts
from yanmen.loop.models import Fact, Measure, Task
from yanmen.loop.run import settle
from yanmen.registry.scope import acting
from yanmen.subsystems.cases.tests.county import PROVINCE, VILLAGE, act, areas, day, person, post, report


@pytest.fixture(autouse=True)
def _areas(clean):
    areas()


@pytest.fixture
def expert(sign_in, settings_clock):
    """An epidemiologist whose clock is ours to set."""
    client = sign_in("cases.epidemiologist", "14", language="en")

    def at(moment):
        settings_clock(moment)
        return client

    return at


def sampled(who, at, result, ct=None, method="nat"):
    with acting(PROVINCE):
        detail = {"result": result, "method": method} | ({"ct": ct} if ct else {})
        facts.record("screening.result", person=who, area=VILLAGE, occurred_at=at, by="lab", now=at, detail=detail)


def checklist(client, case):
    return {row["name"]: row for row in client.get(f"/api/cases/cases/{case}/discharge").json()["criteria"]}


def in_force(who):
    """Measures of the case itself: tracing may go on looking for its source."""
    rows = Measure.objects.using("owner").filter(subject=who, state="in_force", rule__startswith="cases.")
    return {each.rule: each for each in rows.select_related("edition")}


def owed_by(who, *states):
    """Kinds of the tasks of those measures."""
    measures = (
        Measure.objects.using("owner").filter(subject=who, rule__startswith="cases.").values_list("pk", flat=True)
    )
    tasks = Task.objects.using("owner").filter(measure_id__in=list(measures), state__in=states)
    return set(tasks.values_list("kind", flat=True))


def test_the_ninth_edition_asks_for_two_results_a_day_apart_and_no_symptoms(expert):
    case = report(who := person(), ct=20, severity="mild")
    client = expert(day(3))
    assert {name: row["met"] for name, row in checklist(client, case).items()} == {"symptoms": None, "tests": None}
    answer = post(client, f"/cases/{case}/course", symptoms=["fever", "cough"], temperature=38.4)
    assert answer.status_code == 201, answer.text
    sampled(who, day(6), "positive", 36)
    client = expert(day(6))
    rows = checklist(client, case)
    assert (rows["symptoms"]["met"], rows["tests"]["met"]) == (False, False)
    assert rows["tests"]["because_en"] == "1 of 2 results"
    assert len(rows["tests"]["evidence"]) == 1
    sampled(who, day(6, 20), "negative")
    assert "less than 24 hours" in checklist(expert(day(6, 20)), case)["tests"]["because_en"]
    sampled(who, day(7), "negative")
    client = expert(day(7))
    assert checklist(client, case)["tests"]["met"] is True
    refused = post(client, f"/cases/{case}/discharge")
    assert refused.status_code == 422
    assert "Symptoms gone" in refused.text
    post(client, f"/cases/{case}/course", symptoms=["none"])
    assert all(row["met"] for row in checklist(client, case).values())
    done = post(client, f"/cases/{case}/discharge")
    assert (done.status_code, done.json()["stage"]) == (200, "discharged")


def test_a_positive_in_between_starts_the_run_anew(expert):
    case = report(who := person())
    for hour, result, ct in ((1, "negative", None), (25, "positive", 30), (49, "positive", 37)):
        sampled(who, day(2) + timedelta(hours=hour), result, ct)
    rows = checklist(expert(day(5)), case)
    assert rows["tests"]["because_en"] == "1 of 2 results"


def test_discharge_against_a_criterion_keeps_the_reason(expert):
    case = report(who := person())
    sampled(who, day(5), "positive", 30)
    client = expert(day(6))
    assert post(client, f"/cases/{case}/discharge").status_code == 422
    assert (
        post(client, f"/cases/{case}/discharge", reason="Moved to the hospital of another province").status_code == 200
    )
    detail = Fact.objects.using("owner").get(kind="cases.discharged").detail
    assert detail["reason"].startswith("Moved")
    assert detail["unmet"] == "tests"


def test_the_eighth_edition_counts_days_without_fever(expert):
    start = day(1).replace(year=2021)
    case = report(who := person(), start, now=start)
    client = expert(start + timedelta(days=1))
    post(client, f"/cases/{case}/course", symptoms=["fever", "cough"], temperature=38.9)
    client = expert(start + timedelta(days=3))
    post(client, f"/cases/{case}/course", symptoms=["cough"], temperature=36.8)
    rows = checklist(client, case)
    assert (rows["temperature"]["met"], rows["symptoms"]["met"], rows["imaging"]["met"]) == (False, True, None)
    client = expert(start + timedelta(days=7))
    assert checklist(client, case)["temperature"]["met"] is None, "nobody measured since"
    post(client, f"/cases/{case}/course", temperature=36.6)
    assert checklist(client, case)["temperature"]["met"] is True
    sampled(who, start + timedelta(days=6), "positive", 38)
    assert checklist(client, case)["tests"]["met"] is False, "the eighth edition knew no Ct"


def test_after_the_ten_measures_tests_count_from_day_six_and_nothing_is_asked_under_class_b(expert):
    start = day(1).replace(month=12, day=10)
    case = report(who := person(), start, now=start, kind="asymptomatic")
    sampled(who, start + timedelta(days=4), "negative")
    sampled(who, start + timedelta(days=6), "negative")
    rows = checklist(expert(start + timedelta(days=6, hours=1)), case)
    assert (rows["tests"]["met"], rows["tests"]["because_en"]) == (False, "1 of 2 results")
    assert rows["antigen"]["met"] is None
    later = start.replace(year=2023, month=1, day=9)
    assert checklist(expert(later), case) == {}


def test_a_course_that_cannot_be_is_refused_and_the_same_entry_is_one_fact(expert):
    case = report(person())
    client = expert(day(3))
    for wrong, word in (
        ({"temperature": 52}, "30 and 45"), ({"symptoms": ["none", "cough"]}, "alone"), ({"symptoms": ["itch"]}, "cough"),
        ({"at": day(4).isoformat(), "symptoms": ["cough"]}, "not come yet"), ({}, "at least one"),
        ({"onset_on": "2022-10-09"}, "after the moment"),
    ):  # fmt: skip
        answer = post(client, f"/cases/{case}/course", **wrong)
        assert answer.status_code == 422, (wrong, answer.text)
        assert word in answer.text
    body = {"at": day(2).isoformat(), "symptoms": ["cough"], "onset_on": "2022-09-30"}
    first, again = post(client, f"/cases/{case}/course", **body), post(client, f"/cases/{case}/course", **body)
    assert first.json() == again.json()
    assert len(client.get(f"/api/cases/cases/{case}/course").json()["readings"]) == 1
    assert client.get(f"/api/cases/cases/{case}").json()["onset_on"] == "2022-09-30"


def test_who_gets_worse_goes_to_hospital_with_the_next_turn(expert):
    case = report(who := person(), severity="mild")
    settle(now=day(1))
    assert "cases.mild_or_asymptomatic_case" in in_force(who)
    act("tell_course", case, day(2), severity="severe")
    settle(now=day(2))
    assert "cases.confirmed_case" in in_force(who)
    assert "cases.mild_or_asymptomatic_case" not in in_force(who)
    assert expert(day(2)).get(f"/api/cases/cases/{case}").json()["severity"] == "severe"


def test_a_death_closes_the_case_and_ends_its_measures_until_it_is_taken_back(expert):
    case = report(who := person(), severity="severe")
    settle(now=day(1))
    before = {(rule, each.count_from, each.last_day) for rule, each in in_force(who).items()}
    owed = owed_by(who, "open")
    assert before
    assert owed
    client = expert(day(1, 18))
    done = post(client, f"/cases/{case}/death", cause="Respiratory failure")
    assert (done.status_code, done.json()["stage"]) == (200, "died")
    settle(now=day(1, 19))
    assert in_force(who) == {}
    assert not owed_by(who, "open")
    for path in ("/death", "/discharge"):
        assert post(client, f"/cases/{case}{path}").status_code == 422
    assert post(client, f"/cases/{case}/death/take-back", reason="Another patient").status_code == 200
    settle(now=day(1, 20))
    assert {(rule, each.count_from, each.last_day) for rule, each in in_force(who).items()} == before
    assert owed_by(who, "open", "failed") >= owed - {"network_report"}


def test_a_positive_after_discharge_is_decided_by_ct_symptoms_and_assessment(expert):
    case = report(who := person(), ct=22, severity="mild")
    act("discharge", case, day(8))
    settle(now=day(8))

    def told(moment):
        return expert(moment).get(f"/api/cases/cases/{case}/aftercare").json()

    first = told(day(9))
    assert first["decision"] == "nothing_found"
    assert [(row["rule"], row["until"]) for row in first["monitored"]] == [("cases.discharged", "2022-10-15")]
    sampled(who, day(10), "positive", 36.5)
    assert told(day(10))["decision"] == "leave_alone"
    sampled(who, day(11), "positive", 31)
    found = told(day(11))
    assert (found["decision"], found["ct"], found["infectious_below"], len(found["positives"])) == ("assess", 31, 35, 2)
    assert found["source"]["grade"] == "A"
    client = expert(day(11))
    post(client, f"/cases/{case}/course", symptoms=["cough"])
    assert post(client, f"/cases/{case}/assess", risk="risk", note="Ct falls").status_code == 200
    found = told(day(11))
    assert found["decision"] == "manage"
    assert (found["assessed"]["ct"], found["assessed"]["symptoms"], found["assessed"]["day_of_course"]) == (
        31,
        "cough",
        10,
    )
    assert len(found["assessed"]["basis"].split(",")) == 2
    settle(now=day(11, 13))
    assert "cases.re_positive" in in_force(who)
    post(client, f"/cases/{case}/follow-up", note="Well")
    assert [row["note"] for row in told(day(11))["followed_up"]] == ["Well"]
