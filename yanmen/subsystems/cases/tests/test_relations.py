"""What rules may ask about cases: one row a reason, and what it says after corrections."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connections, transaction

from yanmen.base.clock import BEIJING
from yanmen.base.rows import records
from yanmen.loop import facts
from yanmen.loop.catalogue import catalogue
from yanmen.registry import people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Area
from yanmen.registry.scope import acting, system
from yanmen.subsystems.cases import actions

DAY = datetime(2022, 10, 1, 12, tzinfo=BEIJING)
VILLAGE, OTHER_VILLAGE = "140727001001", "140727001002"
PLACES = {
    "14": "山西省", "1407": "晋中市", "140727": "祁县", "140727001": "昭馀镇", VILLAGE: "东关村", OTHER_VILLAGE: "西关村",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _areas(clean):
    load_areas([AreaRow(code=code, name_zh=name) for code, name in PLACES.items()])


PROVINCE = system("14", purpose="control")


def day(number):
    return DAY + timedelta(days=number - 1)


def person(name="王小明", area=VILLAGE):
    with acting(PROVINCE):
        born = date(1990, 5, 1)
        return people.register_person(name=name, area=area, born_on=born, synthetic=True, by="test", now=DAY).pk


def report(who, number=1, *, known=None, area=VILLAGE, kind="confirmed", **more):
    with acting(PROVINCE):
        return actions.report(
            person=who, area=area, kind=kind, found_at=day(number), by="test", now=day(known or number), **more
        ).case


def act(name, case, number, **more):
    with acting(PROVINCE):
        return getattr(actions, name)(scope=PROVINCE, case=case, by="test", now=day(number), **more)


def area_id(code):
    return Area.objects.get(code=code).pk


def ask(name, subject, *, now):
    """The rows of a relation about one subject, as the turn would see them."""
    relation = catalogue.relation(name)
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS asked (subject bigint, member bigint) ON COMMIT DELETE ROWS")
        cursor.execute("INSERT INTO asked VALUES (%s, %s)", [subject, subject])
        cursor.execute(relation.sql, {"as_of": now.date(), "known_at": now})
        return records(cursor)


def about_area(code, number):
    return ask("area_cases", area_id(code), now=day(number))


def test_a_report_is_one_row_known_from_the_day_it_came():
    case = report(who := person(), 1, known=2, kind="asymptomatic", ct=28.5)
    (row,) = ask("case_of", who, now=day(3))
    assert (row["reason"], row["kind"], row["setting"]) == (case, "asymptomatic", "community")
    assert (row["reported_on"], row["known_on"]) == (date(2022, 10, 1), date(2022, 10, 2))
    assert (float(row["ct"]), row["age"], row["severity"]) == (28.5, 32, None)
    assert ask("case_of", who, now=day(1)) == []


def test_a_corrected_onset_keeps_the_case_and_the_day_it_was_known():
    case = report(who := person(), 1)
    act("investigate", case, 2, onset_on=date(2022, 9, 29))
    (row,) = ask("case_of", who, now=day(3))
    assert (row["reason"], row["known_on"]) == (case, date(2022, 10, 1))
    assert row["onset_on"] == date(2022, 9, 29)


def test_discharge_positive_again_and_assessment_show_on_the_case():
    case = report(who := person(), 1, ct=22)
    act("discharge", case, 10)
    with acting(PROVINCE):
        facts.record(
            "screening.result", person=who, area=VILLAGE, occurred_at=day(15), by="test", now=day(15),
            detail={"result": "positive", "ct": 33},
        )  # fmt: skip
    (row,) = ask("case_of", who, now=day(15))
    assert (row["discharged_on"], row["positive_again_on"]) == (date(2022, 10, 10), date(2022, 10, 15))
    assert (row["ct"], row["assessed_risk"]) == (33, None)
    act("assess", case, 16, risk="none")
    (row,) = ask("case_of", who, now=day(16))
    assert row["assessed_risk"] == "none"


def test_an_asymptomatic_case_that_turns_ill_stays_the_same_case():
    case = report(who := person(), 1, kind="asymptomatic")
    act("reclassify", case, 3, to="confirmed", reason="出现症状")
    (row,) = ask("case_of", who, now=day(3))
    assert (row["reason"], row["kind"]) == (case, "confirmed")


def test_a_false_positive_leaves_neither_person_nor_area_with_a_case():
    case = report(who := person(), 1)
    act("trace_core", case, 1, stays=[actions.StayFound(OTHER_VILLAGE, day(1))])
    assert ask("area_visits", area_id(OTHER_VILLAGE), now=day(1))
    act("reclassify", case, 2, to="false_positive", reason="复核两次阴性")
    assert ask("case_of", who, now=day(2)) == []
    assert about_area(VILLAGE, 2) == []
    assert ask("area_visits", area_id(OTHER_VILLAGE), now=day(2)) == []
    assert len(ask("case_of", who, now=day(1))) == 1, "as known the day before, it was a case"


def test_a_false_positive_wakes_the_areas_where_it_had_been():
    case = report(person(), 1)
    act("trace_core", case, 1, stays=[actions.StayFound(OTHER_VILLAGE, day(1))])
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM loop_wake")
        act("reclassify", case, 2, to="false_positive", reason="复核两次阴性")
        cursor.execute("SELECT subject FROM loop_wake WHERE subject_type = 'area'")
        woken = {row[0] for row in cursor.fetchall()}
    assert {area_id(VILLAGE), area_id(OTHER_VILLAGE)} <= woken


def test_cases_of_one_run_move_the_last_day_and_keep_the_reason():
    first = report(person(), 1)
    report(person("李四"), 4)
    (row,) = about_area(VILLAGE, 4)
    assert (row["reason"], row["cases"], row["level"]) == (first, 2, "village")
    assert (row["first_case_on"], row["last_case_on"]) == (date(2022, 10, 1), date(2022, 10, 4))
    assert row["known_on"] == date(2022, 10, 1)


def test_a_case_reported_late_opens_a_run_of_its_own():
    report(person(), 1)
    late = report(person("李四"), 4, known=8)
    rows = about_area(VILLAGE, 8)
    assert [(row["last_case_on"].day, row["known_on"].day) for row in rows] == [(1, 1), (4, 8)]
    assert rows[1]["reason"] == late


def test_a_case_found_in_quarantine_never_prolongs_the_run_of_the_community():
    report(person(), 1)
    report(person("李四"), 4, setting="central_quarantine")
    rows = {row["setting"]: row for row in about_area(VILLAGE, 4)}
    assert rows["community"]["last_case_on"] == date(2022, 10, 1)
    assert rows["central_quarantine"]["last_case_on"] == date(2022, 10, 4)


def test_arrivals_stand_alone_with_their_own_ct():
    report(person(), 1, setting="arrival", ct=37)
    report(person("李四"), 1, setting="arrival", ct=25)
    assert sorted(float(row["ct"]) for row in about_area(VILLAGE, 1)) == [25, 37]


def test_a_suspected_case_is_no_case_of_its_area_until_confirmed():
    case = report(person(), 1, kind="suspected")
    assert about_area(VILLAGE, 1) == []
    act("reclassify", case, 2, to="confirmed", reason="核酸阳性")
    assert len(about_area(VILLAGE, 2)) == 1


def test_wide_spread_found_for_an_area_shows_on_its_cases():
    report(person(area="140727"), 1, area="140727")
    assert not about_area("140727", 1)[0]["wide_spread"]
    with acting(PROVINCE):
        facts.record(
            "risk_areas.wide_spread_found", area="140727", occurred_at=day(2), by="test", now=day(2), detail={}
        )
    assert about_area("140727", 2)[0]["wide_spread"]


def test_cases_of_a_village_are_not_counted_again_in_the_county():
    report(person(), 1)
    assert about_area("140727", 1) == []
