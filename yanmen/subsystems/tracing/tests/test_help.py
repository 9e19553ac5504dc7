"""Co-investigation: three counties and one person moving on; each sees only what it may, clocks run, nobody is asked about twice."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope, acting

if TYPE_CHECKING:
    from yanmen.subsystems.tracing.tests.district import District

A, B, C = "140702", "140727", "140728"
TEN, ELEVEN, NOON = "2022-10-03 10:00", "2022-10-03 11:00", "2022-10-03 12:00"
LAST = date(2022, 10, 2)


@pytest.fixture
def counties(district: District) -> District:
    """Yuci asks, Qi and Pingyao are asked."""
    from yanmen.registry.areas import AreaRow, load_areas

    load_areas(
        [
            AreaRow("14", "山西省"),
            AreaRow("1407", "晋中市"),
            AreaRow(A, "榆次区"),
            AreaRow(B, "祁县"),
            AreaRow(C, "平遥县"),
            AreaRow("140729", "灵石县"),
        ]
    )
    return district


def of(area: str) -> Scope:
    return Scope(account=None, role="tracing.tracer", area=area, purpose="control")


def at(text: str) -> datetime:
    from yanmen.subsystems.tracing.tests.district import moment

    return moment(text)


def act(name: str, area: str, when: str, /, **about: Any) -> Any:
    from yanmen.subsystems.tracing import actions

    scope = of(area)
    with acting(scope):
        return getattr(actions, name)(scope=scope, by=f"tracer of {area}", now=at(when), **about)


def ask(district: District, *people: int, when: str = TEN, to: str = B, case: str = "K-1", **about: Any) -> Any:
    return act("ask_help", A, when, people=people, to_area=to, case=case, last_exposed=LAST, **{"degree": 1} | about)


def listed(area: str, side: str, when: str, *, open_only: bool = True) -> list[Any]:
    from yanmen.subsystems.tracing.queries import help as asking

    scope = of(area)
    with acting(scope):
        return asking.requests(scope, side=side, open_only=open_only, now=at(when)).rows


def clocks(district: District, who: int) -> list[tuple[Any, ...]]:
    """Area, state and deadline of what is owed about somebody, in order."""
    return district.rows(
        "SELECT area, state, to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), escalated_to FROM loop_task"
        " WHERE kind = 'answer_help' AND subject = %s ORDER BY opens_at, id",
        who,
    )


def test_the_asked_county_owes_an_answer_within_a_day_and_the_city_is_told_when_it_gives_none(counties):
    wei = counties.person("魏岚")
    ask(counties, wei)
    counties.turn(TEN)
    assert clocks(counties, wei) == [(B, "open", "10-04 10:00", None)]
    assert counties.measures(wei)[0][:2] == ("tracing.help", "in_force")
    counties.turn("2022-10-04 10:05")
    assert clocks(counties, wei) == [(B, "failed", "10-04 10:00", "1407")]
    [late] = listed(B, "in", "2022-10-04 11:00")
    assert (late.task_state, late.escalated_to) == ("failed", "1407")


def test_asking_twice_is_one_request(counties):
    wei, zhao = counties.person("魏岚"), counties.person("赵晴")
    first = ask(counties, wei)
    again = ask(counties, wei, when=ELEVEN)
    assert (again.help, again.asked, again.repeated) == (first.help, (), (wei,))
    more = ask(counties, wei, zhao, when=NOON)
    assert (more.asked, more.repeated) == ((zhao,), (wei,))
    with pytest.raises(Refusal, match="has not answered"):
        ask(counties, wei, to=C, when=NOON)
    assert len(listed(A, "out", NOON)) == 2


def test_whoever_says_that_somebody_is_there_answers_for_them_from_that_moment(counties):
    wei = counties.person("魏岚")
    case = counties.case(counties.person("病例"), "2022-10-03")
    counties.contact(wei, case, last="2022-10-02", found="2022-10-03")
    counties.turn("2022-10-03 09:30")
    asked = ask(counties, wei, case=case)
    act("accept_help", B, ELEVEN, help=asked.help, person=wei, here=True)
    assert counties.rows("SELECT area FROM registry_person WHERE id = %s", wei) == [(B,)]
    assert counties.rows("SELECT from_area, to_area, by FROM registry_move WHERE person_id = %s", wei) == [
        (A, B, f"tracer of {B}")
    ]
    counties.turn(ELEVEN)
    held = counties.rows(
        "SELECT rule, area FROM loop_measure WHERE subject = %s AND state = 'in_force' ORDER BY 1", wei
    )
    assert held == [("tracing.close_contact", B), ("tracing.help", B)]
    with acting(of(B)) as scope:
        from yanmen.subsystems.tracing import queries

        assert [each.case for each in queries.exposures_of(scope, wei)] == [case]
    act("answer_help", B, NOON, help=asked.help, person=wei, outcome="found_managed", note="居家隔离")
    counties.turn(NOON)
    assert clocks(counties, wei)[0][1] == "done"
    assert [row[1] for row in counties.measures(wei, "tracing.help")] == ["lifted"]
    assert [row[1] for row in counties.measures(wei, "tracing.close_contact")] == ["in_force"]
    [closed] = listed(A, "out", NOON, open_only=False)
    assert (closed.state, closed.why, closed.register_area) == ("answered", "found_managed", B)


def test_somebody_found_without_a_judgement_becomes_a_contact_where_they_are(counties):
    wei = counties.person("魏岚")
    asked = ask(counties, wei)
    act("answer_help", B, ELEVEN, help=asked.help, person=wei, outcome="found_managed")
    counties.turn(ELEVEN)
    assert [row[:2] for row in counties.measures(wei, "tracing.close_contact")] == [
        ("tracing.close_contact", "in_force")
    ]


def test_who_moved_on_is_asked_about_there_at_once_and_only_there(counties):
    wei = counties.person("魏岚")
    asked = ask(counties, wei)
    counties.turn(TEN)
    act("return_help", B, ELEVEN, help=asked.help, person=wei, reason="moved_on", to_area=C, note="昨日去平遥")
    counties.turn(ELEVEN)
    assert clocks(counties, wei) == [(B, "done", "10-04 10:00", None), (C, "open", "10-04 11:00", None)]
    assert [(each.hop, each.help) for each in listed(C, "in", NOON)] == [(2, asked.help)]
    assert listed(B, "in", NOON) == []
    assert [(each.hop, each.why, each.went_to) for each in listed(B, "in", NOON, open_only=False)] == [
        (1, "moved_on", C)
    ]
    assert [(each.hop, each.to_area) for each in listed(A, "out", NOON)] == [(2, C)]
    with pytest.raises(Refusal, match="asked before"):
        act("return_help", C, NOON, help=asked.help, person=wei, reason="moved_on", to_area=B)
    with pytest.raises(Refusal, match="no such request"):
        act("answer_help", A, NOON, help=asked.help, person=wei, outcome="not_found")
    act("answer_help", C, NOON, help=asked.help, person=wei, outcome="not_found")
    counties.turn(NOON)
    assert [row[1] for row in clocks(counties, wei)] == ["done", "done"]


def test_a_request_is_passed_on_no_more_than_the_norm_allows(counties):
    from yanmen.registry.areas import AreaRow, load_areas

    load_areas([AreaRow("140723", "和顺县")])
    wei = counties.person("魏岚")
    asked = ask(counties, wei)
    act("return_help", B, TEN, help=asked.help, person=wei, reason="moved_on", to_area=C)
    act("return_help", C, ELEVEN, help=asked.help, person=wei, reason="moved_on", to_area="140729")
    with pytest.raises(Refusal, match="limit") as told:
        act("return_help", "140729", NOON, help=asked.help, person=wei, reason="moved_on", to_area="140723")
    assert (told.value.field, told.value.value) == ("to_area", "140723")
    assert "另发" in told.value.zh
    act("answer_help", "140729", NOON, help=asked.help, person=wei, outcome="left", left_to="140723")
    assert next(each.went_to for each in listed(A, "out", NOON, open_only=False)) == "140723"


def test_an_answer_about_another_case_leaves_this_clock_running(counties):
    wei = counties.person("魏岚")
    first, second = ask(counties, wei), ask(counties, wei, to=C, case="K-2", when="2022-10-03 10:30")
    counties.turn("2022-10-03 10:30")
    act("answer_help", B, ELEVEN, help=first.help, person=wei, outcome="not_found")
    counties.turn(ELEVEN)
    assert [(area, state) for area, state, *_ in clocks(counties, wei)] == [(B, "done"), (C, "open")]
    act("answer_help", C, NOON, help=second.help, person=wei, outcome="not_found")
    counties.turn(NOON)
    assert [state for _, state, *_ in clocks(counties, wei)] == ["done", "done"]


def test_a_request_falls_with_its_case_and_can_be_taken_back(counties):
    patient = counties.person("病例")
    case = counties.case(patient, "2022-10-03")
    wei, zhao = counties.person("魏岚"), counties.person("赵晴")
    asked = ask(counties, wei, case=case)
    other = ask(counties, zhao, case="K-9")
    counties.turn(TEN)
    with counties.acting():
        from uuid import UUID

        from yanmen.loop import facts

        facts.withdraw(UUID(case), reason="复核阴性", by="test", now=at(ELEVEN))
    counties.turn(ELEVEN)
    assert [row[1] for row in counties.measures(wei)] == ["lifted"]
    assert [each.person_id for each in listed(B, "in", NOON)] == [zhao]
    assert asked.help not in [each.help for each in listed(A, "out", NOON)]
    act("take_back_help", A, NOON, help=other.help, person=zhao, reason="本人已找到")
    counties.turn(NOON)
    assert listed(B, "in", NOON) == []


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"to": "140799"}, "to_area"),
        ({"to": "1407zz"}, "to_area"),
        ({"to": A}, "to_area"),
        ({"to": "1407"}, "to_area"),
        ({"case": " "}, "case"),
        ({"degree": 3}, "degree"),
        ({"first_exposed": date(2022, 10, 3)}, "first_exposed"),
        ({"when": "2023-03-01"}, "now"),
    ],
)
def test_a_request_that_cannot_be_names_the_field_and_the_remedy(counties, about, field):
    wei = counties.person("魏岚")
    with pytest.raises(Refusal) as told:
        ask(counties, wei, **about)
    assert told.value.field == field
    assert told.value.zh
    assert told.value.en


def test_nobody_else_s_people_are_asked_about_and_no_reason_is_made_up(counties):
    wei, far = counties.person("魏岚"), counties.person("外县人", area=C)
    with pytest.raises(Refusal, match="no such person"):
        ask(counties, far)
    asked = ask(counties, wei)
    with pytest.raises(Refusal, match="Choose one of: not_here"):
        act("return_help", B, ELEVEN, help=asked.help, person=wei, reason="too busy")
    with pytest.raises(Refusal, match="Say what was tried"):
        act("answer_help", B, ELEVEN, help=asked.help, person=wei, outcome="refused")
    with pytest.raises(Refusal):
        act("accept_help", C, ELEVEN, help=asked.help, person=wei, here=True)
    assert counties.rows("SELECT area FROM registry_person WHERE id = %s", wei) == [(A,)]


def test_the_asked_county_sees_a_telephone_number_only_with_a_reason_that_is_logged(counties):
    with counties.acting():
        from yanmen.registry import people

        wei = people.register_person(name="魏岚", phone="13900000000", area=A, by="test", now=at("2022-10-01")).pk
    asked = ask(counties, wei)
    assert [each.phone for each in listed(B, "in", TEN)] == ["139****0000"]
    with pytest.raises(Refusal, match="reason"):
        act("reveal_phone", B, ELEVEN, help=asked.help, person=wei, reason=" ")
    with pytest.raises(Refusal):
        act("reveal_phone", C, ELEVEN, help=asked.help, person=wei, reason="找人")
    assert act("reveal_phone", B, ELEVEN, help=asked.help, person=wei, reason="电话联系") == "13900000000"
    assert counties.rows("SELECT area, what FROM registry_accesslog", alias="owner") == [(B, "reveal phone")]
