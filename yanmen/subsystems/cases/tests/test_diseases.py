"""Cases of several diseases side by side: each is told, and none triggers the rules of another."""

from __future__ import annotations

import pytest
from django.db import connections, transaction

from yanmen.base.rows import records
from yanmen.loop.catalogue import catalogue
from yanmen.loop.models import Measure
from yanmen.loop.run import settle
from yanmen.registry.models import Area
from yanmen.subsystems.cases.tests.county import COUNTY, VILLAGE, act, areas, day, person, post, report


@pytest.fixture(autouse=True)
def _areas(clean):
    areas()


def ask(name, subject, *, now):
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS asked (subject bigint, member bigint)")
        cursor.execute("DELETE FROM asked")
        cursor.execute("INSERT INTO asked VALUES (%s, %s)", [subject, subject])
        cursor.execute(catalogue.relation(name).sql, {"as_of": now.date(), "known_at": now})
        return records(cursor)


def test_a_case_of_measles_calls_no_rule_of_covid():
    case = report(who := person(), disease="measles")
    village = Area.objects.get(code=VILLAGE).pk
    county_case = report(person("李四", COUNTY), area=COUNTY, disease="ebola")
    act("trace_core", case, day(1), stays=[])
    assert ask("case_of", who, now=day(2)) == []
    assert ask("area_cases", village, now=day(2)) == []
    assert ask("spread_reported", Area.objects.get(code=COUNTY).pk, now=day(2)) == []
    settle(now=day(2))
    assert not Measure.objects.using("owner").exists()
    assert county_case


def test_covid_may_be_said_or_left_out():
    report(first := person(), disease="covid19")
    report(second := person("李四"))
    assert [len(ask("case_of", who, now=day(1))) for who in (first, second)] == [1, 1]


def test_one_person_may_have_two_diseases_but_each_only_once(sign_in):
    expert = sign_in("cases.epidemiologist", "14", language="en")
    who = person()
    body = {"person": who, "area": VILLAGE, "kind": "confirmed", "found_at": day(1).isoformat()}
    assert post(expert, "/cases", **body, disease="measles").status_code == 201
    assert post(expert, "/cases", **body).status_code == 201
    again = post(expert, "/cases", **body, disease="measles")
    assert again.status_code == 422
    assert "already has an open case" in again.text
    unknown = post(expert, "/cases", **body, disease="dragon pox")
    assert unknown.status_code == 422
    assert "measles" in unknown.text, "the refusal lists what there is"


def test_lists_are_told_and_filtered_by_disease(sign_in, settings_clock):
    settings_clock(day(3))
    report(person(), disease="measles")
    report(person("李四"))
    expert = sign_in("cases.epidemiologist", "14")
    rows = expert.get("/api/cases/cases?disease=measles").json()["rows"]
    assert [(row["disease"], row["disease_title"]["zh"]) for row in rows] == [("measles", "麻疹")]
    assert len(expert.get("/api/cases/cases").json()["rows"]) == 2
    counted = {row["code"]: row["cases"] for row in expert.get("/api/cases/diseases").json()}
    assert (counted["measles"], counted["covid19"], counted["ebola"]) == (1, 1, 0)


def test_a_report_of_a_day_that_cannot_be_is_refused(sign_in, settings_clock):
    settings_clock(day(3))
    expert = sign_in("cases.epidemiologist", "14", language="en")
    body = {"person": person(), "area": VILLAGE, "kind": "confirmed", "found_at": day(1).isoformat()}
    for wrong, word in (
        ({"found_at": day(5).isoformat()}, "not come yet"), ({"onset_on": "1957-10-04"}, "before the person was born"),
        ({"onset_on": "2022-10-02"}, "after the day the case was found"), ({"onset_on": "2022-02-30"}, "onset_on"),
    ):  # fmt: skip
        answer = post(expert, "/cases", **body | wrong)
        assert answer.status_code == 422, wrong
        assert word in answer.text
    case = post(expert, "/cases", **body).json()["case"]
    for path, wrong, word in (
        ("investigate", {"onset_on": "2022-10-04"}, "not come yet"), ("course", {"onset_on": "1957-10-04"}, "before the person was born"),
        ("trace", {"stays": [{"area": VILLAGE, "until": day(9).isoformat()}]}, "not come yet"),
    ):  # fmt: skip
        answer = post(expert, f"/cases/{case}/{path}", **wrong)
        assert answer.status_code == 422, path
        assert word in answer.text
