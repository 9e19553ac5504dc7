"""Where to be tested, in a real browser without signing in: accessible, silent and no wider than the screen."""

from __future__ import annotations

import pytest

from yanmen.project.looks import seen, settled
from yanmen.subsystems.screening.tests.county import COUNTY, MINUTE, NOON
from yanmen.subsystems.screening.tests.test_open_sites import PAGE, reported, town

__all__ = ["town"]

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = {
    "zh": {"locale": "zh-CN", "viewport": WIDE},
    "en": {"locale": "en-GB", "viewport": WIDE, "color_scheme": "dark"},
    "zh-phone": {"locale": "zh-CN", "viewport": PHONE},
    "en-phone": {"locale": "en-GB", "viewport": PHONE},
}


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_for_everybody(town, browser, live, look):
    reported(town["busy"], 130, NOON - 5 * MINUTE)
    reported(town["daily"], 8, NOON - 20 * MINUTE)
    reported(town["far"], 12, NOON - 90 * MINUTE)
    context = browser.new_context(**LOOKS[look])
    page, faults = context.new_page(), []
    page.on("console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    assert page.goto(live.url + PAGE).ok
    settled(page)
    assert page.locator(".open-site").count() == 6
    faults += seen(page, f"open-sites-{look}")
    page.locator("#area").select_option(COUNTY)
    page.locator("form[role=search] button").click()
    page.wait_for_url("**area=*")
    assert page.locator(".open-site").count() == 5
    page.goto(f"{live.url}{PAGE}?area=140729")
    faults += seen(page, f"open-sites-none-{look}")
    context.close()
    assert faults == []
