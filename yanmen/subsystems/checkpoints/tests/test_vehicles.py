"""Vehicles: one group of passes, found by plate with a trace, and everybody found when one is a case."""

from __future__ import annotations

import pytest

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.methods.plates import masked, normalised
from yanmen.subsystems.checkpoints.tests.conftest import moment

RODE, REPORTED = "2022-09-01 09:00", "2022-09-03 09:00"


def ridden(county, *people, plate="晋B12345", at=RODE):
    with county.acting():
        post = county.post()
        actions.record_vehicle(
            scope=county.scope,
            post=post.pk,
            vehicle=plate,
            people=[each and each.pk for each in people],
            by="test",
            now=moment(at),
        )
    return post


def case(county, person):
    detail = {"kind": "confirmed", "setting": "community", "case": "c1"}
    with county.acting("14"):
        return facts.record(
            "cases.reported",
            person=person.pk,
            area=person.area,
            occurred_at=moment(REPORTED),
            by="test",
            now=moment(REPORTED),
            detail=detail,
        )


def found(at=REPORTED):
    from yanmen.loop.run import turn

    changed = actions.find_companions(by="job", now=moment(at))
    turn(now=moment(at))
    return changed


def asked_about():
    from yanmen.loop.models import Measure

    rows = Measure.objects.using("owner").filter(rule="checkpoints.same_vehicle", state="in_force")
    return sorted(rows.values_list("subject", flat=True))


def test_everybody_of_the_vehicle_is_found_when_one_is_a_case(county):
    driver, mother, child = county.person(), county.person(), county.person()
    other = county.person()
    ridden(county, driver, mother, child, None)
    ridden(county, other, plate="晋B99999")
    case(county, mother)
    assert found() == 2
    assert asked_about() == [driver.pk, child.pk]
    assert found("2022-09-03 09:01") == 0


def test_a_tracer_who_judges_closes_the_question(county):
    driver, rider = county.person(), county.person()
    ridden(county, driver, rider)
    case(county, driver)
    found()
    with county.acting("14"):
        facts.record("tracing.contact_found", person=rider.pk, area=rider.area, occurred_at=moment("2022-09-03 10:00"), by="test",
                     now=moment("2022-09-03 10:00"), detail={"case": "c1", "degree": 1, "last_exposed": "2022-09-01"})  # fmt: skip
    found("2022-09-03 10:01")
    assert asked_about() == []


def test_when_the_case_is_withdrawn_nobody_is_asked_about(county):
    driver, rider = county.person(), county.person()
    ridden(county, driver, rider)
    reported = case(county, driver)
    found()
    with county.acting("14"):
        facts.withdraw(reported, reason="错报", by="test", now=moment("2022-09-03 11:00"))
    assert found("2022-09-03 11:01") == 1
    assert asked_about() == []


def test_a_ride_before_the_look_back_is_not_followed(county):
    driver, rider = county.person(), county.person()
    ridden(county, driver, rider, at="2022-08-10 09:00")
    case(county, driver)
    assert found() == 0


def test_a_plate_is_found_however_it_is_written_and_the_look_up_leaves_a_trace(county):
    from yanmen.registry.models import AccessLog

    ridden(county, county.person(name="王小明"), None)
    with county.acting():
        rows = actions.look_up_vehicle(
            scope=county.scope, vehicle=" 晋b·12345", reason="协查通知第7号", by="test", now=moment(REPORTED)
        )
    assert [(row.name, row.vehicle) for row in rows if row.name] == [("王**", "晋B12345")]
    assert len(rows) == 2
    trace = AccessLog.objects.using("owner").get(what="checkpoints.vehicle")
    assert (trace.count, trace.reason) == (2, "协查通知第7号")


def test_lists_show_a_masked_plate(county):
    post = ridden(county, county.person())
    with county.acting():
        (row,) = queries.passes(county.scope, post=post.pk, now=moment(REPORTED)).rows
    assert row.vehicle == "晋B···45"


def test_pages_of_passes_follow_each_other_without_a_gap(county):
    post = ridden(county, *[None] * 7)
    with county.acting():
        first = queries.passes(county.scope, post=post.pk, now=moment(REPORTED), limit=4)
        second = queries.passes(county.scope, post=post.pk, now=moment(REPORTED), after=first.after, limit=4)
    assert len({row.id for row in first.rows + second.rows}) == 7
    assert second.after == ""


def test_a_vehicle_counts_once_an_hour_however_many_ride_in_it(county):
    post = ridden(county, None, None, None)
    with county.acting():
        hours = queries.by_hour(county.scope, post=post.pk, now=moment("2022-09-01 09:30"), hours=3)
    assert [(hour["people"], hour["arrivals"]) for hour in hours] == [(0, 0), (0, 0), (3, 1)]


@pytest.mark.parametrize("text", ["", "晋A", "一二三四五六七八九十一二三"])
def test_what_is_no_plate_is_refused(text):
    with pytest.raises(Refusal):
        normalised(text)


def test_a_short_plate_is_hidden_whole():
    assert masked("1234") == "····"


def test_a_look_up_needs_a_reason(county):
    with county.acting(), pytest.raises(Refusal) as refused:
        actions.look_up_vehicle(scope=county.scope, vehicle="晋B12345", reason="", by="test", now=moment(RODE))
    assert refused.value.field == "reason"
