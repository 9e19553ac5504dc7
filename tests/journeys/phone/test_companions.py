"""A child's code on a guardian's phone: shown, checked against the document, and checked in under the child's name."""

from __future__ import annotations

from typing import Any

import pytest

from yanmen.base import credentials

pytestmark = pytest.mark.browser

NUMBER = "13800000015"


def test_a_childs_code_is_shown_by_the_guardian_and_compared_with_the_document(town: Any, phones: Any) -> None:
    mother = town.resident("李小明", 15, phone=NUMBER)
    child = town.resident("王小宝", 16, guardian=mother)
    phone, door = phones(town.url), phones(town.url)
    phone.enrol_holder(town, NUMBER)
    phone.page.get_by_role("radio", name="王**").check()
    phone.page.locator(".who", has_text="王**").wait_for()
    phone.page.locator(".qr").wait_for()
    phone.shot("companion")
    text = phone.code()
    claims = credentials.read_text(text).credential.claims
    assert (town.names.person_of(claims.pseudonym)[0], claims.form) == (child.pk, credentials.COMPANION)
    door.enrol_officer(town.token())
    assert door.judged(text) == ("check", "valid")
    tail = town.province.document(16)[-4:]
    assert f"同行人码 · 王** {tail}" in door.page.locator(".verdict .whose").inner_text()
    door.shot("companion-at-the-door")
    phone.page.goto(f"{town.url}/phone/#/why")
    phone.page.locator(".lead", has_text=f"王** {tail}").wait_for()
    phone.page.goto(f"{town.url}/phone/#/checkin")
    phone.page.locator(".lead", has_text=f"王** {tail}").wait_for()
    phone.shot("companion-checkin")
    phone.scan(town.venue_code())
    phone.page.locator(".done", has_text="王**").wait_for()
    phone.delivered(1)
    assert town.province.rows("SELECT person_id FROM loop_bulk_presence_scanned") == [(child.pk,)]
