"""The journey of a request over HTTP: Yuci asks Qi about three people, Qi takes two and sends one on to Pingyao, which answers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from yanmen.project.testing import show_clock
from yanmen.subsystems.tracing.tests.test_help import A, B, C, at, clocks, counties

__all__ = ["counties"]


@pytest.fixture
def clock():
    """Moves the clock at the doors."""

    def move(text: str) -> None:
        show_clock(at(text))

    move("2022-10-03 10:00")
    return move


def post(client: Any, path: str, **form: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def pages_of(page: str) -> list[str]:
    """The pages of people that a list links to."""
    return list(dict.fromkeys(re.findall(r'href="(/tracing/help/[0-9a-f-]{36}/\d+/)"', page)))


def test_three_people_two_found_one_passed_on(counties, clock, sign_in):
    case = counties.case(counties.person("病例"), "2022-10-03")
    names = {"魏岚": 0, "赵晴": 0, "孙远": 0}
    for name in names:
        names[name] = counties.person(name)
        counties.contact(names[name], case, last="2022-10-02", found="2022-10-03")
    counties.turn("2022-10-03 09:30")
    asker, qi, pingyao = (sign_in("tracing.tracer", area, language="en") for area in (A, B, C))

    assert "Nobody waits for an answer" in qi.get("/tracing/help/").text
    lines = "\n".join(str(each) for each in names.values())
    form = {"people": lines, "case": case, "degree": "1", "last_exposed": "2022-10-02", "note": "在祁县打工"}
    wrong = post(asker, "/tracing/help/new/", to_area=f"{A} 榆次区", **form)
    assert wrong.status_code == 422
    assert "within your own" in wrong.text
    assert "在祁县打工" in wrong.text
    assert "3 people asked about." in post(asker, "/tracing/help/new/", to_area=f"{B} 祁县", **form).text
    again = post(asker, "/tracing/help/new/", to_area=B, **form)
    assert "0 people asked about. 3 had been asked about before." in again.text
    counties.turn("2022-10-03 10:01")

    board = qi.get("/tracing/help/").text
    assert all(name in board for name in names)
    assert "in 24 hours" in board or "in 23 hours" in board
    assert "病例" not in board
    assert "Nobody waits for an answer" in pingyao.get("/tracing/help/").text
    wei, zhao, sun = (next(one for one in pages_of(board) if one.endswith(f"/{who}/")) for who in names.values())
    assert pingyao.get(wei).status_code == 404
    assert qi.get(f"/people/{names['魏岚']}/").status_code in (403, 404)

    chosen = ["/".join(one.strip("/").split("/")[-2:]) for one in (wei, zhao)]
    assert "2 requests accepted." in post(qi, "/tracing/help/", row=chosen, act="here").text
    counties.turn("2022-10-03 10:02")
    moved = counties.rows("SELECT person_id, to_area FROM registry_move ORDER BY 1")
    assert moved == [(names["魏岚"], B), (names["赵晴"], B)]
    held = "SELECT DISTINCT area FROM loop_measure WHERE rule = 'tracing.close_contact' AND subject = ANY(%s)"
    assert counties.rows(held, [names["魏岚"], names["赵晴"]]) == [(B,)]
    for one in (wei, zhao):
        assert "Kept." in post(qi, one, act="answer", answered="found_managed", note="居家隔离").text

    no_reason = post(qi, sun, act="return", reason="moved_on")
    assert no_reason.status_code == 422
    assert "to_area" in no_reason.text
    assert "Kept." in post(qi, sun, act="return", reason="moved_on", to_area=f"{C} 平遥县", note="昨日已走").text
    counties.turn("2022-10-03 10:03")
    assert "Nobody waits for an answer" in qi.get("/tracing/help/").text
    assert "area no. 2" in pingyao.get("/tracing/help/").text
    assert "昨日已走" not in pingyao.get(wei).text
    assert post(qi, sun, act="answer", answered="not_found").status_code == 422

    clock("2022-10-04 10:30")
    counties.turn("2022-10-04 10:30")
    late = pingyao.get("/tracing/help/").text
    assert "overdue" in late
    assert "told to 晋中市" in late
    assert clocks(counties, names["孙远"])[-1][:2] == (C, "failed")
    city = sign_in("tracing.tracer", "1407", language="en")
    assert "孙远" in city.get("/tracing/help/").text

    call = {"act": "call", "channel": "phone", "outcome": "answered", "about": "人在哪里", "answer": "在平遥古城"}
    assert "Kept." in post(pingyao, sun, **call).text
    assert "在平遥古城" in asker.get(sun).text
    post(pingyao, sun, act="answer", answered="found_managed", note="集中隔离")
    counties.turn("2022-10-04 10:31")
    assert clocks(counties, names["孙远"])[-1][:2] == (C, "done")
    closed = asker.get("/tracing/help/?side=out&closed=1").text
    assert closed.count("Found and managed") == 3
    assert "Moved on to another area" in closed
    assert "Nobody waits for an answer" not in asker.get("/tracing/help/?side=out").text


def test_people_of_a_list_are_registered_before_they_are_asked_about(counties, clock, sign_in):
    from yanmen.base.identity import check_digit

    number = "99010119900101001"
    asker, qi = sign_in("tracing.tracer", A, language="en"), sign_in("tracing.tracer", B)
    form = {"to_area": B, "case": "K-1", "last_exposed": "2022-10-02"}
    person = f"周梅,{number}{check_digit(number)},13900000001"
    assert "1 person asked about." in post(asker, "/tracing/help/new/", people=person, **form).text
    board = qi.get("/tracing/help/")
    assert "周梅" in board.text
    assert "139****0001" in qi.get(pages_of(board.text)[0]).text
    stranger = "99010119900101009" + check_digit("99010119900101009")
    for people, said in (("王五,110", "Line 1"), (stranger, "Nobody in your areas"), ("", "people")):
        refused = post(asker, "/tracing/help/new/", people=people, **form)
        assert refused.status_code == 422
        assert said in refused.text


def test_only_those_who_trace_open_the_pages(counties, clock, sign_in):
    reporter = sign_in("cases.reporter", A)
    assert reporter.get("/tracing/help/").status_code == 403
    assert reporter.get("/tracing/help/new/").status_code == 403
