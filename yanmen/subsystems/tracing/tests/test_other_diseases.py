"""The same engine follows contacts of other diseases, by their own packs."""

from __future__ import annotations

from datetime import date

from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.tests.district import BY, District, moment

FOLLOW_UP, ILL = "ebola.contact_follow_up", "ebola.symptomatic_contact"
NOT_IMMUNE = "measles.not_immune"


def visits(district: District, who: int) -> list[str]:
    rows = district.rows(
        "SELECT DISTINCT local_date(opens_at)::text FROM loop_task WHERE subject = %s AND kind LIKE '%%visit'"
        " AND state = 'open' ORDER BY 1",
        who,
    )
    return [day for (day,) in rows]


def test_a_contact_of_an_ebola_case_is_visited_and_not_held(district: District) -> None:
    amina = district.person("阿米娜")
    district.contact(amina, "EBO-1", last="2019-03-01", found="2019-03-04", disease="ebola", via="care")
    district.turn("2019-03-04")
    assert district.measures(amina) == [(FOLLOW_UP, "in_force", "2019-03-01", "2019-03-22", "")]
    first = visits(district, amina)
    assert first[0] == "2019-03-04"  # found three days late: the first visits are not asked for
    assert len(first) == 15  # tasks are made over a rolling fortnight
    assert {day["place"] for day in district.plan(amina, "2019-03-04")["days"]} == {"followed_up"}
    district.days("2019-03-05", "2019-03-23")
    assert district.measures(amina) == [(FOLLOW_UP, "completed", "2019-03-01", "2019-03-22", "served")]


def test_a_fever_found_on_a_visit_ends_the_visits_and_asks_for_tests(district: District) -> None:
    amina = district.person("阿米娜")
    district.contact(amina, "EBO-1", last="2019-03-01", found="2019-03-02", disease="ebola")
    district.turn("2019-03-02")
    with district.acting() as scope:
        actions.record_visit(
            scope=scope, person=amina, temperature=38.6, symptoms=True, by=BY, now=moment("2019-03-09")
        )
    district.turn("2019-03-09")
    assert [row[:3] for row in district.measures(amina)] == [
        (FOLLOW_UP, "lifted", "2019-03-01"),
        (ILL, "in_force", "2019-03-09"),
    ]
    assert district.tests(amina) == ["2019-03-09", "2019-03-12"]
    assert visits(district, amina) == []


def test_a_child_without_immunity_stays_away_until_vaccinated_in_time(district: District) -> None:
    yu, le, kai = (district.person(name) for name in ("小雨", "小乐", "小凯"))
    for child in (yu, le, kai):
        district.contact(
            child, "MEA-1", first_exposed=date(2019, 4, 1), last="2019-04-02", found="2019-04-03", disease="measles"
        )
    district.turn("2019-04-03")
    assert {district.measures(child)[0][:4] for child in (yu, le, kai)} == {
        (NOT_IMMUNE, "in_force", "2019-04-02", "2019-04-23")
    }
    with district.acting() as scope:
        actions.vaccinate_contact(scope=scope, person=le, disease="measles", by=BY, now=moment("2019-04-04"))
        actions.record_immunity(
            scope=scope, person=kai, disease="measles", immune=True, basis="两剂次", by=BY, now=moment("2019-04-04")
        )
    district.turn("2019-04-04")
    assert [district.measures(child)[0][1] for child in (yu, le, kai)] == ["in_force", "lifted", "lifted"]


def test_no_rule_reaches_the_contacts_of_another_disease(district: District) -> None:
    amina, li = district.person("阿米娜"), district.person("李强")
    district.contact(amina, "EBO-1", last="2022-08-01", found="2022-08-02", disease="ebola")
    district.contact(li, "协查函-1", last="2022-08-01", found="2022-08-02")
    district.turn("2022-08-02")
    assert [row[0] for row in district.measures(amina)] == [FOLLOW_UP]
    assert [row[0] for row in district.measures(li)] == ["tracing.close_contact"]
