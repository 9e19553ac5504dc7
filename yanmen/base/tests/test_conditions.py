"""The language of conditions: what it says, and what it refuses."""

import datetime as dt

import pytest

from yanmen.base.conditions import ConditionError, compile_line, names_in

COLUMNS = {"tier": "text", "left_on": "date", "post": "text", "ct": "numeric", "high_risk": "boolean", "cases": "int"}
VALUES = {
    "look_back": 7,
    "posts": ["nurse", "driver's mate"],
    "nobody": [],
    "strict": True,
    "since": dt.date(2022, 6, 28),
    "name": "50%",
}


@pytest.mark.parametrize(
    ("line", "sql"),
    [
        ("tier = 'high'", "(r.\"tier\" = 'high')"),
        ("left_on >= as_of - look_back", '(r."left_on" >= (%(as_of)s::date - 7))'),
        ("known_on > left_on", '(r."known_on" > r."left_on")'),
        ("post in posts", "(r.\"post\" IN ('nurse', 'driver''s mate'))"),
        ("post not in ('a', 'b')", "(NOT (r.\"post\" IN ('a', 'b')))"),
        ("post in nobody", "FALSE"),
        ("left_on is not null", '(r."left_on" IS NOT NULL)'),
        ("high_risk is not true", '(NOT (r."high_risk" IS TRUE))'),
        ("high_risk or strict = false", '(r."high_risk" OR (TRUE = FALSE))'),
        ("ct between 30 and 35.5", '(r."ct" BETWEEN 30 AND 35.5::numeric)'),
        ("left_on >= since", "(r.\"left_on\" >= DATE '2022-06-28')"),
        ("left_on >= '2022-06-28'", "(r.\"left_on\" >= DATE '2022-06-28')"),
        ("tier = name", "(r.\"tier\" = '50%%')"),
        ("as_of - left_on <= look_back", '((%(as_of)s::date - r."left_on") <= 7)'),
    ],
)
def test_a_line_becomes_sql_with_its_values_inside(line: str, sql: str) -> None:
    assert compile_line(line, COLUMNS, VALUES) == sql


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("left_on >= as_of - loook_back", 'Did you mean "look_back"?'),
        ("post in postss", 'Did you mean "posts"?'),
        ("tier = posts", "write … IN posts"),
        ("left_on > 7", "cannot be compared"),
        ("tier > left_on", "is not a date such as"),
        ("left_on + left_on > as_of", "has no meaning"),
        ("tier", "not a condition"),
        ("tier = null", "write … IS NULL"),
        ("tier = 'a'; drop table loop_fact", "more than one expression"),
        ("tier = 'a' -- always", "YAML comment"),
        ("", "says nothing"),
        ("tier = = 'a'", "cannot be read"),
        ("post in ('a', 3)", "cannot be compared"),
        ("left_on between symmetric as_of and known_on", "not allowed"),
        ("now() > left_on", "not allowed"),
        ("(select 1) = 1", "not allowed"),
        ("exists (select 1)", "not allowed"),
        ("post in (select 'a')", "not allowed"),
        ("tier like 'h%'", "not allowed"),
        ("tier || 'x' = 'a'", "not allowed"),
        ("cases * 2 > 3", "not allowed"),
        ("tier::int = 1", "not allowed"),
        ("tier = $$a$$", "not allowed"),
        ("%(as_of)s = left_on", "not allowed"),
        ("left_on + interval '1 day' > as_of", "not allowed"),
        ("r.tier = 'high'", "write plain names"),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_a_remedy(line: str, said: str) -> None:
    with pytest.raises(ConditionError) as refusal:
        compile_line(line, COLUMNS, VALUES)
    assert said in str(refusal.value)


def test_a_quote_cannot_leave_its_literal() -> None:
    sql = compile_line("tier = name", COLUMNS, {"name": "'; DROP TABLE loop_fact; --"})
    assert sql == "(r.\"tier\" = '''; DROP TABLE loop_fact; --')"


def test_the_names_of_a_line_are_known_without_compiling_it() -> None:
    assert names_in("left_on >= as_of - look_back and tier = 'high'") == {"left_on", "as_of", "look_back", "tier"}
