"""Officers make a telephone theirs with a token; devices are listed by area and shut out with a reason."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from yanmen.subsystems.health_code.tests.conftest import HOLDER, MORNING, form

MINE = "/health-code/my-device/"
ONE = "13800000001"


@pytest.fixture
def gate(town, sign_in):
    """An officer of Xiaodian, and the motorway exit where she stands."""
    from yanmen.registry.models import Place

    town.exit = Place.objects.using("owner").create(
        kind="checkpoint", name_zh="太原南收费站", area="140105", created_at=MORNING
    )
    town.other = Place.objects.using("owner").create(kind="market", name_zh="五龙口", area="140106", created_at=MORNING)
    town.officer = sign_in("grid_officer", "140105")
    town.keeper = sign_in("health_code.keeper", "1401")
    return town


POST = (
    "INSERT INTO checkpoints_post (place_id, area, kind, direction, lanes, roads, open_from, created_at, created_by)"
    " VALUES (%s, '140105', 'highway', 'in', 1, '[]', %s, %s, 'test')"
)
VENUE = (
    "INSERT INTO venues_venue (place_id, area, kind, seed, seeded_at, opened_at, opened_by, closed_by)"
    " VALUES (%s, '140105', 'market', '\\x00', %s, %s, 'test', '')"
)


def registered(statement, place=None):
    """A place that stands in the register of another subsystem, which may not be imported here."""
    from django.db import connections

    from yanmen.registry.models import Place

    if place is None:
        about = {"kind": "market", "name_zh": "许坦市场", "area": "140105", "created_at": MORNING}
        place = Place.objects.using("owner").create(**about)
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, [place.pk, MORNING, MORNING])
    return place.pk


def token_on(page):
    found = re.search(r"YE1:([\w-]+)", page.text)
    assert found, page.text[-2000:]
    return found[1]


def opened(gate, **fields):
    page = form(gate.officer, MINE, **{"place": str(gate.exit.pk), "days": "7"} | fields)
    assert page.status_code == 200, page.text[-2000:]
    assert page.headers["Cache-Control"] == "no-store"
    return token_on(page)


def test_an_officer_scans_once_and_the_telephone_acts_in_role_and_place(gate):
    token = opened(gate)
    phone = gate.phone()
    assert phone.equip(token).status_code == 201
    claims = phone.claims()
    assert (claims.kind, claims.role, claims.place, claims.area) == (2, "grid_officer", gate.exit.pk, "140105")
    assert claims.expires_at - claims.issued_at in range(7 * 86400 - 60, 7 * 86400 + 1)
    assert gate.phone().equip(token).json()["errors"][0]["field"] == "token"
    assert phone.call("GET", f"{HOLDER}/me").status_code == 401, "an officer's device is nobody's health code"


def test_a_token_is_good_for_ten_minutes_and_for_a_key_that_signs_it(gate):
    token = opened(gate)
    phone, thief = gate.phone(), gate.phone()
    body = phone.body(token, token=token) | {"proof": thief.body("other")["proof"]}
    assert phone.client.post(f"{HOLDER}/officers", json=body).json()["errors"][0]["field"] == "proof"
    gate.at(MORNING + timedelta(minutes=11))
    assert phone.equip(token).json()["errors"][0]["field"] == "token"


def test_a_grant_that_ended_makes_the_token_worthless(gate):
    from yanmen.registry.models import Grant

    token = opened(gate)
    Grant.objects.using("owner").filter(role="grid_officer").update(valid_to=MORNING)
    assert gate.phone().equip(token).json()["errors"][0]["field"] == "token"


def test_places_and_days_have_borders(gate):
    assert "五龙口" not in gate.officer.get(MINE).text
    for fields in ({"place": str(gate.other.pk)}, {"days": "0"}, {"days": "400"}):
        assert form(gate.officer, MINE, **{"place": "", "days": "7"} | fields).status_code == 422, fields
    assert form(gate.officer, MINE, place="", days="7").status_code == 200


@pytest.mark.parametrize(
    ("register", "keeper", "stranger", "remedy"),
    [
        (POST, "checkpoints.officer", "venues.staff", "卡口值守人员"),
        (VENUE, "venues.staff", "checkpoints.officer", "场所值守人员"),
        (VENUE, "sampling", "grid_officer", "场所值守人员"),
    ],
)
def test_a_post_and_a_venue_take_only_telephones_of_those_who_keep_them(
    gate, sign_in, register, keeper, stranger, remedy
):
    place = registered(register)
    outsider = sign_in(stranger, "140105")
    assert f'value="{place}"' not in outsider.get(MINE).text
    refused = form(outsider, MINE, place=str(place), days="7")
    assert refused.status_code == 422
    assert remedy in refused.text
    english = sign_in(stranger, "140105", language="en")
    assert "Only these roles stand here" in form(english, MINE, place=str(place), days="7").text
    insider = sign_in(keeper, "140105")
    assert f'value="{place}"' in insider.get(MINE).text
    phone = gate.phone()
    assert phone.equip(token_on(form(insider, MINE, place=str(place), days="7"))).status_code == 201
    assert (phone.claims().role, phone.claims().place) == (keeper, place)


def test_a_place_that_became_a_post_meanwhile_takes_no_stranger(gate):
    token = opened(gate)
    registered(POST, gate.exit)
    assert gate.phone().equip(token).json()["errors"][0]["field"] == "place"


def test_staff_see_the_devices_of_their_area_and_shut_one_out_with_a_reason(gate, sign_in):
    phone = gate.phone()
    phone.equip(opened(gate))
    number = phone.certificates[0]["device"]
    page = gate.keeper.get("/health-code/devices/")
    assert "太原南收费站" in page.text
    assert "在用" in page.text
    assert form(gate.keeper, "/health-code/devices/", revoke=str(number), reason=" ").status_code == 422
    elsewhere = sign_in("health_code.keeper", "140106")
    assert "太原南收费站" not in elsewhere.get("/health-code/devices/").text
    assert form(elsewhere, "/health-code/devices/", revoke=str(number), reason="试试").status_code == 422
    done = form(gate.keeper, "/health-code/devices/", revoke=str(number), reason="手机遗失")
    assert "手机遗失" in done.text
    assert gate.told("devices.revoked") == [{"devices": [number]}]
    assert gate.rows("SELECT * FROM edge_revoked_devices()") == [(number,)]


def test_officers_shut_out_their_own_telephone(gate):
    phone = gate.phone()
    phone.equip(opened(gate))
    number = phone.certificates[0]["device"]
    page = form(gate.officer, MINE, revoke=str(number), reason="换手机")
    assert "已停用" in page.text


def test_residents_are_listed_apart_and_shut_out_at_the_desk(gate):
    gate.resident("张兰", phone=ONE)
    phone = gate.phone(ONE)
    phone.enter()
    page = gate.keeper.get("/health-code/devices/?kind=holder")
    assert "张兰" in page.text
    form(
        gate.keeper, "/health-code/devices/?kind=holder", revoke=str(phone.certificates[0]["device"]), reason="来电挂失"
    )
    assert phone.call("GET", f"{HOLDER}/me").status_code == 401


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "登记我的手机"), ("en", "Make a telephone mine")])
def test_the_pages_speak_both_languages(gate, sign_in, language, words):
    officer = sign_in("health_code.keeper", "140105", language=language)
    assert words in officer.get(MINE).text
    assert officer.get("/health-code/devices/").status_code == 200


def test_statistics_have_no_devices(gate, sign_in):
    counter = sign_in("health_code.keeper", "140105", purpose="statistics")
    assert form(counter, MINE, place="", days="7").status_code == 422


@pytest.mark.parametrize("ending", ["grant", "account"])
def test_a_device_speaks_no_longer_than_its_officer_may(gate, ending):
    from yanmen.registry.models import Account, Grant
    from yanmen.subsystems.health_code.jobs import every_minute

    phone = gate.phone()
    phone.equip(opened(gate))
    number = phone.certificates[0]["device"]
    every_minute(MORNING + timedelta(minutes=1))
    assert gate.told("devices.revoked") == []
    if ending == "grant":
        Grant.objects.using("owner").filter(role="grid_officer").update(valid_to=MORNING)
    else:
        (account,) = gate.rows("SELECT account_id FROM registry_device WHERE id = %s", number)[0]
        Account.objects.using("owner").filter(pk=account).update(is_active=False)
    every_minute(MORNING + timedelta(minutes=2))
    every_minute(MORNING + timedelta(minutes=3))
    assert gate.told("devices.revoked") == [{"devices": [number]}], "once"
    assert gate.rows("SELECT * FROM edge_revoked_devices()") == [(number,)]
    assert gate.rows("SELECT revoked_reason FROM registry_device") == [("the role has ended",)]


def test_nobody_tells_the_edges_that_an_open_device_is_shut_out(gate):
    from django.db import connection

    phone = gate.phone()
    phone.equip(opened(gate))
    with connection.cursor() as cursor:
        cursor.execute("SELECT tell_revoked(%s, now())", [[phone.certificates[0]["device"]]])
    assert gate.told("devices.revoked") == []
