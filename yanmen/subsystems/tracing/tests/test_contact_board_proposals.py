"""Proposals on the board over HTTP: judged one by one and together, by who answers for the person, whichever county reported the case."""

from __future__ import annotations

import re
from typing import Any

import pytest

from yanmen.project.testing import show_clock
from yanmen.subsystems.tracing.tests.district import COUNTY, DISTRICT, make_areas, moment
from yanmen.subsystems.tracing.tests.trails import HOUR, MINUTE, NOW, Trail, form

BOARD = "/tracing/contacts/proposals/"
LUNCH = moment("2022-10-06 12:00")


@pytest.fixture
def trail(clean):
    """A case had lunch for an hour with three residents and somebody of another county, with one of them for five minutes only."""
    make_areas()
    show_clock(NOW)
    trail = Trail()
    trail.who["孙远"] = trail._person("孙远", DISTRICT, "")
    for name, late, long in (
        ("张行", 0, HOUR), ("王早", 5, HOUR), ("赵晚", 10, HOUR), ("外县人", 10, HOUR), ("孙远", 20, HOUR),
    ):  # fmt: skip
        trail._go(f"lunch {name}", name, trail.noodles, LUNCH + late * MINUTE, long)
    trail.follow(NOW, everyone=True)
    return trail


def rows(page: str) -> dict[str, str]:
    """The proposals of a page, by the name of the person."""
    return {
        name: key for key, name in re.findall(r'name="row" value="([^"]+)" aria-label="(?:Choose|选择) ([^"]+)"', page)
    }


def found(trail: Any) -> list[tuple[Any, ...]]:
    return trail.rows(
        "SELECT person_id, kind, detail ->> 'degree', detail ->> 'via', detail ->> 'last_exposed' FROM loop_fact"
        " WHERE kind IN ('tracing.contact_found', 'tracing.general_contact_found', 'tracing.contact_excluded') ORDER BY id"
    )


def test_three_proposals_are_judged_three_ways_on_the_board(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    assert BOARD in tracer.get("/tracing/contacts/").text
    page = tracer.get(BOARD).text
    waiting = rows(page)
    assert set(waiting) == {"王早", "赵晚", "孙远"}
    assert "外县人" not in page
    assert "1 more person is registered elsewhere" in page
    assert "许坦面馆" in page
    assert "55 min" in page
    done = form(tracer, BOARD, one=f"close|{waiting['王早']}")
    assert "1 person judged" in done.text
    assert set(rows(done.text)) == {"赵晚", "孙远"}
    assert "1 person judged" in form(tracer, BOARD, act="general", row=[waiting["赵晚"]]).text
    nameless = form(tracer, BOARD, one=f"none|{waiting['孙远']}", reason=" ")
    assert nameless.status_code == 422
    assert "Say why" in nameless.text
    done = form(tracer, BOARD, one=f"none|{waiting['孙远']}", reason="在另一包间")
    assert "Nobody waits for judgement" in done.text
    who = trail.who
    assert found(trail) == [
        (who["王早"], "tracing.contact_found", "1", "venue", "2022-10-06"),
        (who["赵晚"], "tracing.general_contact_found", None, "venue", "2022-10-06"),
        (who["孙远"], "tracing.contact_excluded", None, None, None),
    ]
    stale = form(tracer, BOARD, one=f"general|{waiting['王早']}")
    assert stale.status_code == 422
    assert "changed this list since" in stale.text
    trail.turn("2022-10-08 12:00")
    assert [row[:2] for row in trail.measures(who["王早"], "tracing.close_contact")] == [
        ("tracing.close_contact", "in_force")
    ]


def test_several_are_judged_together_or_not_at_all(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    waiting = rows(tracer.get(BOARD + "?choose=1").text)
    assert form(tracer, BOARD, act="close").status_code == 422
    assert form(tracer, BOARD, act="king", row=list(waiting.values())).status_code == 422
    forged = f"{trail.who['外县人']}:venue:{trail.case_key}"
    assert form(tracer, BOARD, act="close", row=[*waiting.values(), forged]).status_code == 422
    assert found(trail) == []
    assert "3 people judged" in form(tracer, BOARD, act="close", row=list(waiting.values())).text
    assert len(found(trail)) == 3


def test_a_case_of_another_county_proposes_residents_without_saying_who_it_is(trail, sign_in):
    key = str(
        trail.record(
            "cases.reported", trail.who["外县人"], "2022-10-08 10:30", area=COUNTY, kind="confirmed",
            setting="community", onset_on="2022-10-07",
        )
    )  # fmt: skip
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    page = tracer.get(f"{BOARD}?case={key}").text
    assert set(rows(page)) == {"王早", "赵晚", "孙远", "张行"}
    assert "reported in 祁县" in page
    assert "外县人" not in page
    form(tracer, f"{BOARD}?case={key}", one=f"close|{rows(page)['王早']}")
    assert [row[0] for row in found(trail)] == [trail.who["王早"]]
    county = sign_in("tracing.tracer", COUNTY, language="en").get(BOARD).text
    assert rows(county) == {}
    assert "registered elsewhere" in county
    assert sign_in("command.staff", DISTRICT).get(BOARD).status_code == 403
    logged = trail.rows("SELECT max(count) FROM registry_accesslog WHERE what = 'people proposed as contacts'")
    assert logged == [(4,)]


@pytest.mark.browser
def test_proposals_are_judged_by_the_keyboard_alone(trail, browser, sign_in):
    from playwright.sync_api import expect

    from yanmen.project.looks import LOOKS, toured, window

    faults: list[str] = []
    for look, (language, _) in LOOKS.items():
        client = sign_in("tracing.tracer", DISTRICT, language=language)
        faults += toured(browser, client, look, {"proposals": BOARD}, "tracing")
    assert faults == []
    with window(browser, client, "phone-zh") as page:
        page.goto(str(client.base_url).rstrip("/") + BOARD)
        page.wait_for_load_state("networkidle")
        line = page.locator("[data-proposal]")
        line.first.locator("[data-word]").first.focus()
        page.keyboard.press("1")
        page.wait_for_url("**judged=1**")
        assert page.evaluate("document.activeElement.dataset.word") == "1"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("3")  # a reason is asked for, and stays
        assert page.evaluate("document.activeElement.id") == "reason"
        page.keyboard.type("在另一包间")
        page.keyboard.press("Tab")
        line.nth(1).locator("[data-word]").first.focus()
        page.keyboard.press("3")
        expect(line).to_have_count(1)
        line.first.locator("[data-word]").first.focus()
        page.keyboard.press("3")
        expect(line).to_have_count(0)
    assert [row[1] for row in found(trail)] == [
        "tracing.contact_found", "tracing.contact_excluded", "tracing.contact_excluded",
    ]  # fmt: skip
