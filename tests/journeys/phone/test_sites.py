"""Where to be tested: the nearest county first, open sites before closed ones, the queue as the team reported it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.browser

NUMBER = "13800000042"
HOME, AWAY = "140105", "140106"
EVERY_DAY = [{"days": "1-7", "from": "07:00", "to": "21:00"}]
WEEKEND = [{"days": "6-7", "from": "09:00", "to": "12:00"}]


def site(town: Any, name: str, english: str, area: str = HOME, **about: Any) -> int:
    """A convenience site of two desks; its number."""
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.screening import actions

    given: dict[str, Any] = {"kind": "convenience", "desks": 2, "hours": EVERY_DAY, "address": "坞城路92号"}
    given |= {"name_en": english, "open_from": town.now - timedelta(days=1)} | about
    with acting(system("14")):
        made = actions.open_site(scope=system("14"), area=area, name_zh=name, by="test", now=town.now, **given)
    return int(made.pk)


def report(town: Any, place: int, people: int, minutes: int = 2) -> None:
    """The team says how many people wait, so many minutes ago."""
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.screening import actions

    at = town.now - timedelta(minutes=minutes)
    with acting(system("14")):
        actions.report_queue(scope=system("14"), place=place, people=people, by="test", now=at)


def cards_of(phone: Any) -> Any:
    """The sites on the screen; asked for again if the edge was too busy to hand the first request on."""
    cards, told = phone.page.locator(".site-card"), phone.page.locator(".lead")
    for _ in range(5):
        cards.first.or_(told).first.wait_for()
        if cards.count():
            break
        phone.page.wait_for_timeout(1000)
        phone.page.locator(".sites button").click()
    cards.first.wait_for()
    phone.complaints.clear()
    return cards


@pytest.fixture
def sites(town: Any) -> dict[str, int]:
    """Four sites at home and one in the next district."""
    made = {
        "long": site(town, "坞城广场采样点", "Wucheng Square"),
        "short": site(town, "小店街道采样点", "Xiaodian Street"),
        "quiet": site(town, "龙城公园采样点", "Longcheng Park"),
        "closed": site(town, "周末采样点", "Weekend site", hours=WEEKEND),
        "away": site(town, "五一广场采样点", "Wuyi Square", AWAY),
    }
    report(town, made["long"], 150)
    report(town, made["short"], 8)
    report(town, made["quiet"], 30, minutes=50)
    return made


@pytest.mark.parametrize("look", ["zh", "en", "small", "dark"])
def test_a_resident_sees_where_to_be_tested(town: Any, sites: dict[str, int], phones: Any, look: str) -> None:
    town.resident("李敏", 42, phone=NUMBER)
    phone = phones(town.url, look)
    phone.enrol_holder(town, NUMBER)
    phone.visit("results")
    phone.page.locator("a[href='#/sites']").click()
    cards = cards_of(phone)
    said = cards.all_inner_texts()
    states = [card.get_attribute("data-state") for card in cards.all()]
    waits = [card.get_attribute("data-wait") for card in cards.all()]
    assert states == ["open", "open", "open", "closed"]
    assert waits == ["minutes", "long", "unknown", None]
    chinese = look in ("zh", "dark")
    for place, texts in enumerate(
        [
            ("小店街道采样点", "约4分钟", "8 人排队") if chinese else ("Xiaodian Street", "about 4 min", "waiting: 8"),
            ("坞城广场采样点", "超过1小时") if chinese else ("Wucheng Square", "more than an hour"),
            ("暂无近期报告", "30 人排队") if chinese else ("No recent report", "30 waiting"),
            ("10月8日 09:00", "不开放") if chinese else ("8 Oct, 09:00", "not open"),
        ]
    ):
        assert [text for text in texts if text not in said[place]] == [], said[place]
    phone.look_at(f"sites-{look}")
    phone.page.locator("#county").select_option(AWAY)
    phone.page.get_by_text("五一广场采样点" if chinese else "Wuyi Square").wait_for()
    assert cards.count() == 1
    assert phone.faults == []


def test_a_stranger_asks_without_enrolling_and_is_told_when_there_is_no_network(
    town: Any, sites: dict[str, int], phones: Any
) -> None:
    phone = phones(town.url)
    phone.page.locator("a[href='#/sites']").click()
    cards = cards_of(phone)
    assert cards.count() == 5
    phone.look_at("sites-stranger")
    assert phone.faults == []
    town.stop()
    phone.page.get_by_role("button", name="更新").click()
    phone.page.get_by_text("联网后显示采样点").wait_for()
