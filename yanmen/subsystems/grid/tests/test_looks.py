"""Screens of the grid in a real browser: accessible, silent, no wider than the screen, full and empty."""

from __future__ import annotations

from typing import Any

import pytest

from yanmen.base.ids import uuid7
from yanmen.loop.run import settle
from yanmen.project.looks import LOOKS, seen
from yanmen.project.testing import show_clock
from yanmen.registry.accounts import create_account
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.models import Door
from yanmen.subsystems.grid.tests.village import (
    COUNTY,
    MORNING,
    OTHER,
    VILLAGE,
    at,
    held_at_home,
    home,
    open_village,
    record,
)

pytestmark = pytest.mark.browser
LIST = "姓名,电话,住址\n王一,13800000001,幸福村1号\n钱外,13800000009,出租屋\n周某,12345,\n".encode()


@pytest.fixture
def story(clean: Any) -> dict[str, str]:
    """Doors with everything owed, needs late and urgent, a list compared, forms asked."""
    open_village()
    families = [home(f"幸福小区{house}号楼1单元{room}室", f"人{house}{room}", f"伴{house}{room}") for house, room in ((1, 101), (2, 101), (2, 601), (3, 301))]  # fmt: skip
    held_at_home(*(person for family in families for person in family))
    for family, need, urgent in ((families[0], "dialysis", True), (families[1], "food", False)):
        record("quarantine.need_told", family[0].pk, at("2022-12-10 03:00"), need=need, urgent=urgent, text="每周三次")
    about = {"scope": Scope(None, MANAGER.name, COUNTY), "by": "test", "now": MORNING, "area": VILLAGE}
    with acting(about["scope"]):
        actions.register_doors(**about)
        actions.open_cell(**about, name="一网格")
        compared = actions.compare_list(**about, title="物业名单", content=LIST, file_name="a.csv")
        wanted = [actions.Wanted("养犬数量"), actions.Wanted("姓名")]
        actions.ask_form(**about, title="养犬登记表", office="派出所", questions=wanted, every_days=7)
    settle(now=MORNING)
    show_clock(MORNING)
    door = Door.objects.using("owner").get(address="幸福小区1号楼1单元101室").pk
    said_apart(door, families[0][0].pk)
    return {
        "day": "/grid/", "door": f"/grid/doors/{door}/", "phone": f"/grid/doors/{door}/?way=phone", "needs": "/grid/needs/",
        "missing": "/grid/missing/", "comparison": f"/grid/missing/{compared.pk}/", "forms": "/grid/forms/",
        "conflicts": "/grid/conflicts/",
    }  # fmt: skip


def said_apart(door: int, person: int) -> None:
    """Two workers say things of one household while apart: one conflict is settled, two are open."""
    signed = [create_account(username=name, name=name, now=MORNING, using="owner").by for name in ("李网格", "孙网格")]
    edits = [
        [("people_at_home", None, "2"), ("contact_phone", None, "13800000001"), ("lives_here", person, "yes"), ("note", person, "听力不好")],
        [("people_at_home", None, "3"), ("contact_phone", None, "13900000002"), ("lives_here", person, "moved_away")],
    ]  # fmt: skip
    scope = Scope(None, WORKER, VILLAGE)
    with acting(scope):
        for by, said in zip(signed, edits, strict=True):
            changes = [
                actions.Change(uuid7(MORNING), door, who, field, value, "", MORNING) for field, who, value in said
            ]
            receipts = actions.take_edits(scope=scope, said=changes, by=by, now=MORNING)
        actions.settle_conflict(
            scope=scope, conflict_id=receipts[0].id, keep="other", id=uuid7(MORNING), by=signed[0], now=MORNING
        )


def listen(page: Any, faults: list[str]) -> None:
    """What the browser complains of is a fault."""
    page.on("console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_the_grid(story, browser, sign_in, look):
    language, options = LOOKS[look]
    worker, manager, nobody = sign_in(WORKER, VILLAGE, language=language), sign_in(MANAGER.name, COUNTY, language=language), sign_in(WORKER, OTHER, language=language)  # fmt: skip
    faults: list[str] = []
    empty = {
        "empty-day": "/grid/",
        "empty-needs": "/grid/needs/",
        "empty-missing": "/grid/missing/",
        "empty-conflicts": "/grid/conflicts/",
    }
    for client, pages in (
        (worker, story),
        (manager, {"cells": "/grid/cells/", "ask": "/grid/forms/"}),
        (nobody, empty),
    ):
        context = browser.new_context(**options)
        host = client.base_url.host
        context.add_cookies(
            [{"name": one.name, "value": one.value, "domain": host, "path": "/"} for one in client.cookies.jar]
        )
        page = context.new_page()
        listen(page, faults)
        for name, path in pages.items():
            assert page.goto(f"{client.base_url}{path}").ok, path
            for fold in page.locator("details:not(.account)").all():
                fold.evaluate("each => { each.open = true; }")
            faults.extend(seen(page, f"grid-{name}-{look}"))
        context.close()
    assert faults == []
