"""Modes, nobody lost and 7-1-7 in a real browser: accessible, silent and no wider than the screen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yanmen.desk import clock
from yanmen.loop.run import settle
from yanmen.project.looks import LOOKS, toured
from yanmen.project.testing import show_clock
from yanmen.registry import people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system
from yanmen.subsystems.command.tests.test_modes import CITY, COUNTY, NAMES, NOW, OTHER, post, propose, switch_of, tell

pytestmark = pytest.mark.browser
PATHS = {
    "modes": "/command/modes/", "switch": "/command/modes/switch/", "nobody_lost": "/command/nobody-lost/",
    "lost": "/command/nobody-lost/positives/", "seven": "/command/7-1-7/",
}  # fmt: skip


@pytest.mark.parametrize("look", ["dark", "phone-zh"])
def test_the_boards_are_seen_by_everybody(clean, sign_in, browser, look):
    load_areas([AreaRow(code, name, f"A{code}") for code, name in NAMES.items()])
    show_clock(NOW)
    client = sign_in("command.staff", CITY, language=LOOKS[look][0])
    propose(client, [COUNTY, OTHER], apart=2)
    approver = sign_in("command.staff", "14", language="en")
    post(approver, "/command/modes/", act="approve", switch=switch_of(approver), unit="省疫情防控办")
    with acting(system("14", purpose="control")):
        born, area = date(1990, 5, 1), COUNTY + "001001"
        ill = [
            people.register_person(name=f"王小{n}", area=area, born_on=born, synthetic=True, by="test", now=NOW).pk
            for n in range(3)
        ]
    for number, person in enumerate(ill):
        tell(
            "screening.result",
            person=person,
            area=COUNTY,
            occurred_at=NOW,
            by="lab",
            now=NOW,
            detail={"result": "positive"},
        )
        if number:
            told = {"case": str(person), "disease": "covid19", "kind": "confirmed", "onset_on": f"2022-10-0{number}"}
            tell("cases.reported", person=person, area=COUNTY, occurred_at=NOW, by="doctor", now=NOW, detail=told)
    settle(now=clock.now())
    show_clock(NOW + timedelta(hours=30))
    assert toured(browser, client, look, PATHS, "boards") == []
