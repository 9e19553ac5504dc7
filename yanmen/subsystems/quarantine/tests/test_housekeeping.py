"""Linen, medical waste and staff of a site at their doors: nothing goes missing unsaid, and whoever leaves the loop owes what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yanmen.loop import reading
from yanmen.loop.run import settle
from yanmen.project.testing import show_clock
from yanmen.registry.scope import acting, system
from yanmen.subsystems.quarantine.models import Cycle, WasteBag, WasteLoad
from yanmen.subsystems.quarantine.queries.conservation import audit
from yanmen.subsystems.quarantine.tests import city as town
from yanmen.subsystems.quarantine.tests.city import COUNTY, DAY, DISTRICT, HOUR, NOON, PROVINCE
from yanmen.subsystems.quarantine.tests.test_house import MANAGER, post

STAFF = "quarantine.staff"


@pytest.fixture
def house(clean):
    town.open_city()
    show_clock(NOON)
    return town.site(rooms=2, floors=1)


def found(scope="14", now=NOON):
    return [each["check"] for each in audit(system(scope), now=now)]


def test_linen_is_in_one_place_at_a_time_and_what_is_missing_is_said(house, sign_in):
    staff, path = sign_in(STAFF, DISTRICT, language="en"), f"/quarantine/sites/{house.pk}/linen/"
    assert post(staff, path, act="lay_out", sets="1").status_code == 422, "nothing is on the shelf"
    for act, sets in (("buy", 40), ("lay_out", 30), ("strip", 20)):
        assert post(staff, path, act=act, sets=sets).status_code == 200
    assert post(staff, path, act="send", sets=20).status_code == 422, "the laundry has a name"
    assert post(staff, path, act="send", sets=20, partner="合成洗涤厂").status_code == 200
    show_clock(NOON + 3 * DAY)
    assert post(staff, path, act="take_back", sets=18, partner="合成洗涤厂").status_code == 200
    page = staff.get(path).text
    assert "2 overdue" in page
    refused = post(staff, path, act="take_back", sets=3, partner="合成洗涤厂")
    assert (refused.status_code, "Only 2 sets" in refused.text) == (422, True)
    assert post(staff, path, act="miss_laundry", sets=2, partner="合成洗涤厂").status_code == 422, "with its reason"
    assert post(staff, path, act="miss_laundry", sets=2, partner="合成洗涤厂", note="对方确认丢失").status_code == 200
    from yanmen.subsystems.quarantine.queries import linen

    with acting(PROVINCE):
        assert linen.holdings(PROVINCE, house) == {"shelf": 28, "room": 10, "soiled": 0, "laundry": 0, "missing": 2}
    assert found() == []
    assert post(sign_in("command.staff", DISTRICT), path, act="buy", sets=1).status_code == 422


def test_a_bag_of_waste_goes_under_two_signatures_to_its_disposal(house, sign_in):
    one, two = sign_in(STAFF, DISTRICT, language="en"), sign_in(STAFF, DISTRICT, language="en")
    path = f"/quarantine/sites/{house.pk}/waste/"
    assert (
        post(one, path, act="seal", kind="infectious", labels="B1 B2\nB3", room="201", layers="1").status_code == 422
    ), "two layers"
    assert post(one, path, act="seal", kind="infectious", labels="B1 B2\nB3", room="201", layers="2").status_code == 200
    assert post(one, path, act="seal", kind="infectious", labels="b1", layers="2").status_code == 422, (
        "a label is used once"
    )
    assert post(one, path, act="take", codes=["B1"]).status_code == 422, "not before it is weighed"
    for code, kg in (("B1", "4.20"), ("B2", "3.80"), ("B3", "5")):
        assert post(one, path, act="weigh", code=code, kg=kg).status_code == 200
    assert post(one, path, act="weigh", code="B9", kg="1").status_code == 422
    own = post(one, path, act="take", codes=["B1", "B2"])
    assert (own.status_code, "somebody else takes it" in own.text) == (422, True)
    assert post(two, path, act="take", codes=["B1", "B2", "B3"]).status_code == 200
    way = {"manifest": "M-1", "plate": "晋K99999", "carrier": "合成司机", "plant": "合成处置厂"}
    assert post(two, path, act="load", codes=["B1", "B2"], **way | {"manifest": ""}).status_code == 422
    assert post(two, path, act="load", codes=["B1", "B2"], **way).status_code == 200
    load = WasteLoad.objects.using("owner").get()
    assert (load.bags, f"{load.kg}") == (2, "8.00")
    told = {"act": "dispose", "load": load.pk, "received_bags": "2", "received_kg": "7.95"}
    assert post(two, path, **told).status_code == 422, "with the plant's receipt"
    assert post(two, path, **told, receipt="R-77").status_code == 200
    assert found() == [], "within two hundredths"
    states = dict(WasteBag.objects.using("owner").values_list("code", "state"))
    assert states == {"B1": "disposed", "B2": "disposed", "B3": "stored"}
    with (
        pytest.raises(IntegrityError, match="does not go from stored to disposed"),
        acting(PROVINCE),
        transaction.atomic(),
    ):
        WasteBag.objects.filter(pk="B3").update(state="disposed")
    with pytest.raises(IntegrityError, match="quarantine_waste_two_signatures"), acting(PROVINCE), transaction.atomic():
        WasteBag.objects.filter(pk="B3").update(taken_by=WasteBag.objects.get(pk="B3").weighed_by)
    show_clock(NOON + 49 * HOUR)
    assert "1 bag is past its clock" in one.get(path).text
    assert elsewhere_sees_nothing(sign_in, path)


def elsewhere_sees_nothing(sign_in, path):
    return sign_in(STAFF, COUNTY).get(path).status_code == 404


def test_what_does_not_balance_is_found_by_page_api_and_audit(house, sign_in):
    one, two = sign_in(STAFF, DISTRICT), sign_in(STAFF, DISTRICT)
    path = f"/quarantine/sites/{house.pk}/waste/"
    post(one, path, act="seal", kind="infectious", labels="B1 B2 B3", layers="2")
    assert post(one, path, act="lose", code="B3", why="").status_code == 422
    assert post(one, path, act="lose", code="B3", why="交接时少一袋").status_code == 200
    for code in ("B1", "B2"):
        post(one, path, act="weigh", code=code, kg="5")
    post(two, path, act="take", codes=["B1", "B2"])
    post(two, path, act="load", codes=["B1", "B2"], manifest="M-2", plate="晋K1", carrier="司机", plant="厂")
    load = WasteLoad.objects.using("owner").get()
    post(two, path, act="dispose", load=load.pk, received_bags="1", received_kg="5", receipt="R")
    assert found() == ["bag_missing", "load_against_plant"]
    manager = sign_in(MANAGER, DISTRICT, language="en")
    page = manager.get("/quarantine/balance/").text
    assert "A bag of medical waste is missing" in page
    assert "B3" in page
    assert [each["check"] for each in manager.get("/api/quarantine/balance").json()] == found()
    assert sign_in(MANAGER, COUNTY).get("/api/quarantine/balance").json() == []
    from yanmen.project.commands.audit import balances

    assert {each["check"] for each in balances(NOON)} == {"bag_missing", "load_against_plant"}
    assert post(one, path, act="find", code="B3").status_code == 200
    assert found() == ["load_against_plant"]


def test_staff_are_tested_in_the_loop_and_owe_what_the_edition_says_after_it(house, sign_in):
    manager, path = sign_in(MANAGER, DISTRICT, language="en"), f"/quarantine/sites/{house.pk}/staff/"
    (worker,) = town.household(1)
    about = {"act": "enter", "who": str(worker.pk), "zone": "observation", "duty": "health"}
    assert post(manager, path, **about | {"who": "无此人"}).status_code == 422
    assert worker.name in post(manager, path, **about).text
    assert post(manager, path, **about).status_code == 422, "in one loop at a time"
    settle(now=NOON + HOUR)
    with acting(PROVINCE) as scope:
        assert [each["rule"] for each in reading.measures_of(scope, worker.pk)] == ["screening.daily_posts"]
    cycle = Cycle.objects.using("owner").get()
    assert cycle.ends_on == NOON.date() + timedelta(days=13)
    assert post(manager, path, act="change", cycle=cycle.pk, zone="service", duty="logistics").status_code == 422
    late = NOON + 15 * DAY
    show_clock(late)
    assert "figure-alert" in manager.get(path).text
    assert post(sign_in(STAFF, DISTRICT), path, act="leave", cycle=cycle.pk).status_code == 422
    assert post(manager, path, act="leave", cycle=cycle.pk).status_code == 200
    settle(now=late + HOUR)
    page = manager.get(path).text
    assert "Home isolation" in page or "isolation" in page
    assert (late.date() + timedelta(days=7)).isoformat() in page


def test_where_the_edition_sets_no_cycle_none_is_made_up(house, sign_in):
    show_clock(NOON.replace(year=2023, month=2))
    manager, path = sign_in(MANAGER, DISTRICT, language="en"), f"/quarantine/sites/{house.pk}/staff/"
    (worker,) = town.household(1)
    assert "no end set" in post(manager, path, act="enter", who=str(worker.pk), zone="service", duty="health").text
    assert Cycle.objects.using("owner").get().ends_on is None
