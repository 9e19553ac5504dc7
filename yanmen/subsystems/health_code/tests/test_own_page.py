"""What residents see on their own telephone: why, what clears it, tests by stage; and how they contest a fact."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from yanmen.base.clock import local_date
from yanmen.registry.scope import acting, system
from yanmen.subsystems.health_code.tests.conftest import HOLDER, MORNING

ONE, TWO = "13800000001", "13800000002"
STAFF = system("14", purpose="control")
ME = f"{HOLDER}/me"


@pytest.fixture
def red(town):
    """Lan came from a high-risk area to another county than her own; her telephone speaks for her."""
    from yanmen.loop import facts

    town.lan = town.resident("张兰", phone=ONE)
    town.mei = town.resident("李梅", phone=TWO)
    with acting(STAFF):
        for person, number in ((town.lan, 1), (town.mei, 2)):
            facts.record(
                "arrivals.declared", person=person.pk, area="140106", occurred_at=MORNING, by=f"import:{number}", now=MORNING,
                detail={
                    "journey": f"j{number}", "origin": "140121", "left_origin_on": str(local_date(MORNING)),
                    "expected_on": str(local_date(MORNING)), "destination": "140106",
                },
            )  # fmt: skip
    town.status(town.lan, "red", MORNING)
    town.phone_of_lan = town.phone(ONE)
    town.phone_of_lan.enter()
    return town


def measure(town, person, fact):
    """A measure in force as the loop would have imposed it, with a fact as its evidence."""
    import psycopg

    with psycopg.connect(town.database) as loop:
        loop.execute("SET ROLE yanmen_loop")
        (edition,) = loop.execute(
            "SELECT id FROM loop_edition WHERE rule = 'arrivals.from_high_risk_area' LIMIT 1"
        ).fetchone()
        row = (
            "arrivals.from_high_risk_area",
            "stay_and_test",
            person.pk,
            "j1",
            person.area,
            edition,
            local_date(MORNING),
            MORNING,
            [fact],
        )
        (number,) = loop.execute(
            "INSERT INTO loop_measure (rule, kind, subject_type, subject, reason, area, state, edition_id, count_from, last_day,"
            " known_on, since_at, evidence, imposed_at) VALUES (%s, %s, 'person', %s, %s, %s, 'in_force', %s, %s, '2022-12-04',"
            " '2022-11-28', %s, %s, now()) RETURNING id",
            row,
        ).fetchone()
        loop.execute("UPDATE loop_status SET because = %s WHERE subject = %s", [[number], person.pk])
    return number


def fact_of(town, person):
    ((found,),) = town.rows("SELECT id FROM loop_fact WHERE person_id = %s AND kind = 'arrivals.declared'", person.pk)
    return found


def test_the_page_names_the_facts_it_rests_on_and_only_ones_own(red):
    measure(red, red.lan, fact_of(red, red.lan))
    me = red.phone_of_lan.call("GET", ME).json()
    assert (me["value"], me["colour"], me["title"]["zh"]) == ("red", 2, "红码")
    assert [fact["fact"] for fact in me["facts"]] == [str(fact_of(red, red.lan))]
    assert me["facts"][0]["area"]["zh"].endswith("迎泽区")
    assert me["facts"][0]["said"]["zh"].endswith("清徐县")


def test_a_resident_contests_a_fact_that_another_area_recorded(red):
    measure(red, red.lan, fact_of(red, red.lan))
    body = json.dumps({"fact": str(fact_of(red, red.lan)), "reason": "我没有去过清徐县"}).encode()
    made = red.phone_of_lan.call("POST", f"{HOLDER}/appeals", body=body)
    assert made.status_code == 201, made.text
    assert red.phone_of_lan.call("POST", f"{HOLDER}/appeals", body=body).json() == made.json(), "twice is once"
    (row,) = red.rows(
        "SELECT recorded_by, area, detail ->> 'field' FROM loop_fact WHERE kind = 'health_code.contested'"
    )
    assert row == (f"person:{red.lan.pk}", "140105", "origin")
    (appeal,) = red.phone_of_lan.call("GET", ME).json()["appeals"]
    assert (appeal["appeal"], appeal["decided"], appeal["decision"]["zh"]) == (made.json()["appeal"], False, "处理中")


def test_nobody_contests_for_somebody_else(red):
    body = json.dumps({"fact": str(fact_of(red, red.mei)), "reason": "这不是我的事实"}).encode()
    answer = red.phone_of_lan.call("POST", f"{HOLDER}/appeals", body=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "fact")
    assert red.rows("SELECT count(*) FROM loop_fact WHERE kind = 'health_code.contested'") == [(0,)]


def test_a_body_that_was_changed_on_the_way_is_refused(red):
    phone = red.phone_of_lan
    said = phone.client.request

    def changed(method, path, content, headers):
        return said(method, path, content=content.replace("清徐".encode(), "迎泽".encode()), headers=headers)

    phone.client.request = changed
    refused = phone.call("POST", f"{HOLDER}/appeals", body=json.dumps({"reason": "清徐"}, ensure_ascii=False).encode())
    assert refused.status_code == 401


def test_tests_stand_by_stage_and_a_corrected_one_is_gone(red):
    from yanmen.loop import facts

    def recorded(kind, hours, **detail):
        about = {"person": red.lan.pk, "area": "140105", "occurred_at": MORNING - timedelta(hours=hours)}
        return facts.record(kind, **about, by="site", now=MORNING, detail=detail)

    with acting(STAFF):
        recorded("screening.sampled", 3, sample="00000000-0000-7000-8000-000000000001")
        recorded("screening.sampled", 1, sample="00000000-0000-7000-8000-000000000002")
        wrong = recorded("screening.result", 3, sample="00000000-0000-7000-8000-000000000001", result="positive")
        facts.correct(wrong, detail={"result": "negative"}, by="lab", now=MORNING)
    tests = red.phone_of_lan.call("GET", ME).json()["tests"]
    assert [(test["stage"]["value"], test["result"] and test["result"]["zh"]) for test in tests] == [
        ("sampled", None),
        ("reported", "阴性"),
    ]


def test_who_was_merged_sees_the_colour_of_the_one_they_are(red):
    from yanmen.registry.matching import decide_same

    twin = red.resident("张兰", phone="13800000003")
    phone = red.phone("13800000003")
    phone.enter()
    assert phone.call("GET", ME).json()["value"] == "green"
    with acting(STAFF):
        decide_same(left=red.lan.pk, right=twin.pk, by="test", now=MORNING)
    assert phone.call("GET", ME).json()["value"] == "red"


def test_an_upheld_appeal_against_a_test_tells_the_edges_the_last_negative_anew(red):
    from yanmen.loop import facts
    from yanmen.registry.scope import Scope
    from yanmen.subsystems.health_code import actions

    judge = Scope(None, "health_code.decider", "14")
    at = MORNING - timedelta(hours=4)
    with acting(judge):
        wrong = facts.record(
            "screening.result", person=red.lan.pk, area="140105", occurred_at=at, by="lab", now=MORNING,
            detail={"result": "positive", "method": "nat"},
        )  # fmt: skip
        appeal = actions.contest(scope=judge, person=red.lan.pk, fact=wrong, reason="样本弄错了", by="x", now=MORNING)
        actions.uphold(
            scope=judge, appeal=appeal, note="复核为阴性", correction={"result": "negative"}, by="x", now=MORNING
        )
    assert red.told("health_code.negatives") == [{"people": [[red.lan.pk, int(at.timestamp()) // 60]]}]


def test_every_table_that_names_people_knows_who_asks_for_themselves(red):
    """A table with a person in it that residents' scopes may read must say what they may read of it."""
    open_ones = red.rows(
        "SELECT t.relname FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'person_id'"
        " WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND has_table_privilege('yanmen_app', t.oid, 'SELECT')"
        " AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND NOT p.polpermissive"
        "                 AND starts_with(p.polname::text, 'self') AND p.polcmd IN ('*', 'r'))"
    )
    assert open_ones == []


def test_a_place_with_ones_own_number_stays_closed(red):
    """Measures on places and people share numbers: one's own number opens nothing of a place."""
    import psycopg

    from yanmen.loop.models import Measure
    from yanmen.registry.scope import acting, oneself

    with psycopg.connect(red.database) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "UPDATE loop_measure SET subject_type = 'place' WHERE subject_type = 'person' AND subject = %s",
            [red.lan.pk],
        )
    with acting(oneself(red.lan.pk, red.lan.area)):
        assert not Measure.objects.filter(subject_type="place").exists()
