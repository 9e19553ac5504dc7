"""Cases through the doors people use: pages and API, by role and area."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from yanmen.base.clock import BEIJING
from yanmen.registry import people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system

PROVINCE = system("14", purpose="control")
VILLAGE = "140727001001"
NAMES = {
    "14": "山西省",
    "1407": "晋中市",
    "140727": "祁县",
    "140727001": "昭馀镇",
    VILLAGE: "东关村",
    "140728": "平遥县",
}
TEXT = "2022年10月7日0-24时,山西省新增无症状感染者4例(晋中市平遥县3例、境外输入1例)。"


@pytest.fixture(autouse=True)
def _areas(clean):
    load_areas([AreaRow(code=code, name_zh=name, name_en=f"A{code}") for code, name in NAMES.items()])


def post(client, path, **form):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def call(client, path, **body):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api/cases{path}", json=body, headers=headers)


def card(**more):
    number = "11010519491231002X"  # the made-up example that documentation of the identity number uses
    return {
        "name": "王小明", "id_number": number, "area": VILLAGE, "kind": "confirmed", "setting": "community",
        "found_at": "2022-10-07T08:30",
    } | more  # fmt: skip


def test_a_reporter_reports_on_the_page_and_an_epidemiologist_audits(sign_in):
    reporter = sign_in("cases.reporter", "140727")
    answer = post(reporter, "/cases/report/", **card())
    assert answer.status_code == 200
    assert "待审核" in answer.text
    key = str(answer.url).rstrip("/").rsplit("/", 1)[1]
    expert = sign_in("cases.epidemiologist", "14", language="en")
    answer = post(expert, f"/cases/{key}/", act="audit")
    assert "To trace" in answer.text
    answer = post(expert, f"/cases/{key}/", act="trace", stay_area="140728", stay_until="2022-10-06T18:00")
    assert "To investigate" in answer.text
    assert "A140728" in answer.text
    answer = post(expert, f"/cases/{key}/", act="reclassify", to="false_positive", reason="Two negatives")
    assert str(answer.url).endswith("/cases/")
    assert "王小明" not in answer.text


def test_a_reporter_cannot_set_a_report_right(sign_in):
    reporter = sign_in("cases.reporter", "140727")
    answer = post(reporter, "/cases/report/", **card())
    key = str(answer.url).rstrip("/").rsplit("/", 1)[1]
    assert post(reporter, f"/cases/{key}/", act="reclassify", to="excluded", reason="x").status_code == 422
    assert call(reporter, f"/cases/{key}/reclassify", to="excluded", reason="x").status_code == 403


def test_a_wrong_card_comes_back_with_field_value_and_remedy(sign_in):
    reporter = sign_in("cases.reporter", "140727", language="en")
    answer = post(reporter, "/cases/report/", **card(ct="75"))
    assert answer.status_code == 422
    assert "between 0 and 45" in answer.text
    assert "王小明" in answer.text, "what was typed stays"


def test_a_county_neither_reports_for_another_nor_sees_its_cases(sign_in):
    other = sign_in("cases.reporter", "140728", language="en")
    assert post(other, "/cases/report/", **card()).status_code == 422
    own = sign_in("cases.reporter", "140727")
    answer = post(own, "/cases/report/", **card())
    path = str(answer.url).removeprefix(str(own.base_url).rstrip("/"))
    assert other.get(path).status_code == 404


def test_the_same_report_by_api_twice_is_one_case(sign_in):
    with acting(PROVINCE):
        now = datetime(2022, 10, 7, 8, tzinfo=BEIJING)
        who = people.register_person(name="李四", area=VILLAGE, born_on=date(1980, 1, 1), by="test", now=now).pk
    expert = sign_in("cases.epidemiologist", "14")
    body = {
        "person": who, "area": VILLAGE, "kind": "asymptomatic", "found_at": "2022-10-07T08:30:00+08:00",
        "case": "0183b000-0000-7000-8000-000000000001",
    }  # fmt: skip
    first, again = call(expert, "/cases", **body), call(expert, "/cases", **body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["case"] == again.json()["case"]
    assert len(expert.get("/api/cases/cases").json()["rows"]) <= 1


def test_a_daily_report_is_taken_in_once_and_a_wrong_sum_is_named(sign_in):
    clerk = sign_in("data.clerk", "14", language="en")
    answer = post(clerk, "/bulletins/", text=TEXT.replace("感染者4例", "感染者9例"))
    assert answer.status_code == 422
    assert "difference +5" in answer.text
    answer = post(clerk, "/bulletins/", text=TEXT)
    assert answer.status_code == 200
    assert "A140728" in answer.text
    answer = call(clerk, "/bulletins", text=TEXT)
    assert answer.status_code == 422
    assert "already been imported" in answer.text


def test_empty_lists_say_what_will_appear(sign_in):
    expert = sign_in("cases.epidemiologist", "14", language="en")
    assert "No case at this stage" in expert.get("/cases/").text
    assert "No daily report yet" in expert.get("/bulletins/").text


def test_an_infection_of_a_daily_report_is_placed_in_its_village(sign_in):
    clerk = sign_in("data.clerk", "14")
    yesterday = datetime.now(BEIJING) - timedelta(days=1)
    text = TEXT.replace("感染者4例(晋中市平遥县3例、", "感染者2例(晋中市祁县1例、")
    text = text.replace("2022年10月7日", f"{yesterday.year}年{yesterday.month}月{yesterday.day}日")
    assert post(clerk, "/bulletins/", text=text).status_code == 200
    expert = sign_in("cases.epidemiologist", "140727", language="en")
    (row,) = expert.get("/api/cases/unlocated").json()
    page = expert.get("/bulletins/")
    assert "Infections without a village" in page.text
    assert post(expert, "/bulletins/", case=row["case"], area="140728").status_code == 422
    answer = post(expert, "/bulletins/", case=row["case"], area=VILLAGE, setting="community")
    assert "Infections without a village" not in answer.text
    assert call(expert, f"/cases/{row['case']}/locate", area=VILLAGE).status_code == 422, "it is there already"
