"""Remote scans: what place and time contradict never counts as presence, and nobody's status follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.loop.bulk import record_bulk
from yanmen.registry.scope import acting
from yanmen.subsystems.venues.tests.town import (
    HOUR,
    MANAGER,
    MINUTE,
    NOON,
    counted,
    judge,
    open_town,
    people,
    rows,
    scan,
    stays,
    venue,
)

LATER = NOON + 6 * HOUR


@pytest.fixture(autouse=True)
def _town(clean):
    open_town()


def doubts() -> list[tuple]:
    return rows(
        "SELECT person_id, place_id, detail ->> 'why' FROM known_facts(%s) WHERE kind = 'venues.scan_doubted' ORDER BY 1, 2",
        LATER + timedelta(days=1),
    )


def test_a_check_in_by_phone_counts_when_it_was_judged_and_one_by_a_scanner_at_once():
    market = venue("market")
    lin, wang = people(2)
    scan(lin, market, NOON, claimed=True)
    scan(wang, market, NOON, claimed=False)
    assert counted(NOON + MINUTE) == [(wang, market.pk)]
    assert judge(NOON + 2 * MINUTE).scans == 1
    assert counted(NOON + 2 * MINUTE) == [(lin, market.pk), (wang, market.pk)]
    assert counted(NOON + MINUTE) == [(wang, market.pk)], "as known before the look nothing has changed"


def test_somebody_from_another_county_counts_after_the_window_of_forwarded_codes():
    market = venue("market")
    (guest,) = people(1, "140213")
    scan(guest, market, NOON)
    judge(NOON + 5 * MINUTE)
    assert counted(NOON + 5 * MINUTE) == []
    judge(NOON + 2 * HOUR + 5 * MINUTE)
    assert counted(NOON + 3 * HOUR) == [(guest, market.pk)]


def test_a_scan_250_km_from_where_a_scanner_saw_the_person_is_in_doubt():
    market, datong = venue("market"), venue("datong")
    (lin,) = people(1)
    scan(lin, market, NOON, claimed=False)
    scan(lin, datong, NOON + 20 * MINUTE)
    judge(LATER)
    assert doubts() == [(lin, datong.pk, "speed")]
    assert stays(lin, LATER) == [("market", 60)]


def test_any_other_record_of_presence_is_an_anchor_such_as_a_pass_at_a_checkpoint():
    market, datong = venue("market"), venue("datong")
    (lin,) = people(1)
    with acting(MANAGER):
        passed = {"person": lin, "place": market.pk, "area": market.area, "occurred_at": NOON}
        record_bulk("checkpoints.passed", [passed], by="device:2", now=NOON)
    scan(lin, datong, NOON + 20 * MINUTE)
    judge(LATER)
    assert doubts() == [(lin, datong.pk, "speed")]


def test_neighbouring_venues_never_contradict_each_other():
    market, noodles = venue("market"), venue("noodles")
    (lin,) = people(1)
    scan(lin, market, NOON, claimed=False)
    scan(lin, noodles, NOON)
    judge(LATER)
    assert doubts() == []


def test_a_train_ride_of_three_hours_is_no_contradiction():
    market, datong = venue("market"), venue("datong")
    (lin,) = people(1)
    scan(lin, market, NOON, claimed=False)
    scan(lin, datong, NOON + 3 * HOUR)
    judge(LATER)
    assert doubts() == []


def test_of_own_scans_the_one_that_contradicts_more_others_gives_way():
    market, noodles, datong = venue("market"), venue("noodles"), venue("datong")
    (lin,) = people(1)
    scan(lin, market, NOON)
    scan(lin, datong, NOON + 10 * MINUTE)
    scan(lin, noodles, NOON + 20 * MINUTE)
    judge(LATER)
    assert doubts() == [(lin, datong.pk, "speed")]


def test_two_own_scans_that_contradict_each_other_both_fall_until_a_record_on_the_spot_decides():
    market, noodles, datong = venue("market"), venue("noodles"), venue("datong")
    (lin,) = people(1)
    scan(lin, market, NOON)
    scan(lin, datong, NOON + 10 * MINUTE)
    judge(NOON + HOUR)
    assert [place for _, place, _ in doubts()] == [market.pk, datong.pk]
    scan(lin, noodles, NOON + 30 * MINUTE, claimed=False, told=NOON + 2 * HOUR)
    assert judge(NOON + 3 * HOUR).cleared == 1
    assert doubts() == [(lin, datong.pk, "speed")]
    assert [row[:2] for row in counted(LATER)] == [(lin, market.pk), (lin, noodles.pk)]
    assert rows("SELECT scans FROM venues_note WHERE why = 'speed' ORDER BY venue_id") == [(0,), (1,)]


def test_a_merged_record_of_the_same_person_contradicts_like_the_person():
    market, datong = venue("market"), venue("datong")
    lin, twin = people(2)
    rows("UPDATE registry_person SET same_as_id = %s WHERE id = %s RETURNING id", lin, twin, alias="owner")
    scan(lin, market, NOON, claimed=False)
    scan(twin, datong, NOON + 10 * MINUTE)
    judge(LATER)
    assert doubts() == [(twin, datong.pk, "speed")]


def test_a_scan_by_somebody_in_quarantine_is_in_doubt_and_one_on_the_way_there_is_not():
    market, hotel = venue("market"), venue("noodles", kind="hotel")
    lin, wang = people(2)
    edition = rows(
        "SELECT edition_id FROM loop_edition_stage WHERE place = 'central_quarantine' AND from_day = 0 AND to_day >= 7 LIMIT 1"
    )[0][0]
    for who in (lin, wang):
        rows(
            "INSERT INTO loop_measure (rule, kind, subject_type, subject, reason, area, state, edition_id, count_from, last_day,"
            " known_on, since_at, evidence, imposed_at) VALUES ('r', 'stay_and_test', 'person', %s, 'x', '140105', 'in_force', %s,"
            " '2022-10-06', '2022-10-16', '2022-10-06', %s, '{}', %s) RETURNING id",
            who, edition, NOON - 24 * HOUR, NOON - (24 if who == lin else 1) * HOUR,
        )  # fmt: skip
    scan([lin, wang], market, NOON)
    scan(lin, hotel, NOON + HOUR)
    judge(LATER)
    assert doubts() == [(lin, market.pk, "excluded")]


def test_a_look_that_is_made_again_finds_nothing_new():
    market, datong = venue("market"), venue("datong")
    (lin,) = people(1)
    scan(lin, market, NOON, claimed=False)
    scan(lin, datong, NOON + 20 * MINUTE)
    judge(LATER)
    rows("DELETE FROM venues_judging RETURNING id")
    judge(LATER + MINUTE)
    assert len(doubts()) == 1
    assert rows("SELECT scans, people FROM venues_note") == [(1, 1)]
