"""What a release asks for by the edition: two swabs and a linked contact's tests under the eighth; the way home; the audit."""

from __future__ import annotations

from datetime import date

import pytest

from yanmen.base.clock import at
from yanmen.base.refusals import Refusal
from yanmen.loop.audit import audit
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.quarantine import queries
from yanmen.subsystems.quarantine.actions import days as actions
from yanmen.subsystems.quarantine.actions import releasing
from yanmen.subsystems.quarantine.actions.days import Reading
from yanmen.subsystems.quarantine.models import Stay
from yanmen.subsystems.quarantine.queries import findings, release
from yanmen.subsystems.quarantine.queries.guests import guest
from yanmen.subsystems.quarantine.tests.city import (
    COUNTY,
    DISTRICT,
    PROVINCE,
    close_contacts,
    household,
    open_city,
    site,
)
from yanmen.subsystems.quarantine.tests.guests import put_in, rooms_of, sample, tell, turn

SECOND = at(date(2022, 3, 2), 12)
LAST = at(date(2022, 3, 16), 9)
MINE = Scope(None, "quarantine.manager", COUNTY)


@pytest.fixture
def rooms(clean):
    open_city()
    site(DISTRICT)  # where it lies, addresses of the district are drawn
    return rooms_of(site(COUNTY))


def lines(stay: Stay, now) -> dict[str, bool | None]:
    with acting(MINE) as scope:
        found = guest(scope, stay.pk, now=now)
        return {each.name: each.holds for each in release.checklist(found, now=now).lines}


def warm(stay: Stay, now) -> None:
    with acting(MINE) as scope:
        actions.record_checks(scope=scope, readings=[Reading(stay.pk, 36.5)], by="test", now=now)


def test_under_the_eighth_edition_two_swabs_are_asked_for_and_fourteen_days(rooms):
    (person,) = household(1)
    close_contacts([person], last=date(2022, 3, 1), now=SECOND)
    stay = put_in(person, rooms[0], now=SECOND)
    for day in (2, 5, 8, 15):
        sample(person, date(2022, 3, day), hour=14)
        turn(at(date(2022, 3, day), 20))
    warm(stay, LAST)
    assert lines(stay, at(date(2022, 3, 15), 21))["days"] is False
    assert lines(stay, LAST) == {
        "days": True, "tests": True, "latest": True, "double": False, "well": True, "case": True,
    }  # fmt: skip
    sample(person, date(2022, 3, 15), hour=15)
    turn(LAST)
    assert all(lines(stay, LAST).values())


def test_a_contact_of_a_contact_waits_for_the_two_tests_of_whom_they_met(rooms):
    near, far = household(1)[0], household(1)[0]
    case = close_contacts([near], last=date(2022, 3, 1), now=SECOND)
    tell(
        "tracing.contact_found", far, now=SECOND, case=case, degree=2, linked=near.pk, first_exposed="2022-03-01",
        last_exposed="2022-03-01", via="household",
    )  # fmt: skip
    turn(SECOND)
    stay = put_in(far, rooms[0], now=SECOND)
    for day in (2, 5, 8):
        sample(far, date(2022, 3, day), hour=14)
        turn(at(date(2022, 3, day), 20))
    ninth = at(date(2022, 3, 9), 9)
    warm(stay, ninth)
    assert lines(stay, ninth)["linked"] is None
    sample(near, date(2022, 3, 2), hour=14)
    assert lines(stay, ninth)["linked"] is None
    sample(near, date(2022, 3, 5), hour=14)
    turn(ninth)
    assert all(lines(stay, ninth).values())


def test_the_way_home_is_asked_for_once_the_release_is_signed(rooms):
    (person,) = household(1)
    close_contacts([person], last=date(2022, 9, 30))
    stay = put_in(person, rooms[0], now=at(date(2022, 10, 1), 12))
    for day in (1, 2, 3, 5, 7):
        sample(person, date(2022, 10, day), hour=14)
        turn(at(date(2022, 10, day), 20))
    morning = at(date(2022, 10, 8), 9)
    warm(stay, morning)
    about = {"scope": PROVINCE, "by": "test", "now": morning}
    with acting(PROVINCE):
        with pytest.raises(Refusal, match="Check the release first"):
            releasing.ask_journey_home(stays=[stay.pk], **about)
        with pytest.raises(Refusal, match="sign it first"):
            releasing.let_go(stay=stay.pk, **about)
        releasing.check_release(stay=stay.pk, journey="transfer", **about)
        (ride,) = releasing.ask_journey_home(stays=[stay.pk], **about)
        assert (ride.group, ride.area, ride.to_area) == ("home", COUNTY, DISTRICT)


def test_the_audit_recomputes_neighbours_and_finds_nothing(rooms):
    one, two = household(1)[0], household(1)[0]
    close_contacts([one, two], last=date(2022, 9, 30))
    put_in(one, rooms[0], now=at(date(2022, 10, 1), 12))
    put_in(two, rooms[1], now=at(date(2022, 10, 1), 12))
    fourth = at(date(2022, 10, 4), 9)
    tell("cases.reported", one, now=fourth, kind="asymptomatic", setting="central_quarantine")
    turn(fourth)
    with acting(PROVINCE):
        assert Person.objects.filter(pk=two.pk).exists()
    told = audit(now=at(date(2022, 10, 4), 10))
    assert told["breaks"] == []
    assert queries.audit(MINE, now=at(date(2022, 10, 4), 10)) == []
    with acting(MINE) as scope:
        assert findings.findings(scope, now=fourth) == []
