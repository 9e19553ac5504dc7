"""Who waits for a room in a real browser: accessible, silent and no wider than the screen; full, planned and empty."""

from __future__ import annotations

from datetime import date

import pytest

from yanmen.project.looks import LOOKS, toured
from yanmen.project.testing import show_clock
from yanmen.registry.models import Person
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine.tests.city import (
    COUNTY,
    HOUR,
    NOON,
    PROVINCE,
    close_contacts,
    household,
    open_city,
    room_plan,
    site,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def story(clean):
    """Two sites, three households of which a child lives alone, a plan that leaves somebody out; and a county where nobody waits."""
    open_city()
    site(rooms=1, floors=2)
    people = [*household(2), *household(1, COUNTY), *household(1, born=date(2013, 1, 1))]
    with acting(PROVINCE):
        Person.objects.filter(pk=people[0].pk).update(born_on=date(1950, 1, 1))
    close_contacts(people, last=date(2022, 9, 30))
    show_clock(NOON + 9 * HOUR)
    with acting(PROVINCE) as scope:
        room_plan(scope, NOON + 9 * HOUR)
    return {"waiting": "14", "empty": "140728"}


@pytest.mark.parametrize("look", LOOKS)
def test_who_waits_is_seen_by_everybody(story, sign_in, browser, look):
    faults = []
    for name, area in story.items():
        client = sign_in("quarantine.dispatcher", area, language=LOOKS[look][0])
        faults += toured(browser, client, look, {name: "/quarantine/waiting/"}, "waiting")
    assert faults == []
