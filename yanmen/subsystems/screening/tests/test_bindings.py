"""What came in is looked at: each tube has its row, and what may be wrong with it is found once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.base.refusals import Refusal
from yanmen.loop.run import settle
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.screening import actions, jobs
from yanmen.subsystems.screening.actions import campaigns, looking
from yanmen.subsystems.screening.models import Finding, Site, Tube
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import BENCH, COUNTY, HOUR, MINUTE, NOON, PROVINCE


@pytest.fixture
def town(clean):
    return county.open_county()


def look(at):
    return looking.look(by="test", now=at)


def found(kind=None):
    rows = Finding.objects.using("owner").order_by("kind", "tube", "key")
    return [(row.kind, row.tube, row.detail) for row in rows if kind in (None, row.kind)]


def second_site(kilometres):
    with acting(PROVINCE):
        Place.objects.filter(kind="sampling_site").update(longitude=112.33, latitude=37.36)
        place = Place.objects.create(
            kind="sampling_site", name_zh="昭馀采样点", area=COUNTY, created_at=NOON, longitude=112.33,
            latitude=37.36 + kilometres / 111.2,
        )  # fmt: skip
        return Site.objects.create(
            place=place, area=COUNTY, kind="fixed", open_from=NOON - HOUR, created_at=NOON, created_by="test"
        )


def running_round(pools, at=NOON - HOUR):
    about = {"scope": PROVINCE, "by": "test", "now": at}
    with acting(PROVINCE):
        made = campaigns.plan_campaign(
            area=COUNTY, name_zh="全员核酸", basis="指挥部令1号", pools=pools, starts_at=at, **about
        )
        return campaigns.start_campaign(campaign=made.pk, **about)


def test_a_tube_has_its_row_with_round_and_size_once_it_was_looked_at(town):
    site, _ = town
    persons = county.people(10)
    made = running_round({"general": 5})
    county.bind("T1", persons[:5], site)
    county.bind("T2", persons[5:], site, NOON + MINUTE)
    seen = look(NOON + 2 * MINUTE)
    assert (seen.bindings, seen.tubes, seen.findings) == (10, 2, 0)
    tube = Tube.objects.using("owner").get(pk="T1")
    assert (tube.area, tube.site_id, tube.round_id, tube.capacity, tube.members) == (COUNTY, site.pk, made.pk, 5, 5)
    assert (tube.first_at, tube.last_at, tube.device, tube.gate) == (NOON, NOON, 7, "sampled")
    assert look(NOON + 3 * MINUTE) == looking.Looked()


def test_bindings_delivered_behind_an_earlier_look_are_counted(town):
    site, _ = town
    persons = county.people(4)
    county.bind("T1", persons[:2], site)
    look(NOON + 5 * MINUTE)
    county.bind("T1", persons[2:3], site, NOON + 4 * MINUTE)
    county.bind("T2", persons[3:], site, NOON + 4 * MINUTE)
    look(NOON + 6 * MINUTE)
    assert dict(Tube.objects.using("owner").values_list("code", "members")) == {"T1": 3, "T2": 1}


def test_one_person_in_two_tubes_and_two_people_at_one_place_are_found_once(town):
    site, _ = town
    persons = county.people(4)
    county.bind("T1", persons[:2], site)
    county.bind("T2", [persons[0]], site, NOON + 20 * MINUTE)
    county.bind("T3", [persons[1]], site, NOON + 90 * MINUTE)
    county.bind("T4", [persons[2]], site, NOON)
    county.bind("T4", [persons[3]], site, NOON)
    look(NOON + 2 * HOUR)
    looking.look(by="test", now=NOON + 3 * HOUR)
    assert found() == [
        ("person_twice", "T2", {"other": "T1", "minutes": 20}),
        ("position_taken", "T4", {"position": 1, "people": 2}),
    ]


def test_too_many_and_too_few_in_a_tube(town):
    site, _ = town
    persons = county.people(20)
    running_round({"general": 10})
    county.bind("FULL", persons[:11], site)
    county.bind("FEW", persons[11:14], site)
    county.bind("ONE", persons[14:15], site)
    look(NOON + 2 * MINUTE)
    assert looking.look_back(by="test", now=NOON + 30 * MINUTE) == 0
    assert looking.look_back(by="test", now=NOON + 61 * MINUTE) == 1
    assert found() == [
        ("overfull", "FULL", {"people": 11, "holds": 10}),
        ("underfull", "FEW", {"people": 3, "holds": 10}),
    ]
    county.bind("FEW", persons[15:20], site, NOON + 62 * MINUTE)
    look(NOON + 70 * MINUTE)
    looking.look_back(by="test", now=NOON + 70 * MINUTE)
    assert Finding.objects.using("owner").get(kind="underfull").resolved_at == NOON + 70 * MINUTE


def test_a_tube_used_again_after_it_was_closed_or_on_another_day(town):
    site, _ = town
    persons = county.people(4)
    county.bind("T1", persons[:2], site)
    county.bind("T2", persons[2:3], site)
    look(NOON + MINUTE)
    Tube.objects.using("owner").filter(pk="T1").update(boxed_at=NOON + 10 * MINUTE)
    county.bind("T1", persons[3:], site, NOON + 20 * MINUTE)
    county.bind("T2", persons[3:], site, NOON + 24 * HOUR)
    look(NOON + 25 * HOUR)
    assert [(kind, tube, detail["people"]) for kind, tube, detail in found("tube_reused")] == [
        ("tube_reused", "T1", 1),
        ("tube_reused", "T2", 1),
    ]


def test_one_tube_at_two_sites_and_people_far_apart(town):
    site, _ = town
    far = second_site(12)
    persons = county.people(4)
    county.bind("T1", persons[:1], site)
    county.bind("T1", persons[1:2], far, NOON + 3 * MINUTE)
    county.bind("T2", persons[2:3], site)
    county.bind("T2", persons[3:4], far, NOON + 2 * HOUR)
    look(NOON + 3 * HOUR)
    assert [tube for _, tube, _ in found("far_apart")] == ["T1", "T2"]
    assert [tube for _, tube, _ in found("two_sites")] == ["T1"]
    assert found("far_apart")[0][2]["km"] == pytest.approx(12, abs=0.1)


def test_a_positive_tube_whose_members_are_all_negative_alone(town):
    site, laboratory = town
    persons = county.people(2)
    county.bind("T1", persons, site)
    look(NOON + MINUTE)
    Tube.objects.using("owner").filter(pk="T1").update(
        laboratory=laboratory.pk, lab_area=laboratory.area, received_at=NOON + HOUR
    )
    with acting(BENCH):
        run = county.measured({"T1": "positive"}, laboratory)
        actions.release_run(scope=BENCH, run=run.pk, by="account:2", now=NOON + 4 * HOUR)
    settle(now=NOON + 4 * HOUR)
    again = NOON + 6 * HOUR
    for number, person in enumerate(persons):
        county.bind(f"S{number}", [person], site, again)
    jobs.every_minute(again + MINUTE)
    for number in range(2):
        tube = Tube.objects.using("owner").filter(pk=f"S{number}")
        tube.update(laboratory=laboratory.pk, lab_area=laboratory.area, received_at=again + HOUR)
        with acting(BENCH):
            run = county.measured({f"S{number}": "negative"}, laboratory, again, f"R{number + 2}")
            actions.release_run(scope=BENCH, run=run.pk, by="account:2", now=again + 4 * HOUR)
        jobs.every_minute(again + 4 * HOUR + number * MINUTE)
        assert len(found("no_member_positive")) == number
    assert found("no_member_positive") == [("no_member_positive", "T1", {"people": 2})]


def test_somebody_says_what_became_of_a_finding(town):
    site, _ = town
    [person] = county.people(1)
    county.bind("T1", [person], site)
    county.bind("T2", [person], site, NOON + MINUTE)
    look(NOON + HOUR)
    [finding] = Finding.objects.using("owner").all()
    about = {"scope": PROVINCE, "finding": finding.pk, "by": "account:3", "now": NOON + HOUR}
    with acting(PROVINCE):
        with pytest.raises(Refusal, match="Say what became"):
            looking.resolve_finding(note=" ", **about)
        looking.resolve_finding(note="扫码枪连扫两次", **about)
        with pytest.raises(Refusal, match="settled already"):
            looking.resolve_finding(note="再次", **about)
    with acting(BENCH), pytest.raises(Refusal):
        looking.resolve_finding(note="外县", **about | {"scope": BENCH})
    county.bind("T2", [person], site, NOON + 2 * MINUTE)
    look(NOON + HOUR + timedelta(minutes=2))
    assert Finding.objects.using("owner").get().note == "扫码枪连扫两次"
