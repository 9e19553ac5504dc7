"""A forwarded venue code (Zhengzhou, June 2022: 871 of 1,317 red codes had only scanned a picture) touches nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.loop import facts, policies
from yanmen.loop.run import settle
from yanmen.project.discovery import packs_folder
from yanmen.registry.scope import acting
from yanmen.subsystems.venues import actions
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
    venue,
)

DEPOSITORS = 871
RULE = """
id: overreach.visitors
title: {zh: 到访即管控, en: Whoever was there is held}
given: venue_stay
when: ["minutes >= 0"]
count_from: entered_on
impose: stay_and_test
ends: [days_served]
values:
  2022-01-01:
    source: {title: {zh: 演练, en: A drill}, grade: A}
    marks: {colour: red}
    stages: [{place: home_isolation, days: 7}]
"""


@pytest.fixture(autouse=True)
def _town(clean):
    open_town()


@pytest.fixture
def overreach(tmp_path):
    """A rule as bad as can be: everybody who was at a venue is held, with a red code."""
    folder = tmp_path / "overreach"
    (folder / "rules").mkdir(parents=True)
    (folder / "pack.yaml").write_text("id: overreach\ntitle: {zh: 过度, en: Overreach}\narea: '14'\n")
    (folder / "rules" / "visitors.yaml").write_text(RULE)
    before = policies.shelf.folders
    policies.shelf.use([packs_folder() / "covid19-cn", folder])
    yield
    policies.shelf.use(before)


def outbreak():
    """A case in the county: check-ins there wake people from now on."""
    with acting(MANAGER):
        detail = {"kind": "confirmed", "setting": "community"}
        facts.record(
            "cases.reported", area="140105", occurred_at=NOON - HOUR, by="test", now=NOON - HOUR, detail=detail
        )
    settle(now=NOON - HOUR)


def held() -> set[int]:
    return {who for (who,) in rows("SELECT DISTINCT subject FROM loop_event WHERE rule = 'overreach.visitors'")}


def test_871_people_who_scanned_a_forwarded_code_get_no_measure_and_inspection_gets_one_note(overreach):
    market = venue("market")
    depositors = people(DEPOSITORS, "410105")
    local, seen = people(2, first=2000)
    outbreak()
    scan(local, market, NOON)
    scan(seen, market, NOON, claimed=False)
    for minute in range(0, 90, 3):
        batch = depositors[minute // 3 :: 30]
        scan(batch, market, NOON + minute * MINUTE, told=NOON + minute * MINUTE + MINUTE / 2)
        judge(NOON + (minute + 2) * MINUTE)
        settle(now=NOON + (minute + 2) * MINUTE)
    judge(NOON + 5 * HOUR)
    settle(now=NOON + 5 * HOUR)
    assert held() == {local, seen}, "whoever was there is held by this rule, whoever was not is not, at no time"
    assert rows("SELECT DISTINCT subject FROM loop_status WHERE value = 'red'") != []
    assert rows("SELECT count(*) FROM loop_status WHERE subject = ANY(%s)", depositors) == [(0,)]
    assert rows("SELECT why, scans, people, homes->>'4101' FROM venues_note") == [
        ("forwarded", DEPOSITORS, DEPOSITORS, "871")
    ]
    assert rows("SELECT kind, count(*) FROM loop_alarm GROUP BY kind") == [("venue_code_forwarded", 1)]


def test_nobody_but_the_inspector_hears_of_it_and_the_alarm_says_which_venue():
    market = venue("market")
    scan(people(40, "410105"), market, NOON)
    judge(NOON + 2 * MINUTE)
    [(detail,)] = rows("SELECT detail::text FROM loop_alarm")
    assert f'"venue": {market.pk}' in detail
    assert rows("SELECT count(*) FROM registry_notice") == [(0,)]


def test_nineteen_travellers_are_no_forwarded_code():
    market = venue("market")
    travellers = people(19, "410105")
    scan(travellers, market, NOON)
    judge(NOON + 3 * HOUR)
    assert len(counted(NOON + 3 * HOUR)) == 19


def test_travellers_whom_somebody_in_the_city_saw_count_in_the_middle_of_a_burst():
    market, noodles = venue("market"), venue("noodles")
    strangers, (guest,) = people(40, "410105"), people(1, "410105", first=900)
    scan(guest, noodles, NOON - HOUR, claimed=False)
    scan([*strangers, guest], market, NOON)
    judge(NOON + 3 * HOUR)
    assert counted(NOON + 3 * HOUR) == [(guest, noodles.pk), (guest, market.pk)]


def test_a_station_full_of_travellers_every_day_is_no_forwarded_code():
    station = venue("market", kind="station")
    travellers = people(40, "410105")
    for day in range(7, 0, -1):
        for hour in range(24):
            moment = NOON - timedelta(days=day) + hour * HOUR
            scan(travellers[hour : hour + 15], station, moment)
        judge(NOON - timedelta(days=day - 1) + 3 * HOUR)
    scan(travellers, station, NOON + 4 * HOUR)
    judge(NOON + 8 * HOUR)
    assert rows("SELECT count(*) FROM venues_note") == [(0,)]


def test_once_forwarded_one_further_scan_is_in_doubt_until_the_code_is_issued_anew():
    market = venue("market")
    scan(people(40, "410105"), market, NOON)
    judge(NOON + 10 * MINUTE)
    late, later = people(2, "410105", first=500)
    scan(late, market, NOON + 24 * HOUR)
    judge(NOON + 24 * HOUR + 5 * MINUTE)
    assert rows("SELECT day::text, scans FROM venues_note ORDER BY day") == [("2022-10-07", 40), ("2022-10-08", 1)]
    with acting(MANAGER):
        actions.renew_code(scope=MANAGER, place=market.pk, by="test", now=NOON + 25 * HOUR)
    scan(later, market, NOON + 26 * HOUR)
    judge(NOON + 30 * HOUR)
    assert counted(NOON + 30 * HOUR) == [(later, market.pk)]


def test_a_home_visit_stays_true_when_the_forwarded_scan_that_contradicts_it_falls():
    market, datong = venue("market"), venue("datong")
    locals_ = people(40, "140213")
    scan(locals_, datong, NOON)
    scan(locals_, market, NOON + 10 * MINUTE)
    judge(NOON + 3 * HOUR)
    assert {place for _, place in counted(NOON + 3 * HOUR)} == {datong.pk}
    assert len(counted(NOON + 3 * HOUR)) == 40
