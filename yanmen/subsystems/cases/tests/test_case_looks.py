"""The pages of cases in a real browser: accessible, silent, no wider than the screen, in both languages and themes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.project.looks import LOOKS, toured, window
from yanmen.project.testing import show_clock
from yanmen.registry.scope import acting
from yanmen.subsystems.cases.tests.county import COUNTY, PROVINCE, VILLAGE, act, areas, day, person, report

pytestmark = pytest.mark.browser

NOW = day(8)


@pytest.fixture
def story(clean):
    """A case in care with a course, an old one that is discharged and positive again, and one just reported."""
    areas()
    show_clock(NOW)
    who = person(phone="13800000000", address="东关村1号")
    full = report(who, day(3, 7), ct=24.0, onset_on=day(2).date(), severity="mild")
    with acting(PROVINCE):
        for at, name in ((day(1, 9), "G692"), (day(1, 15), "D2003"), (day(2, 9), "K604")):
            ride = {"setting": "train", "name": name, "unit": "5", "until": (at + timedelta(hours=2)).isoformat()}
            facts.record("tracing.setting_told", person=who, area=VILLAGE, occurred_at=at, by="test", now=at, detail=ride)  # fmt: skip
        for at, ct in ((day(5, 9), 29.5), (day(7, 9), 36.2)):
            facts.record("screening.sampled", person=who, area=VILLAGE, occurred_at=at, by="test", now=at)
            facts.record(
                "screening.result", person=who, area=VILLAGE, occurred_at=at, by="test", now=at,
                detail={"result": "positive", "method": "nat", "ct": ct},
            )  # fmt: skip
    for number, warm in ((3, 38.6), (4, 38.1), (5, 37.0), (7, 36.6)):
        act("tell_course", full, day(number, 8), temperature=warm, symptoms=["cough"] if number < 7 else ["none"])
    act("audit_report", full, day(3, 8))
    act("trace_core", full, day(3, 14), stays=[])
    again = report(person("李四", born=date(1980, 1, 1)), day(8, 7), setting="re_positive", ct=30.0)
    fresh = report(person("王芳", born=date(1985, 3, 4)), day(8, 6))
    report(person("王芳", born=date(1985, 3, 4)), day(8, 8))
    settle(now=NOW)
    return {
        "duplicates": "/cases/duplicates/",
        "list": "/cases/",
        "list-empty": "/cases/?stage=died",
        "full": f"/cases/{full}/",
        "re-positive": f"/cases/{again}/",
        "fresh": f"/cases/{fresh}/",
        "report": "/cases/report/",
    }


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_cases(story, browser, sign_in, look):
    client = sign_in("cases.epidemiologist", COUNTY, language=LOOKS[look][0])
    assert toured(browser, client, look, story, "cases") == []


def test_three_exposures_take_three_keys_and_an_act_needs_no_mouse(story, browser, sign_in):
    from playwright.sync_api import expect

    client = sign_in("cases.epidemiologist", COUNTY, language="en")
    with window(browser, client) as page:
        page.goto(str(client.base_url).rstrip("/") + story["full"])
        page.locator("[data-word=y]").first.focus()
        for key, left in (("y", 2), ("n", 1), ("y", 0)):
            page.keyboard.press(key)
            expect(page.locator(".exposure-open")).to_have_count(left)
            expect(page.locator("[data-word]:focus")).to_have_count(min(left, 1))
        assert page.locator(".exposure-yes").count() == 2
        assert page.locator(".exposure-no").count() == 1
        page.locator("summary", has_text="Tell the course").focus()
        page.keyboard.press("Enter")
        page.locator("#course-temperature").focus()
        page.keyboard.type("36.5")
        page.keyboard.press("Enter")
        expect(page.locator(".timeline")).to_contain_text("36.5℃")
