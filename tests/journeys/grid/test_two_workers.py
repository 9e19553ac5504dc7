"""Two workers edit one household while apart: different fields both come into force, one field is a conflict on both phones."""

from __future__ import annotations

from typing import Any

import pytest

from yanmen.subsystems.grid.kinds import WORKER
from yanmen.subsystems.grid.tests.village import VILLAGE

pytestmark = pytest.mark.browser


def fresh(phone: Any) -> None:
    """Fetch the doors anew, as with the button."""
    phone.visit("settings")
    phone.page.get_by_role("button", name="立即更新资料").click()
    phone.until(lambda: phone.page.locator(".fetching").count() == 0)


def test_two_workers_edit_one_household_while_apart(village: Any, phones: Any, sign_in: Any) -> None:
    anna, bo = phones(sign_in(WORKER, VILLAGE)), phones(sign_in(WORKER, VILLAGE))
    door = village.door(2, 101)
    person = village.people["人2101"]
    for phone in (anna, bo):
        phone.offline()
        phone.visit(f"door/{door}")
    anna.edit("people_at_home", "3")
    anna.edit("alone_elderly", "yes", person)
    bo.edit("how_to_reach", "按两次门铃")
    bo.edit("cannot_go_out", "yes", person)
    bo.edit("people_at_home", "4")
    for phone in (anna, bo):
        phone.save()
        phone.visit(f"door/{door}")
    assert (anna.shown("people_at_home"), bo.shown("people_at_home")) == ("3", "4")
    for phone in (anna, bo):
        phone.offline(False)
        phone.delivered()
    assert anna.states() == ["accepted"] * 2
    assert bo.states() == ["accepted"] * 2 + ["conflict"]
    in_force = village.rows("SELECT field, value FROM grid_edit WHERE outcome IN ('created', 'same') ORDER BY field")
    assert in_force == [("alone_elderly", "yes"), ("cannot_go_out", "yes"), ("how_to_reach", "按两次门铃"), ("people_at_home", "3")]  # fmt: skip
    for phone in (anna, bo):
        phone.page.reload()
        phone.visit("conflicts")
        card = phone.page.locator(".conflict:not(.settled)")
        card.wait_for()
        assert card.locator(".value").all_inner_texts() == ["3", "4"]
        fresh(phone)
        phone.visit(f"door/{door}")
        assert phone.shown("people_at_home") == "3"
        assert phone.shown("how_to_reach") == "按两次门铃"
        assert phone.page.locator(".notice.warn", has_text="不一致").count() == 1
    anna.offline()
    anna.visit("conflicts")
    anna.page.locator(".conflict [data-side=other] button").click()
    anna.page.get_by_text("没有不一致的内容").wait_for()
    anna.offline(False)
    anna.delivered()
    assert village.rows("SELECT count(*) FROM grid_edit WHERE settles IS NOT NULL") == [(1,)]
    for phone in (anna, bo):
        phone.page.reload()
        phone.visit("conflicts")
        phone.page.locator(".conflict.settled").wait_for()
        assert "4" in phone.page.locator(".conflict.settled").inner_text()
        assert phone.page.locator(".conflict:not(.settled)").count() == 0
        fresh(phone)
        phone.visit(f"door/{door}")
        assert phone.shown("people_at_home") == "4"
        assert phone.complaints == []
