"""Every screen of a resident: accessible, silent, nothing from elsewhere, from 320 px to a tablet, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

NUMBER = "13800000006"
LOOKS = ["zh", "en", "dark", "small", "tablet"]


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_a_resident(town: Any, phones: Any, look: str) -> None:
    town.resident("王芳", 6, phone=NUMBER)
    phone = phones(town.url, look)
    phone.enrol_holder(town, NUMBER)
    phone.complaints.clear()  # the edge may have been too busy to hand the first request on
    for screen in ("code", "why", "results", "sites", "checkin", "settings", "end"):
        phone.visit(screen)
        phone.look_at(f"resident-{screen}-{look}")
    phone.visit("checkin")
    phone.scan(town.venue_code())
    phone.page.locator(".done").wait_for()
    phone.look_at(f"resident-checked-in-{look}")
    assert phone.faults == []
