"""The manager's screens and API: sites, campaigns, findings; each role what is its own, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections

from yanmen.project.testing import show_clock
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.subsystems.screening import jobs
from yanmen.subsystems.screening.models import Finding, Laboratory, Round, Site
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import COUNTY, HOUR, MINUTE, NOON

SHEET = "名称,采样点类型,地区,采样台数,开放时间\n城北便民点,convenience,140727100,3,1-7 07:00-21:00\n坏行,fixed,140727100,0,\n"


@pytest.fixture
def town(clean):
    site, laboratory = county.open_county()
    load_areas([AreaRow(code="140727100", name_zh="昭馀镇"), AreaRow(code="140727101", name_zh="东观镇")])
    show_clock(NOON)
    return site, laboratory


def post(client, path, **form):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def call(client, path, body=None, method="post", **more):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    about = more or {"json": body or {}}
    return getattr(client, method)(f"/api/screening{path}", headers=headers, **about)


def test_sites_are_registered_by_hand_and_by_file_and_show_their_load(town, sign_in):
    site, _ = town
    manager = sign_in("screening.manager", COUNTY, language="en")
    about = {
        "area": "140727101 东观镇",
        "name_zh": "东观便民点",
        "kind": "convenience",
        "desks": "2",
        "hours": "1-5 08:00-18:00",
    }
    assert "Registered." in post(manager, "/screening/sites/new/", **about).text
    assert post(manager, "/screening/sites/new/", **about | {"name_zh": "另一", "hours": "每天"}).status_code == 422
    file = {"file": ("s.csv", SHEET.encode(), "text/csv")}
    told = call(manager, "/sites/imports", files=file).json()
    assert (told["created"], told["rejected"], told["rows"][0]["field"]) == (1, 1, "desks")
    county.bind("T1", county.people(30), site, NOON - 10 * MINUTE)
    county.bind("T0", county.people(5), site, NOON - 3 * HOUR)
    rows = {row["name_zh"]: row for row in manager.get("/api/screening/sites").json()}
    assert (rows["东观采样点"]["people_last_hour"], rows["东观采样点"]["people_today"]) == (30, 35)
    assert (rows["东观采样点"]["a_desk"], rows["东观采样点"]["percent"], rows["东观采样点"]["state"]) == (
        15,
        25,
        "flowing",
    )
    assert (rows["东观便民点"]["state"], rows["城北便民点"]["state"]) == ("closed", "idle")  # a Saturday
    page = manager.get("/screening/sites/?kind=convenience").text
    assert "城北便民点" in page
    assert "东观采样点" not in page
    number = rows["城北便民点"]["place"]
    assert "1-7 07:00-21:00" in manager.get(f"/screening/sites/{number}/").text
    assert call(manager, f"/sites/{number}", {"desks": 5}, method="patch").json()["desks"] == 5
    assert "Closed since" in post(manager, f"/screening/sites/{number}/", act="close").text
    assert Site.objects.using("owner").get(pk=number).open_to is not None
    staff = sign_in("sampling", COUNTY, language="en")
    assert post(staff, f"/screening/sites/{number}/", act="reopen").status_code == 422
    elsewhere = sign_in("screening.manager", "140728")
    assert elsewhere.get(f"/screening/sites/{number}/").status_code == 404


def test_laboratories_are_registered_and_changed(town, sign_in):
    manager = sign_in("screening.manager", COUNTY, language="en")
    about = {"act": "open", "area": COUNTY, "name_zh": "祁县疾控实验室", "tubes_a_day": "3000", "hours_a_run": "4.5"}
    assert "祁县疾控实验室" in post(manager, "/screening/sites/laboratories/", **about).text
    made = Laboratory.objects.using("owner").get(area=COUNTY)
    change = {"act": "change", "place": made.pk, "tubes_a_day": "0", "hours_a_run": "4"}
    assert post(manager, "/screening/sites/laboratories/", **change).status_code == 422
    assert "5,000" in post(manager, "/screening/sites/laboratories/", **change | {"tubes_a_day": "5000"}).text
    file = {"file": ("l.csv", "名称,地区,日检测管数\n移动方舱,140727,800\n".encode(), "text/csv")}
    assert call(manager, "/laboratories/imports", files=file).json()["created"] == 1
    assert len(manager.get("/api/screening/laboratories").json()) == 2


def test_a_campaign_is_planned_run_and_closed_on_screens(town, sign_in):
    site, _ = town
    near, far = county.people(6, "140727100"), county.people(4, "140727101")
    manager = sign_in("screening.manager", COUNTY, language="en")
    assert "No campaign here" in manager.get("/screening/campaigns/").text
    form = {
        "area": COUNTY,
        "name_zh": "祁县第一轮",
        "basis": "县指挥部第1号令",
        "starts_at": "2022-10-01T12:00",
        "general": "10",
    }
    wrong = post(manager, "/screening/campaigns/new/", **form | {"general": "100"})
    assert wrong.status_code == 422
    assert "pools are not pooled again" in wrong.text
    planned = post(manager, "/screening/campaigns/new/", **form)
    assert "Start it to open the first round" in planned.text
    number = manager.get("/api/screening/campaigns").json()[0]["id"]
    path = f"/screening/campaigns/{number}/"
    assert "昭馀镇" in post(manager, path, act="start").text
    county.bind("T1", near + far[:1], site, NOON + HOUR)
    later = NOON + 24 * HOUR
    jobs.every_minute(later)
    show_clock(later + timedelta(minutes=1))
    page = manager.get(path).text
    assert "70.0 %" in page
    assert "The time of round 1 was over at" in page
    [told] = manager.get(f"/api/screening/campaigns/{number}/rounds").json()
    assert [(part["area"], part["people"], part["sampled"]) for part in told["parts"]] == [
        ("140727100", 6, 6),
        ("140727101", 4, 1),
        (COUNTY, 0, 0),
    ]
    grid = sign_in("grid_officer", "140727101", language="en")
    list_page = grid.get(f"/screening/rounds/{told['id']}/missing/")
    assert "of 4 registered here" in list_page.text
    assert list_page.text.count("/people/") >= 3
    sheet = grid.get(f"/screening/rounds/{told['id']}/missing/?form=csv")
    assert len(sheet.content.decode("utf-8-sig").splitlines()) == 5
    assert grid.get(f"/api/screening/rounds/{told['id']}/missing").json()["missing"] == 3
    assert post(grid, path, act="close_round", round=told["id"]).status_code == 422
    closed = post(manager, path, act="close_round", round=told["id"])
    assert "Closed. 3 people were not sampled" in closed.text
    assert Round.objects.using("owner").get().closed_at is not None
    assert "Ended." in post(manager, path, act="end").text
    assert "祁县第一轮" in manager.get("/screening/campaigns/?over=1").text
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT what, count FROM registry_accesslog WHERE what LIKE '%%missing%%' OR what LIKE '%%not sampled%%' ORDER BY id"
        )
        assert cursor.fetchall() == [
            ("people not sampled in a round", 3),
            ("export missing", 3),
            ("people not sampled in a round", 3),
        ]


def test_a_finding_is_settled_with_a_note(town, sign_in):
    site, _ = town
    [person] = county.people(1)
    county.bind("T1", [person], site, NOON - 20 * MINUTE)
    county.bind("T2", [person], site, NOON - 18 * MINUTE)
    jobs.every_minute(NOON - MINUTE)
    manager = sign_in("screening.manager", COUNTY, language="en")
    page = manager.get("/screening/findings/").text
    assert "Also in tube T1, 2 minutes apart" in page
    finding = Finding.objects.using("owner").get().pk
    assert post(manager, "/screening/findings/", finding=finding, note="").status_code == 422
    command = sign_in("command.staff", "14", language="en")
    assert post(command, "/screening/findings/", finding=finding, note="x").status_code == 422
    assert "Nothing to look into" in post(manager, "/screening/findings/", finding=finding, note="Scanned twice").text
    assert "Scanned twice" in manager.get("/screening/findings/?settled=1").text
    assert manager.get("/api/screening/findings").json() == []
    assert manager.get("/api/screening/findings?settled=true").json()[0]["title"]["en"].startswith("The same person")
    chinese = sign_in("screening.manager", COUNTY)
    assert "暂无待核查" in chinese.get("/screening/findings/").text
    assert NOON - Finding.objects.using("owner").get().found_at < timedelta(minutes=2)
