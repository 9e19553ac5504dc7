"""One wrong address in one list made 400 codes red. One appeal, decided by another unit, repairs them all."""

import pytest

PEOPLE = 400
WRONG, RIGHT = "140121", "140106"
HEADER = "姓名,身份证号,手机号,出发地,离开日期,预计抵达日期,目的地,居住地址"


def the_list(story, origin, numbers):
    """A list of travellers as an office sends it."""
    lines = [
        f"旅客{n},{story.document(n)},138{n:08d},{origin},2022-08-22,2022-08-22,140403,和平路{n}号" for n in numbers
    ]
    return "\n".join([HEADER, *lines]).encode()


@pytest.fixture
def story(province):
    """Qingxu is a high-risk county. An office imports 400 travellers from there; in truth they came from Yingze."""
    province.at("2022-08-21 09:00")
    reporter = province.staff("cases.epidemiologist", "1401")
    province.report_case(reporter, 900, WRONG, wide_spread=True)
    province.turn()
    province.at("2022-08-22 10:00")
    province.officer = province.staff("arrivals.officer", "1404", unit="来返登记专班")
    sent = province.officer.post(
        "/api/arrivals/imports", files={"file": ("名单.csv", the_list(province, WRONG, range(1, PEOPLE + 1)))}
    )
    assert sent.status_code == 200, sent.text
    assert sent.json()["created"] == PEOPLE
    other = province.officer.post("/api/arrivals/imports", files={"file": ("b.csv", the_list(province, WRONG, [501]))})
    assert other.json()["created"] == 1
    province.turn()
    province.decider = province.staff("health_code.decider", "1404", unit="申诉处理中心")
    province.person = province.rows("SELECT id FROM registry_person WHERE name = '旅客7'")[0][0]
    return province


def red(story):
    return story.rows(
        "SELECT count(*) FROM loop_status WHERE status = 'health_code' AND value = 'red' AND area = '140403'"
    )[0][0]


def contest(story):
    """The resident points at the fact, with the words of the page."""
    code = story.code(story.decider, story.person)
    fact = next(fact["id"] for fact in code["because"][0]["evidence"] if fact["kind"] == "arrivals.declared")
    answer = story.decider.post(
        f"/api/health-code/{story.person}/appeals", json={"fact": fact, "reason": "我从迎泽区来，没有去过清徐县"}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["appeal"]


def uphold(story, appeal, client=None):
    return (client or story.decider).post(
        f"/api/health-code/appeals/{appeal}/decision",
        json={"uphold": True, "note": "核对车票，出发地为迎泽区", "correction": {"origin": RIGHT}},
    )


def test_an_appeal_has_a_clock_and_another_unit_judges_it(story):
    assert red(story) == PEOPLE + 1
    appeal = contest(story)
    assert contest(story) == appeal, "the same appeal twice is one appeal"
    story.turn()
    waiting = story.decider.get("/api/health-code/appeals").json()["rows"]
    assert [(row["appeal"], row["due_at"] is not None) for row in waiting] == [(appeal, True)]
    touched = story.decider.get(f"/api/health-code/appeals/{appeal}/touched").json()
    assert touched == {"field": "origin", "facts": PEOPLE, "people": PEOPLE}

    own = story.staff("health_code.decider", "1404", unit="来返登记专班")
    answer = uphold(story, appeal, own)
    assert answer.status_code == 422
    assert "another unit" in answer.text

    (other,) = story.rows(
        "SELECT id FROM loop_fact WHERE kind = 'arrivals.declared' AND person_id <> %s LIMIT 1", story.person
    )
    answer = story.decider.post(
        f"/api/health-code/{story.person}/appeals", json={"fact": str(other[0]), "reason": "不是我的行程"}
    )
    assert answer.status_code == 422, "a code can be contested only by what it rests on"
    story.turn()
    assert red(story) == PEOPLE + 1


def test_one_decision_repairs_all_400_in_one_turn_and_the_history_stays(story):
    appeal = contest(story)
    story.turn()
    story.at("2022-08-22 15:00")
    answer = uphold(story, appeal)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["repaired"], answer.json()["people"]) == (PEOPLE, PEOPLE)
    story.turn()

    assert red(story) == 1
    assert story.code(story.decider, story.person)["value"] == "green"
    lifted = "SELECT count(*) FROM loop_measure WHERE rule = 'arrivals.from_high_risk_area' AND state = 'lifted'"
    assert story.rows(lifted) == [(PEOPLE,)]
    assert story.tasks(story.person, "done")["decide_appeal"]

    ((other,),) = story.rows("SELECT id FROM registry_person WHERE name = '旅客501'")
    assert story.code(story.decider, other)["value"] == "red", "another list keeps its own facts"

    assert story.rows("SELECT count(*) FROM loop_fact WHERE kind = 'health_code.told'") == [(PEOPLE,)]
    origins = (
        "SELECT detail ->> 'origin' FROM loop_fact WHERE kind = 'arrivals.declared' AND person_id = %s ORDER BY id"
    )
    assert story.rows(origins, story.person) == [(WRONG,), (RIGHT,)]

    again = uphold(story, appeal)
    assert again.status_code == 422
    assert "was decided" in again.text


def test_a_rejected_appeal_changes_no_code_and_says_why(story):
    appeal = contest(story)
    story.turn()
    answer = story.decider.post(
        f"/api/health-code/appeals/{appeal}/decision", json={"uphold": False, "note": "车票显示从清徐上车"}
    )
    assert (answer.json()["decision"], answer.json()["note"]) == ("health_code.rejected", "车票显示从清徐上车")
    story.turn()
    assert red(story) == PEOPLE + 1
    assert story.rows("SELECT state FROM loop_measure WHERE kind = 'appeal'") == [("lifted",)]
