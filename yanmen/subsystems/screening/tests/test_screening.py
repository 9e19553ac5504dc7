"""Tests are recorded through the doors people use, once, and let measures end."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.catalogue import catalogue
from yanmen.loop.models import Fact
from yanmen.registry import people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.matching import decide_same
from yanmen.registry.scope import acting, system
from yanmen.subsystems.screening import actions, queries

NOON = datetime(2022, 10, 1, 12, tzinfo=BEIJING)
COUNTY = "140727"
PROVINCE = system("14", purpose="control")


@pytest.fixture(autouse=True)
def _areas(clean):
    names = {"14": "山西省", "1407": "晋中市", COUNTY: "祁县"}
    load_areas([AreaRow(code=code, name_zh=name) for code, name in names.items()])


@pytest.fixture
def person():
    with acting(PROVINCE):
        return people.register_person(name="王小明", area=COUNTY, synthetic=True, by="test", now=NOON).pk


def day(number):
    return NOON + timedelta(days=number)


def given_test(person, number, result, **detail):
    with acting(PROVINCE):
        reading = actions.Reading(person, COUNTY, day(number), result, **detail)
        return actions.record_results(readings=[reading], by="lab", now=day(number) + timedelta(hours=6))


def met(person, *, until, last_test=7):
    """Whether the measure from 1 October could end on the day, as the turn would ask."""
    as_of = day(until)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO loop_edition (pack, rule, area, valid_from, digest, body) VALUES ('t', 'r', '', '2022-01-01', %s, '{}')"
            " RETURNING id",
            [str(uuid4())],
        )
        (edition,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO loop_edition_task (edition_id, kind, ordinal, day, role) VALUES (%s, 'test', 1, %s, 'sampling')",
            [edition, last_test],
        )
        cursor.execute(
            "CREATE TEMP TABLE ending (measure_id bigint, rule text, subject bigint, member bigint, count_from date,"
            " last_day date, edition_id bigint) ON COMMIT DROP"
        )
        cursor.execute(
            "INSERT INTO ending VALUES (1, 'r', %s, %s, '2022-10-01', '2022-10-08', %s)", [person, person, edition]
        )
        cursor.execute(catalogue.ends["all_tests_negative"].sql, {"as_of": as_of.date(), "known_at": as_of})
        return bool(cursor.fetchall())


def test_a_measure_ends_when_its_last_test_is_negative(person):
    given_test(person, 1, "negative")
    assert not met(person, until=9)
    given_test(person, 7, "negative")
    assert met(person, until=9)


def test_a_result_that_is_not_known_yet_ends_nothing(person):
    given_test(person, 7, "negative")
    assert not met(person, until=7)


def test_a_positive_on_the_way_keeps_the_measure_until_a_discharge(person):
    given_test(person, 3, "positive", ct=24)
    given_test(person, 7, "negative")
    assert not met(person, until=9)
    with acting(PROVINCE):
        facts.record(
            "cases.discharged", person=person, area=COUNTY, occurred_at=day(8), by="test", now=day(8), detail={}
        )
    assert met(person, until=9)


def test_a_result_corrected_to_negative_counts_as_negative(person):
    given_test(person, 7, "positive", ct=39)
    with acting(PROVINCE), connections["default"].cursor() as cursor:
        cursor.execute("SELECT id FROM loop_fact WHERE kind = 'screening.result'")
        actions.correct_result(fact=cursor.fetchone()[0], result="negative", by="lab", now=day(8))
    assert met(person, until=9)


def test_the_same_batch_again_adds_nothing(person):
    reading = actions.Reading(person, COUNTY, day(1), "negative", sample=UUID("01839300-0000-7000-8000-000000000001"))
    with acting(PROVINCE):
        first = actions.record_results(readings=[reading], by="lab", now=day(1))
        again = actions.record_results(readings=[reading], by="lab", now=day(1))
    assert (first.created, again.created, again.repeated) == (1, 0, 1)


def test_only_positives_and_grey_results_are_rows_for_rules(person):
    given_test(person, 1, "negative")
    given_test(person, 2, "positive", ct=30)
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS asked (subject bigint, member bigint) ON COMMIT DELETE ROWS")
        cursor.execute("INSERT INTO asked VALUES (%s, %s)", [person, person])
        sql = catalogue.relation("test_result").sql
        cursor.execute(f"SELECT result, sampled_on FROM ({sql}) AS r", {"as_of": date(2022, 10, 9), "known_at": day(9)})
        assert cursor.fetchall() == [("positive", date(2022, 10, 3))]


def test_sample_and_result_go_through_the_pages(person, sign_in):
    sampler, laboratory = sign_in("sampling", COUNTY), sign_in("laboratory", COUNTY, language="en")
    page = sampler.get("/screening/")
    assert "目前没有待采样人员" in page.text or "Nobody" in page.text
    post(sampler, "/screening/", person=person)
    page = laboratory.get("/screening/results/")
    assert "王小明" in page.text
    sample = page.text.split('name="sample" value="')[1].split('"')[0]
    refused = post(laboratory, "/screening/results/", sample=sample, result="negative", ct="99")
    assert refused.status_code == 422
    assert "between 0 and 45" in refused.text
    assert post(laboratory, "/screening/results/", sample=sample, result="negative").status_code == 200
    assert "王小明" not in laboratory.get("/screening/results/").text


def test_a_second_result_for_a_sample_is_refused(person):
    with acting(PROVINCE):
        sample = actions.record_sample(scope=PROVINCE, person=person, by="test", now=NOON)
        actions.record_result(scope=PROVINCE, sample=sample, result="grey", by="lab", now=NOON)
        assert queries.sample(PROVINCE, sample, now=NOON) is None
        with pytest.raises(Refusal, match="correct the one reported"):
            actions.record_result(scope=PROVINCE, sample=sample, result="negative", by="lab", now=NOON)


def test_a_person_of_another_county_cannot_be_sampled(person):
    other = system("140728", purpose="control")
    with pytest.raises(Refusal, match="no such person"), acting(other):
        actions.record_sample(scope=other, person=person, by="test", now=NOON)


def post(client, path, **form):
    token = client.cookies["csrftoken"]
    url = str(client.base_url).rstrip("/")
    return client.post(path, data=form | {"csrfmiddlewaretoken": token}, headers={"Referer": url})


def negatives():
    """What the edges are told when they ask for everybody."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT * FROM edge_negatives() ORDER BY person")
        return cursor.fetchall()


def told():
    """What the edges heard, oldest first: person and minutes since 1970."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT body ->> 'people' FROM loop_outbox WHERE topic = 'health_code.negatives' ORDER BY seq")
        return [json.loads(body) for (body,) in cursor.fetchall()]


def minutes(moment):
    return int(moment.timestamp() // 60)


def test_the_edges_know_the_last_negative_by_its_sampling_time(person):
    given_test(person, 3, "negative")
    given_test(person, 1, "negative")
    given_test(person, 5, "positive")
    given_test(person, 6, "negative", method="antigen")
    assert negatives() == [(person, day(3))]
    assert told()[0] == [[person, minutes(day(3))]]
    assert told()[-1] == [[person, minutes(day(3))]]


def test_a_corrected_negative_is_told_to_the_edges_as_the_one_before_it_or_none(person):
    given_test(person, 1, "negative")
    given_test(person, 3, "negative")
    for number in (3, 1):
        with acting(PROVINCE):
            wrong = Fact.objects.get(kind="screening.result", occurred_at=day(number))
            actions.correct_result(fact=wrong.pk, result="grey", by="lab", now=day(8))
    assert told()[-2:] == [[[person, minutes(day(1))]], [[person, None]]]
    assert negatives() == []


def test_a_negative_counts_under_every_number_of_a_person(person):
    with acting(PROVINCE):
        twin = people.register_person(name="王小明", area=COUNTY, synthetic=True, by="test", now=NOON).pk
        decide_same(left=person, right=twin, by="test", now=NOON)
    given_test(twin, 2, "negative")
    assert negatives() == [(person, day(2)), (twin, day(2))]
