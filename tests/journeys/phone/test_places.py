"""Doors ask by kind of place: a phone without the server goes by the same published words as the edge."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.browser

VENUE, POST = "venues.staff", "checkpoints.officer"
PLACES = {
    # Twenty measures: 48 hours where people board, 72 in hotels, none elsewhere.
    "2022-11-25 09:00": [(VENUE, "hotel"), (VENUE, "supermarket"), (POST, "railway"), (POST, "road")],
    # Ten measures: codes are asked for in hospitals and schools alone.
    "2022-12-08 09:00": [(VENUE, "hospital"), (VENUE, "hotel"), (POST, "railway")],
}


def of_test(town: Any, person: int, hours: int, **more: Any) -> str:
    """The code of somebody whose last negative test is so many hours old."""
    return str(town.showing(person, negative_minutes=int(town.now.timestamp()) // 60 - 60 * hours, **more))


@pytest.mark.parametrize("morning", ["2022-11-25 09:00"])
def test_a_hotels_phone_without_the_server_asks_for_the_test_that_hotels_ask_for(town: Any, phones: Any) -> None:
    hotel = town.open_venue("hotel", "并州宾馆")
    town.guard(VENUE, hotel)
    phone, other = phones(town.url), phones(town.url)
    phone.enrol_officer(town.token(VENUE, hotel))
    other.enrol_officer(town.token(VENUE, town.venue))
    town.stop()
    phone.reload()
    other.reload()
    assert phone.judged(of_test(town, 11, 80)) == ("refer", "test_too_old")
    phone.shot("hotel-offline")
    phone.next()
    assert phone.judged(of_test(town, 12, 60)) == ("pass", "valid")
    assert other.judged(of_test(town, 13, 80)) == ("pass", "valid")


@pytest.mark.parametrize("morning", PLACES)
def test_phone_and_edge_say_the_same_at_every_kind_of_place(town: Any, phones: Any, morning: str) -> None:
    phone = phones(town.url)
    found: dict[str, list[Any]] = {}
    for number, (role, kind) in enumerate(PLACES[morning]):
        place = town.open_venue(kind) if role == VENUE else town.open_post(kind)
        guard = town.guard(role, place)
        phone.enrol_officer(town.token(role, place))
        first = 100 * number
        codes = [of_test(town, first + hours, hours) for hours in (10, 60, 80)] + [of_test(town, first, 1, colour=2)]
        with httpx.Client(base_url=town.url, timeout=20) as client:
            for text in codes:
                told = guard.post(client, "/edge/v1/read", {"code": text}).json()
                assert phone.judged(text) == (told["act"], told["reason"]), kind
                phone.next()
                asked = phone.page.get_by_text("此类场所不查验").count() == 0
                assert asked == told["asked"], kind
                found.setdefault(kind, []).append((told["act"], told["asked"]))
        phone.delivered(sum(act == "pass" for act, _ in found[kind]))
    assert len({tuple(each) for each in found.values()}) >= 2, "the kinds of place differ"
