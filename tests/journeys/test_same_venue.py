"""A case was in a market: who was there at the same time is told of the risk, who only scanned a picture of the code is not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yanmen.base.clock import BEIJING
from yanmen.loop.audit import audit
from yanmen.loop.bulk import record_bulk
from yanmen.registry.scope import acting
from yanmen.subsystems.venues import actions

RULE = "venues.shared_with_case"
COUNTY = "140105"
MARKET_DAY = datetime(2022, 10, 4, 9, tzinfo=BEIJING)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Market:
    """A market of Xiaodian, a bank two hundred kilometres away, and who checked in."""

    def __init__(self, province):
        self.province = province
        province.at("2022-10-04 08:00")
        self.manager = province.staff("venues.manager", "14").scope
        self.reporter = province.staff("cases.epidemiologist", "1401")
        self.market = self._venue("许坦市场", COUNTY, 112.56, 37.74)
        self.bank = self._venue("潞州银行", "140403", 113.12, 36.20)

    def _venue(self, name, area, longitude, latitude):
        with acting(self.manager):
            return actions.open_venue(
                scope=self.manager, kind="market", name_zh=name, area=area, longitude=longitude, latitude=latitude,
                by="test", now=self.province.now,
            )  # fmt: skip

    def person(self, number, area=COUNTY):
        from yanmen.registry.people import register_person

        with acting(self.manager):
            made = register_person(
                name=f"病例{number}", id_number=self.province.document(number), area=area, by="test", now=MARKET_DAY
            )
        return made.pk

    def scan(self, person, at, *, venue=None, told=None, claimed=True):
        place = venue or self.market
        row = {"person": person, "place": place.pk, "area": place.area, "occurred_at": at}
        detail = {"claimed": claimed, "via": "phone" if claimed else "scanner"}
        with acting(self.manager):
            record_bulk("presence.scanned", [row | {"detail": detail}], by="device:1", now=told or at)

    def settle(self, text):
        now = self.province.at(text)
        actions.judge(by="job:venues", now=now)
        self.province.turn()

    def case(self, number, text, **about):
        self.province.at(text)
        case = self.province.report_case(self.reporter, number, COUNTY, **about)
        self.province.turn()
        return case

    def told(self, person):
        return [state for rule, state, *_ in self.province.measures(person) if rule == RULE]


@pytest.fixture
def market(province):
    return Market(province)


@pytest.fixture
def day(market):
    """The case bought vegetables from nine to ten; she falls ill on the 7th and is found on the 8th."""
    case = market.person(900)
    market.scan(case, MARKET_DAY)
    market.near, market.early, market.remote, market.late = (market.person(number) for number in (1, 2, 3, 4))
    market.scan(market.near, MARKET_DAY + 30 * MINUTE)
    market.scan(market.early, MARKET_DAY - 3 * HOUR)
    market.scan(market.remote, MARKET_DAY + 20 * MINUTE, venue=market.bank, claimed=False)
    market.scan(market.remote, MARKET_DAY + 35 * MINUTE)
    market.settle("2022-10-04 20:00")
    market.number = market.case(900, "2022-10-08 09:00", onset_on="2022-10-07")
    return market


def test_who_was_there_with_the_case_is_told_and_who_only_scanned_from_afar_is_not(day):
    assert day.told(day.near) == ["in_force"]
    assert day.told(day.early) == [], "an hour is a market's usual stay, and theirs was over"
    assert day.told(day.remote) == [], (
        "nobody is in a bank of Luzhou and a market of Xiaodian within a quarter of an hour"
    )
    assert day.province.tasks(day.near)["risk_notice"] == ["2022-10-09"]
    assert audit(now=day.province.now)["breaks"] == []


def test_the_person_reads_of_their_own_visit_and_keeps_a_green_code(day):
    reader = day.province.staff("health_code.reader", COUNTY)
    code = day.province.code(reader, day.near)
    assert code["value"] == "green"
    [told] = [each for each in code["others"] if each["rule"] == RULE]
    assert [fact["kind"] for fact in told["evidence"]] == ["presence.scanned"]
    assert told["title"]["zh"] == "与病例同时在同一场所人员"


def test_a_telephone_that_was_offline_delivers_its_check_in_after_the_report(day):
    assert day.told(day.late) == []
    day.scan(day.late, MARKET_DAY + 40 * MINUTE, told=day.province.now + HOUR)
    day.settle("2022-10-08 12:00")
    assert day.told(day.late) == ["in_force"]
    assert audit(now=day.province.now)["breaks"] == []


def test_a_false_positive_releases_everybody_it_touched(day):
    body = {"to": "false_positive", "reason": "复核阴性"}
    answer = day.reporter.post(f"/api/cases/cases/{day.number}/reclassify", json=body)
    assert answer.status_code in (200, 204), answer.text
    day.province.at("2022-10-08 15:00")
    day.province.turn()
    assert day.told(day.near) == ["lifted"]


def test_a_visit_five_days_before_the_onset_is_not_asked_about(market):
    case, near = market.person(900), market.person(1)
    for person in (case, near):
        market.scan(person, MARKET_DAY)
    market.settle("2022-10-04 20:00")
    market.case(900, "2022-10-10 09:00", onset_on="2022-10-09")
    assert market.told(near) == []
