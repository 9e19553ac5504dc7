"""Where is my result: a resident's phone follows a tube from the swab to the laboratory, through the real edge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.browser

NUMBER, TUBE = "13800000041", "1407270001"


def register(town: Any) -> tuple[int, int]:
    """A sampling site and a laboratory in town."""
    from yanmen.registry.models import Place
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.screening.models import Laboratory, Site

    about = {"area": "140105", "open_from": town.now - timedelta(days=1), "created_at": town.now, "created_by": "test"}
    with acting(system("14")):
        places = [
            Place.objects.create(kind=kind, name_zh=name, area="140105", created_at=town.now)
            for kind, name in (("sampling_site", "坞城采样点"), ("laboratory", "小店实验室"))
        ]
        Site.objects.create(place=places[0], kind="fixed", **about)
        Laboratory.objects.create(place=places[1], tubes_a_day=2000, **about)
    return places[0].pk, places[1].pk


def swabbed(town: Any, person: int, site: int) -> None:
    """Somebody goes into the tube, and the site's worker has looked at it."""
    from yanmen.loop.bulk import record_bulk
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.screening.jobs import every_minute

    at = town.now - timedelta(minutes=1)
    about = {"tube": TUBE, "position": 1, "device": 7}
    row = {"person": person, "place": site, "area": "140105", "occurred_at": at, "detail": about}
    with acting(system("14")):
        record_bulk("screening.bound", [row], by="device:7", now=at)
    every_minute(town.now)


def on_the_way(town: Any, site: int, laboratory: int) -> None:
    """The tube is boxed and a vehicle has it."""
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.screening import actions

    scope = system("14")
    about = {"scope": scope, "by": "test", "now": town.now}
    with acting(scope):
        box = actions.create_box(site=site, laboratory=laboratory, **about).pk
        actions.pack_tube(box=box, tube=TUBE, **about)
        actions.close_box(box=box, **about)
        actions.send_box(box=box, **about)
        actions.depart(boxes=[box], vehicle="晋A12345", courier="赵", **about)


def test_a_phone_shows_where_the_result_is(town: Any, phones: Any) -> None:
    person = town.resident("陈晨", 41, phone=NUMBER)
    site, laboratory = register(town)
    phone = phones(town.url)
    phone.enrol_holder(town, NUMBER)
    phone.page.goto(f"{town.url}/phone/#/results")
    phone.page.get_by_text("近 30 天没有采样记录").wait_for()
    swabbed(town, person.pk, site)
    phone.page.get_by_role("button", name="更新").click()
    phone.page.get_by_text("现在：已采样").wait_for()
    assert "坞城采样点" in phone.page.locator(".sample-card").inner_text()
    on_the_way(town, site, laboratory)
    phone.page.get_by_role("button", name="更新").click()
    phone.page.get_by_text("现在：运送途中").wait_for()
    assert phone.page.locator(".way .passed").count() == 3
    phone.look_at("resident-results")
    assert phone.faults == []
    town.stop()
    phone.page.get_by_role("button", name="更新").click()
    phone.page.get_by_text("不保存在手机上").wait_for()
