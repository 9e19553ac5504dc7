"""What the acts refuse, and that saying a thing twice is one fact."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import acting, system
from yanmen.subsystems.tracing import actions, queries
from yanmen.subsystems.tracing.tests.district import BY, COUNTY, DISTRICT, District, ask, moment

NOW = moment("2022-08-04")


def test_the_same_finding_twice_is_one_fact(district: District) -> None:
    li = district.person("李强")
    again = [district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-04") for _ in range(2)]
    assert again[0] == again[1]
    with district.acting() as scope:
        (found,) = queries.exposures_of(scope, li)
    assert (found.case, found.degree, found.last_exposed) == ("协查函-1", 1, date(2022, 8, 1))


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"last_exposed": date(2022, 8, 5)}, "last_exposed"),
        ({"first_exposed": date(2022, 8, 3)}, "first_exposed"),
        ({"degree": 3}, "degree"),
        ({"degree": 2}, "linked"),
        ({"linked": 1}, "linked"),
        ({"case": " "}, "case"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy_in_both_languages(
    district: District, about: dict[str, Any], field: str
) -> None:
    li = district.person("李强")
    said = {"person": li, "case": "协查函-1", "last_exposed": date(2022, 8, 1)} | about
    with district.acting() as scope, pytest.raises(Refusal) as refused:
        actions.record_contact(scope=scope, by=BY, now=NOW, **said)
    assert refused.value.field == field
    assert refused.value.zh
    assert refused.value.en


def test_nobody_is_judged_in_another_county(district: District) -> None:
    li = district.person("李强", area=DISTRICT)
    with acting(system(COUNTY, purpose="control")) as scope, pytest.raises(Refusal):
        actions.record_contact(scope=scope, person=li, case="协查函-1", last_exposed=date(2022, 8, 1), by=BY, now=NOW)


def test_a_case_shows_everybody_found_around_it(district: District) -> None:
    li, wang = district.person("李强"), district.person("王芳")
    district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-04")
    district.contact(wang, "协查函-1", last="2022-08-02", found="2022-08-04", degree=2, linked=li)
    with district.acting() as scope:
        assert {row.person_id for row in queries.around_case(scope, "协查函-1")} == {li, wang}


def test_a_row_is_known_from_the_day_its_last_exposure_was_first_said(district: District) -> None:
    li = district.person("李强")
    found = district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-02", via="office")
    with district.acting():
        facts.correct(found, detail={"via": "canteen"}, by=BY, now=moment("2022-08-06"))
    (row,) = ask("contact", li, "2022-08-07")
    assert (row["via"], row["known_on"], row["last_exposed"]) == ("canteen", date(2022, 8, 2), date(2022, 8, 1))
    (row,) = ask("contact", li, "2022-08-05")
    assert row["via"] == "office"
    assert row["reason"] == "协查函-1"


def test_what_was_taken_back_was_never_known(district: District) -> None:
    li = district.person("李强")
    district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-02")
    with district.acting() as scope:
        actions.not_a_contact(scope=scope, person=li, case="协查函-1", reason="记错", by=BY, now=moment("2022-08-03"))
    assert ask("contact", li, "2022-08-04") == []
    district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-05")
    (row,) = ask("contact", li, "2022-08-06")
    assert row["known_on"] == date(2022, 8, 5)
