"""The screens of a house in a real browser: accessible, silent, no wider than the screen, and worked by the keyboard alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yanmen.project.looks import LOOKS, toured, window
from yanmen.project.testing import show_clock
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine.actions import linen, rooms, sites, staff, waste
from yanmen.subsystems.quarantine.models import Site
from yanmen.subsystems.quarantine.tests import city as town
from yanmen.subsystems.quarantine.tests.city import DAY, DISTRICT, HOUR, NOON, PROVINCE
from yanmen.subsystems.quarantine.tests.test_house import answers, leaves, room_of, stays

pytestmark = pytest.mark.browser


@pytest.fixture
def story(clean):
    """A house in which everything is under way, and an empty one."""
    town.open_city()
    show_clock(NOON)
    house, empty = town.site(rooms=14, floors=4), town.site(floors=0, state="planned")
    people = town.household(6)
    about = {"scope": PROVINCE, "by": "account:1", "now": NOON}
    for number, who in zip(("201", "202", "203"), people, strict=False):
        stays(room_of(house, number), who, start=NOON - 2 * DAY, days=7)
    stays(room_of(house, "301"), people[3], start=NOON - 6 * DAY, days=7)
    stays(room_of(house, "302"), people[4], start=NOON - HOUR, days=7, state="assigned")
    leaves(stays(room_of(house, "303"), people[5], start=NOON - 8 * DAY, days=8), NOON - 6 * HOUR)
    with acting(PROVINCE):
        rooms.close_rooms(rooms=[room_of(house, "401").pk], why="水管漏水", **about)
        linen.move_linen(site=house.pk, act="buy", sets=60, **about)
        linen.move_linen(site=house.pk, act="lay_out", sets=40, **about)
        waste.seal_bags(site=house.pk, codes=["YC-0001", "YC-0002", "YC-0003", "YC-0004"], room="201", **about)
        waste.weigh_bag(code="YC-0001", kg=Decimal("4.2"), **about)
        waste.take_bags(codes=["YC-0001"], **about | {"by": "account:2"})
        waste.load_bags(
            site=house.pk,
            codes=["YC-0001"],
            manifest="LD-1",
            plate="晋K12345",
            carrier="合成司机",
            plant="合成处置中心",
            **about,
        )
        waste.lose_bag(code="YC-0004", why="交接时少一袋", **about)
        staff.enter_loop(site=house.pk, who=str(people[0].pk), zone="observation", duty="health", **about)
        Site.objects.filter(pk=house.pk).update(phone="0354-0000000")
    no = answers(house, but=("hidden_hazards",))
    with acting(PROVINCE):
        sites.inspect_site(
            site=empty.pk, holds={item: said == "yes" for item, said in no.items()}, note="地漏返味", **about
        )
    path, room = f"/quarantine/sites/{house.pk}/", room_of(house, "303").pk
    return {
        "sites": "/quarantine/sites/",
        "plan": path,
        "room": f"{path}rooms/{room}/",
        "turnover": f"{path}turnover/",
        "linen": f"{path}linen/",
        "waste": f"{path}waste/",
        "staff": f"{path}staff/",
        "setup": f"{path}setup/",
        "inspection": f"/quarantine/sites/{empty.pk}/inspection/",
        "activation": "/quarantine/activation/",
        "balance": "/quarantine/balance/",
        "new": "/quarantine/sites/new/",
        "empty-plan": f"/quarantine/sites/{empty.pk}/",
        "empty-waste": f"/quarantine/sites/{empty.pk}/waste/",
        "empty-linen": f"/quarantine/sites/{empty.pk}/linen/",
        "empty-staff": f"/quarantine/sites/{empty.pk}/staff/",
    }


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_a_house(story, browser, sign_in, look):
    client = sign_in("quarantine.manager", "14", language=LOOKS[look][0])
    assert toured(browser, client, look, story, "house") == []


def test_a_room_is_found_and_closed_with_the_keyboard_alone(story, browser, sign_in):
    client = sign_in("quarantine.manager", DISTRICT, language="en")
    with window(browser, client) as page:
        page.goto(f"{client.base_url}".rstrip("/") + story["plan"])
        page.get_by_role("link", name="204 Free").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/rooms/**")
        page.get_by_label("Why the room is closed").focus()
        page.keyboard.type("Lock broken")
        page.keyboard.press("Enter")
        page.get_by_text("Lock broken").wait_for()
        page.goto(f"{client.base_url}".rstrip("/") + story["plan"])
        assert page.get_by_role("link", name="204 Closed").count() == 1
