"""A picture of somebody's code puts that person nowhere: not through a post, not into a tube."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_pass_that_an_officer_allows_in_spite_of_a_picture_names_nobody(town: Any, phones: Any) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    phone.verdict(town.showing(14, age=95))
    phone.page.locator(".verdict .acts button").nth(1).click()  # the officer looked at the document and lets them in
    phone.page.locator(".verdict").wait_for(state="detached")
    phone.verdict(town.showing(15))
    phone.delivered(2)
    assert [(row[1], row[5]) for row in town.passes()] == [(None, "screenshot"), (15, "valid")]


def test_a_picture_of_a_code_goes_into_no_tube_even_when_the_code_has_ended(town: Any, phones: Any) -> None:
    from yanmen.registry.models import Place
    from yanmen.registry.scope import acting

    scope = town.province.staff("venues.manager", "140105").scope
    with acting(scope, now=town.now):
        about = {"kind": "sampling_site", "name_zh": "采样点", "area": "140105", "created_at": town.now}
        site = int(Place.objects.create(**about).pk)
    phone = phones(town.url)
    phone.enrol_officer(town.token("sampling", site))
    phone.scan("SX20221007009")
    over = {"expires_at": int(town.now.timestamp()) - 120}
    for shown in (town.showing(60, age=95), town.showing(60, age=95, **over)):
        phone.scan(shown)
        phone.page.get_by_text("不能认定是谁").wait_for()
    phone.scan(town.showing(61, **over))
    phone.page.get_by_text("第 1 位").wait_for()
    query = "SELECT person_id FROM loop_bulk_screening_bound WHERE tube = 'SX20221007009'"
    phone.delivered(1)
    assert town.province.rows(query) == [(61,)]
