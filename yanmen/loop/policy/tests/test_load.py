"""Packs are read as written, merged from nation to city, and refused with file, line and remedy."""

import datetime as dt
from pathlib import Path

import pytest

from yanmen.loop.policy import Days, PolicyFault, load_packs
from yanmen.loop.policy.tests.packs import NATION, PROVINCE, SOURCE, changed, load, overlay, write

RULE = "rules/desk/traveller.yaml"


def test_editions_follow_each_other_by_date(tmp_path: Path) -> None:
    policy = load(tmp_path)
    dates = [(e.area, e.valid_from, e.valid_to, e.off) for e in policy.of("desk.traveller")]
    assert dates == [
        ("", dt.date(2022, 1, 1), dt.date(2022, 7, 1), False),
        ("", dt.date(2022, 7, 1), dt.date(2023, 1, 1), False),
        ("", dt.date(2023, 1, 1), None, True),
        ("14", dt.date(2022, 8, 1), dt.date(2022, 9, 1), False),
    ]


def test_stages_run_one_after_the_other_and_tests_count_from_day_zero(tmp_path: Path) -> None:
    edition = load(tmp_path).of("desk.traveller")[0]
    assert [(s.place, s.from_day, s.to_day) for s in edition.stages] == [("hotel", 0, 14), ("home", 15, 21)]
    assert edition.tests == (1, 14, 16, 21)
    assert edition.total_days == 21
    assert edition.edition == "ONE"


def test_a_task_on_several_days_is_numbered(tmp_path: Path) -> None:
    edition = load(tmp_path).of("desk.traveller")[1]
    clocks = [(t.kind, t.ordinal, t.day, t.within_hours) for t in edition.tasks]
    assert clocks == [("transfer", 1, None, 8), ("visit", 1, 1, None), ("visit", 2, 3, None)]


def test_an_overlay_keeps_what_it_does_not_say(tmp_path: Path) -> None:
    policy = load(tmp_path)
    edition = policy.at("desk.traveller", "1401", dt.date(2022, 8, 15))
    assert edition is not None
    assert edition.values == {"look_back": Days(7)}
    assert edition.stages[0].marks == {"colour": "red"}
    assert edition.tests == (1, 7)


def test_after_until_the_level_above_holds_again(tmp_path: Path) -> None:
    policy = load(tmp_path)
    edition = policy.at("desk.traveller", "14", dt.date(2022, 9, 1))
    assert edition is not None
    assert edition.area == ""


def test_an_overlay_cannot_outlive_the_rule_above(tmp_path: Path) -> None:
    policy = load(tmp_path, province=changed(RULE, "    until: 2022-08-31\n", "", PROVINCE))
    edition = policy.at("desk.traveller", "14", dt.date(2023, 1, 1))
    assert edition is not None
    assert edition.off


def test_marks_can_differ_by_place(tmp_path: Path) -> None:
    marks = f"  2022-01-01:\n    {SOURCE}\n    marks: {{colour: {{hotel: red, home: yellow}}}}\n"
    edition = load(tmp_path, province=overlay(marks)).at("desk.traveller", "14", dt.date(2022, 3, 1))
    assert edition is not None
    assert [stage.marks for stage in edition.stages] == [{"colour": "red"}, {"colour": "yellow"}]


def test_a_city_is_laid_over_its_province(tmp_path: Path) -> None:
    city = (
        f'overlay: desk.traveller\narea: "1401"\nvalues:\n  2022-08-10:\n    {SOURCE}\n    marks: {{colour: yellow}}\n'
    )
    policy = load(tmp_path, province={"rules/city/traveller.yaml": city})
    spans = [(e.valid_from, e.stages[0].marks) for e in policy.of("desk.traveller") if e.area == "1401" and not e.off]
    assert spans == [(dt.date(2022, 8, 10), {"colour": "yellow"}), (dt.date(2022, 9, 1), {"colour": "yellow"})]


def test_the_digest_changes_with_what_is_said(tmp_path: Path) -> None:
    before = load(tmp_path / "a").of("desk.traveller")[1]
    after = load(tmp_path / "b", nation=changed(RULE, "look_back: 7 days", "look_back: 8 days")).of("desk.traveller")[1]
    assert before.digest != after.digest
    assert before.digest == load(tmp_path / "c").of("desk.traveller")[1].digest


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("given: stay", "givn: stay", 4, 'Did you mean "given"?'),
        ("place: home,", "place: hom,", 17, 'Did you mean "home"?'),
        ("tests: [1, 14]", "tests: [1, 15]", 16, "day 15 does not lie within"),
        ("days: 14,", "day: 14,", 16, 'Did you mean "days"?'),
        ("look_back: 14 days", "look_back: 14 days\n    look_back: 7 days", 15, "stands twice"),
        ("2022-01-01:", "2022-13-01:", 12, "month must be in 1..12"),
        ("grade: A}", "grade: Z}", 13, "Z is none of A, B, C"),
        ("impose: stay_and_test", "impose: stay_and_test\napproval: proposed", 0, "needs approved_by"),
        ("- tier = 'high'", "- tier = = 'high'", 5, "cannot be read"),
        ("2023-01-01: off", "2023-01-01: on", 23, "or the word off"),
        ("look_back: 7 days", "look_back: {days: 7}", 20, "a value is a number, text, date, span or list"),
        ("look_back: 7 days", "until: 2022-01-01", 20, "must be the last day it holds"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_a_remedy(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    with pytest.raises(PolicyFault) as fault:
        load(tmp_path, nation=changed(RULE, old, new))
    assert said in str(fault.value)
    if line:
        assert f"traveller.yaml:{line}:" in str(fault.value)


def test_an_overlay_of_no_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match=r'no rule desk\.traveler\. Did you mean "desk\.traveller"'):
        load(tmp_path, province=changed(RULE, "overlay: desk.traveller", "overlay: desk.traveler", PROVINCE))


def test_an_overlay_before_the_rule_begins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="begins before the rule it overlays"):
        load(tmp_path, province=changed(RULE, "2022-08-01:", "2021-08-01:", PROVINCE))


def test_the_same_rule_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="already stands in"):
        load(tmp_path, nation={"rules/desk/again.yaml": NATION[RULE]})


def test_an_overlaid_pack_must_be_loaded(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="pack nation is not loaded"):
        load_packs([write(tmp_path, "province", PROVINCE)])


def test_an_area_is_written_as_text(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="write the code as text"):
        load(tmp_path, province=changed("pack.yaml", '"14"', "14", PROVINCE))


def test_a_word_means_one_thing(tmp_path: Path) -> None:
    words = {"words.yaml": "places:\n  home: {zh: 在家, en: Somewhere, strictness: 1}\n"}
    with pytest.raises(PolicyFault, match="already means"):
        load(tmp_path, province=words)
