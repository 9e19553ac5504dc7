"""A county turns high two days after a traveller came from it; then the case there proves to be none."""

import pytest

HIGH = "arrivals.from_high_risk_area"


@pytest.fixture
def story(province):
    """Li came from Qingxu on the 22nd. On the 24th a case there shows that the county is widely affected."""
    province.at("2022-08-22 10:00")
    officer = province.staff("arrivals.officer", "1404")
    reporter = province.staff("cases.epidemiologist", "1401")
    traveller = province.declare(officer, 1)
    landed = officer.post("/api/arrivals/landings", json={"journey": traveller["journey"], "station": "长治东站"})
    assert landed.status_code == 201, landed.text
    province.turn()
    province.person, province.journey, province.officer = traveller["person"], traveller["journey"], officer
    province.reporter = reporter
    return province


def turn_high(story):
    story.at("2022-08-24 15:00")
    story.case = story.report_case(story.reporter, 900, "140121", wide_spread=True)
    return story.turn()


def test_nothing_is_asked_of_a_traveller_while_the_county_is_calm(story):
    assert [row[:2] for row in story.measures(story.person)] == []
    assert story.code(story.officer, story.person)["value"] == "green"
    assert story.officer.get(f"/api/arrivals/journeys/{story.journey}").json()["stage"] == "free"


def test_one_turn_takes_the_county_to_the_measure_the_tasks_and_the_code(story):
    turn_high(story)
    assert (HIGH, "in_force", "2022-08-22", "2022-08-29") in story.measures(story.person)
    assert story.tasks(story.person)["test"] == ["2022-08-24", "2022-08-25", "2022-08-27", "2022-08-29"]
    assert "transfer" in story.tasks(story.person)
    code = story.code(story.officer, story.person)
    assert code["value"] == "red"
    assert code["clears_on"] == "2022-08-30"
    assert [each["rule"] for each in code["because"]] == [HIGH]
    assert story.officer.get(f"/api/arrivals/journeys/{story.journey}").json()["stage"] == "in_measures"


def test_the_reason_names_the_journey_and_the_case_in_both_languages(story):
    turn_high(story)
    (because,) = story.code(story.officer, story.person)["because"]
    assert {fact["kind"] for fact in because["evidence"]} == {"arrivals.declared", "cases.reported"}
    assert all(line["holds"] for line in because["lines"])
    assert because["title"] == {"zh": "高风险区外溢人员", "en": "People coming from a high-risk area"}
    assert because["source"]["grade"] == "A"


def test_who_left_before_the_look_back_is_left_alone(story):
    story.at("2022-08-22 11:00")
    early = story.declare(story.officer, 2, arrived_origin_on="2022-08-01", left_origin_on="2022-08-16")
    turn_high(story)
    assert HIGH not in [row[0] for row in story.measures(early["person"])]


def test_who_never_came_owes_nothing(story):
    story.at("2022-08-22 11:00")
    absent = story.declare(story.officer, 3)
    answer = story.officer.post(f"/api/arrivals/journeys/{absent['journey']}/no-show", json={"note": "电话核实未出发"})
    assert answer.json()["stage"] == "no_show"
    turn_high(story)
    assert HIGH not in [row[0] for row in story.measures(absent["person"])]


def test_a_second_turn_changes_nothing(story):
    turn_high(story)
    before = story.rows("SELECT count(*), max(id) FROM loop_event")
    story.turn()
    assert story.rows("SELECT count(*), max(id) FROM loop_event") == before


def test_a_false_positive_lifts_everything_it_caused_in_one_turn(story):
    turn_high(story)
    story.at("2022-08-24 20:00")
    take_back(story)
    story.turn()
    assert story.rows("SELECT rule, state FROM loop_measure WHERE state IN ('proposed', 'in_force')") == []
    assert story.tasks(story.person) == {}
    assert story.tasks(story.person, "cancelled")["test"] == ["2022-08-24", "2022-08-25", "2022-08-27", "2022-08-29"]
    assert story.code(story.officer, story.person)["value"] == "green"
    assert story.rows("SELECT value FROM loop_status WHERE status = 'risk_tier' AND value <> 'none'") == []


def test_the_history_of_a_false_positive_stays_and_tells_both_stories(story):
    turn_high(story)
    story.at("2022-08-25 09:00")
    take_back(story)
    story.turn()
    code = story.code(story.officer, story.person)
    (ended,) = [each for each in code["ended"] if each["rule"] == HIGH]
    assert [act["act"] for act in ended["history"]] == ["imposed", "lifted"]
    assert ended["history"][-1]["note"] == "reason_gone"
    assert [fact["kind"] for fact in ended["evidence"] if fact["corrected_by"]] == ["cases.reported"]
    assert story.rows("SELECT count(*) FROM loop_fact WHERE kind = 'cases.reported'") == [(1,)]


def take_back(story):
    """The laboratory repeats the test: the confirmed case was a false positive."""
    answer = story.reporter.post(
        f"/api/cases/cases/{story.case}/reclassify", json={"to": "false_positive", "reason": "复检阴性"}
    )
    assert answer.status_code in (200, 204), answer.text
