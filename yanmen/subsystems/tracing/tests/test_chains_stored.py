"""Chains out of the database: told and inferred sources, their doubts, and what falls when a case does."""

from __future__ import annotations

import json
from datetime import date

import pytest

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.project.chains_stored import show_doubts, stored
from yanmen.registry.scope import acting, system
from yanmen.subsystems.tracing.queries import chain_clusters, chains
from yanmen.subsystems.tracing.tests.district import BY, CITY, COUNTY, DISTRICT, ask, make_areas, moment
from yanmen.subsystems.tracing.tests.trails import NOW as TRAIL_NOW
from yanmen.subsystems.tracing.tests.trails import Trail

NOW = moment("2022-10-20")


class Found:
    """A small outbreak: a told link, an inferred one, somebody from abroad, and one whom nobody knows how to place."""

    def __init__(self, district):
        self.district = district
        self.people = {name: district.person(name) for name in ("甲", "乙", "丙", "丁", "戊")}
        self.keys = {
            "甲": self.case("甲", "2022-10-05", "2022-10-04", setting="arrival"),
            "乙": self.case("乙", "2022-10-09", "2022-10-08"),
            "丙": self.case("丙", "2022-10-13", "2022-10-12"),
            "丁": self.case("丁", "2022-10-18", "2022-10-17"),
            "戊": self.case("戊", "2022-09-20", "2022-09-19"),
        }
        self.tell("甲", "2022-10-05", "")
        self.tell("乙", "2022-10-09", self.keys["甲"], setting="household", certainty=0.95)
        district.contact(
            self.people["丙"], self.keys["乙"], last="2022-10-09", found="2022-10-10",
            first_exposed=date(2022, 10, 6), via="household",
        )  # fmt: skip

    def case(self, name, at, onset, **detail):
        return self.district.case(self.people[name], at, onset_on=onset, **detail)

    def tell(self, name, at, infector, **more):
        detail = {"case": self.keys[name], "infector": infector} | more
        return self.district.record("cases.source_told", self.people[name], at, **detail)

    def outbreak(self, scope=None, **more):
        with acting(scope or self.district.scope) as inside:
            return chains.outbreak(inside, now=NOW, **more)


@pytest.fixture
def found(district):
    return Found(district)


def test_told_and_inferred_links_are_told_apart_and_doubts_are_kept(found):
    keys, outbreak = found.keys, found.outbreak()
    states = {name: outbreak.sources[key].state for name, key in keys.items()}
    assert states == {"甲": "elsewhere", "乙": "told", "丙": "inferred", "丁": "unknown", "戊": "unknown"}
    assert outbreak.sources[keys["乙"]].weight == 0.95
    inferred = outbreak.sources[keys["丙"]]
    assert (inferred.infector, inferred.via) == (keys["乙"], "household")
    doubts = next(each for each in outbreak.attributions if each.case == keys["丙"])
    assert doubts.weights[keys["乙"]] > 0.6
    assert 0 < doubts.unknown < 0.4
    assert list(outbreak.cases) == [keys[name] for name in "戊甲乙丙丁"]
    told = stored(found.district.scope, now=NOW, disease="covid19", since=None, until=None, quiet=None)
    assert (told["pairs"], told["likely"]["pairs"], told["sources"]["told"]) == (1, 2, 1)
    assert told["components"] == 1
    assert told["likely"]["depth"] == 2
    assert told["likely"]["states"] == {"active": 1, "ended": 0, "unknown": 0}
    assert {each["case"] for each in told["attribution"]} == set(keys.values())
    json.dumps(told)
    show_doubts(told)


def test_chains_hold_only_what_the_area_the_days_and_the_disease_ask_for(found):
    assert found.outbreak(system(COUNTY, purpose="control")).cases == {}
    assert len(found.outbreak(system(CITY, purpose="control")).cases) == 5
    assert len(found.outbreak(system(DISTRICT, purpose="control"), since=date(2022, 10, 1)).cases) == 4
    assert list(found.outbreak(until=date(2022, 10, 8)).cases) == [found.keys["戊"], found.keys["甲"]]
    found.district.case(found.district.person("己"), "2022-10-12", disease="measles")
    found.district.case(found.district.person("庚"), "2022-10-12", disease="plague")
    assert len(found.outbreak().cases) == 5
    (alone,) = found.outbreak(disease="measles").sources.values()
    assert alone.state == "unknown"
    with pytest.raises(Refusal, match="No policy in use"):
        found.outbreak(disease="plague")


def test_a_case_that_was_none_leaves_the_chain_and_a_merged_one_is_its_other_self(found):
    keys, people = found.keys, found.people
    double = found.district.case(people["乙"], "2022-10-10", onset_on="2022-10-08")
    found.district.record("cases.merged", people["乙"], "2022-10-11", case=double, into=keys["乙"])
    found.tell("丁", "2022-10-18", double)
    outbreak = found.outbreak()
    assert double not in outbreak.cases
    assert outbreak.sources[keys["丁"]].infector == keys["乙"]
    found.district.record("cases.reclassified", people["丙"], "2022-10-14", case=keys["丙"], to="excluded")
    assert keys["丙"] not in found.outbreak().cases
    found.district.record("cases.course_told", people["丁"], "2022-10-19", case=keys["丁"], onset_on="2022-10-15")
    assert found.outbreak().cases[keys["丁"]].day == date(2022, 10, 15)


def test_a_cluster_has_its_generations_its_clocks_and_its_end(found):
    district, keys = found.district, found.keys
    district.record("cases.investigated", found.people["甲"], "2022-10-06", case=keys["甲"])
    outbreak = found.outbreak()
    (cluster,), generation = chain_clusters.found_clusters(outbreak, today=date(2022, 10, 20))
    assert cluster.members == (keys["甲"], keys["乙"], keys["丙"])
    assert (cluster.generations, cluster.told, cluster.inferred, cluster.active) == (3, 1, 1, True)
    assert [generation[keys[name]] for name in "甲乙丙丁戊"] == [0, 1, 2, 0, 0]
    assert [clock.state for clock in cluster.clocks] == ["met", "met", "overdue"]
    district.record("cases.admitted", found.people["甲"], "2022-10-07", case=keys["甲"])
    later = found.outbreak()
    (cluster,), _ = chain_clusters.found_clusters(later, today=date(2022, 11, 20))
    assert [clock.state for clock in cluster.clocks] == ["met", "met", "met"]
    assert not cluster.active
    assert list(chain_clusters.forwards(later, keys["甲"]))[:2] == [keys["乙"], keys["丙"]]
    assert list(chain_clusters.backwards(later, keys["丙"]))[:2] == [keys["乙"], keys["甲"]]


def test_several_infections_in_one_class_within_a_week_are_a_signal_with_a_clock(found):
    district = found.district
    for name in "乙丙":
        district.record("tracing.setting_told", found.people[name], "2022-10-07", setting="class", name="一年级二班")
    with district.acting() as scope:
        (signal,) = chain_clusters.signals(scope, found.outbreak())
        early = chains.outbreak(scope, now=moment("2022-03-20"))
        assert chain_clusters.signals(scope, early) == []
    assert (signal.kind, signal.name, len(signal.cases)) == ("class", "一年级二班", 2)
    assert signal.known_at == moment("2022-10-13")
    assert signal.due_at == moment("2022-10-13 11:00")
    with acting(system(COUNTY, purpose="control")) as scope:
        assert chain_clusters.signals(scope, found.outbreak(system(COUNTY, purpose="control"))) == []


def test_who_was_at_a_market_at_once_met_without_anybody_having_said_so_and_chains_that_meet_are_told_apart(clean):
    make_areas()
    trail = Trail()
    ill = {"张行": trail.case_key, "王早": trail.case(trail.who["王早"], "2022-10-08 10:00", onset_on="2022-10-07")}
    ill |= {name: trail.case(trail.person(name), "2022-10-05", onset_on="2022-10-04") for name in ("李远", "孙近")}
    for name, source in (("张行", "李远"), ("王早", "孙近")):
        detail = {"case": ill[name], "infector": ill[source], "certainty": 0.9}
        trail.record("cases.source_told", trail.who[name], "2022-10-08 12:00", **detail)
    with acting(trail.scope) as scope:
        outbreak = chains.outbreak(scope, now=TRAIL_NOW)
        clusters, _ = chain_clusters.found_clusters(outbreak, today=TRAIL_NOW.date())
    assert {frozenset((each.one, each.other)) for each in outbreak.shared} == {frozenset((ill["张行"], ill["王早"]))}
    (meeting,) = chain_clusters.meetings(outbreak, clusters)
    assert (meeting.place, meeting.day) == (trail.market, date(2022, 10, 4))
    assert sorted(meeting.clusters.values()) == sorted([(ill["张行"],), (ill["王早"],)])
    assert meeting.shares == {}
    third = trail.case(trail.who["赵晚"], "2022-10-08 11:00", onset_on="2022-10-08")
    trail.contact(trail.who["赵晚"], ill["王早"], last="2022-10-05", found="2022-10-08", via="household")
    trail.scan(trail.who["赵晚"], trail.market, moment("2022-10-04 09:30"), told=TRAIL_NOW)
    trail.follow(TRAIL_NOW)
    with acting(trail.scope) as scope:
        outbreak = chains.outbreak(scope, now=TRAIL_NOW)
        clusters, _ = chain_clusters.found_clusters(outbreak, today=TRAIL_NOW.date())
    assert outbreak.sources[third].infector == ill["王早"]
    (meeting,) = chain_clusters.meetings(outbreak, clusters)
    assert next(iter(meeting.shares)) == ill["孙近"]
    assert 0.5 < next(iter(meeting.shares.values())) < 1


def test_a_source_that_nobody_told_is_searched_until_somebody_tells_it(found):
    person, district = found.people["丁"], found.district
    assert [row["reason"] for row in ask("source_unknown", person, "2022-10-18")] == [found.keys["丁"]]
    district.turn("2022-10-18")
    assert ("tracing.find_source", "in_force", "2022-10-18") in [row[:3] for row in district.measures(person)]
    assert district.tasks(person, "find_source", ["open"]) == [("2022-10-19",)]
    assert not district.measures(found.people["甲"], "tracing.find_source")
    wrong = found.tell("丁", "2022-10-19", found.keys["丙"], setting="venue", certainty=0.6)
    district.turn("2022-10-19")
    assert district.measures(person, "tracing.find_source")[0][1] == "lifted"
    assert district.tasks(person, "find_source", ["done"])
    with district.acting():
        facts.withdraw(wrong, reason="同名", by=BY, now=moment("2022-10-20"))
    district.days("2022-10-20", "2022-10-20")
    assert found.outbreak().sources[found.keys["丁"]].state != "told"
    assert ask("source_unknown", person, "2022-10-20")
