"""Chains out of the database: told and inferred sources, their doubts, and what falls when a case does."""

from __future__ import annotations

import json
from datetime import date

import pytest

from yanmen.loop import facts
from yanmen.project.chains_stored import show_doubts, stored
from yanmen.registry.scope import acting, system
from yanmen.subsystems.tracing.queries import chains
from yanmen.subsystems.tracing.tests.district import BY, CITY, COUNTY, DISTRICT, ask, moment

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
    assert len(found.outbreak().cases) == 5
    with pytest.raises(Exception, match="disease"):
        found.outbreak(disease="measles")


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
