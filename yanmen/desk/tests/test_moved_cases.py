"""A case that a correction moved counts where it is, and no more where it was; the old area learns nothing else of it."""

from __future__ import annotations

import datetime as dt

import pytest

from yanmen.desk import situation
from yanmen.loop import facts
from yanmen.loop.models import Fact
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import Scope, acting, system

NOW = dt.datetime(2022, 10, 9, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=2)
OLD, NEW = "140105", "140403"


@pytest.fixture
def moved(clean: str) -> Fact:
    """Reported in Xiaodian; two hours later it turns out that they live in Luzhou."""
    load_areas(
        [
            AreaRow("14", "山西省"),
            AreaRow("1401", "太原市"),
            AreaRow(OLD, "小店区"),
            AreaRow("1404", "长治市"),
            AreaRow(NEW, "潞州区"),
        ]
    )
    with acting(system("14", purpose="control")):
        first = facts.record(
            "cases.reported",
            area=OLD,
            occurred_at=NOW,
            by="a",
            now=NOW,
            detail={"kind": "confirmed", "setting": "community"},
        )
        again = facts.correct(first, area=NEW, detail={}, by="b", now=LATER)
        return Fact.objects.get(pk=again)


def reader(area: str) -> Scope:
    return system(area, purpose="control")


def cases(area: str, now: dt.datetime) -> int:
    with acting(reader(area)):
        found = situation.cases_by_day(reader(area), days=3, now=now)
    return sum(sum(kinds.values()) for kinds in found.values())


def test_a_moved_case_counts_once_for_the_readers_of_both_areas(moved: Fact) -> None:
    assert {area: cases(area, LATER) for area in (OLD, NEW, "14")} == {OLD: 0, NEW: 1, "14": 1}
    before = LATER - dt.timedelta(minutes=1)
    assert {area: cases(area, before) for area in (OLD, NEW, "14")} == {OLD: 1, NEW: 0, "14": 1}


def test_the_old_area_does_not_see_the_correction_itself(moved: Fact) -> None:
    with acting(reader(OLD)):
        assert not Fact.objects.filter(pk=moved.pk).exists()
