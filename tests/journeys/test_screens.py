"""Arrivals and the health code as people use them: signed in, in a browser's words, in both languages."""

import pytest


@pytest.fixture
def story(province):
    """An officer of Changzhi at the screen; Li declared from Qingxu, where a case is known since yesterday."""
    province.at("2022-08-21 09:00")
    province.report_case(province.staff("cases.epidemiologist", "1401"), 900, "140121", wide_spread=True)
    province.turn()
    province.at("2022-08-22 10:00")
    province.officer = province.staff("arrivals.officer", "1404")
    province.traveller = province.declare(province.officer, 1)
    province.browser = province.sign_in(province.officer)
    return province


def in_english(story):
    story.browser.post("/language/setlang/", data={"language": "en", "next": "/arrivals/"})
    return story.browser


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_counts_each_stage_and_names_the_traveller(story, language):
    browser = in_english(story) if language == "en" else story.browser
    page = browser.get("/arrivals/")
    assert page.status_code == 200
    assert "来人1" in page.text
    assert {"zh": "已申报待抵达", "en": "Declared, on the way"}[language] in page.text
    empty = browser.get("/arrivals/?stage=no_show")
    assert {"zh": "没有处于该阶段的人员", "en": "Nobody is at this stage"}[language] in empty.text


def test_the_form_keeps_what_was_typed_and_names_the_mistake(story):
    form = {
        "name": "王芳",
        "id_number": story.document(2),
        "origin": "1401",
        "left_origin_on": "2022-08-22",
        "expected_on": "2022-08-22",
        "destination": "140403",
    }
    page = story.browser.post("/arrivals/declare/", data=form)
    assert page.status_code == 422
    assert "出发地须具体到县" in page.text
    assert 'value="王芳"' in page.text
    right = story.browser.post("/arrivals/declare/", data=form | {"origin": "140121 清徐县"})
    assert right.status_code == 200
    assert "/arrivals/journeys/" in str(right.url)


def test_the_station_finds_and_lands_a_traveller_by_document(story):
    found = story.browser.post("/arrivals/station/", data={"id_number": story.document(1), "station": "长治东站"})
    assert "来人1" in found.text
    landed = story.browser.post(
        "/arrivals/station/", data={"id_number": story.document(1), "station": "长治东站", "land": "1"}
    )
    assert landed.status_code == 200
    story.turn()
    journey = story.browser.get(f"/arrivals/journeys/{story.traveller['journey']}/")
    assert "管控中" in journey.text
    assert "隔离并检测" in journey.text


def test_the_station_declares_and_lands_somebody_unknown_in_one_step(story):
    form = {"id_number": story.document(3), "station": "长治东站"}
    asked = story.browser.post("/arrivals/station/", data=form)
    assert "没有申报" in asked.text
    landed = story.browser.post(
        "/arrivals/station/",
        data=form
        | {"land": "1", "name": "赵敏", "origin": "140121", "left_origin_on": "2022-08-22", "destination": "140403"},
    )
    assert landed.status_code == 200, landed.text[-2000:]
    assert "赵敏" in landed.text
    story.turn()
    ((person,),) = story.rows("SELECT id FROM registry_person WHERE name = '赵敏'")
    assert "arrivals.from_high_risk_area" in [row[0] for row in story.measures(person)]


@pytest.mark.parametrize("path", ["", "paper/", "contest/"])
def test_the_code_page_says_why_in_both_languages(story, path):
    story.turn()
    person = story.traveller["person"]
    chinese = story.browser.get(f"/health-code/{person}/{path}")
    assert chinese.status_code == 200, chinese.text[-2000:]
    english = in_english(story).get(f"/health-code/{person}/{path}")
    assert english.status_code == 200
    if path != "contest/":
        assert "红码" in chinese.text
        assert "高风险区外溢人员" in chinese.text
        assert "2022-08-30" in chinese.text
        assert "People coming from a high-risk area" in english.text
    assert story.document(1) not in chinese.text


def test_contesting_and_deciding_work_on_the_pages(story):
    story.turn()
    person = story.traveller["person"]
    ((fact,),) = story.rows("SELECT id FROM loop_fact WHERE kind = 'arrivals.declared'")
    short = story.browser.post(f"/health-code/{person}/contest/", data={"fact": str(fact), "reason": ""})
    assert short.status_code == 422
    made = story.browser.post(f"/health-code/{person}/contest/", data={"fact": str(fact), "reason": "我从迎泽区出发"})
    assert made.status_code == 200
    story.turn()
    decider = story.sign_in(story.staff("health_code.decider", "1404", unit="申诉处理中心"))
    waiting = decider.get("/health-code/appeals/")
    assert "我从迎泽区出发" in waiting.text
    ((appeal,),) = story.rows("SELECT detail ->> 'appeal' FROM loop_fact WHERE kind = 'health_code.contested'")
    assert decider.get(f"/health-code/appeals/{appeal}/").status_code == 200
    decided = decider.post(
        f"/health-code/appeals/{appeal}/",
        data={"decision": "uphold", "note": "核对车票", "right_value": "140106", "everyone": "1"},
    )
    assert decided.status_code == 200
    assert "异议成立" in decided.text
    assert "我从迎泽区出发" in decider.get("/health-code/appeals/").text, "where none waits, those decided stand below"
    story.turn()
    assert story.code(story.officer, person)["value"] == "green"


def test_another_city_sees_nothing_of_it(story):
    other = story.staff("arrivals.officer", "1401")
    assert other.get("/api/arrivals/journeys").json()["rows"] == []
    assert other.get(f"/api/arrivals/journeys/{story.traveller['journey']}").status_code == 404
    assert other.get(f"/api/health-code/{story.traveller['person']}").status_code == 404
    assert story.sign_in(other).get(f"/health-code/{story.traveller['person']}/").status_code == 404


def test_a_stranger_and_a_wrong_role_are_turned_away(story):
    import httpx

    assert httpx.get(f"{story.url}/api/arrivals/journeys").status_code == 401
    wrong = story.staff("policy_author", "14")
    assert wrong.get("/api/arrivals/journeys").status_code == 403
    assert story.sign_in(wrong).get("/arrivals/").status_code == 403


def test_the_api_names_field_value_and_remedy(story):
    answer = story.officer.post("/api/arrivals/declarations", json={"origin": "14", "colur": "x"})
    assert answer.status_code == 422
    fields = {error["field"]: error for error in answer.json()["errors"]}
    assert {"body.colur", "body.traveller", "body.origin"} <= {f"body.{name.removeprefix('body.')}" for name in fields}
    assert all(error["message"]["zh"] and error["message"]["en"] for error in fields.values())
