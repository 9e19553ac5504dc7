"""The turn, on a toy disease: facts in, measures and tasks out, and everything undone when a fact falls."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections

from yanmen.loop.facts import correct, record, withdraw
from yanmen.loop.run import settle, turn
from yanmen.loop.tests.conftest import noon

pytestmark = pytest.mark.usefixtures("toy")
COUNTY, HOME = "140121", "140202"


@pytest.fixture(autouse=True)
def places() -> None:
    rows(
        "owner",
        "INSERT INTO registry_area (code, level, name_zh, name_en, kind, valid_from, population_source) SELECT * FROM (VALUES"
        " ('14','province','山西省','Shanxi','division',date '2020-01-01',''), ('140121','county','清徐县','Qingxu','division',date '2020-01-01',''),"
        " ('140202','county','新荣','Xinrong','division',date '2020-01-01','')) v(code, a,b,c,d,e,f)"
        " WHERE NOT EXISTS (SELECT 1 FROM registry_area x WHERE x.code = v.code) RETURNING id",
    )


def rows(alias: str, query: str, *arguments: object) -> list[tuple]:
    with connections[alias].cursor() as cursor:
        if alias == "default":
            cursor.execute(
                "SELECT set_config('yanmen.area', '14', false), set_config('yanmen.purpose', 'prevention', false)"
            )
        cursor.execute(query, arguments)
        return cursor.fetchall() if cursor.description else []


def person(name: str) -> int:
    return rows(
        "owner",
        "INSERT INTO registry_person (name, sex, id_type, area, address, post, synthetic, created_at)"
        " VALUES (%s, '', '', %s, '', '', true, now()) RETURNING id",
        name,
        HOME,
    )[0][0]


def outbreak(day: str) -> UUID:
    rows("default", "SELECT 1")
    return record("toy.outbreak", area=COUNTY, occurred_at=noon(day), by="test", now=noon(day))


def stay(who: int, left: str, known: str | None = None) -> UUID:
    rows("default", "SELECT 1")
    return record(
        "toy.exposed",
        person=who,
        area=HOME,
        occurred_at=noon(left),
        by="test",
        now=noon(known or left),
        detail={"where": COUNTY},
    )


def measures() -> list[tuple]:
    return rows("loop", "SELECT rule, state, count_from::text, last_day::text FROM loop_measure ORDER BY id")


def code(who: int) -> str:
    found = rows("loop", "SELECT value FROM loop_status WHERE subject = %s AND status = 'toy_code'", who)
    return found[0][0] if found else "clear"


def test_one_turn_reaches_a_traveller_of_two_days_ago() -> None:
    lin = person("Lin")
    stay(lin, "2022-01-08")
    assert turn(now=noon("2022-01-08")).imposed == 0
    outbreak("2022-01-10")
    report = turn(now=noon("2022-01-10"))
    assert (report.imposed, report.tasks_opened) == (2, 1)
    assert measures()[1] == ("toy.stay", "in_force", "2022-01-08", "2022-01-18")
    assert code(lin) == "ruby"


def test_a_withdrawn_fact_undoes_everything_in_one_turn_and_the_history_stays() -> None:
    lin = person("Lin")
    stay(lin, "2022-01-08")
    fact = outbreak("2022-01-10")
    turn(now=noon("2022-01-10"))
    withdraw(fact, reason="false positive", by="test", now=noon("2022-01-11"))
    report = turn(now=noon("2022-01-11"))
    assert report.lifted == 2
    assert code(lin) == "clear"
    assert rows("loop", "SELECT state FROM loop_task") == [("cancelled",)]
    acts = rows("loop", "SELECT act FROM loop_event WHERE rule = 'toy.stay' ORDER BY id")
    assert acts == [("imposed",), ("lifted",)]


def test_a_second_turn_changes_nothing() -> None:
    lin = person("Lin")
    outbreak("2022-01-10")
    stay(lin, "2022-01-10")
    settle(now=noon("2022-01-10"))
    rows("default", "SELECT 1")
    from yanmen.loop.facts import wake

    wake("person", [lin])
    report = turn(now=noon("2022-01-10"))
    assert (report.imposed, report.revised, report.lifted, report.tasks_opened, report.statuses) == (0, 0, 0, 0, 0)


def test_stages_pass_with_the_calendar_and_the_end_needs_its_test() -> None:
    lin = person("Lin")
    outbreak("2022-01-10")
    stay(lin, "2022-01-10")
    turn(now=noon("2022-01-10"))
    turn(now=noon("2022-01-18"))
    assert code(lin) == "amber"
    turn(now=noon("2022-01-21"))
    assert measures()[1][1] == "in_force"
    assert rows("loop", "SELECT over_hold FROM loop_measure WHERE rule = 'toy.stay'") == [(True,)]
    rows("default", "SELECT 1")
    record(
        "toy.tested",
        person=lin,
        area=HOME,
        occurred_at=noon("2022-01-21"),
        by="test",
        now=noon("2022-01-21"),
        detail={"result": "clear"},
    )
    report = turn(now=noon("2022-01-21"))
    assert report.completed == 1
    assert code(lin) == "clear"


def test_a_new_edition_shortens_plans_on_its_day() -> None:
    lin = person("Lin")
    outbreak("2022-01-28")
    stay(lin, "2022-01-28")
    turn(now=noon("2022-01-28"))
    assert measures()[1][3] == "2022-02-07"
    report = turn(now=noon("2022-02-01"))
    assert report.revised >= 1
    assert measures()[1][3] == "2022-02-02"
    assert code(lin) == "amber"


def test_a_corrected_date_revises_day_zero() -> None:
    lin = person("Lin")
    outbreak("2022-01-10")
    fact = stay(lin, "2022-01-10")
    turn(now=noon("2022-01-10"))
    rows("default", "SELECT 1")
    correct(fact, detail={}, occurred_at=noon("2022-01-09"), by="test", now=noon("2022-01-11"))
    turn(now=noon("2022-01-11"))
    states = rows("loop", "SELECT state, count_from::text FROM loop_measure WHERE rule = 'toy.stay' ORDER BY id")
    assert states == [("lifted", "2022-01-10"), ("in_force", "2022-01-09")]


def test_a_task_missed_climbs_a_level_after_each_further_clock_up_to_the_province() -> None:
    lin = person("Lin")
    outbreak("2022-01-10")
    stay(lin, "2022-01-10")
    turn(now=noon("2022-01-10"))
    first = "FROM loop_task WHERE ordinal = (SELECT min(ordinal) FROM loop_task)"
    [(opens_at, due_at)] = rows("loop", f"SELECT opens_at, due_at {first}")
    told = []
    for clocks in range(-1, 3):
        settle(now=due_at + clocks * (due_at - opens_at) + timedelta(minutes=1))
        told += rows("loop", f"SELECT state, escalated_to {first}")
    assert told == [("open", None), ("failed", "1402"), ("failed", "14"), ("failed", "14")]
    assert rows("loop", f"SELECT climbs_at {first}") == [(None,)]


def test_a_task_missed_for_days_without_a_turn_goes_up_all_the_same_and_no_further_when_its_measure_is_over() -> None:
    lin, mei = person("Lin"), person("Mei")
    outbreak("2022-01-10")
    stay(lin, "2022-01-10")
    gone = stay(mei, "2022-01-10")
    turn(now=noon("2022-01-10"))
    first = "FROM loop_task WHERE ordinal = (SELECT min(ordinal) FROM loop_task) AND subject = %s"
    [(due_at,)] = rows("loop", f"SELECT due_at {first}", lin)
    settle(now=due_at)
    withdraw(gone, reason="wrong person", by="test", now=due_at)
    settle(now=due_at + timedelta(minutes=1))
    settle(now=due_at + timedelta(days=20))
    assert rows("loop", f"SELECT escalated_to {first}", lin) == [("14",)]
    assert rows("loop", f"SELECT escalated_to {first}", mei) == [("1402",)]
