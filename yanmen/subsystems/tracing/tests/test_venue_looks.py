"""The pages of places and ways in a real browser: accessible, silent, no wider than the screen, in both languages and themes."""

from __future__ import annotations

import pytest

from yanmen.project.looks import LOOKS, toured, window
from yanmen.project.testing import show_clock
from yanmen.registry.models import Place
from yanmen.subsystems.tracing.tests.district import DISTRICT, make_areas
from yanmen.subsystems.tracing.tests.trails import MARKET_DAY, NOW, Trail

pytestmark = pytest.mark.browser


@pytest.fixture
def story(clean):
    make_areas()
    show_clock(NOW)
    trail = Trail()
    with trail.acting():
        quiet = Place.objects.create(name_zh="无人处", area=DISTRICT, created_at=MARKET_DAY).pk
    way = f"/tracing/movements/{trail.case_key}/"
    return {
        "venues": "/tracing/venues/",
        "venue": f"/tracing/venues/{trail.market}/?case={trail.case_key}&day=2022-10-04",
        "venue-empty": f"/tracing/venues/{quiet}/",
        "movements": way,
        "movements-tiles": way + "?map=hexes",
        "movements-empty": way + "?since=2022-09-20&until=2022-09-21",
    }


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_places_and_ways(story, browser, sign_in, look):
    client = sign_in("tracing.tracer", DISTRICT, language=LOOKS[look][0])
    assert toured(browser, client, look, story, "tracing") == []


def test_a_contact_is_judged_and_the_public_text_copied_by_keyboard_alone(story, browser, sign_in):
    from playwright.sync_api import expect

    client = sign_in("tracing.tracer", DISTRICT, language="en")
    with window(browser, client, permissions=["clipboard-read", "clipboard-write"]) as page:
        home = str(client.base_url).rstrip("/")
        page.goto(home + story["venue"])
        page.locator("input[name=visit]").first.focus()
        page.keyboard.press("Space")
        page.locator("#v-outcome").focus()
        page.keyboard.type("General")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_contain_text("1 person judged")
        page.goto(home + story["movements"])
        page.locator("[data-copy=public-zh]").focus()
        page.keyboard.press("Enter")
        page.locator("#copied-zh").wait_for(state="visible")
        assert "许坦市场" in page.evaluate("navigator.clipboard.readText()")
        page.locator(".marker").first.focus()
        page.keyboard.press("Enter")
        assert "#step-" in page.url
