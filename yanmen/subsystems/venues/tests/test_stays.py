"""Stays end; paper counts like a scan; how many are inside; what the edges are told."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from yanmen.loop.bulk import record_bulk
from yanmen.project import database
from yanmen.registry.importing import apply, read_sheet
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.venues import actions
from yanmen.subsystems.venues.queries import coverage, inside
from yanmen.subsystems.venues.tests.town import (
    HOUR,
    MANAGER,
    MINUTE,
    NOON,
    judge,
    open_town,
    people,
    rows,
    scan,
    stays,
    venue,
)

LATER = NOON + 20 * HOUR
LIST = """姓名,身份证号,手机号,到达时间,离开时间
王芳,140105199001010024,,2022-10-07 09:30,2022-10-07 10:10
李雷,,13900000001,2022年10月7日9时40分,
没有证件,,,2022-10-07 09:50,
来得太早,140105199001010024,,2022-08-01 09:50,
走得太晚,140105199001010024,,2022-10-06 09:50,2022-10-07 09:55
"""


@pytest.fixture(autouse=True)
def _town(clean):
    open_town()


def test_a_stay_ends_with_the_next_check_in_on_leaving_or_after_its_usual_time():
    market, noodles, hotel = venue("market"), venue("noodles", kind="restaurant"), venue("datong", kind="hotel")
    lin, wang, zhao = people(3)
    for at, where in ((NOON, market), (NOON + 20 * MINUTE, noodles), (NOON + 6 * HOUR, hotel)):
        scan(lin, where, at, claimed=False)
    scan(wang, noodles, NOON, claimed=False)
    scan(zhao, hotel, NOON, claimed=False)
    with acting(MANAGER):
        left = {
            "person": wang,
            "place": noodles.pk,
            "area": noodles.area,
            "occurred_at": NOON + 35 * MINUTE,
            "detail": {"via": "paper"},
        }
        record_bulk("venues.left", [left], by="test", now=NOON + HOUR)
    assert stays(lin, LATER) == [("market", 20), ("noodles", 90), ("datong", 720)]
    assert stays(wang, LATER) == [("noodles", 35)]
    assert stays(wang, NOON + 40 * MINUTE) == [("noodles", 90)], "as known before anybody said when she left"


def test_a_venue_of_its_own_time_keeps_it_and_no_stay_is_longer_than_twelve_hours():
    market = venue("market", stay_minutes=7)
    (lin,) = people(1)
    scan(lin, market, NOON, claimed=False)
    assert stays(lin, LATER) == [("market", 7)]
    assert rows("SELECT venues_stay_end(%s, NULL, NULL, 100000) - %s", NOON, NOON) == [(12 * HOUR,)]


def test_paper_counts_like_a_scan_and_each_line_has_its_receipt():
    market = venue("market")
    with acting(MANAGER):
        receipt = actions.record_visits(
            scope=MANAGER, place=market.pk, content=LIST.encode(), file_name="p.csv", by=MANAGER.by, now=NOON
        )
    assert (receipt.created, receipt.rejected) == (2, 3)
    assert [row.field for row in receipt.rows if row.outcome == "rejected"] == ["id_number", "came_at", "left_at"]
    assert rows("SELECT via, claimed FROM loop_bulk_presence_scanned ORDER BY occurred_at") == [("paper", False)] * 2
    [(wang,)] = rows("SELECT id FROM registry_person WHERE name = '王芳'")
    assert stays(wang, LATER) == [("market", 40)]


def test_the_same_list_again_or_the_same_line_in_another_list_changes_nothing():
    market = venue("market")
    other = LIST.splitlines()[0] + "\n" + LIST.splitlines()[1] + "\n"
    with acting(MANAGER):
        about = {"scope": MANAGER, "place": market.pk, "file_name": "p.csv", "by": MANAGER.by, "now": NOON}
        actions.record_visits(content=LIST.encode(), **about)
        assert actions.record_visits(content=LIST.encode(), **about).repeated
        assert actions.record_visits(content=other.encode(), **about).counts == {
            "created": 0,
            "matched": 1,
            "rejected": 0,
        }
    assert rows("SELECT count(*) FROM loop_bulk_presence_scanned") == [(2,)]


def test_a_visit_takes_nobody_over_from_the_area_that_answers_for_them():
    market = venue("market")
    north = Scope(None, "test", "1402")
    with acting(north):
        from yanmen.registry.people import register_person

        wang = register_person(
            name="王芳", id_type="resident", id_number="140105199001010024", area="140213", by="test", now=NOON
        )
    with acting(MANAGER):
        actions.record_visits(
            scope=MANAGER, place=market.pk, content=LIST.encode(), file_name="p.csv", by=MANAGER.by, now=NOON
        )
    assert rows("SELECT area FROM registry_person WHERE id = %s", wang.pk) == [("140213",)]
    assert rows("SELECT count(*) FROM loop_bulk_presence_scanned WHERE person_id = %s", wang.pk) == [(1,)]


def test_how_many_are_inside_is_known_and_nobody_of_another_area_is_counted():
    market, datong = venue("market", capacity=4), venue("datong")
    crowd = people(5)
    scan(crowd, market, NOON - 30 * MINUTE, claimed=False)
    scan(crowd[0], datong, NOON - 10 * MINUTE, claimed=False)
    judge(NOON)
    south = Scope(None, "venues.manager", "1401")
    with acting(south):
        (row,) = inside.inside(south, now=NOON)
        assert (row.venue.pk, row.people, row.full) == (market.pk, 4, True)
        assert inside.inside_by_area(south, [row])[0] == {
            "area": "140105",
            "venues": 1,
            "people": 4,
            "capacity": 4,
            "full": 1,
        }
        hours = inside.by_hour(south, market.pk, day=NOON.date(), now=NOON)
        assert [(each["hour"], each["check_ins"], each["inside"]) for each in hours[-2:]] == [(11, 5, 4), (12, 0, 4)]
        assert inside.by_hour(south, datong.pk, day=NOON.date(), now=NOON) == []
    with acting(MANAGER):
        assert {row.venue.pk: row.people for row in inside.inside(MANAGER, now=NOON + HOUR)} == {
            market.pk: 0,
            datong.pk: 0,
        }


def test_the_edges_hear_of_a_new_code_and_ask_for_it(clean):
    market = venue("market", capacity=200)
    with acting(MANAGER):
        actions.renew_code(scope=MANAGER, place=market.pk, by="test", now=NOON)
        actions.close(scope=MANAGER, place=market.pk, by="test", now=NOON)
    told = rows("SELECT topic, body::text FROM loop_outbox ORDER BY seq")
    assert told == [("venues.changed", f'{{"places": [{market.pk}]}}')] * 3
    with psycopg.connect(database.edge_url(clean, by_password=False)) as edge:
        [row] = edge.execute("SELECT * FROM edge_venues(%s)", [[market.pk]]).fetchall()
        assert edge.execute("SELECT count(*) FROM edge_venues(NULL)").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            edge.execute("SELECT * FROM venues_venue")
    assert (row[0], row[1], row[2], row[4:]) == (market.pk, "140105", "other", (60, 200, 112.56, 37.74, False))
    assert bytes(row[3]) != bytes(market.seed)


def test_venues_come_in_by_file_with_a_receipt_a_line_and_the_second_time_change_nothing():
    text = (
        "名称,类型,地区,地址,最大容纳人数,经度,纬度\n"
        "北张市场,农贸（批发）市场,140105,北张路1号,500,112.5,37.7\n"
        "没有类型,,140105,,,,\n"
        "外省市场,market,410105,,,,\n"
        "停得太久,hotel,140105,,,,\n"
    )
    with acting(MANAGER):
        sheet = read_sheet(actions.VENUES, text.encode(), "v.csv", now=NOON)
        receipt = apply(actions.VENUES, sheet, scope=MANAGER, now=NOON)
        again = read_sheet(actions.VENUES, (text + "\n").replace("500", "800").encode(), "v.csv", now=NOON)
        second = apply(actions.VENUES, again, scope=MANAGER, now=NOON)
    assert receipt.counts == {"created": 2, "matched": 0, "rejected": 2}
    assert second.counts == {"created": 0, "matched": 2, "rejected": 2}
    assert rows("SELECT kind, capacity FROM venues_venue ORDER BY place_id") == [("market", 800), ("hotel", None)]


def test_finished_days_are_counted_and_hint_at_a_venue_that_stopped():
    market, noodles = venue("market"), venue("noodles")
    crowd = people(40)
    for back in range(9, 0, -1):
        day = NOON - timedelta(days=back)
        for number, who in enumerate(crowd[: 30 + back % 7]):
            scan(who, noodles, day + number * MINUTE + timedelta(seconds=number), claimed=False)
            if back > 1:
                scan(who, market, day + 2 * HOUR + number * MINUTE + timedelta(seconds=number), claimed=False)
    assert len(actions.count_days(by="test", now=NOON)) == 14
    assert actions.count_days(by="test", now=NOON + MINUTE) == []
    assert len(actions.count_days(by="test", now=NOON + 24 * HOUR)) == 3
    south = Scope(None, "inspector", "1401", purpose="inspection")
    with acting(south):
        actions.count_days(by="test", now=NOON + 24 * HOUR)
        assert coverage.coverage(south, now=NOON)["percent"] == 100
        assert coverage.totals(south, now=NOON)[-1] == {
            "day": (NOON - 24 * HOUR).date(),
            "all": 31,
            "by_phone": 0,
            "in_doubt": 0,
        }
        assert {hint.name for one in coverage.hinted(south) for hint in one.hints} == {"stopped"}
