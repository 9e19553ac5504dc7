"""Every screen of the grid worker's phone in every look: accessible, silent, no wider than the screen; pictures where wanted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from yanmen.subsystems.grid.kinds import WORKER
from yanmen.subsystems.grid.tests.phones import LOOKS
from yanmen.subsystems.grid.tests.village import VILLAGE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_the_phone(village: Any, phones: Any, browser: Any, sign_in: Any, live: Any, look: str) -> None:
    from yanmen.project.testing import visitor
    from yanmen.subsystems.grid.tests.phones import GridPhone

    faults: list[str] = []

    def seen(phone: Any, name: str) -> None:
        phone.page.wait_for_timeout(300)
        if shots := os.environ.get("YANMEN_SHOTS"):
            phone.page.screenshot(path=str(Path(shots) / f"grid-phone-{name}-{look}.png"))
        faults.extend(phone.look_at(f"{name} {look}"))
        faults.extend(f"{name} {look}: {text}" for text in phone.complaints)
        phone.complaints.clear()

    with visitor(live.url) as nobody:
        stranger = GridPhone(browser, nobody, look)
        stranger.page.locator("#main[data-screen=welcome]").wait_for()
        seen(stranger, "welcome")
        stranger.close()
    first, second = phones(sign_in(WORKER, VILLAGE), look), phones(sign_in(WORKER, VILLAGE), look)
    for phone, number in ((first, "3"), (second, "4")):
        phone.offline()
        phone.visit(f"door/{village.door(2, 101)}")
        phone.edit("people_at_home", number)
        phone.save()
    for phone in (first, second):
        phone.offline(False)
        phone.delivered()
    phone = second
    phone.page.reload()
    person = village.people["人1101"]
    phone.visit("today")
    phone.page.locator(".doors li").first.wait_for()
    seen(phone, "today")
    phone.visit(f"door/{village.door(1, 101)}")
    for fold in phone.page.locator("details").all():
        fold.evaluate("each => { each.open = true; }")
    seen(phone, "door")
    phone.fill(person, "quarantine.door_visited", celsius="99")
    phone.page.locator(".save button").click()
    phone.page.locator(".save .wrong:not(:empty)").wait_for()
    seen(phone, "door-wrong")
    for each in (person, village.people["伴1101"]):
        phone.fill(each, "quarantine.door_visited", found="yes", celsius="36.5")
        phone.fill(each, "screening.result", result="negative")
        for name in ("own_room", "own_bathroom"):
            phone.fill(each, "quarantine.home_checked", **{name: "yes"})
        for name in ("shared_air", "at_risk", "carer"):
            phone.fill(each, "quarantine.home_checked", **{name: "no"})
    phone.offline()
    phone.fill(person, "quarantine.need_met", how="已送医院")
    phone.save()
    assert village.door(1, 101) in phone.today("done")
    seen(phone, "today-done")
    phone.visit("outbox")
    phone.page.locator(".rows[data-ready]").wait_for()
    seen(phone, "outbox")
    phone.visit("conflicts")
    phone.page.locator(".conflict").wait_for()
    seen(phone, "conflicts")
    phone.visit("settings")
    phone.page.locator(".pairs").first.wait_for()
    seen(phone, "settings")
    phone.sign_out()
    phone.offline(False)
    phone.page.reload()
    phone.page.locator(".notice.warn").wait_for()
    seen(phone, "session-over")
    assert faults == []
