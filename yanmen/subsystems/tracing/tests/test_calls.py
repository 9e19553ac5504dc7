"""Calls: every desk's attempts count together, the last answer is known, and the cap holds."""

from __future__ import annotations

from typing import Any

import pytest

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import acting
from yanmen.subsystems.tracing.tests.test_help import A, B, act, ask, at, counties, of

__all__ = ["counties"]


def call(area: str, when: str, who: int, **about: Any) -> Any:
    said = {"channel": "phone", "outcome": "answered", "about": "核实行程", "answer": "2日在家"} | about
    return act("record_call", area, when, person=who, **said)


def known(area: str, who: int, when: str) -> Any:
    from yanmen.subsystems.tracing.queries import calls

    with acting(of(area)) as scope:
        return calls.calls(scope, who, now=at(when))


def test_what_one_desk_was_answered_every_desk_reads_before_it_calls(counties):
    wei = counties.person("魏岚")
    call(A, "2022-10-03 09:00", wei)
    ask(counties, wei)
    told = known(B, wei, "2022-10-03 10:30")
    assert (told.last.about, told.last.answer, told.last.area) == ("核实行程", "2日在家", A)
    assert told.left_today == 1
    call(B, "2022-10-03 10:40", wei, outcome="no_answer", answer="")
    assert [each.area for each in known(A, wei, "2022-10-03 11:00").rows] == [B, A]
    assert known("140728", wei, "2022-10-03 11:00").rows == []


def test_a_third_call_a_day_needs_a_reason_of_the_list(counties):
    wei = counties.person("魏岚")
    call(A, "2022-10-03 09:00", wei, outcome="no_answer", answer="")
    ask(counties, wei)
    call(B, "2022-10-03 10:30", wei)
    with pytest.raises(Refusal, match="cap 2") as told:
        call(A, "2022-10-03 11:00", wei)
    assert (told.value.field, told.value.value) == ("beyond", "2")
    with pytest.raises(Refusal, match="Choose one of"):
        call(A, "2022-10-03 11:00", wei, beyond="because")
    call(A, "2022-10-03 11:00", wei, beyond="medical_need")
    call(A, "2022-10-04 09:00", wei)


def test_nobody_is_called_more_than_ten_times_in_ten_days(counties):
    wei = counties.person("魏岚")
    for day in range(1, 6):
        for hour in (9, 15):
            call(A, f"2022-10-0{day} {hour:02d}:00", wei)
    with pytest.raises(Refusal, match="10 times in 10 days"):
        call(A, "2022-10-07 09:00", wei)
    call(A, "2022-10-11 09:00", wei)


def test_a_call_that_is_sent_twice_is_one(counties):
    from yanmen.base.ids import uuid7

    wei = counties.person("魏岚")
    one = uuid7(at("2022-10-03 09:00"))
    for _ in range(4):
        call(A, "2022-10-03 09:00", wei, id=one)
    assert len(known(A, wei, "2022-10-03 11:00").rows) == 1


def test_an_answered_call_without_the_answer_is_refused(counties):
    wei = counties.person("魏岚")
    with pytest.raises(Refusal, match="nobody asks again"):
        call(A, "2022-10-03 09:00", wei, answer="")
    with pytest.raises(Refusal, match="nobody asked you"):
        call(B, "2022-10-03 09:00", wei)


def test_how_often_people_were_called_is_counted_by_area(counties):
    from yanmen.subsystems.tracing.queries import calls

    wei, zhao, qian = counties.person("魏岚"), counties.person("赵晴"), counties.person("钱礼", area=B)
    for when in ("2022-10-03 09:00", "2022-10-03 11:00"):
        call(A, when, wei)
    call(A, "2022-10-03 09:00", zhao)
    call(B, "2022-10-03 09:00", qian)
    with acting(of("1407")) as scope:
        told = calls.call_metric(scope, since=at("2022-10-01"), until=at("2022-10-04"))
    assert (told.people, told.calls, told.spread) == (3, 4, [(1, 2), (2, 1)])
    assert told.top[0][0] == wei
    assert told.areas == [(A, 2, 3, 2), (B, 1, 1, 1)]
