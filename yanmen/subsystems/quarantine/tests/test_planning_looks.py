"""Plans on their way in a real browser: progress that comes by itself, what was typed stays, an offer, ways of leaving."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from yanmen.project.commands import work
from yanmen.project.looks import LOOKS, toured, window
from yanmen.project.testing import show_clock
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine import jobs
from yanmen.subsystems.quarantine.models import Errand
from yanmen.subsystems.quarantine.tests.city import (
    CENTRES,
    CITY,
    COUNTY,
    DISTRICT,
    HOUR,
    NOON,
    PROVINCE,
    close_contacts,
    household,
    open_city,
    site,
    vehicle,
)
from yanmen.subsystems.quarantine.tests.guests import put_in, rooms_of, turn
from yanmen.subsystems.quarantine.tests.test_replanning import approved

pytestmark = pytest.mark.browser
DISPATCHER = "quarantine.dispatcher"


@pytest.fixture
def story(clean, sign_in):
    """Somebody waits for a room, a family for a vehicle; a plan of runs is offered; a guest and a worker in a site."""
    open_city()
    show_clock(NOON)
    with acting(PROVINCE):
        x, y = CENTRES[DISTRICT]
        Place.objects.create(kind="other", name_zh="广场", area=DISTRICT, created_at=NOON, longitude=x, latitude=y)
    vehicle(plate="晋K00001")
    hotel = site(COUNTY)
    close_contacts([*household(1), *household(1)], last=NOON.date() - timedelta(days=1))
    turn(NOON)
    desk = sign_in(DISPATCHER, CITY, language="en")
    approved(desk, hotel)
    later = NOON + timedelta(minutes=16)
    jobs.every_minute(later)
    assert jobs.long_work(later)
    show_clock(later)
    return hotel


@contextmanager
def worker():
    """The thread of `yanmen work` that does what takes long."""
    stop = threading.Event()
    thread = threading.Thread(target=work._long_work, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


@pytest.mark.parametrize("look", LOOKS)
def test_progress_offers_and_ways_of_leaving_are_seen_by_everybody(story, sign_in, browser, look):
    language = LOOKS[look][0]
    desk = sign_in(DISPATCHER, CITY, language=language)
    faults = toured(browser, desk, look, {"offer": "/transfers/"}, "planning")
    about = {"area": CITY, "role": "system", "asked_at": NOON + timedelta(minutes=17), "asked_by": "job:quarantine"}
    Errand(kind="rooms", state="working", part="searching", done=3, whole=15, **about).save(using="owner")
    Errand(kind="runs", state="waiting", **about).save(using="owner")
    faults += toured(browser, desk, look, {"rooms": "/quarantine/waiting/", "runs": "/transfers/"}, "planning")
    (guest,) = household(1, DISTRICT)
    close_contacts([guest], last=NOON.date() - timedelta(days=1))
    stay = put_in(guest, rooms_of(story)[0], now=NOON)
    manager = sign_in("quarantine.manager", COUNTY, language=language)
    client_paths = {"stay": f"/quarantine/stays/{stay.pk}/", "staff": f"/quarantine/sites/{story.pk}/staff/"}
    worker = household(1, COUNTY)[0]
    headers = {"Referer": str(manager.base_url), "X-CSRFToken": manager.cookies["csrftoken"]}
    form = {"act": "enter", "who": str(worker.pk), "zone": "service", "duty": "logistics"}
    assert manager.post(client_paths["staff"], data=form, headers=headers).status_code == 200
    faults += toured(browser, manager, look, client_paths, "planning")
    assert faults == []


def test_the_plan_comes_by_itself_and_what_is_being_typed_stays(story, sign_in, browser):
    desk = sign_in(DISPATCHER, CITY, language="en")
    home = str(desk.base_url).rstrip("/")
    now = NOON + HOUR
    show_clock(now)
    with window(browser, desk) as page:
        page.goto(f"{home}/quarantine/waiting/")
        page.get_by_role("button", name="Plan the rooms").click()
        card = page.locator("#errand-rooms")
        expect(card).to_contain_text("it begins in a moment")
        box = page.get_by_role("checkbox").first
        box.check()
        with worker():
            expect(card).to_contain_text("A plan for 2 people is made", timeout=30_000)
        assert box.is_checked(), "the page was not loaded again"
        card.get_by_role("link", name="Show it").click()
        expect(page.get_by_role("button", name="Adopt the plan")).to_be_visible()
        assert page.faults == []
