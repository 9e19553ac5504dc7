"""From a contact found to the end of what follows, under the protocols of the packs."""

from __future__ import annotations

from datetime import date

import pytest

from yanmen.loop import facts
from yanmen.loop.audit import audit
from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.tests.district import BY, DISTRICT, District, moment

CLOSE, SECOND = "tracing.close_contact", "tracing.contact_of_contact"


@pytest.fixture
def chain(district: District) -> tuple[int, int, str]:
    """Zhang's colleague Li is a close contact; Li's flatmate Wang is a contact of his, both under the ninth edition."""
    zhang, li, wang = (district.person(name) for name in ("张伟", "李强", "王芳"))
    case = district.case(zhang, "2022-08-02")
    district.contact(li, case, last="2022-08-01", found="2022-08-02", via="office")
    district.contact(
        wang, case, last="2022-08-02", found="2022-08-02", degree=2, linked=li, high_risk=True, via="household"
    )
    district.turn("2022-08-02")
    return li, wang, case


def test_a_close_contact_found_three_days_late_serves_only_the_days_left(district: District) -> None:
    zhang, li = district.person("张伟"), district.person("李强")
    case = district.case(zhang, "2022-08-03")
    district.contact(li, case, last="2022-08-01", found="2022-08-04")
    district.turn("2022-08-04")
    assert district.measures(li) == [(CLOSE, "in_force", "2022-08-01", "2022-08-11", "")]
    assert district.tests(li) == ["2022-08-04", "2022-08-06", "2022-08-08", "2022-08-11"]
    places = [(str(day["day"]), day["place"]) for day in district.plan(li, "2022-08-04")["days"]]
    assert places[0] == ("2022-08-04", "central_quarantine")
    assert places[4:6] == [("2022-08-08", "central_quarantine"), ("2022-08-09", "home_health_monitoring")]
    assert places[-1] == ("2022-08-11", "home_health_monitoring")


def test_the_last_negative_test_ends_it_the_day_after_the_last_day(district: District) -> None:
    li = district.person("李强")
    district.contact(li, "协查函-7", last="2022-08-01", found="2022-08-04")
    district.turn("2022-08-04")
    for day in ("2022-08-04", "2022-08-06", "2022-08-08", "2022-08-11"):
        district.days(day, day)
        district.test(li, day)
    district.turn("2022-08-11 20:00")
    assert district.tests(li) == []
    district.turn("2022-08-12")
    assert district.measures(li) == [(CLOSE, "completed", "2022-08-01", "2022-08-11", "served")]


def test_somebody_found_after_every_day_has_passed_owes_nothing(district: District) -> None:
    li = district.person("李强")
    district.contact(li, "协查函-7", last="2022-08-01", found="2022-08-12")
    district.turn("2022-08-12")
    assert district.measures(li) == []


def test_a_later_exposure_moves_day_zero_and_asks_for_no_test_of_a_day_gone_by(district: District) -> None:
    li = district.person("李强")
    district.contact(li, "协查函-7", last="2022-08-01", found="2022-08-02")
    district.turn("2022-08-02")
    district.contact(li, "协查函-7", last="2022-08-03", found="2022-08-05")
    district.turn("2022-08-05")
    assert district.measures(li) == [(CLOSE, "in_force", "2022-08-03", "2022-08-13", "")]
    assert district.tests(li) == ["2022-08-05", "2022-08-06", "2022-08-08", "2022-08-10", "2022-08-13"]


def test_a_second_positive_of_the_linked_contact_makes_a_close_contact_of_the_contact(
    district: District, chain: tuple[int, int, str]
) -> None:
    li, wang, _ = chain
    assert district.measures(wang) == [(SECOND, "in_force", "2022-08-02", "2022-08-09", "")]
    assert district.tests(wang) == ["2022-08-03", "2022-08-06", "2022-08-09"]
    district.test(li, "2022-08-02")
    district.turn("2022-08-02 20:00")
    assert [row[:2] for row in district.measures(wang)] == [(SECOND, "in_force")]
    district.test(li, "2022-08-03", "positive")
    district.turn("2022-08-03 20:00")
    assert district.measures(wang) == [
        (SECOND, "lifted", "2022-08-02", "2022-08-09", "reason_gone"),
        (CLOSE, "in_force", "2022-08-02", "2022-08-12", ""),
    ]
    assert district.tests(wang) == ["2022-08-03", "2022-08-04", "2022-08-05", "2022-08-07", "2022-08-09", "2022-08-12"]


def test_a_positive_that_never_was_undoes_the_change_in_one_turn(
    district: District, chain: tuple[int, int, str]
) -> None:
    li, wang, _ = chain
    positive = district.test(li, "2022-08-03", "positive")
    district.turn("2022-08-03 20:00")
    with district.acting():
        facts.withdraw(positive, reason="标本混淆", by=BY, now=moment("2022-08-04"))
    district.turn("2022-08-04")
    assert [row[:2] for row in district.measures(wang)] == [(SECOND, "in_force"), (CLOSE, "lifted")]
    assert district.tests(wang) == ["2022-08-06", "2022-08-09"]


def test_where_it_never_was_positive_seven_days_at_home_are_all(
    district: District, chain: tuple[int, int, str]
) -> None:
    li, wang, _ = chain
    for day in ("2022-08-02", "2022-08-03"):
        district.test(li, day)
    for day in ("2022-08-03", "2022-08-06", "2022-08-09"):
        district.days(day, day)
        district.test(wang, day)
    district.days("2022-08-10", "2022-08-10")
    assert district.measures(wang) == [(SECOND, "completed", "2022-08-02", "2022-08-09", "served")]


def test_a_positive_after_the_first_two_changes_nothing_by_itself(
    district: District, chain: tuple[int, int, str]
) -> None:
    li, wang, _ = chain
    for day, result in (("2022-08-02", "negative"), ("2022-08-03", "negative"), ("2022-08-05", "positive")):
        district.test(li, day, result)
    district.turn("2022-08-05 20:00")
    assert [row[:2] for row in district.measures(wang)] == [(SECOND, "in_force")]


def test_a_positive_of_the_linked_contact_under_another_number_counts(
    district: District, chain: tuple[int, int, str]
) -> None:
    li, wang, _ = chain
    again = district.person("李强")
    district.rows("UPDATE registry_person SET same_as_id = %s WHERE id = %s RETURNING id", li, again, alias="owner")
    district.test(again, "2022-08-03", "positive")
    district.turn("2022-08-03 20:00")
    assert [row[:2] for row in district.measures(wang)] == [(SECOND, "lifted"), (CLOSE, "in_force")]


def test_the_audit_finds_the_same_from_the_facts(district: District, chain: tuple[int, int, str]) -> None:
    assert audit(now=moment("2022-08-02 10:00"))["breaks"] == []


def test_contacts_are_free_when_the_case_was_none(district: District, chain: tuple[int, int, str]) -> None:
    li, wang, case = chain
    with district.acting():
        facts.withdraw(case, reason="假阳性", by=BY, now=moment("2022-08-03"))
    district.turn("2022-08-03")
    assert {row[1] for who in (li, wang) for row in district.measures(who)} == {"lifted"}
    assert district.tests(li) == district.tests(wang) == []


def test_contacts_are_free_when_the_case_is_renamed_a_false_positive(
    district: District, chain: tuple[int, int, str]
) -> None:
    li, wang, case = chain
    (zhang,) = district.rows("SELECT person_id FROM loop_fact WHERE id = %s", case)[0]
    district.record("cases.reclassified", zhang, "2022-08-03", case=case, to="false_positive")
    district.turn("2022-08-03")
    assert {row[1] for who in (li, wang) for row in district.measures(who)} == {"lifted"}


def test_contacts_of_contacts_are_lifted_on_the_day_of_the_twenty_measures(district: District) -> None:
    li, wang = district.person("李强"), district.person("王芳")
    district.contact(li, "协查函-9", last="2022-11-07", found="2022-11-08")
    district.contact(wang, "协查函-9", last="2022-11-08", found="2022-11-08", degree=2, linked=li, high_risk=True)
    district.days("2022-11-09", "2022-11-10")
    assert [row[:4] for row in district.measures(wang)] == [(SECOND, "in_force", "2022-11-08", "2022-11-15")]
    district.days("2022-11-11", "2022-11-11")
    assert district.measures(wang) == [(SECOND, "lifted", "2022-11-08", "2022-11-15", "edition")]
    assert district.measures(li) == [(CLOSE, "in_force", "2022-11-07", "2022-11-15", "")]  # 5+3 instead of 7+3
    assert district.plan(li, "2022-11-13")["days"][0]["place"] == "home_isolation"


def test_class_b_lifts_everything_that_day(district: District) -> None:
    people = [district.person(name) for name in ("李强", "王芳", "赵敏")]
    with district.acting() as scope:
        about = {"scope": scope, "case": "协查函-1", "last_exposed": date(2023, 1, 6), "by": BY}
        actions.record_contact(person=people[0], now=moment("2023-01-06"), **about)
        actions.record_co_resident(person=people[1], now=moment("2023-01-06"), **about)
        actions.record_general_contact(person=people[2], now=moment("2023-01-06"), **about)
    district.days("2023-01-07", "2023-01-07")
    assert [district.measures(who)[0][1] for who in people] == ["in_force"] * 3
    district.days("2023-01-08", "2023-01-08")
    states = [district.measures(who)[0] for who in people]
    assert [row[1] for row in states] == ["lifted"] * 3
    assert {row[4] for row in states} == {"edition"}
    assert district.rows("SELECT 1 FROM loop_task WHERE state = 'open'") == []


def test_two_measures_on_one_person_are_one_plan(district: District) -> None:
    li = district.person("李强")
    district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-02")
    district.contact(li, "协查函-2", last="2022-08-05", found="2022-08-05", degree=2, linked=district.person("王芳"),
                     high_risk=True)  # fmt: skip
    district.turn("2022-08-05")
    assert [row[:4] for row in district.measures(li)] == [
        (CLOSE, "in_force", "2022-08-01", "2022-08-11"),
        (SECOND, "in_force", "2022-08-05", "2022-08-12"),
    ]
    plan = district.plan(li, "2022-08-05")
    places = {day["day"].isoformat()[5:]: (day["place"], day["rules"]) for day in plan["days"]}
    assert places["08-08"] == ("central_quarantine", [CLOSE])
    assert places["08-09"] == ("home_isolation", [SECOND])  # stricter than monitoring at home
    assert max(places) == "08-12"
    owed = sorted({(test["day"].isoformat()[5:], test["rule"]) for test in plan["tests"] if test["kind"] == "test"})
    assert owed == [
        ("08-06", CLOSE), ("08-06", SECOND), ("08-08", CLOSE), ("08-09", SECOND), ("08-11", CLOSE), ("08-12", SECOND),
    ]  # fmt: skip


def test_a_judgement_taken_back_frees_the_person(district: District) -> None:
    li = district.person("李强")
    district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-02")
    district.turn("2022-08-02")
    with district.acting() as scope:
        fell = actions.not_a_contact(
            scope=scope, person=li, case="协查函-1", reason="当日不在场", by=BY, now=moment("2022-08-03")
        )
    district.turn("2022-08-03")
    assert fell == 1
    assert [row[1] for row in district.measures(li)] == ["lifted"]


def test_a_transfer_closes_the_task_that_asks_for_it(district: District) -> None:
    li = district.person("李强")
    district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-02")
    district.turn("2022-08-02")
    assert district.tasks(li, "transfer", ["open"]) == [("2022-08-02",)]
    with district.acting() as scope:
        actions.record_transfer(
            scope=scope, person=li, to_place="隔离点", received_by="周医生", by=BY, now=moment("2022-08-02 12:00")
        )
    district.turn("2022-08-02 12:00")
    assert district.tasks(li, "transfer", ["done"]) == [("2022-08-02",)]


def test_a_companion_tests_twice_in_three_days(district: District) -> None:
    zhao, near = district.person("赵敏"), district.person("钱进")
    with district.acting() as scope:
        about = {
            "scope": scope,
            "case": "协查函-3",
            "together_on": date(2022, 8, 1),
            "by": BY,
            "now": moment("2022-08-03"),
        }
        actions.flag_companion(person=zhao, minutes_together=25, hours_in_grid=41, **about)
        actions.flag_companion(person=near, minutes_together=8, hours_in_grid=41, **about)
    district.turn("2022-08-03")
    assert district.measures(zhao) == [("tracing.companion", "in_force", "2022-08-03", "2022-08-06", "")]
    assert district.tests(zhao) == ["2022-08-04", "2022-08-06"]
    assert district.measures(near) == []


def test_a_shopper_in_the_same_place_is_freed_of_it_when_judged_a_close_contact(district: District) -> None:
    zhao = district.person("赵敏")
    with district.acting() as scope:
        actions.record_scene_exposure(
            scope=scope,
            person=zhao,
            case="协查函-3",
            exposed_at=moment("2022-08-01 15:00"),
            by=BY,
            now=moment("2022-08-02"),
        )
    district.turn("2022-08-02")
    assert [row[:4] for row in district.measures(zhao)] == [
        ("tracing.scene_exposed", "in_force", "2022-08-01", "2022-08-04")
    ]
    district.contact(zhao, "协查函-3", last="2022-08-01", found="2022-08-02 10:00")
    district.turn("2022-08-02 10:00")
    assert [row[:2] for row in district.measures(zhao)] == [("tracing.scene_exposed", "lifted"), (CLOSE, "in_force")]


def test_a_high_risk_post_is_tested_by_its_rhythm(district: District) -> None:
    sun = district.person("孙丽")
    district.record("screening.post_taken", sun, "2022-08-01", area=DISTRICT, post="courier")
    district.turn("2022-08-01")
    assert [row[:4] for row in district.measures(sun)] == [
        ("screening.twice_weekly_posts", "in_force", "2022-08-01", None)
    ]
    district.record("screening.post_left", sun, "2022-08-05", post="courier")
    district.turn("2022-08-05")
    assert [row[1] for row in district.measures(sun)] == ["lifted"]
