"""Contacts are found from facts, follow them when they change, and leave people's judgements alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from yanmen.base.ids import uuid7
from yanmen.loop import facts
from yanmen.loop.why import explain
from yanmen.registry.models import Household, Person
from yanmen.subsystems.tracing import actions, queries
from yanmen.subsystems.tracing.queries.around import contacts
from yanmen.subsystems.tracing.queries.judged import Found
from yanmen.subsystems.tracing.tests.district import BY, COUNTY, DISTRICT, District, moment

CLOSE, SECOND, GENERAL = "tracing.close_contact", "tracing.contact_of_contact", "tracing.general_contact"


class Town:
    """A district in which people live together, travel and work, and a case whose contacts are looked for."""

    def __init__(self, district: District) -> None:
        self.district = district

    def home(self, *people: int, area: str = DISTRICT) -> int:
        with self.district.acting():
            home = Household.objects.create(area=area, address="示例路1号", created_at=moment("2020-01-01"))
            Person.objects.filter(pk__in=people).update(household=home)
        return home.pk

    def told(
        self, who: int, setting: str, name: str, at: str, *, until: str = "", recorded: str = "", **seat: Any
    ) -> Any:
        detail = {"setting": setting, "name": name, **seat} | ({"until": moment(until).isoformat()} if until else {})
        return self.district.record("tracing.setting_told", who, at, recorded, **detail)

    def case(self, who: int, at: str, **detail: Any) -> str:
        """A report under a key of its own, as the doors write it."""
        key = str(uuid7(moment(at)))
        self.report = self.district.case(who, at, case=key, **detail)
        return key

    def find(self, case: str, at: str) -> tuple[int, int, int]:
        found = actions.find(case=case, by=actions.FINDER, now=moment(at))
        return found.recorded, found.corrected, found.withdrawn

    def around(self, case: str) -> dict[str, Found]:
        with self.district.acting() as scope:
            return {f"{row.name}/{row.detail.get('via')}": row for row in queries.around_case(scope, case)}

    def who(self, case: str) -> set[str]:
        return set(self.around(case))


@pytest.fixture
def town(district: District) -> Town:
    return Town(district)


def people(town: Town, *names: str, area: str = DISTRICT) -> list[int]:
    return [town.district.person(name, area) for name in names]


def test_a_household_is_found_until_it_is_corrected(town: Town) -> None:
    zhang, li, wang = people(town, "张伟", "李强", "王芳")
    town.home(zhang, li)
    case = town.case(zhang, "2022-08-03 15:00", onset_on="2022-08-02")
    assert town.find(case, "2022-08-03 16:00") == (1, 0, 0)
    assert town.find(case, "2022-08-03 16:01") == (0, 0, 0), "the same facts give nothing to do"
    (row,) = town.around(case).values()
    assert (row.detail["first_exposed"], row.detail["last_exposed"]) == ("2022-07-31", "2022-08-03")
    assert (row.degree, row.detail["certainty"], row.area) == (1, 0.95, DISTRICT)
    town.district.turn("2022-08-03 16:05")
    assert [each[:2] for each in town.district.measures(li)] == [(CLOSE, "in_force")]
    town.home(li, wang)
    assert town.find(case, "2022-08-03 17:00") == (0, 0, 1)
    town.district.turn("2022-08-03 17:05")
    assert [each[:2] for each in town.district.measures(li)] == [(CLOSE, "lifted")]


def test_a_later_onset_told_earlier_moves_the_window(town: Town) -> None:
    zhang, li, wang = people(town, "张伟", "李强", "王芳")
    town.told(zhang, "plane", "MU2401", "2022-07-30 10:00", until="2022-07-30 12:00", row=12)
    town.told(li, "plane", "MU2401", "2022-07-30 10:00", until="2022-07-30 12:00", row=14)
    town.told(wang, "plane", "MU2401", "2022-07-30 10:00", until="2022-07-30 12:00", row=24)
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-03")
    assert town.find(case, "2022-08-03 10:00") == (0, 0, 0)
    with town.district.acting():
        facts.correct(UUID(town.report), detail={"onset_on": "2022-08-01"}, by=BY, now=moment("2022-08-03 11:00"))
    assert town.find(case, "2022-08-03 11:05") == (2, 0, 0)
    assert town.who(case) == {"李强/plane", "王芳/plane"}
    found = town.around(case)
    assert found["李强/plane"].kind == "tracing.contact_found"
    assert found["王芳/plane"].kind == "tracing.general_contact_found"
    assert len(found["李强/plane"].detail["basis"].split(",")) == 2
    town.district.turn("2022-08-03 11:10")
    assert [each[0] for each in town.district.measures(li)] == [CLOSE]
    assert [each[0] for each in town.district.measures(wang)] == [GENERAL]


def test_a_seat_told_late_adds_and_a_seat_corrected_takes_away(town: Town) -> None:
    zhang, li = people(town, "张伟", "李强")
    town.told(zhang, "train", "D2001", "2022-08-01 08:00", until="2022-08-01 11:00", unit="5", row=3)
    case = town.case(zhang, "2022-08-02", onset_on="2022-08-02")
    assert town.find(case, "2022-08-02 10:00") == (0, 0, 0)
    seat = town.told(li, "train", "D2001", "2022-08-01 08:00", until="2022-08-01 09:00", unit="5", row=16)
    assert town.find(case, "2022-08-02 11:00") == (1, 0, 0)
    assert town.around(case)["李强/train"].detail["minutes"] == 60
    with town.district.acting():
        facts.correct(seat, detail={"unit": "8"}, by=BY, now=moment("2022-08-02 12:00"))
    assert town.find(case, "2022-08-02 12:01") == (1, 0, 1), "another carriage: a general contact"
    assert town.around(case)["李强/train"].kind == "tracing.general_contact_found"


def test_a_class_a_ward_and_a_floor_are_whole_or_by_room(town: Town) -> None:
    zhang, li, wang, zhao, sun = people(town, "张伟", "李强", "王芳", "赵敏", "孙丽")
    town.told(zhang, "class", "示例小学三年级二班", "2022-08-01 08:00")
    town.told(li, "class", "示例小学三年级二班", "2022-08-01 08:00")
    town.told(zhang, "ward", "示例医院呼吸科", "2022-08-01 20:00", unit="3")
    town.told(wang, "ward", "示例医院呼吸科", "2022-08-01 20:00", unit="3")
    town.told(zhao, "ward", "示例医院呼吸科", "2022-08-01 20:00", unit="4")
    town.told(sun, "ward", "示例医院呼吸科", "2022-08-01 20:00")
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    assert town.find(case, "2022-08-03 10:00") == (3, 0, 0)
    assert {name: row.kind.rsplit(".", 1)[1] for name, row in town.around(case).items()} == {
        "李强/class": "contact_found",
        "王芳/ward": "contact_found",
        "赵敏/ward": "general_contact_found",
    }
    found = actions.find(case=case, by=actions.FINDER, now=moment("2022-08-03 10:01"))
    assert (found.proposed, found.unchanged) == (1, 3), "Sun's room is not recorded: a tracer judges"


def test_admission_ends_what_goes_on(town: Town) -> None:
    zhang, li = people(town, "张伟", "李强")
    town.home(zhang, li)
    case = town.case(zhang, "2022-08-02", onset_on="2022-08-02")
    town.find(case, "2022-08-02 10:00")
    town.district.record("cases.admitted", zhang, "2022-08-04 08:00", case=case, facility="示例医院")
    assert town.find(case, "2022-08-04 09:00") == (0, 1, 0)
    assert town.around(case)["李强/household"].last_exposed == date(2022, 8, 4)


def test_who_moved_away_is_exposed_until_then(town: Town) -> None:
    from yanmen.registry.people import hand_over

    zhang, li, wang = people(town, "张伟", "李强", "王芳")
    town.home(zhang, li, wang)
    with town.district.acting():
        hand_over([li], area=COUNTY, by=BY, now=moment("2022-08-01 12:00"))
        hand_over([wang], area=COUNTY, by=BY, now=moment("2022-07-01"))
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    assert town.find(case, "2022-08-03 10:00") == (1, 0, 0)
    (row,) = town.around(case).values()
    assert (row.name, row.last_exposed, row.area) == ("李强", date(2022, 8, 1), COUNTY)


def test_a_tracers_judgement_is_not_overwritten(town: Town) -> None:
    zhang, li, wang, zhao = people(town, "张伟", "李强", "王芳", "赵敏")
    town.home(zhang, li, wang)
    for who in (zhang, zhao):
        town.told(who, "workplace", "示例公司", "2022-08-01 08:00", unit="301")
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    with town.district.acting() as scope:
        about = {"scope": scope, "case": case, "by": BY}
        actions.not_a_contact(person=li, reason="出差在外", now=moment("2022-08-03 09:30"), **about)
        actions.record_general_contact(
            person=zhao, last_exposed=date(2022, 8, 1), via="workplace", now=moment("2022-08-03 09:30"), **about
        )
    assert town.find(case, "2022-08-03 10:00") == (1, 0, 0)
    assert town.who(case) == {"王芳/household", "赵敏/workplace"}
    with town.district.acting() as scope:
        fell = actions.not_a_contact(
            scope=scope, person=wang, case=case, reason="不在同一住处", by=BY, now=moment("2022-08-03 11:00")
        )
    assert fell == 1
    assert town.find(case, "2022-08-03 11:05") == (0, 0, 0), "taken back by a person, it stays away"
    town.district.contact(li, case, last="2022-08-02", found="2022-08-03 12:00", via="declared")
    assert town.find(case, "2022-08-03 12:05") == (1, 0, 0), "judged a contact after all: his household counts again"
    assert town.who(case) == {"李强/declared", "李强/household", "赵敏/workplace"}


def test_a_tube_makes_general_contacts_and_gives_way_to_more(town: Town) -> None:
    from yanmen.loop.bulk import record_bulk

    zhang, li, wang = people(town, "张伟", "李强", "王芳")
    town.home(zhang, li)
    with town.district.acting():
        for minute, who in enumerate((zhang, li, wang)):
            at = moment(f"2022-08-02 09:0{minute}")
            row = {"person": who, "area": DISTRICT, "occurred_at": at, "detail": {"tube": "T1", "position": minute}}
            record_bulk("screening.bound", [row], by=BY, now=at)
    case = town.case(zhang, "2022-08-02 20:00", sampled_on="2022-08-02", kind="asymptomatic")
    assert town.find(case, "2022-08-02 20:05") == (2, 0, 0)
    assert town.who(case) == {"李强/household", "王芳/tube"}


def test_the_second_degree_follows_the_edition(town: Town) -> None:
    zhang, li, wang, zhao, sun = people(town, "张伟", "李强", "王芳", "赵敏", "孙丽")
    town.home(zhang, li)
    for who in (zhang, wang):
        town.told(who, "workplace", "示例公司", "2022-08-01 08:00", unit="301")
    for who in (li, sun):
        town.told(who, "workplace", "示例工厂", "2022-08-01 08:00", unit="二车间")
    town.home(wang, zhao)
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    town.find(case, "2022-08-03 10:00")
    found = town.around(case)
    assert set(found) == {"李强/household", "王芳/workplace", "孙丽/workplace"}, (
        "only those of a contact of higher risk"
    )
    assert (found["孙丽/workplace"].degree, found["孙丽/workplace"].detail["linked"]) == (2, li)
    assert found["孙丽/workplace"].detail["high_risk"] is True
    town.district.turn("2022-08-03 10:05")
    assert [each[:2] for each in town.district.measures(sun)] == [(SECOND, "in_force")]


def test_the_eighth_edition_finds_contacts_of_every_close_contact_and_the_twenty_measures_none(town: Town) -> None:
    zhang, wang, zhao = people(town, "张伟", "王芳", "赵敏")
    for who in (zhang, wang):
        town.told(who, "workplace", "示例公司", "2022-03-01 08:00", unit="301")
    town.home(wang, zhao)
    case = town.case(zhang, "2022-03-03", onset_on="2022-03-02")
    town.find(case, "2022-03-03 10:00")
    assert town.who(case) == {"王芳/workplace", "赵敏/household"}
    for who in (zhang, wang):
        town.told(who, "workplace", "示例公司", "2022-11-20 08:00", unit="301")
    town.district.record("cases.discharged", zhang, "2022-03-20", case=case)
    again = town.case(zhang, "2022-11-21", onset_on="2022-11-20")
    town.find(again, "2022-11-21 10:00")
    assert town.who(again) == {"王芳/workplace"}


def test_a_case_that_was_none_frees_everybody_and_says_why(town: Town) -> None:
    zhang, li, wang, zhao = people(town, "张伟", "李强", "王芳", "赵敏")
    town.home(zhang, li)
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    town.district.contact(wang, case, last="2022-08-02", found="2022-08-03 10:00", via="declared")
    with town.district.acting() as scope:
        actions.flag_companion(
            scope=scope, person=zhao, case=case, together_on=date(2022, 8, 2), minutes_together=30, hours_in_grid=40,
            by=BY, now=moment("2022-08-03 10:00"),
        )  # fmt: skip
    town.find(case, "2022-08-03 10:05")
    town.district.turn("2022-08-03 10:10")
    assert all(town.district.measures(who)[0][1] == "in_force" for who in (li, wang, zhao))
    town.district.record(
        "cases.reclassified", zhang, "2022-08-04 09:00", case=case, to="false_positive", reason="复核阴性"
    )
    with town.district.acting():
        facts.withdraw(UUID(town.report), reason="假阳性", by=BY, now=moment("2022-08-04 09:00"))
    assert town.find(case, "2022-08-04 09:00") == (0, 0, 3)
    town.district.turn("2022-08-04 09:00")
    for who in (li, wang, zhao):
        assert town.district.measures(who)[0][1] == "lifted"
        now = moment("2022-08-04 09:02")
        (ended,) = explain(who, as_of=date(2022, 8, 4), known_at=now, now=now)["ended"]
        (because,) = {fact["corrected_because"] for fact in ended["evidence"]}
        assert case in because
        assert "假阳性" in because
        assert "false positive" in because
        assert "张伟" not in str(ended)


def test_a_merged_report_hands_its_judged_contacts_to_the_case_that_stays_and_takes_them_back(town: Town) -> None:
    zhang, li, wang = people(town, "张伟", "李强", "王芳")
    town.home(zhang, li)
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    twice = town.case(zhang, "2022-08-03 12:00", onset_on="2022-08-02")
    town.district.contact(wang, twice, last="2022-08-02", found="2022-08-03 13:00", via="declared")
    assert town.find(twice, "2022-08-03 13:05") == (1, 0, 0)
    merged = town.district.record("cases.merged", zhang, "2022-08-03 14:00", case=twice, into=case, reason="重复报告")
    assert town.find(twice, "2022-08-03 14:05") == (0, 0, 1)
    assert town.find(case, "2022-08-03 14:05") == (2, 0, 0)
    assert town.who(case) == {"李强/household", "王芳/declared"}
    with town.district.acting():
        facts.withdraw(merged, reason="系两名病例", by=BY, now=moment("2022-08-03 15:00"))
    assert town.find(case, "2022-08-03 15:05") == (0, 0, 1)
    assert town.who(twice) == {"王芳/declared"}


def test_what_trails_no_longer_show_is_not_withdrawn(town: Town) -> None:
    zhang, li = people(town, "张伟", "李强")
    town.home(zhang, li)
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    town.find(case, "2022-08-03 10:00")
    town.home(li)
    late = (moment("2022-08-03") + timedelta(days=40)).strftime("%Y-%m-%d")
    assert town.find(case, late) == (0, 0, 0)


def test_at_one_venue_long_times_in_small_places_are_proposed_for_a_tracer(town: Town) -> None:
    from yanmen.loop.bulk import record_bulk
    from yanmen.registry.models import Place
    from yanmen.subsystems.tracing.jobs import every_minute

    zhang, li, wang, zhao = people(town, "张伟", "李强", "王芳", "赵敏")
    with town.district.acting():
        noodles, market = (
            Place.objects.create(kind=kind, name_zh=f"示例{kind}", area=DISTRICT, created_at=moment("2020-01-01"))
            for kind in ("restaurant", "market")
        )
    for who, place, at in (
        (zhang, noodles, "2022-08-02 12:00"),
        (li, noodles, "2022-08-02 12:05"),
        (wang, noodles, "2022-08-02 12:05"),
        (zhang, market, "2022-08-02 15:00"),
        (zhao, market, "2022-08-02 15:00"),
        (wang, market, "2022-08-02 12:20"),
    ):
        with town.district.acting():
            row = {"person": who, "place": place.pk, "area": DISTRICT, "occurred_at": moment(at)}
            detail = {"claimed": False, "via": "scanner", "device": None}
            record_bulk("presence.scanned", [row | {"detail": detail}], by=BY, now=moment(at))
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    every_minute(moment("2022-08-03 10:00"))

    def proposed(at: str) -> dict[str, int | None]:
        with town.district.acting() as scope:
            found = contacts(scope, case, now=moment(at), finder=actions.FINDER)
        assert found is not None
        return {row.name: row.minutes for row in found.rows if row.outcome == "proposed"}

    assert list(proposed("2022-08-03 10:01")) == ["李强"], "Wang left after a quarter of an hour, markets are not small"
    assert town.who(case) == set(), "nobody is held for it"
    town.district.contact(li, case, last="2022-08-02", found="2022-08-03 11:00", via="venue")
    assert proposed("2022-08-03 11:05") == {}, "a tracer decided"


def test_the_job_looks_at_what_changed_and_by_turns_at_all(town: Town) -> None:
    from yanmen.subsystems.tracing.actions.watching import find_due

    def look(at: str, most: int = 100) -> dict[str, tuple[int, int]]:
        done = find_due(by=actions.FINDER, now=moment(at), most=most)
        return {each.case: (each.recorded, each.withdrawn) for each in done}

    zhang, li, wang, zhao = people(town, "张伟", "李强", "王芳", "赵敏")
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    other = town.case(wang, "2022-08-03", onset_on="2022-08-02")
    assert look("2022-08-03 10:00") == {case: (0, 0), other: (0, 0)}
    town.told(zhang, "train", "D2001", "2022-08-01 08:00", unit="5", recorded="2022-08-03 10:10")
    seat = town.told(li, "train", "D2001", "2022-08-01 08:00", unit="5", recorded="2022-08-03 10:10")
    assert look("2022-08-03 10:11", most=0) == {case: (1, 0)}
    town.home(wang, zhao)
    assert look("2022-08-03 10:20", most=0) == {case: (0, 0)}, "what may have been written late is looked at twice"
    assert look("2022-08-03 10:26", most=0) == {}
    assert look("2022-08-03 10:27", most=1) == {other: (1, 0)}, "the one not looked at for longest comes first"
    with town.district.acting():
        facts.withdraw(seat, reason="车次有误", by=BY, now=moment("2022-08-03 10:30"))
    assert look("2022-08-03 10:31", most=0) == {case: (0, 1)}
