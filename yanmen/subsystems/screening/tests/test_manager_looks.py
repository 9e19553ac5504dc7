"""The manager's screens in a real browser: accessible, silent and no wider than the screen, in both languages."""

from __future__ import annotations

import pytest

from yanmen.project.looks import LOOKS, toured
from yanmen.project.testing import show_clock
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Household, Person
from yanmen.registry.scope import acting
from yanmen.subsystems.screening import actions, jobs
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import COUNTY, HOUR, MINUTE, NOON, PROVINCE

pytestmark = pytest.mark.browser


@pytest.fixture
def story(clean):
    """A round that is under way: two towns, a household at home, a tube of which something is wrong."""
    site, _laboratory = county.open_county()
    load_areas([AreaRow(code="140727100", name_zh="昭馀镇"), AreaRow(code="140727101", name_zh="东观镇")])
    near, far = county.people(8, "140727100"), county.people(6, "140727101")
    about = {"scope": PROVINCE, "by": "test", "now": NOON - 3 * HOUR}
    with acting(PROVINCE):
        house = Household.objects.create(area="140727101", address="新建路1号2单元301", created_at=NOON)
        Person.objects.filter(pk__in=far[:3]).update(household=house)
        made = actions.plan_campaign(
            area=COUNTY, name_zh="祁县全员核酸", basis="县指挥部第1号令", pools={"general": 10, "key": 1},
            starts_at=NOON - 3 * HOUR, **about,
        )  # fmt: skip
        running = actions.start_campaign(campaign=made.pk, **about)
    county.bind("SX20221001001", near, site, NOON - 30 * MINUTE)
    county.bind("SX20221001002", near[:1], site, NOON - 20 * MINUTE)
    jobs.every_minute(NOON - MINUTE)
    show_clock(NOON)
    return {
        "campaigns": "/screening/campaigns/",
        "new-campaign": "/screening/campaigns/new/",
        "campaign": f"/screening/campaigns/{made.pk}/",
        "missing": f"/screening/rounds/{running.pk}/missing/",
        "sites": "/screening/sites/",
        "site": f"/screening/sites/{site.pk}/",
        "new-site": "/screening/sites/new/",
        "laboratories": "/screening/sites/laboratories/",
        "findings": "/screening/findings/",
    }


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_the_manager(story, browser, sign_in, look):
    client = sign_in("screening.manager", "14", language=LOOKS[look][0])
    assert toured(browser, client, look, story, "manager") == []
