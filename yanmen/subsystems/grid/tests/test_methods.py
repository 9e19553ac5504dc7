"""Addresses, walking order, lists compared, homes judged, questions known by other wordings: without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from yanmen.base.refusals import Refusal
from yanmen.subsystems.grid.methods import answers
from yanmen.subsystems.grid.methods.addresses import natural, spot_of
from yanmen.subsystems.grid.methods.comparing import MATCHED, MISSING, REPEATED, UNCLEAR, Known, Line, compare
from yanmen.subsystems.grid.methods.fields import HOUSEHOLD, PERSON, field_of, read_field, shown, titles
from yanmen.subsystems.grid.methods.fitness import fitness
from yanmen.subsystems.grid.methods.form_costs import asked_before, minutes_a_week, plain
from yanmen.subsystems.grid.methods.merging import CONFLICT, CREATED, SAME, Told, merge
from yanmen.subsystems.grid.methods.routes import Stop, metres, open_tour, walking_order

NORM = {
    "must_have": ["own_room", "own_bathroom"],
    "must_not": ["shared_air", "at_risk"],
    "needs_carer": ["child", "dialysis"],
}


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("幸福小区3号楼2单元501室", ("3号楼", "2单元", 5, "501")),
        ("幸福小区12栋1203", ("12栋", "", 12, "1203")),
        ("城关村3组18号", ("3组", "", None, "18")),
        ("合成路9号", ("", "", None, "9")),
        ("", ("", "", None, "")),
    ],
)
def test_an_address_says_the_way_to_its_door(address, wanted):
    spot = spot_of(address)
    assert (spot.building, spot.entrance, spot.floor, spot.room) == wanted


def test_numbers_sort_as_numbers():
    assert sorted(["10号楼", "2号楼", "1号楼"], key=natural) == ["1号楼", "2号楼", "10号楼"]


def test_a_building_is_walked_entrance_by_entrance_from_the_top():
    stops = [
        Stop("a", "2号楼", "1单元", 1, "101"),
        Stop("a", "10号楼", "1单元", 3, "301"),
        Stop("a", "2号楼", "2单元", 6, "601"),
        Stop("a", "2号楼", "1单元", 6, "602"),
        Stop("a", "2号楼", "1单元", 6, "601"),
    ]
    assert walking_order(stops) == [4, 3, 0, 2, 1]


def test_an_order_that_somebody_gave_comes_first():
    stops = [Stop("a", "1号楼", position=5), Stop("a", "2号楼", position=1), Stop("a", "3号楼")]
    assert walking_order(stops) == [1, 0, 2]


def test_buildings_with_coordinates_are_walked_by_a_short_open_tour_always_the_same():
    east = [3, 0, 7, 1, 6, 2, 5, 4]
    stops = [Stop("a", f"{n + 1}号楼", point=(112.7 + 0.002 * place, 37.69)) for n, place in enumerate(east)]
    order = walking_order(stops)
    walked = [east[index] for index in order]
    assert walked in (list(range(8)), list(range(7, -1, -1)))
    assert walking_order(stops) == order
    without = [*stops, Stop("a", "99号楼")]
    assert walking_order(without)[-1] == 8


def test_the_tour_is_no_longer_than_going_to_the_nearest_next():
    points = [(112.7 + (n * 37 % 11) / 500, 37.6 + (n * 53 % 13) / 500) for n in range(14)]

    def length(order):
        return sum(metres(points[one], points[two]) for one, two in pairwise(order))

    tour, left, near = open_tour(points), set(range(1, 14)), [0]
    while left:
        near.append(min(left, key=lambda each: metres(points[near[-1]], points[each])))
        left.remove(near[-1])
    assert sorted(tour) == list(range(14))
    assert length(tour) <= length(near)


def test_a_home_is_fit_by_the_norm_and_says_what_stands_against_it():
    good = {"own_room": True, "own_bathroom": True, "shared_air": False, "at_risk": False}
    assert fitness(good, NORM).fit
    assert fitness(good | {"own_bathroom": False, "shared_air": True}, NORM).against == ("own_bathroom", "shared_air")
    assert fitness(good | {"special": "child"}, NORM).against == ("carer",)
    assert fitness(good | {"special": "child", "carer": True}, NORM).fit


def test_an_answer_that_cannot_be_is_refused_with_field_and_remedy():
    for kind, said, field in (
        (answers.DOOR_VISITED, {"found": "yes", "celsius": "84"}, "celsius"),
        (answers.DOOR_VISITED, {"celsius": "36.5"}, "found"),
        (answers.RESULT, {"result": "maybe"}, "result"),
        (answers.NEED_TOLD, {"need": "gold"}, "need"),
        (answers.NEED_MET, {"told": "x", "how": "送到"}, "told"),
        (answers.DOOR_VISITED, {"found": "yes", "colour": "red"}, "colour"),
        ("tracing.contact_found", {}, "kind"),
        (answers.SYMPTOMS, {"how": "phone"}, "symptoms"),
    ):
        with pytest.raises(Refusal) as refusal:
            answers.read(kind, said)
        assert refusal.value.field == field
        assert refusal.value.zh
        assert refusal.value.en
    assert answers.read(answers.DOOR_VISITED, {"found": True, "celsius": 36.4, "note": " "}) == {
        "found": True,
        "celsius": 36.4,
    }
    assert answers.read(answers.NEED_MET, {"told": str(uuid4()), "how": "送到"})["how"] == "送到"


def test_lists_are_compared_by_document_then_telephone_then_name_and_nothing_is_guessed():
    known = [
        Known(1, "王一", b"D1", b"P1"),
        Known(2, "李二", b"", b"P2", address="幸福村1号"),
        Known(3, "张三", address="幸福村3号"),
        Known(4, "张三", address="幸福村4号"),
        Known(5, "赵五"),
        Known(6, "钱六", b"D6"),
    ]
    lines = [
        Line(2, "王一一", b"D1"),  # the document decides
        Line(3, "李二", phone=b"P2"),
        Line(4, "李 二", address="幸福村1号"),  # the same again, by name
        Line(5, "张三", address="幸福村 4号"),
        Line(6, "张三"),  # which of them?
        Line(7, "孙七", phone=b"P2"),  # another name behind the same telephone
        Line(8, "钱六", b"D9"),  # the same name with another document
    ]
    compared = compare(lines, known)
    assert [(told.outcome, told.person) for told in compared.lines] == [
        (MATCHED, 1), (MATCHED, 2), (REPEATED, 2), (MATCHED, 4), (UNCLEAR, None), (MISSING, None), (MISSING, None),
    ]  # fmt: skip
    assert sum(compared.count(each) for each in (MATCHED, REPEATED, UNCLEAR, MISSING)) == len(lines)
    assert [each.person for each in compared.not_listed] == [5, 6]  # of the two of one name nobody is called missing


def test_a_question_is_known_by_its_usual_wordings():
    vocabulary = {plain("体温"): "quarantine.door_visited.celsius", plain("Phone"): "register.phone"}
    for title in ("今日体温", "体温情况", "本人体温（当日）"):
        assert asked_before(title, vocabulary) == "quarantine.door_visited.celsius"
    assert asked_before("The telephone of the person?", vocabulary) == "register.phone"
    assert asked_before("养狗数量", vocabulary) == ""


def test_a_form_costs_minutes_by_doors_and_rhythm():
    assert minutes_a_week(doors=300, questions=3, every_days=1, seconds=20) == 2100
    assert minutes_a_week(doors=300, questions=3, every_days=7, seconds=20, seconds_a_door=90) == 750


NOON = datetime(2022, 12, 10, 12, tzinfo=UTC)
THEIRS = Told(UUID(int=1), "2", "account:1", NOON)


@pytest.mark.parametrize(
    ("force", "mark", "by", "minutes", "seen", "seen_mark", "wanted"),
    [
        (None, "3", "account:2", 0, None, None, CREATED),
        (None, "", "account:2", 0, None, None, SAME),
        (None, "3", "account:2", 0, 9, None, CREATED),
        (THEIRS, "2", "account:2", 0, None, None, SAME),
        (THEIRS, "3", "account:2", 0, 1, "2", CREATED),
        (THEIRS, "3", "account:2", 0, 9, "2", CREATED),
        (THEIRS, "3", "account:2", 0, 9, "1", CONFLICT),
        (THEIRS, "3", "account:2", 99, None, None, CONFLICT),
        (THEIRS, "", "account:2", 0, None, None, CONFLICT),
        (THEIRS, "3", "account:1", 0, None, None, CREATED),
        (THEIRS, "3", "account:1", -1, None, None, CONFLICT),
    ],
)
def test_an_edit_is_in_force_where_it_rests_on_what_is(force, mark, by, minutes, seen, seen_mark, wanted):
    said = Told(UUID(int=2), mark, by, NOON + timedelta(minutes=minutes), UUID(int=seen) if seen else None)
    assert merge(said, force, seen_mark) == wanted


def test_fields_are_read_as_people_type_them_and_shown_masked():
    assert read_field(HOUSEHOLD["people_at_home"], " 3.0 ") == "3"
    assert read_field(HOUSEHOLD["contact_phone"], "+86 138-0000-0001") == "13800000001"
    assert read_field(HOUSEHOLD["locked"], "True") == "yes"
    assert read_field(PERSON["lives_here"], "moved_away") == "moved_away"
    assert read_field(PERSON["note"], "  ") == ""
    assert shown(HOUSEHOLD["contact_phone"], "13800000001") == "138****0001"
    assert titles(PERSON["lives_here"], "moved_away") == {"zh": "已搬走", "en": "Moved away"}
    assert titles(PERSON["alone_elderly"], "no")["zh"] == "否"
    for field, text in (
        ("people_at_home", "100"),
        ("contact_phone", "138****0001"),
        ("locked", "half"),
        ("how_to_reach", "x" * 301),
    ):
        with pytest.raises(Refusal) as refused:
            read_field(HOUSEHOLD[field], text)
        assert refused.value.field == field
    with pytest.raises(Refusal, match="no field"):
        field_of("lives_here", person=False)
    for field in (*HOUSEHOLD.values(), *PERSON.values()):
        assert field.zh
        assert field.en
