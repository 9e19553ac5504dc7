"""Screens in a real browser: accessible, within the security policy, silent, at every width.

With YANMEN_SHOTS=folder every screen is also kept as a picture, to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from yanmen.desk.tests.conftest import HOST
from yanmen.project.looks import barriers, settled

pytestmark = pytest.mark.browser

SCREENS = {
    "wall": "/wall/",
    "tiles": "/wall/?map=tiles",
    "county": "/wall/?area=140105",
    "worklist": "/tasks/?role=all",
    "measures": "/measures/",
    "facts": "/facts/",
    "areas": "/areas/",
    "area": "/areas/140105/",
    "people": "/people/",
    "person": "/people/100/",
    "policy": "/policy/",
    "rule": "/policy/rule/arrivals.from_high_risk_area/",
    "diff": "/policy/diff/?from=2022-10-01&to=2022-11-12",
    "try": "/policy/try/",
    "ledger": "/ledger/",
    "alarms": "/alarms/",
    "imports": "/import/",
    "empty": "/tasks/?role=all&area=1403",
    "absent": "/areas/999/",
}
LOOKS = {
    "zh": {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}},
    "en-dark": {"locale": "en-GB", "viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}},
    "wide": {"locale": "zh-CN", "viewport": {"width": 2560, "height": 1440}},
}


@pytest.fixture(scope="module")
def windows(browser: Any) -> Iterator[dict[tuple[str, str], Any]]:
    """One browser window a look and account: they are kept for the module."""
    kept: dict[tuple[str, str], Any] = {}
    yield kept
    for page in kept.values():
        page.context.close()


@pytest.fixture
def open_page(browser: Any, live: Any, as_staff: Any, windows: Any) -> Any:
    """``open_page("zh", user)``: a page that keeps what it complains about."""

    def enter(look: str, username: str = "commander") -> Any:
        if (look, username) not in windows:
            context = browser.new_context(**LOOKS[look])
            session = as_staff(username)
            context.add_cookies(
                [{"name": one.name, "value": one.value, "domain": HOST, "path": "/"} for one in session.cookies.jar]
            )
            windows[look, username] = listening(context.new_page())
        page = windows[look, username]
        page.base = live.url
        page.complaints.clear()
        return page

    return enter


def listening(page: Any) -> Any:
    """Keep console errors, script faults, and requests that leave the site."""
    page.complaints = []
    page.on("console", lambda line: page.complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: page.complaints.append(str(fault)))
    page.on("request", lambda request: page.complaints.append(request.url) if outside(request.url) else None)
    return page


def outside(url: str) -> bool:
    """Does a request leave the site?"""
    return not url.startswith((f"http://{HOST}", "data:", "blob:"))


def visit(page: Any, path: str) -> None:
    page.goto(page.base + path)
    settled(page)


def keep(page: Any, name: str) -> None:
    folder = os.environ.get("YANMEN_SHOTS")
    if folder:
        page.wait_for_timeout(700)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("look", ["zh", "en-dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_accessible_and_silent(screen: str, look: str, open_page: Any, seeded: Any) -> None:
    page = open_page(look)
    visit(page, SCREENS[screen])
    keep(page, f"{screen}-{look}")
    assert [text for text in page.complaints if not (screen == "absent" and "404" in text)] == []
    assert sideways(page) <= 0
    assert barriers(page) == []


@pytest.mark.parametrize("look", ["phone", "wide"])
@pytest.mark.parametrize("screen", ["wall", "worklist", "person", "policy", "ledger", "area"])
def test_a_screen_fits_from_phone_to_wall(screen: str, look: str, open_page: Any, seeded: Any) -> None:
    page = open_page(look)
    visit(page, SCREENS[screen])
    keep(page, f"{screen}-{look}")
    assert sideways(page) <= 0


def sideways(page: Any) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_the_sign_in_screen_is_accessible(browser: Any, live: Any) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(live.url + "/account/login/")
    keep(page, "login-zh")
    assert barriers(page) == []
    page.context.close()


def test_filters_and_paging_work_without_a_reload(open_page: Any, seeded: Any) -> None:
    page = open_page("zh")
    visit(page, "/tasks/?role=all")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="显示更多").click()
    page.locator("#rows > tr").nth(60).wait_for()
    page.get_by_label("时限").select_option("overdue")
    page.wait_for_url("**due=overdue**")
    assert page.evaluate("window.same")
    assert page.complaints == []


def test_the_keyboard_reaches_content_menu_and_map(open_page: Any, seeded: Any) -> None:
    page = open_page("zh")
    visit(page, "/wall/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.wait_for_timeout(500)
    assert page.evaluate("document.activeElement.id") == "main", "the wall took the keyboard"
    page.locator("svg.map a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**area=**")


def test_the_menu_opens_on_a_phone_and_closes_by_escape(open_page: Any, seeded: Any) -> None:
    page = open_page("phone")
    visit(page, "/wall/")
    menu = page.locator("#menu")
    assert not menu.is_visible()
    page.get_by_role("button", name="打开菜单").click()
    assert menu.is_visible()
    keep(page, "menu-phone")
    page.keyboard.press("Escape")
    assert not menu.is_visible()


def test_the_theme_chosen_stays_for_the_next_page(open_page: Any, seeded: Any) -> None:
    page = open_page("zh")
    visit(page, "/policy/")
    page.locator("details.account summary").click()
    page.get_by_role("button", name="明 / 暗").click()
    visit(page, "/ledger/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_a_wrong_file_is_answered_in_place_and_a_good_one_applied(open_page: Any, seeded: Any) -> None:
    page = open_page("zh", "clerk")
    visit(page, "/import/people/")
    content = "姓名,地区,出生日期\n演练屏甲,140105,1990-01-01\n演练屏乙,140105,2990-01-01\n".encode()
    page.get_by_label("文件").set_input_files({"name": "screen.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="预览").click()
    page.get_by_text("退回").first.wait_for()
    keep(page, "import-wrong-input")
    page.get_by_role("button", name="确认导入").click()
    page.wait_for_url("**/import/receipt/**")
    keep(page, "receipt")
    assert page.complaints == []
