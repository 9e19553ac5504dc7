"""A resident's phone: it enrols, shows a code that doors accept, works offline, and asks why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yanmen.base import credentials
from yanmen.base.key_list import KeyList
from yanmen.base.verdict import DoorPolicy, judge

pytestmark = pytest.mark.browser

NUMBER = "13800000005"


@pytest.fixture
def resident(town: Any, phones: Any) -> Any:
    """Li Xiaoming's phone, enrolled."""
    person = town.resident("李小明", 5, phone=NUMBER)
    phone = phones(town.url)
    phone.enrol_holder(town, NUMBER)
    phone.person = person.pk
    return phone


def test_the_code_on_the_screen_is_accepted_and_a_picture_of_it_is_not(town: Any, resident: Any) -> None:
    text = resident.code()
    keys = KeyList.read(town.keys.signed_list(town.now), town.keys.root.public_key)
    about = {"keys": keys, "changes": None, "policy": DoorPolicy()}
    live = judge(text, now=town.now, **about)
    assert (live.act, live.reason) == ("pass", "valid")
    assert live.claims is not None
    assert town.names.person_of(live.claims.pseudonym)[0] == resident.person
    assert judge(text, now=town.now + timedelta(seconds=95), **about).reason == "screenshot"
    resident.shot("code")


def test_the_code_renews_itself_without_the_server(town: Any, resident: Any) -> None:
    resident.ready_for_offline()
    town.stop()
    resident.page.clock.install()
    resident.reload()
    resident.page.locator(".qr").wait_for()
    first = credentials.read_text(resident.code())
    picture = resident.page.locator(".qr").inner_html()
    resident.page.clock.fast_forward(21000)
    resident.until(lambda: resident.page.locator(".qr").inner_html() != picture)
    second = credentials.read_text(resident.code())
    assert second.shown_at > first.shown_at
    assert second.by_holder
    assert second.credential.encoded == first.credential.encoded
    assert "离线" in resident.page.locator("#top").inner_text()
    resident.shot("code-offline")


def test_a_check_in_without_the_server_is_delivered_later(town: Any, resident: Any) -> None:
    resident.ready_for_offline()
    code = town.venue_code()
    town.stop()
    resident.page.goto(f"{town.url}/phone/#/checkin")
    resident.scan("YM1:NOT A VENUE")
    assert "不是场所码" in resident.page.locator(".wrong").inner_text()
    resident.scan(code)
    resident.page.get_by_text("已登记进场").wait_for()
    resident.page.locator(".state", has_text="已保存").or_(
        resident.page.locator(".state", has_text="已发送")
    ).wait_for()
    resident.shot("checked-in-offline")
    resident.reload()
    town.start()
    query = "SELECT person_id, place_id, claimed, via FROM loop_bulk_presence_scanned"
    resident.until(lambda: bool(town.province.rows(query)))
    assert town.province.rows(query) == [(resident.person, town.venue, True, "phone")]
    resident.page.locator(".state", has_text="已送达").wait_for()


def test_the_page_says_why_and_takes_an_objection(town: Any, resident: Any) -> None:
    town.province.report_case(town.province.staff("cases.epidemiologist", "1401"), 78, "140105")
    town.province.turn()
    resident.page.goto(f"{town.url}/phone/#/why")
    resident.page.get_by_text("我的检测结果").wait_for()
    assert resident.page.locator(".colour-line").inner_text().startswith(("绿码", "黄码", "红码"))
    resident.shot("why")
    town.stop()
    resident.reload()
    resident.page.get_by_text("不保存在手机上").wait_for()


def test_a_resident_contests_the_fact_behind_a_red_code(town: Any, resident: Any) -> None:
    """An office wrote that Li came from a county with risk areas; Li says what really was."""
    province = town.province
    province.at("2022-10-06 09:00")
    province.report_case(province.staff("cases.epidemiologist", "1401"), 79, "140121", wide_spread=True)
    province.turn()
    province.at("2022-10-07 09:00")
    arrived = {"arrived_origin_on": "2022-10-01", "left_origin_on": "2022-10-07", "expected_on": "2022-10-07"}
    traveller = {"name": "李小明", "phone": NUMBER}
    office = province.staff("arrivals.officer", "1401")
    province.declare(office, 5, traveller=traveller, destination="140105", **arrived)
    province.turn()
    page = resident.page
    page.goto(f"{town.url}/phone/#/why")
    page.locator(".colour-line", has_text="红码").wait_for()
    page.locator(".contest summary").first.click()
    resident.shot("contest")
    page.get_by_label("哪里不对").fill("我从迎泽区来，没有去过清徐县")
    page.get_by_role("button", name="提出异议").click()
    page.get_by_text("我的异议").wait_for()
    page.locator(".rows li", has_text="没有去过清徐县").get_by_text("处理中").wait_for()
    assert page.get_by_text("有异议").count() == 0, "one appeal at a time"
    resident.shot("contested")
    contested = "SELECT person_id, detail ->> 'reason' FROM loop_fact WHERE kind = 'health_code.contested'"
    assert province.rows(contested) == [(resident.person, "我从迎泽区来，没有去过清徐县")]


def test_who_leaves_leaves_nothing(town: Any, resident: Any) -> None:
    resident.page.goto(f"{town.url}/phone/#/end")
    resident.page.get_by_role("button", name="退出并清除本机数据").click()
    resident.page.get_by_text("您要做什么").wait_for()
    assert [each["name"] for each in resident.page.evaluate("indexedDB.databases()")] == ["yanmen"]


def test_a_wrong_code_and_a_wrong_number_are_told(town: Any, phones: Any) -> None:
    phone = phones(town.url, "en")
    phone.page.goto(f"{town.url}/phone/#/enrol")
    phone.page.locator("#answer").fill("123")
    phone.page.locator("form button").click()
    assert "11 digits" in phone.page.locator(".wrong").inner_text()
    phone.page.locator("#answer").fill(NUMBER)
    phone.press_until(phone.page.locator("input[autocomplete=one-time-code]"))
    phone.page.locator("#answer").fill("000000")
    phone.press_until(phone.page.locator(".wrong", has_text="The code is wrong"))
    assert phone.page.locator(".wrong").inner_text().startswith("The code is wrong")
    phone.shot("wrong-code-en")
