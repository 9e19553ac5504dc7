"""The screen of a venue's staff: whom they let in is registered at their venue, whom they do not is only counted."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_venue_staff_register_whom_they_let_in(town: Any, phones: Any) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token("venues.staff", town.venue))
    page = phone.page
    assert "场所核验" in page.locator("#top").inner_text()
    assert page.locator(".lanes, .vehicle").count() == 0
    assert phone.judged(town.showing(41)) == ("pass", "valid")
    phone.next()
    assert phone.judged(town.showing(42, colour=1)) == ("refer", "colour_yellow")
    phone.shot("venue-refer")
    page.get_by_role("button", name="核对无误，登记").click()
    page.locator(".verdict").wait_for(state="detached")
    assert phone.judged(town.showing(43, colour=2)) == ("stop", "colour_red")
    phone.next()
    phone.until(lambda: page.locator(".tally dd").all_inner_texts()[:2] == ["2", "1"])
    phone.shot("venue")
    phone.delivered(2)
    query = "SELECT person_id, place_id, claimed, via FROM loop_bulk_presence_scanned ORDER BY person_id"
    assert town.province.rows(query) == [(person, town.venue, False, "scanner") for person in (41, 42)]
