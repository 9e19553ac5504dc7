"""Every screen of an officer: accessible, silent, nothing from elsewhere, from 320 px to a tablet, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from yanmen.base import credentials

pytestmark = pytest.mark.browser

LOOKS = ["zh", "en", "dark", "small", "tablet"]


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_an_officer(town: Any, phones: Any, look: str) -> None:
    phone = phones(town.url, look)
    for screen in ("welcome", "enrol", "staff", "paper", "settings"):
        phone.visit(screen)
        phone.look_at(f"{screen}-{look}")
    phone.enrol_officer(town.token())
    phone.look_at(f"scan-{look}")
    codes = {
        "pass": town.showing(11),
        "refer": town.showing(12, colour=1),
        "stop": town.showing(13, colour=2),
        "check": credentials.print_paper(town.credential(14, form=credentials.PAPER, hint="张** 001X")),
    }
    for act, text in codes.items():
        assert phone.verdict(text)[0] == act
        phone.look_at(f"{act}-{look}")
        phone.next()
    for screen in ("outbox", "end", "settings"):
        phone.visit(screen)
        phone.look_at(f"officer-{screen}-{look}")
    assert phone.faults == []


def test_sampling_binds_people_to_tubes_in_their_order(town: Any, phones: Any) -> None:
    site = sampling_site(town)
    phone = phones(town.url)
    phone.enrol_officer(town.token("sampling", site))
    phone.look_at("sample-tube")
    phone.scan("SX20221007001")
    for number in range(3):
        phone.scan(town.showing(50 + number))
        phone.page.get_by_text(f"第 {number + 1} 位").wait_for()
    phone.look_at("sample-people")
    phone.scan(town.showing(51))
    phone.page.get_by_text("此人已在本管中").wait_for()
    phone.delivered(3)
    rows = town.province.rows("SELECT person_id, tube, position FROM loop_bulk_screening_bound ORDER BY position")
    assert rows == [(50 + number, "SX20221007001", number + 1) for number in range(3)]
    assert phone.faults == []


def sampling_site(town: Any) -> int:
    """A place where samples are taken."""
    from yanmen.registry.models import Place
    from yanmen.registry.scope import acting

    scope = town.province.staff("venues.manager", "140105").scope
    with acting(scope, now=town.now):
        return int(
            Place.objects.create(kind="sampling_site", name_zh="小店采样点", area="140105", created_at=town.now).pk
        )
