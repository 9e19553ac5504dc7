"""Where somebody was: records of every kind that is presence, common and bulk, as known at a moment and within the asker's areas."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yanmen.loop import facts
from yanmen.loop.bulk import record_bulk
from yanmen.loop.presence import presences
from yanmen.registry import matching, people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system

NOON = datetime(2022, 10, 5, 4, tzinfo=UTC)
PROVINCE = system("14", purpose="control")
COUNTY, OTHER = "140727", "140728"


@pytest.fixture(autouse=True)
def _areas(clean):
    names = {"14": "山西省", "1407": "晋中市", COUNTY: "祁县", OTHER: "平遥县"}
    load_areas([AreaRow(code=code, name_zh=name) for code, name in names.items()])


def person(name):
    return people.register_person(name=name, area=COUNTY, synthetic=True, by="test", now=NOON).pk


def asked(who, *, scope=PROVINCE, since=NOON - timedelta(days=2), until=NOON, known_at=NOON + timedelta(days=1)):
    with acting(scope):
        return presences(scope, who, since=since, until=until, known_at=known_at)


def test_records_of_every_kind_are_told_in_order_as_known_and_within_the_area():
    with acting(PROVINCE):
        who, twin, other = person("王小明"), person("王晓明"), person("李四")
        scan = {"person": who, "area": COUNTY, "occurred_at": NOON - timedelta(hours=5), "detail": {"via": "phone"}}
        away = {"person": who, "area": OTHER, "occurred_at": NOON - timedelta(hours=3)}
        record_bulk("presence.scanned", [scan, away, scan | {"person": other}], by="edge", now=NOON)
        ride = facts.record(
            "tracing.setting_told", person=twin, area=COUNTY, occurred_at=NOON - timedelta(days=3), by="test", now=NOON,
            detail={"setting": "train", "name": "D5302", "until": (NOON - timedelta(days=2)).isoformat()},
        )  # fmt: skip
        taken_back = facts.record(
            "arrivals.stayed", person=who, area=COUNTY, occurred_at=NOON - timedelta(hours=1), by="test", now=NOON,
            detail={"origin": OTHER},
        )  # fmt: skip
        facts.record("cases.reported", person=who, area=COUNTY, occurred_at=NOON, by="test", now=NOON, detail={})
        facts.withdraw(taken_back, reason="another person", by="test", now=NOON + timedelta(hours=2))
        matching.decide_same(left=who, right=twin, by="test", now=NOON)
    found = asked(who)
    assert [each.kind for each in found] == ["tracing.setting_told", "presence.scanned", "presence.scanned"]
    assert (found[0].fact, found[0].until) == (ride, NOON - timedelta(days=2)), "it lasted into the stretch asked about"
    assert (dict(found[1].detail), found[1].area, found[1].until) == ({"via": "phone"}, COUNTY, None)
    assert found[1].title["en"] == "Checked in at a place"
    assert [each.kind for each in asked(who, known_at=NOON)][-1] == "arrivals.stayed", "before it was taken back"
    assert asked(who, known_at=NOON - timedelta(hours=1)) == []
    assert len(asked(twin)) == 3, "merged records are one person"
    assert {each.area for each in asked(who, scope=system(COUNTY, purpose="control"))} == {COUNTY}
    assert asked(who, since=NOON, until=NOON + timedelta(hours=1)) == []
