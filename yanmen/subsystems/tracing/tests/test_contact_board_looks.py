"""Board, teams and requests in a real browser: accessible, silent, no wider than the screen, and worked by the keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from yanmen.project.looks import LOOKS, toured, window
from yanmen.subsystems.tracing.tests.test_contact_board import NINE, found_by_facts, households
from yanmen.subsystems.tracing.tests.test_help import A, B, C, act, ask, counties
from yanmen.subsystems.tracing.tests.test_help_doors import clock

__all__ = ["clock", "counties"]

pytestmark = pytest.mark.browser


@pytest.fixture
def story(counties: Any, clock: Any) -> dict[str, Any]:
    """A case with contacts in every state, three requests, two teams with a shared day."""
    case = counties.case(counties.person("病例甲"), "2022-10-03")
    people = [counties.person(name) for name in ("魏岚", "赵晴", "孙远", "李想", "周梅", "吴桐")]
    for number, who in enumerate(people):
        found_by_facts(counties, who, case, (0.95, 0.2, 0.5, 0.8, 0.95, 0.3)[number], ("household", "tube", "venue", "class", "household", "tube")[number])  # fmt: skip
    homes = households(counties, case, 8, 3)
    counties.turn(NINE)
    call = {"channel": "phone", "outcome": "answered", "about": "告知隔离", "answer": "知道了，在家等"}
    act("record_call", A, NINE, person=people[1], case=case, **call)
    act("record_call", A, NINE, person=people[1], case=case, **call | {"outcome": "no_answer", "answer": ""})
    act("record_transfer", A, NINE, person=people[3], to_place="宏达酒店", received_by="李")
    asked = ask(counties, people[0], people[1], people[4], case=case, note="在祁县打工，住工地")
    act(
        "return_help",
        B,
        "2022-10-03 11:00",
        help=asked.help,
        person=people[4],
        reason="moved_on",
        to_area=C,
        note="昨日已走",
    )
    for name, capacity in (("城关一组", 5), ("城关二组", 2)):
        act("open_team", A, NINE, area=A, name=name, capacity=capacity, longitude=112.75, latitude=37.69)
    from datetime import date

    act("plan_day", A, "2022-10-04 08:00", day=date(2022, 10, 4))
    counties.turn("2022-10-04 10:40")
    clock("2022-10-04 10:40")
    [(team,)] = counties.rows("SELECT min(id) FROM tracing_team")
    return {
        "contacts": "/tracing/contacts/",
        "contacts-judge": "/tracing/contacts/?judge=1&choose=1",
        "contact": f"/tracing/contacts/{people[1]}/",
        "help-out": "/tracing/help/?side=out",
        "help-closed": "/tracing/help/?side=out&closed=1",
        "help-one": f"/tracing/help/{asked.help}/{people[4]}/",
        "help-new": "/tracing/help/new/",
        "calls": "/tracing/calls/",
        "teams": "/tracing/teams/",
        "team": f"/tracing/teams/{team}/",
        "in": ("/tracing/help/", f"/tracing/help/{asked.help}/{people[0]}/"),
        "homes": homes,
    }


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_tracers(story, browser, sign_in, look):
    language, _ = LOOKS[look]
    asker, asked, nobody = (sign_in("tracing.tracer", area, language=language) for area in (A, B, "140729"))
    faults = []
    for client, pages in (
        (asker, {name: path for name, path in story.items() if name not in ("in", "homes")}),
        (asked, {"help-in": story["in"][0], "help-mine": story["in"][1]}),
        (
            nobody,
            {
                "empty-contacts": "/tracing/contacts/",
                "empty-help": "/tracing/help/",
                "empty-teams": "/tracing/teams/",
                "empty-calls": "/tracing/calls/",
            },
        ),
    ):
        faults += toured(browser, client, look, pages, "contacts")
    assert faults == []


def test_a_board_is_judged_by_the_keyboard_alone(story, browser, sign_in):
    client = sign_in("tracing.tracer", A, language="en")
    with window(browser, client) as page:
        page.goto(f"{client.base_url}/tracing/contacts/?judge=1")
        before = page.locator("tbody tr").count()
        page.locator("tbody input[type=checkbox]").first.focus()
        page.keyboard.press("Space")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.value") == "confirm":
                break
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("1 contact confirmed.")
        expect(page.locator("tbody tr")).to_have_count(before - 1)
        assert page.faults == []
