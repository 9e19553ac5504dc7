"""Where to be tested, in a real browser without signing in: accessible, silent and no wider than the screen."""

from __future__ import annotations

import pytest

from yanmen.project.looks import LOOKS, seen, settled, window
from yanmen.subsystems.screening.tests.county import COUNTY, MINUTE, NOON
from yanmen.subsystems.screening.tests.test_open_sites import PAGE, reported, town

__all__ = ["town"]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_for_everybody(town, browser, live, look):
    reported(town["busy"], 130, NOON - 5 * MINUTE)
    reported(town["daily"], 8, NOON - 20 * MINUTE)
    reported(town["far"], 12, NOON - 90 * MINUTE)
    with window(browser, look=look) as page:
        assert page.goto(live.url + PAGE).ok
        settled(page)
        assert page.locator(".open-site").count() == 6
        page.faults += seen(page, f"open-sites-{look}")
        page.locator("#area").select_option(COUNTY)
        page.locator("form[role=search] button").click()
        page.wait_for_url("**area=*")
        assert page.locator(".open-site").count() == 5
        page.goto(f"{live.url}{PAGE}?area=140729")
        page.faults += seen(page, f"open-sites-none-{look}")
        assert page.faults == []
