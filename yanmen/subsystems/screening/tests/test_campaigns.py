"""A campaign in rounds: allowed sizes, heavy areas first, how far each part is, and who is missing at which door."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connections

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.loop.models import Fact, StatusValue, Task
from yanmen.loop.run import settle
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Area, Household, Person
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.screening.actions import campaigns, looking
from yanmen.subsystems.screening.models import Part, Tube
from yanmen.subsystems.screening.queries import campaigns as told
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import COUNTY, HOUR, MINUTE, NOON, PROVINCE

TOWNS = {"140727100": "昭馀镇", "140727101": "东观镇", "140727102": "古县镇"}
CAMPAIGN = {"area": COUNTY, "name_zh": "祁县全员核酸", "basis": "县指挥部第1号令"}
ABOUT = {"scope": PROVINCE, "by": "account:1", "now": NOON}


@pytest.fixture
def town(clean):
    site, laboratory = county.open_county()
    load_areas([AreaRow(code=code, name_zh=name) for code, name in TOWNS.items()])
    return site, laboratory


def plan(pools=None, at=NOON, **more):
    with acting(PROVINCE):
        return campaigns.plan_campaign(
            **CAMPAIGN, pools=pools or {"general": 10, "key": 1}, starts_at=at, **(ABOUT | more)
        )


def start(campaign):
    with acting(PROVINCE):
        return campaigns.start_campaign(campaign=campaign.pk, **ABOUT)


def parts():
    rows = Part.objects.using("owner").order_by("order")
    return [(row.area, row.tier, row.group, row.people, row.sampled, row.sampled_here) for row in rows]


def test_sizes_and_hours_are_those_of_the_guide_in_force(town):
    assert plan().within_hours == 24
    assert plan(at=datetime(2021, 10, 1, 8, tzinfo=BEIJING)).within_hours == 48
    for pools in ({"general": 20}, {"general": 10, "sealed": 5, "key": 1}, {"general": 1}):
        assert plan(pools).pools == pools
    for pools, why in (
        ({"general": 100}, "pools are not pooled again"),
        ({"general": 7}, "1, 5, 10, 20 people a tube"),
        ({"general": 10, "key": 5}, "allows 1 people a tube"),
        ({"sealed": 5}, "everybody else"),
    ):
        with pytest.raises(Refusal, match=why):
            plan(pools)
    with pytest.raises(Refusal, match="24 hours at most"):
        plan(within_hours=48)
    with pytest.raises(Refusal, match="not tested as a whole"):
        plan(at=datetime(2023, 1, 10, 8, tzinfo=BEIJING))
    with pytest.raises(Refusal, match="1, 5, 10 people"):
        plan({"general": 20}, at=datetime(2021, 10, 1, 8, tzinfo=BEIJING))


def test_heavy_areas_come_first_and_a_sealed_one_has_its_own_size(town):
    county.people(3, "140727100")
    county.people(1, "140727101001")
    county.people(2, "140727102")
    county.people(1, COUNTY)
    high = Area.objects.using("owner").get(code="140727102")
    StatusValue.objects.using("owner").create(
        subject_type="area",
        subject=high.pk,
        status="risk_tier",
        value="high",
        area=high.code,
        version=1,
        since=NOON,
        because=[],
    )
    start(plan({"general": 10, "sealed": 5}))
    assert parts() == [
        ("140727102", "high", "sealed", 2, 0, 0),
        ("140727100", "none", "general", 3, 0, 0),
        ("140727101", "none", "general", 1, 0, 0),
        (COUNTY, "none", "general", 1, 0, 0),
    ]


def test_a_campaign_goes_round_by_round(town):
    county.people(1, "140727100")
    made = plan()
    first = start(made)
    with acting(PROVINCE):
        for act in (campaigns.end_campaign, lambda **about: campaigns.add_round(opens_at=NOON + 30 * HOUR, **about)):
            with pytest.raises(Refusal, match="Round 1 is open"):
                act(campaign=made.pk, **ABOUT)
        later = ABOUT | {"now": NOON + 24 * HOUR}
        assert campaigns.close_round(round=first.pk, **later) == 1
        second = campaigns.add_round(campaign=made.pk, opens_at=NOON + 30 * HOUR, **later)
        assert (second.number, second.closes_at) == (2, NOON + 54 * HOUR)
        assert campaigns.cancel_campaign(campaign=made.pk, **later).state == "cancelled"
        with pytest.raises(Refusal, match="was closed before"):
            campaigns.close_round(round=second.pk, **later)


def test_coverage_counts_people_by_where_they_live_and_by_where_they_were_sampled(town):
    site, _ = town
    near, far = county.people(6, "140727100"), county.people(4, "140727101")
    start(plan())
    site.area = "140727100"
    county.bind("T1", near[:4] + far[:1], site, NOON + HOUR)
    county.bind("T2", near[:1], site, NOON + 2 * HOUR)
    county.bind("EARLY", far[1:2], site, NOON - MINUTE)
    campaigns.count_rounds(by="test", now=NOON + 3 * HOUR)
    assert [(row[0], *row[3:]) for row in parts()] == [
        ("140727100", 6, 4, 5),
        ("140727101", 4, 1, 0),
        ("140727102", 0, 0, 0),
        (COUNTY, 0, 0, 0),
    ]
    looking.look(by="test", now=NOON + 3 * HOUR)
    assert Tube.objects.using("owner").get(pk="T1").capacity == 10
    with acting(PROVINCE):
        [one] = told.campaigns(PROVINCE)
        [round_one] = told.rounds(PROVINCE, one)
        total = told.progress(told.parts(PROVINCE, round_one))
    assert (total.people, total.sampled, total.missing, total.percent) == (10, 5, 5, 50.0)


def test_the_missing_stand_at_their_doors_and_a_closed_round_obliges_the_grid(town):
    site, _ = town
    persons = county.people(7, "140727100")
    with acting(PROVINCE):
        house = Household.objects.create(area="140727100", address="新建路1号", created_at=NOON)
        Person.objects.filter(pk__in=persons[:3]).update(household=house)
    Person.objects.using("owner").filter(pk=persons[6]).update(same_as=persons[5])
    made = start(plan())
    county.bind("T1", persons[2:3] + persons[6:], site, NOON + HOUR)
    village = Scope(None, "grid_officer", "140727100")
    with acting(village):
        found, after = told.households(village, made)
        assert told.missing_counts(village, made) == {"missing": 4, "elsewhere": 0}
        first, key = told.households(village, made, limit=1)
        second, _ = told.households(village, made, after=key, limit=10)
    doors = [(door.address, [row["person"] for row in door.people]) for door in found]
    assert doors == [("", [persons[3]]), ("", [persons[4]]), ("新建路1号", persons[:2])]
    assert (after, first + second) == ("", found)
    with acting(outside := Scope(None, "grid_officer", "140728")):
        assert told.missing_counts(outside, made) == {"missing": 0, "elsewhere": 0}

    later = NOON + 24 * HOUR
    with acting(PROVINCE):
        assert campaigns.close_round(round=made.pk, **(ABOUT | {"now": later})) == 4
    settle(now=later)
    owed = Task.objects.using("owner").filter(kind="test", state="open", role="grid_officer")
    assert sorted(owed.values_list("subject", flat=True)) == sorted([*persons[:2], *persons[3:5]])
    assert {task.due_at for task in owed} == {later + 24 * HOUR}
    [fact, *_] = Fact.objects.using("owner").filter(kind="screening.missed")
    assert (fact.detail, fact.occurred_at) == ({"campaign": made.campaign_id, "round": 1}, later)
    county.bind("T9", persons[3:4], site, later + HOUR)
    settle(now=later + HOUR)
    assert owed.filter(state="open").count() == 3


def test_a_round_closes_by_itself_when_its_phones_had_time_to_deliver(town):
    site, _ = town
    persons = county.people(3, "140727100")
    made = start(plan())
    county.bind("T1", persons[:2], site, NOON + HOUR)
    over = made.closes_at
    assert campaigns.close_due(by="test", now=over + 59 * MINUTE) == 0
    assert campaigns.close_due(by="test", now=over + HOUR) == 1
    assert campaigns.close_due(by="test", now=over + 2 * HOUR) == 0
    [fact] = Fact.objects.using("owner").filter(kind="screening.missed")
    assert (fact.person_id, fact.occurred_at) == (persons[2], over)
    with acting(PROVINCE):
        second = campaigns.add_round(
            campaign=made.campaign_id, opens_at=over + 2 * HOUR, **(ABOUT | {"now": over + HOUR})
        )
        campaigns.cancel_campaign(campaign=made.campaign_id, **(ABOUT | {"now": over + 3 * HOUR}))
    assert campaigns.close_due(by="test", now=second.closes_at + 9 * HOUR) == 0


def test_sites_of_the_area_itself_count_what_was_sampled_there(town):
    site, _ = town
    persons = county.people(2, "140727100")
    start(plan())
    county.bind("T1", persons, site, NOON + HOUR)
    campaigns.count_rounds(by="test", now=NOON + 3 * HOUR)
    assert [(row[0], *row[3:]) for row in parts()][::3] == [("140727100", 2, 2, 0), (COUNTY, 0, 0, 2)]


def test_who_is_in_quarantine_or_hospital_is_not_missing(town):
    persons = county.people(2, "140727100")
    made = start(plan())
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO loop_edition (pack, rule, area, valid_from, digest, body) VALUES ('p', 'r', '', '2022-01-01', 'd', '{}')"
            " RETURNING id"
        )
        (edition,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO loop_edition_stage (edition_id, ordinal, place, from_day, to_day, is_last, marks)"
            " VALUES (%s, 1, 'central_quarantine', 0, 6, true, '{}')",
            [edition],
        )
        day = (NOON - timedelta(days=1)).date()
        cursor.execute(
            "INSERT INTO loop_measure (rule, kind, subject_type, subject, reason, area, state, edition_id, count_from, known_on,"
            " since_at, evidence, imposed_at) VALUES ('r', 'k', 'person', %s, '', %s, 'in_force', %s, %s, %s, %s, '{}', %s)",
            [persons[0], "140727100", edition, day, day, NOON, NOON],
        )
    with acting(PROVINCE):
        assert told.missing_counts(PROVINCE, made) == {"missing": 1, "elsewhere": 1}
