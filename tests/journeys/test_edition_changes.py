"""The edition changes on 11 November 2022: plans shorten on that day, by running the loop and nothing else."""

import pytest


@pytest.fixture
def story(province):
    """On the 8th somebody lands from abroad, and two travellers come from high and medium-risk areas."""
    province.at("2022-11-08 10:00")
    province.officer = province.staff("arrivals.officer", "1404")
    return province


def enter(story, number):
    answer = story.officer.post(
        "/api/arrivals/entries",
        json={
            "traveller": {"name": f"入境{number}", "id_number": story.document(number)},
            "area": "140403",
            "entered_at": "2022-11-08T09:00:00+08:00",
            "country": "Thailand",
        },
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["person"]


def test_ten_days_after_entry_become_eight_on_the_day_the_edition_changes(story):
    person = enter(story, 11)
    story.turn()
    assert story.measures(person) == [("arrivals.overseas_arrival", "in_force", "2022-11-08", "2022-11-18")]
    story.at("2022-11-10 23:00")
    story.turn()
    assert story.measures(person) == [("arrivals.overseas_arrival", "in_force", "2022-11-08", "2022-11-18")]
    story.at("2022-11-11 00:10")
    story.turn()
    assert story.measures(person) == [("arrivals.overseas_arrival", "in_force", "2022-11-08", "2022-11-16")]


def test_the_tests_of_the_old_edition_are_cancelled_and_the_new_ones_owed(story):
    person = enter(story, 12)
    story.turn()
    assert "2022-11-15" in story.tasks(person)["test"]
    story.at("2022-11-11 00:10")
    story.turn()
    assert "2022-11-15" not in story.tasks(person)["test"]
    assert {"2022-11-13", "2022-11-14", "2022-11-16"} <= set(story.tasks(person)["test"])


def test_the_explanation_keeps_both_editions(story):
    person = enter(story, 13)
    story.turn()
    story.at("2022-11-11 00:10")
    story.turn()
    code = story.code(story.officer, person)
    (measure,) = [*code["because"], *code["others"]]
    assert [act["act"] for act in measure["history"]] == ["imposed", "revised"]
    assert [act["last_day"] for act in measure["history"]] == ["2022-11-18", "2022-11-16"]


def test_a_rule_that_the_new_edition_ends_lets_people_go_that_day(story):
    reporter = story.staff("cases.epidemiologist", "1401")
    story.at("2022-11-01 10:00")
    story.report_case(reporter, 901, "140121", wide_spread=True)
    story.turn()
    story.at("2022-11-09 10:00")
    traveller = story.declare(
        story.officer, 14, arrived_origin_on="2022-11-01", left_origin_on="2022-11-09", expected_on="2022-11-09"
    )
    story.turn()
    medium = ("arrivals.from_medium_risk_area", "in_force", "2022-11-09", "2022-11-16")
    assert medium in story.measures(traveller["person"])
    story.at("2022-11-11 00:10")
    story.turn()
    rules = {row[0]: row[1] for row in story.measures(traveller["person"])}
    assert rules["arrivals.from_medium_risk_area"] == "lifted"
