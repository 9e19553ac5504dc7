"""Of an area wider than a county nobody walks the doors: its counties are shown with what is owed there, as their own day says it."""

from __future__ import annotations

from yanmen.project.testing import show_clock
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.grid.kinds import MANAGER
from yanmen.subsystems.grid.queries.areas import areas_owed
from yanmen.subsystems.grid.queries.day import day_of
from yanmen.subsystems.grid.tests.village import COUNTY, MORNING, OTHER, VILLAGE, held_at_home, home, open_village


def test_a_province_sees_its_counties_and_opens_one(clean, sign_in):
    open_village()
    show_clock(MORNING)
    held_at_home(*home("幸福村1号楼2单元501室", "魏岚", "魏开"))
    held_at_home(*home("邻村3号", "邻里", area=OTHER))
    home("幸福村9号", "无事")
    with acting(Scope(None, MANAGER.name, "14")) as scope:
        [county] = areas_owed(scope, now=MORNING)
        day = day_of(scope.narrowed(COUNTY), now=MORNING)
    assert (county.area, county.people, county.doors) == (COUNTY, day.people, len(day.calls)) == (COUNTY, 3, 2)
    manager = sign_in(MANAGER.name, "14", language="en")
    page = manager.get("/grid/").text
    assert f'href="?area={COUNTY}"' in page
    assert "魏岚" not in page
    page = manager.get(f"/grid/?area={COUNTY}").text
    assert "魏岚" in page
    assert VILLAGE[:6] == COUNTY
    assert "魏岚" not in manager.get("/grid/?area=370202").text
