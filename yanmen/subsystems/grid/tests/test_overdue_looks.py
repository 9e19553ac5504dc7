"""What is overdue at doors in a real browser: accessible, silent and no wider than the screen; full and empty."""

from __future__ import annotations

import pytest

from yanmen.project.looks import LOOKS, toured
from yanmen.project.testing import show_clock
from yanmen.subsystems.grid.kinds import MANAGER
from yanmen.subsystems.grid.tests.village import COUNTY, MORNING, at, held_at_home, home, open_village

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_overdue_is_seen_by_everybody(clean, sign_in, browser, look):
    open_village()
    held_at_home(*home("幸福村1号楼2单元501室", "魏岚", "魏开"))
    show_clock(MORNING)
    manager = sign_in(MANAGER.name, COUNTY, language=LOOKS[look][0])
    faults = toured(browser, manager, look, {"empty": "/grid/overdue/"}, "overdue")
    show_clock(at("2022-12-12 08:00"))
    faults += toured(browser, manager, look, {"told": "/grid/overdue/", "all": "/grid/overdue/?show=all"}, "overdue")
    assert faults == []
