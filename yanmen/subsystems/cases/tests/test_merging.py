"""Two reports of one case: proposed, merged with their measures, and taken apart exactly as they were."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yanmen.loop.models import Fact, Measure, Task
from yanmen.loop.run import settle
from yanmen.registry import matching
from yanmen.registry.models import MatchDecision, Person
from yanmen.registry.scope import acting
from yanmen.subsystems.cases.actions import StayFound
from yanmen.subsystems.cases.tests.county import (
    CITY,
    OTHER_VILLAGE,
    PROVINCE,
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


def state():
    """What is in force on whom, what is owed, who is one person: everything but the moments of the acts themselves."""
    measures = Measure.objects.using("owner").filter(state="in_force")
    tasks = Task.objects.using("owner").exclude(state="cancelled")
    return (
        {(m.rule, m.subject_type, m.subject, m.reason, m.count_from, m.last_day, m.area, m.known_on, m.subject_type == "person" and m.since_at) for m in measures},
        {(t.measure_id, t.kind, t.subject, t.state, t.area, t.opens_at, t.due_at) for t in tasks},
        dict(Person.objects.using("owner").values_list("pk", "same_as")),
    )  # fmt: skip


def listed(client):
    return [{**row, "due_at": None} for row in client.get("/api/cases/cases").json()["rows"]]


def test_duplicates_are_proposed_by_person_birth_and_place(sign_in, settings_clock):
    born = date(1985, 3, 2)
    first = report(person("王小明", born=born, sex="male"))
    same = report(person("王小明", OTHER_VILLAGE, born=born, sex="male"), day(2), area=OTHER_VILLAGE)
    report(person("王小明", born=date(1960, 1, 1), sex="male"), day(2))
    near = report(person("李四", born=None), day(3))
    near_too = report(person("李四", OTHER_VILLAGE, born=None), day(5), area=OTHER_VILLAGE)
    report(person("李四", born=None), day(25))
    apart = [
        report(person("赵六", born=born), day(1)),
        report(person("赵六", OTHER_VILLAGE, born=born), day(2), area=OTHER_VILLAGE),
    ]
    with acting(PROVINCE):
        people = Person.objects.filter(name="赵六").order_by("pk").values_list("pk", flat=True)
        matching.decide_different(left=people[0], right=people[1], by="test", now=day(2))
    settings_clock(day(26))
    rows = sign_in("cases.epidemiologist", CITY).get("/api/cases/duplicates").json()
    assert [(row["left"], row["right"], row["reasons"]) for row in rows] == [
        (first, same, ["birth", "near"]), (near, near_too, ["near"]),
    ]  # fmt: skip
    assert len(apart) == 2


def test_a_merge_folds_measures_into_one_and_unmerging_restores_everything(sign_in, settings_clock):
    one, two = person("王小明"), person("王晓明", OTHER_VILLAGE)
    stays, twice = report(one, day(1)), report(two, day(1, 15), area=OTHER_VILLAGE, severity="mild")
    act("audit_report", twice, day(1, 16))
    act("trace_core", twice, day(1, 16), stays=[StayFound(OTHER_VILLAGE, day(1, 8))])
    now = day(1, 18)
    settle(now=now)
    settings_clock(now)
    expert = sign_in("cases.epidemiologist", CITY, language="en")
    before, rows = state(), listed(expert)
    assert len(rows) == 2
    assert {m[2] for m in before[0] if m[1] == "person"} == {one, two}

    answer = post(expert, f"/cases/{twice}/merge", into=stays, reason="One patient, two hospitals")
    assert (answer.status_code, answer.json()["key"]) == (200, stays)
    settle(now=now + timedelta(minutes=1))
    assert {m[2] for m in state()[0] if m[1] == "person"} == {one}
    assert {m[3] for m in state()[0] if m[1] == "person"} == {stays}
    assert [row["key"] for row in listed(expert)] == [stays]
    assert Person.objects.using("owner").get(pk=two).same_as_id == one
    assert any(
        m[0].endswith("medium_risk_area") and m[6] == OTHER_VILLAGE for m in state()[0] if m[1] == "area"
    ) == any(m[0].endswith("medium_risk_area") and m[6] == OTHER_VILLAGE for m in before[0] if m[1] == "area"), (
        "where it stayed still counts"
    )
    (told,) = expert.get("/api/cases/merges").json()
    assert (told["case"], told["into_case"]) == (twice, stays)
    assert post(expert, f"/cases/{twice}/merge", into=stays, reason="Again").status_code == 422

    answer = post(expert, f"/cases/{twice}/unmerge", reason="Two brothers")
    assert answer.status_code == 200, answer.text
    settle(now=now + timedelta(minutes=2))
    after = state()
    assert after[0] == before[0]
    assert after[1] == before[1]
    assert after[2] == before[2]
    assert listed(expert) == rows
    assert expert.get("/api/cases/merges").json() == []
    assert post(expert, f"/cases/{twice}/unmerge", reason="Again").status_code == 422
    assert post(expert, f"/cases/{twice}/merge", into=stays, reason="One after all").status_code == 200
    settle(now=now + timedelta(minutes=3))
    assert post(expert, f"/cases/{twice}/unmerge", reason="No").status_code == 200
    settle(now=now + timedelta(minutes=4))
    assert state() == before


def test_a_decision_of_the_register_that_stood_before_a_merge_stands_after_it(sign_in, settings_clock):
    one, two = person("王小明"), person("王晓明")
    stays, twice = report(one), report(two, day(1, 13))
    with acting(PROVINCE):
        matching.decide_same(left=one, right=two, by="test", now=day(1, 14))
    settings_clock(day(1, 15))
    expert = sign_in("cases.epidemiologist", CITY)
    (pair,) = expert.get("/api/cases/duplicates").json()
    assert pair["reasons"] == ["person", "near"]
    assert post(expert, f"/cases/{twice}/merge", into=stays, reason="同一人").status_code == 200
    assert post(expert, f"/cases/{twice}/unmerge", reason="两次感染").status_code == 200
    assert MatchDecision.objects.using("owner").get(undone_at=None).same


def test_what_cannot_be_one_case_is_not_merged(sign_in, settings_clock):
    case, measles = report(person()), report(person("李四"), disease="measles")
    one, two = person("赵六"), person("赵六", OTHER_VILLAGE)
    left, right = report(one), report(two)
    with acting(PROVINCE):
        matching.decide_different(left=one, right=two, by="test", now=day(1))
    settings_clock(day(2))
    expert = sign_in("cases.epidemiologist", CITY, language="en")
    before = Fact.objects.using("owner").count()
    for first, second, word in (
        (case, case, "itself"),
        (case, measles, "different diseases"),
        (left, right, "different people"),
    ):
        answer = post(expert, f"/cases/{first}/merge", into=second, reason="One")
        assert answer.status_code == 422
        assert word in answer.text
    assert Fact.objects.using("owner").count() == before
