"""What nobody did at a door in time comes up to the areas above, a level a day, and is gone once done or once the measure ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from yanmen.loop.run import settle
from yanmen.project.commands.audit import balances
from yanmen.project.testing import show_clock
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.methods.climbing import reached
from yanmen.subsystems.grid.tests.test_doors import begin, doors_made, fitted, hidden, post
from yanmen.subsystems.grid.tests.village import (
    COUNTY,
    MORNING,
    TOWN,
    VILLAGE,
    at,
    held_at_home,
    home,
    open_village,
    record,
)

DAY = timedelta(days=1)


@pytest.fixture
def village(clean):
    open_village()
    show_clock(MORNING)


def breaks(now):
    return sorted(
        (each["check"], each["row"]["reached"]) for each in balances(now) if each["check"].startswith("grid_")
    )


def test_each_clock_that_runs_out_tells_one_level_more():
    due = at("2022-12-11 00:00")
    told = [reached(VILLAGE, due, DAY, due + hours) for hours in (-DAY / 24, DAY / 24, DAY, 2 * DAY, 3 * DAY, 30 * DAY)]
    assert told == [VILLAGE, VILLAGE[:9], VILLAGE[:6], VILLAGE[:4], "14", "14"]
    assert reached("14", due, DAY, due + DAY) == "14"


def test_a_visit_that_nobody_makes_comes_up_to_the_town_the_county_and_the_city(village, sign_in):
    lan, kai = home("幸福村2号", "魏岚", "魏开")
    held_at_home(lan, kai)
    worker = sign_in(WORKER, VILLAGE, language="en")
    town, county = sign_in(MANAGER.name, TOWN, language="en"), sign_in(MANAGER.name, COUNTY, language="en")
    staff = sign_in("command.staff", "1407", language="en")
    assert breaks(MORNING + DAY) == [], "nobody keeps a grid there yet"
    number = doors_made(worker)["幸福村2号"]
    assert breaks(MORNING) == []
    assert "魏岚" not in town.get("/grid/overdue/?show=all").text

    show_clock(at("2022-12-11 08:00"))
    assert breaks(at("2022-12-11 08:00")) == [("grid_check_home", TOWN)] * 2 + [("grid_door_visit", TOWN)] * 2
    page = town.get("/grid/overdue/").text
    assert page.count("魏岚") == 2
    assert "A visit at the door is overdue" in page
    assert "never" in page
    assert "魏岚" not in county.get("/grid/overdue/").text, "it has not come up so far"
    assert county.get("/grid/overdue/?show=all").text.count("魏岚") == 2
    assert "魏岚" in county.get("/grid/overdue/?show=all&kind=check_home").text

    form = hidden(worker.get(f"/grid/doors/{number}/").text)
    visit, check = (begin(form, lan.pk, kind) for kind in ("quarantine.door_visited", "quarantine.home_checked"))
    post(worker, f"/grid/doors/{number}/", **form | {visit + "found": "yes"} | fitted(check))
    page = town.get("/grid/overdue/").text
    assert page.count("魏岚") == 0, "done is done, however late"
    done = page.split("Done in the last seven days")[-1]
    assert re.findall(r'data-label="(People visited|Homes checked)">(\d+)', done) == [
        ("People visited", "1"),
        ("Homes checked", "1"),
    ]
    assert breaks(at("2022-12-11 09:00")) == [("grid_check_home", TOWN), ("grid_door_visit", TOWN)]

    show_clock(at("2022-12-12 08:00"))
    assert county.get("/grid/overdue/").text.count("魏开") == 2
    assert "魏岚" not in county.get("/grid/overdue/").text, "visited yesterday: today's visit is owed tonight"
    assert "魏开" not in staff.get("/grid/overdue/").text
    show_clock(at("2022-12-13 08:00"))
    page = staff.get("/grid/overdue/").text
    assert page.count("魏开") == 2
    assert "魏岚" not in page, "one missed visit is a day old: it is the town's"
    assert f"/grid/doors/{number}/" not in page

    record("screening.result", lan.pk, at("2022-12-14 09:00"), sample="s", result="negative", method="nat")
    settle(now=at("2022-12-15 00:05"))
    show_clock(at("2022-12-15 08:00"))
    page = staff.get("/grid/overdue/?show=all").text
    assert "魏岚" not in page, "a duty ends with its measure"
    assert "魏开" in page
