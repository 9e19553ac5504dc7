"""The wall in a real browser: on a wall, a laptop and a telephone; renewed without a reload; and when nobody answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from yanmen.desk.tests.test_wall import report_cases
from yanmen.project.looks import seen, settled, window

pytestmark = pytest.mark.browser

WALL = {"locale": "zh-CN", "viewport": {"width": 1920, "height": 1080}}
LOOKS: dict[str, dict[str, Any]] = {
    "wall-zh": WALL,
    "wall-en": WALL | {"locale": "en-GB"},
    "wall-4k": WALL | {"viewport": {"width": 3840, "height": 2160}},
    "laptop-zh": {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "laptop-en": {"locale": "en-GB", "viewport": {"width": 1366, "height": 768}, "color_scheme": "dark"},
    "phone-zh": {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
CUT = """[...document.querySelectorAll(".wall-body")].filter((one) => [...one.querySelectorAll("li, tr, .wall-number, .wall-chart")]
  .some((part) => part.offsetParent && part.getBoundingClientRect().bottom > one.getBoundingClientRect().bottom + 2))
  .map((one) => one.parentElement.id)"""

CHANGED = 'event: changed\ndata: {"panels": ["map"], "live": true, "at": "2022-10-09T20:00:00+08:00"}\n\n'


@pytest.mark.parametrize("look", LOOKS)
def test_the_wall_fits_its_screen_and_is_accessible(look: str, browser: Any, live: Any, as_staff: Any) -> None:
    language = "en" if look.endswith("en") else "zh-hans"
    with window(browser, as_staff("commander", language), "zh", **LOOKS[look]) as page:
        page.goto(live.url + ("/wall/?full=1" if look.startswith("wall") else "/wall/"))
        expect(page.locator(".wall-live")).to_have_attribute("data-state", "live")
        assert seen(page, look) == []
        assert page.faults == []
        if look.startswith("wall"):
            assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
            assert page.evaluate(CUT) == []


def test_a_report_that_comes_in_is_on_the_page_without_a_reload(browser: Any, live: Any, as_staff: Any) -> None:
    with window(browser, as_staff("commander"), "zh") as page:
        page.goto(live.url + "/wall/?area=140222")
        page.evaluate("window.same = true")
        expect(page.locator(".wall-live")).to_have_attribute("data-state", "live")
        value = page.locator("#panel-figures .wall-value").first
        before = int(value.inner_text())
        report_cases("140222001002", count=4)
        expect(value).to_have_text(str(before + 4), timeout=30_000)
        settled(page)
        assert page.evaluate("window.same")
        assert page.faults == []


def test_a_panel_renewed_under_the_keyboard_leaves_it_where_it_was(browser: Any, live: Any, as_staff: Any) -> None:
    with window(browser, as_staff("commander"), "zh") as page:
        waiting: list[Any] = []
        page.route("**/wall/panels/**", lambda route: waiting.append(route))
        page.route(
            "**/wall/stream/**", lambda route: route.fulfill(content_type="text/event-stream", body=CHANGED), times=1
        )
        with page.expect_request("**/wall/panels/**"):
            page.goto(live.url + "/wall/")
        link = page.locator("svg.map a[href='/wall/?area=140105']")
        before = link.element_handle()
        link.focus()  # while the answer is under way
        waiting[0].continue_()
        expect(page.locator("#panel-map")).to_have_class(re.compile("is-new"))
        assert not before.evaluate("element => element.isConnected")
        expect(link).to_be_focused()
        assert page.faults == []


def test_going_down_and_back_keeps_the_page_and_the_keyboard(browser: Any, live: Any, as_staff: Any) -> None:
    with window(browser, as_staff("commander"), "zh") as page:
        page.goto(live.url + "/wall/")
        page.evaluate("window.same = true")
        page.locator("svg.map a[href='/wall/?area=140105']").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#wall-here")).to_have_text("小店区")
        expect(page.locator("#wall-here")).to_be_focused()
        page.keyboard.press("u")
        expect(page.locator("#wall-here")).to_have_text("太原市")
        page.go_back()
        expect(page.locator("#wall-here")).to_have_text("小店区")
        page.locator("[data-drill-to]").select_option("140105001")
        expect(page.locator("#wall-here")).to_have_text("城关街道")
        assert page.url.endswith("area=140105001")
        page.keyboard.press("f")
        expect(page.locator("html")).to_have_attribute("data-wall", "full")
        page.keyboard.press("f")
        expect(page.locator(".side")).to_be_visible()
        assert page.evaluate("window.same")
        assert page.faults == []


def test_a_wall_that_hears_nothing_says_so_and_goes_on_when_it_is_answered(
    browser: Any, live: Any, as_staff: Any
) -> None:
    with window(browser, as_staff("commander"), "zh") as page:
        page.clock.install()
        page.route("**/wall/stream/**", lambda route: route.abort())
        page.goto(live.url + "/wall/")
        page.clock.run_for(30_000)
        expect(page.locator(".wall-live")).to_have_attribute("data-state", "lost")
        expect(page.get_by_text("与服务器的连接中断")).to_be_visible()
        page.unroute("**/wall/stream/**")
        page.clock.run_for(6_000)
        expect(page.locator(".wall-live")).to_have_attribute("data-state", "live", timeout=20_000)
        expect(page.get_by_text("与服务器的连接中断")).to_be_hidden()
