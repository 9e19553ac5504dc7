"""A daily report becomes facts once, and can be taken back whole."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.methods.report import BulletinError
from yanmen.subsystems.cases.models import Bulletin

PROVINCE = system("14", purpose="control")
NOW = datetime(2022, 10, 8, 9, tzinfo=BEIJING)
PLACES = {"14": "山西省", "1407": "晋中市", "140727": "祁县", "140728": "平遥县"}
TEXT = (
    "2022年10月7日0-24时,山西省新增本土新冠肺炎确诊病例5例(晋中市祁县无症状感染者转为确诊病例2例、祁县新增2例、"
    "晋中市平遥县1例)。2022年10月7日0-24时,山西省新增无症状感染者4例(晋中市平遥县3例、境外输入1例)。"
    "当日转为确诊病例2例(晋中市祁县2例)。"
)


@pytest.fixture(autouse=True)
def _areas(clean):
    load_areas([AreaRow(code=code, name_zh=name) for code, name in PLACES.items()])


def take_in(text=TEXT, now=NOW, name="day.txt"):
    with acting(PROVINCE):
        return actions.import_file(scope=PROVINCE, name=name, content=text.encode(), by="test", now=now)


def found(day=date(2022, 10, 7)):
    with acting(PROVINCE):
        rows = queries.daily(PROVINCE, since=day, until=day)
    return {row["kind"]: row["count"] for row in rows}


def test_only_new_infections_become_cases():
    (result,) = take_in()
    assert (result.created, result.repeated, result.converted) == (7, 0, 2)
    assert found() == {"confirmed": 3, "asymptomatic": 4}


def test_conversions_stated_apart_are_not_counted_twice():
    plain = TEXT.replace("祁县无症状感染者转为确诊病例2例、祁县新增2例", "祁县4例")
    (result,) = take_in(plain)
    assert result.created == 7


def test_the_same_report_again_is_refused_and_adds_nothing():
    take_in()
    with pytest.raises(BulletinError, match="already been imported"):
        take_in()
    assert found() == {"confirmed": 3, "asymptomatic": 4}


def test_another_report_of_the_day_needs_the_first_withdrawn():
    (result,) = take_in()
    other = TEXT.replace("感染者4例", "感染者5例").replace("平遥县3例", "平遥县4例")
    with pytest.raises(Refusal, match="Withdraw that one first"):
        take_in(other)
    with acting(PROVINCE):
        gone = actions.withdraw_bulletin(
            scope=PROVINCE, bulletin=result.bulletin.pk, reason="数字更正", by="test", now=NOW
        )
    assert gone == 7
    assert found() == {}
    take_in(other)
    assert found() == {"confirmed": 3, "asymptomatic": 5}


def test_a_refused_report_leaves_nothing_behind():
    with pytest.raises(BulletinError, match=r"difference \+1"):
        take_in(TEXT.replace("感染者4例", "感染者5例"))
    assert found() == {}
    assert not Bulletin.objects.using("owner").exists()


def test_running_totals_are_registered_but_are_no_new_cases():
    text = "时间: 2020-02-06\n省: 山西省\n确诊: 3例\n确诊详情: 晋中市3例\n"
    (result,) = take_in(text, name="day.yaml")
    assert result.created == 0
    with acting(PROVINCE):
        items = list(queries.items(PROVINCE, result.bulletin).values_list("kind", "area", "headline", "count"))
    assert items == [("cumulative_confirmed", "14", True, 3), ("cumulative_confirmed", "1407", False, 3)]


def test_a_county_cannot_take_in_the_report_of_its_province():
    county = system("140727", purpose="control")
    with pytest.raises(Refusal, match="Import it as somebody of that area"), acting(county):
        actions.import_file(scope=county, name="day.txt", content=TEXT.encode(), by="test", now=NOW)


def test_a_county_reads_the_report_of_its_province_and_may_not_add_to_it():
    take_in()
    county = system("140727", purpose="control")
    with acting(county):
        assert queries.bulletins(county).count() == 1
        assert not queries.bulletins(system("13", purpose="control")).exists()
    with pytest.raises(Refusal, match="no such report"), acting(county):
        actions.withdraw_bulletin(
            scope=county, bulletin=Bulletin.objects.using("owner").get().pk, reason="x", by="test", now=NOW
        )
