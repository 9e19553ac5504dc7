"""The manager's day, a guest and the findings in a real browser: accessible, silent and no wider than the screen."""

from __future__ import annotations

from datetime import date

import pytest

from yanmen.base.clock import at
from yanmen.project.looks import LOOKS, toured
from yanmen.project.testing import show_clock
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine.actions import days as actions
from yanmen.subsystems.quarantine.actions.days import Reading
from yanmen.subsystems.quarantine.tests.city import (
    COUNTY,
    DISTRICT,
    NOON,
    PROVINCE,
    close_contacts,
    household,
    open_city,
    site,
)
from yanmen.subsystems.quarantine.tests.guests import put_in, rooms_of, sample, turn

pytestmark = pytest.mark.browser


@pytest.fixture
def story(clean):
    """A site on the last day: one ready to go, one whose test was withheld, one with fever and a need; and an empty site."""
    open_city()
    goal, empty = site(COUNTY, rooms=2), site(DISTRICT)
    people = [household(1, DISTRICT)[0] for _ in range(3)]
    close_contacts(people, last=date(2022, 9, 30))
    given = [put_in(person, room, now=NOON) for person, room in zip(people, rooms_of(goal), strict=False)]
    for person in people[:2]:
        for day in (1, 2, 3, 5, 7)[: 5 if person is people[0] else 4]:
            sample(person, date(2022, 10, day), hour=13)
    last = at(date(2022, 10, 7), 18)
    with acting(PROVINCE):
        about = {"scope": PROVINCE, "by": "test", "now": last}
        readings = [Reading(given[0].pk, 36.5), Reading(given[2].pk, 38.1, ("fever", "cough"))]
        actions.record_checks(readings=readings, **about)
        actions.tell_stay_need(stay=given[2].pk, need="medicine", text="降压药", urgent=True, **about)
    turn(last)
    show_clock(at(date(2022, 10, 8), 15))
    turn(at(date(2022, 10, 8), 15))
    return {
        "today": f"/quarantine/today/?site={goal.pk}",
        "empty": f"/quarantine/today/?site={empty.pk}",
        "guest": f"/quarantine/stays/{given[2].pk}/",
        "ready": f"/quarantine/stays/{given[0].pk}/",
        "findings": "/quarantine/findings/",
        "nothing": "/quarantine/findings/?kind=left_early",
    }


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_the_days(story, browser, sign_in, look):
    client = sign_in("quarantine.manager", "14", language=LOOKS[look][0])
    assert toured(browser, client, look, story, "days") == []
