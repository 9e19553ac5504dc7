"""Hints about check-ins that look missing or made up, each against a day that should stay quiet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from yanmen.subsystems.venues.methods.coverage import Day, Spot, at_least, by_chance, hints, usual
from yanmen.subsystems.venues.methods.visits import moment, visit_id

LIMITS = {
    "least_usual": 10, "fell_below_percent": 30, "least_scans": 30, "same_second_percent": 20, "one_device_percent": 30,
    "whole_minute_percent": 20, "few_people_percent": 20, "spot_below_percent": 80, "passes_below_percent": 50,
    "chance_per_thousand": 1,
}  # fmt: skip
TOTALS = (103, 98, 111, 87, 96, 104, 119, 92, 101, 99, 95, 107, 88, 113, 97)


def quiet() -> list[Day]:
    first = date(2022, 9, 23)
    return [
        Day(first + timedelta(days=n), scans=scans, people=scans - 4, claimed=scans - 10, whole_minute=2, top_device=2)
        for n, scans in enumerate(TOTALS)
    ]


def names(days, spot=None) -> list[str]:
    return [hint.name for hint in hints(days, spot, LIMITS)]


def test_an_ordinary_venue_raises_no_hint():
    assert names(quiet(), Spot(entered=50, checked_in=45)) == []
    assert names([]) == []


def test_a_venue_that_stops_or_falls_is_told_apart_and_a_small_one_is_left_alone():
    days = quiet()
    assert names([*days[:-1], replace(days[-1], scans=0)]) == ["stopped"]
    assert names([*days[:-1], replace(days[-1], scans=20)]) == ["fell"]
    small = [replace(day, scans=4, people=4, claimed=0) for day in days[:-1]]
    assert names([*small, replace(days[-1], scans=0)]) == []


def test_the_usual_day_is_a_median_that_one_fair_does_not_move():
    days = quiet()
    assert usual([*days[:5], replace(days[5], scans=9000), *days[6:]]) == pytest.approx(usual(days), abs=3)


def test_fewer_check_ins_than_passes_or_than_were_counted_at_the_door():
    assert names([replace(day, passes=300) for day in quiet()]) == ["below_passes"]
    assert names(quiet(), Spot(entered=50, checked_in=20)) == ["below_door"]


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("same_second", "same_second", 60),
        ("whole_minute", "whole_minute", 50),
        ("few_people", "people", 8),
        ("one_device", "top_device", 70),
    ],
)
def test_what_is_made_up_shows(name, field, value):
    assert names([replace(day, **{field: value}) for day in quiet()]) == [name]


def test_a_crowded_venue_shares_its_seconds_by_chance():
    busy = [replace(day, scans=20_000, people=19_900, claimed=0, same_second=8_500) for day in quiet()]
    assert by_chance(20_000) == pytest.approx(0.37, abs=0.01)
    assert names(busy) == ["round_totals"], (
        "twenty thousand a day, every day, is round; the shared seconds are not the sign"
    )


def test_totals_that_end_in_a_round_ten_day_after_day_are_no_chance():
    assert names([replace(day, scans=100, people=96) for day in quiet()]) == ["round_totals"]
    assert at_least(7, 14, 0.1) < 0.001 < at_least(6, 14, 0.1)


def test_a_time_on_paper_is_read_in_the_ways_people_write_it():
    told = {
        moment(text)
        for text in (
            "2022-10-07 14:05",
            "2022/10/7 14:05",
            "2022年10月7日14时5分",
            "2022-10-07T14:05:00",
            "2022.10.7 14：05",
        )
    }
    assert [each.isoformat() for each in told] == ["2022-10-07T14:05:00+08:00"]
    for text in ("", "14:05", "2022-13-01 10:00", "2022-10-07 25:00", "7/10/2022 10:00", "9" * 1000):
        with pytest.raises(ValueError):
            moment(text)


def test_the_same_visit_has_the_same_id_and_no_other():
    at = moment("2022-10-07 14:05")
    assert visit_id(1, 2, at, "came") == visit_id(1, 2, at, "came")
    assert (
        len(
            {
                visit_id(1, 2, at, "came"),
                visit_id(1, 3, at, "came"),
                visit_id(2, 2, at, "came"),
                visit_id(1, 2, at, "left"),
            }
        )
        == 4
    )
