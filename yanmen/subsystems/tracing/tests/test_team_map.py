"""The day's rounds on a map: how many doors where, which team goes there, what is overdue; and nobody's name or address."""

from __future__ import annotations

from typing import Any

import pytest

from yanmen.registry.scope import acting
from yanmen.subsystems.tracing.tests.test_contact_board import NINE, households
from yanmen.subsystems.tracing.tests.test_help import A, B, act, at, counties, of
from yanmen.subsystems.tracing.tests.test_help_doors import clock, post

__all__ = ["clock", "counties"]

TEAMS = "/tracing/teams/"
NEAR, FAR = (A + "001001", 112.72, 37.68), (A + "002001", 112.95, 37.60)


@pytest.fixture
def day(counties: Any, clock: Any) -> Any:
    """Nine doors in two villages, three teams at two places, of which one has room for half a village."""
    from yanmen.registry.areas import AreaRow, load_areas
    from yanmen.registry.models import Household, Place

    villages = [
        AreaRow(A + "001", "北田镇"),
        AreaRow(NEAR[0], "王胡村"),
        AreaRow(A + "002", "东赵乡"),
        AreaRow(FAR[0], "东赵村"),
    ]
    load_areas(villages)
    homes = households(counties, "K-1", 9, 3)
    for number, home in enumerate(Household.objects.using("owner").order_by("pk")):
        Household.objects.using("owner").filter(pk=home.pk).update(area=(NEAR if number < 6 else FAR)[0])
    with acting(of(A)):
        for code, longitude, latitude in (NEAR, FAR):
            Place.objects.create(
                kind="other", name_zh="广场", area=code, longitude=longitude, latitude=latitude, created_at=at(NINE)
            )
    counties.turn(NINE)
    clock("2022-10-04 08:00")
    for name, capacity, longitude in (("一组", 3, 112.75), ("二组", 2, 112.75), ("三组", 3, 112.93)):
        act("open_team", A, NINE, area=A, name=name, capacity=capacity, longitude=longitude, latitude=37.66)
    return homes


def drawn(page: str) -> str:
    """The map of a page."""
    return page[page.index('<svg class="trail-map team-map') :].split("</svg>")[0]


def test_doors_and_teams_stand_on_the_map_without_anybodys_name(day, sign_in, clock):
    tracer = sign_in("tracing.tracer", A, language="en")
    before = drawn(tracer.get(TEAMS).text)
    assert before.count("doors-open") == 2
    assert 'class="round"' not in before
    assert "8 doors shared out" in post(tracer, TEAMS, act="plan").text
    page = tracer.get(TEAMS).text
    picture = drawn(page)
    assert ">6</text>" in picture
    assert ">3</text>" in picture
    assert "王胡村" in picture
    assert "6 doors" in picture
    assert "1 without a team" in picture
    assert ">1·3</text>" in picture  # two teams set out from one place; numbers are those of the table, by name
    assert picture.count('class="round"') == 3
    assert "km</text>" in picture
    assert "GS(2024)0650" in page
    for secret in ("住户", "幸福路"):
        assert secret in page, "the table has it"
        assert secret not in picture
    clock("2022-10-09 08:00")
    later = sign_in("tracing.tracer", A, language="en")
    assert "doors-late" in drawn(later.get(TEAMS + "?day=2022-10-05").text)


def test_without_boundaries_there_is_a_tile_a_county_and_without_doors_no_map(day, sign_in):
    tiles = drawn(sign_in("tracing.tracer", A, language="en").get(TEAMS + "?map=hexes").text)
    assert ">9</text>" in tiles
    assert "王胡村" not in tiles
    assert ">1·2·3</text>" in tiles
    assert "team-map" not in sign_in("tracing.tracer", B).get(TEAMS).text


@pytest.mark.browser
def test_the_map_of_teams_looks(day, browser, sign_in):
    from yanmen.project.looks import LOOKS, toured

    post(sign_in("tracing.tracer", A), TEAMS, act="plan")
    faults: list[str] = []
    for look, (language, _) in LOOKS.items():
        client = sign_in("tracing.tracer", A, language=language)
        faults += toured(browser, client, look, {"map": TEAMS, "tiles": f"{TEAMS}?map=hexes"}, "tracing-team")
    assert faults == []
