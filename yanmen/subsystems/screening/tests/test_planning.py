"""The planning desk through its doors: pages, API and the command."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.desk import clock
from yanmen.project.cli import main
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.screening.models import Campaign, Laboratory, Part, Round, Tube
from yanmen.subsystems.screening.queries import planning
from yanmen.subsystems.screening.tests.county import COUNTY, HOUR, NOON, PROVINCE, open_county, people

VILLAGES = {"140727101201": ("东观村", 112.30, 37.35), "140727101202": ("北街村", 112.304, 37.352), "140727101203": ("西村", 112.40, 37.35)}  # fmt: skip
NAMES = {"140727101": "东观镇", **{code: name for code, (name, _, _) in VILLAGES.items()}, "140727101204": "无名村"}


@pytest.fixture(autouse=True)
def _day(clean, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def county():
    site, laboratory = open_county()
    load_areas([AreaRow(code=code, name_zh=name) for code, name in NAMES.items()])
    return site, laboratory


def villages():
    """Three villages with a point, one without; 6, 4, 2 and 3 people."""
    with acting(PROVINCE):
        for code, (name, x, y) in VILLAGES.items():
            about = {"kind": "community", "name_zh": name, "area": code, "created_at": NOON}
            Place.objects.create(longitude=x, latitude=y, **about)
    for count, code in zip((6, 4, 2, 3), [*VILLAGES, "140727101204"], strict=True):
        people(count, code)


def running_round(site, laboratory, *, of=1000):
    """Three hours ago a round of a thousand began: 100, 200, 200 came; 20 tubes are on the road, 10 at the laboratory, 10 are told."""
    opened = NOON - 3 * HOUR
    with acting(PROVINCE):
        about = {"area": COUNTY, "created_at": opened, "created_by": "test"}
        campaign = Campaign.objects.create(
            name_zh="祁县第一轮", name_en="Qi county", basis="指挥部令", pools={"general": 10}, within_hours=24,
            state="running", starts_at=opened, **about,
        )  # fmt: skip
        row = Round.objects.create(
            campaign=campaign, area=COUNTY, number=1, opens_at=opened, closes_at=opened + 24 * HOUR
        )
        Part.objects.create(round=row, area=COUNTY, order=1, people=of, opens_at=opened)
        Laboratory.objects.filter(pk=laboratory.pk).update(tubes_a_day=240)
    tubes = []
    for number in range(50):
        at = opened + timedelta(hours=0 if number < 10 else 1 if number < 30 else 2, minutes=number % 10)
        tube = Tube(
            code=f"T{number:03}",
            area=COUNTY,
            site_id=site.pk,
            round=row,
            capacity=10,
            members=10,
            first_at=at,
            last_at=at,
        )
        if number < 40:
            tube.sent_at = NOON - HOUR
        if number < 20:
            tube.laboratory_id, tube.lab_area, tube.received_at = laboratory.pk, laboratory.area, NOON - HOUR / 2
        if number < 10:
            tube.logged_at = tube.measured_at = tube.released_at = NOON - HOUR / 4
            tube.result = "negative"
        tubes.append(tube)
    Tube.objects.using("owner").bulk_create(tubes)
    return row


def test_a_manager_plans_a_million_as_the_guide_in_force_asks(county, sign_in):
    page = sign_in("screening.manager", area=COUNTY, language="en").get("/screening/planning/?people=1000000")
    assert page.status_code == 200
    for said in ("334–500", "2,778", "Guide to area testing, third edition", "this edition names no number"):
        assert said in page.text
    older = sign_in("command.staff", area=COUNTY).get("/screening/planning/?people=1000000&on=2021-10-01")
    assert "全员核酸检测组织实施指南（第二版）" in older.text
    assert "须保持可转换" in older.text


def test_where_no_guide_is_in_force_the_page_says_so(county, sign_in):
    page = sign_in("screening.manager", area=COUNTY, language="en").get("/screening/planning/?people=9&on=2023-01-01")
    assert (page.status_code, "No guide to the testing of an area is in force" in page.text) == (422, True)
    assert sign_in("screening.manager", area=COUNTY).get("/screening/planning/?people=many").status_code == 422
    assert sign_in("screening.manager", area=COUNTY).get("/screening/planning/?people=9&area=1401").status_code == 422
    assert sign_in("sampling", area=COUNTY).get("/screening/planning/").status_code == 403


def test_sites_are_suggested_where_people_live(county, sign_in):
    villages()
    manager = sign_in("screening.manager", area=COUNTY)
    page = manager.get("/screening/planning/sites/?walk=1000")
    assert page.status_code == 200
    assert page.text.count('fill="#c0392b" stroke="#fff"') == 2, "one for the two neighbours, one for the far village"
    assert "3" in page.text
    assert "无坐标" in page.text
    told = manager.get("/api/screening/planning/sites?walk=1000").json()
    assert (told["count"], told["bound"], told["without_coordinates"]) == (2, 2, 3)
    assert {each["area"]: each["people"] for each in told["sites"]} == {"140727101201": 10, "140727101203": 2}
    assert manager.get("/api/screening/planning/sites?walk=1000&capacity=4").json()["count"] == 4
    assert manager.get("/api/screening/planning/sites?area=1408").status_code == 422


def test_nothing_to_draw_is_said(county, sign_in):
    page = sign_in("screening.manager", area=COUNTY, language="en").get("/screening/planning/sites/")
    assert (page.status_code, "No settlement here has both" in page.text) == (200, True)


def test_a_running_round_tells_its_end_and_what_holds_it_up(county, sign_in):
    """Told 100; 200 in vehicles, 100 wait for one, 100 at the laboratory, 500 to come at 500/3 an hour; the laboratory takes 100 an hour."""
    row = running_round(*county)
    with acting(PROVINCE):
        flow = planning.flow(PROVINCE, planning.running_round(PROVINCE, row.pk, now=NOON), now=NOON)
    assert flow.seen["sampled"] == [100, 200, 200, 0]
    assert (flow.sampled, flow.released, flow.people_a_tube, flow.arriving) == (
        500,
        100,
        10,
        pytest.approx([500 / 3] * 3),
    )
    sites, vehicles, laboratory = flow.stages
    assert sites.per_hour[0] == 200, "two desks are 160 by the norm, and did 200"
    assert (vehicles.waiting, vehicles.under_way, vehicles.delay) == (100, 200, 2)
    assert (laboratory.waiting, laboratory.under_way, laboratory.per_hour[0], laboratory.delay) == (100, 0, 100, 4)
    assert flow.finish.hours == pytest.approx(900 / 100 + 4, abs=0.1)
    assert flow.finish.bottleneck == "laboratory"
    page = sign_in("screening.manager", area=COUNTY, language="en").get(f"/screening/planning/rounds/{row.pk}/")
    assert page.status_code == 200
    assert "2022-10-02" in page.text
    for said in ("Held up by", "Laboratories", "not within ten days", "东观采样点", "平遥实验室"):
        assert said in page.text
    told = sign_in("command.staff", area="14").get(f"/api/screening/planning/rounds/{row.pk}").json()
    assert (told["bottleneck"], told["sampled"], told["ends_at"][:16]) == ("laboratory", 500, "2022-10-02T01:00")
    assert [each["ends_at"] for each in told["losses"]] == [None, None]


def test_a_round_that_is_over_has_no_forecast(county, sign_in):
    row = running_round(*county)
    Round.objects.using("owner").filter(pk=row.pk).update(closed_at=NOON)
    manager = sign_in("screening.manager", area=COUNTY)
    assert manager.get(f"/screening/planning/rounds/{row.pk}/").status_code == 404
    assert manager.get(f"/api/screening/planning/rounds/{row.pk}").status_code == 404


def test_the_list_names_running_rounds(county, sign_in):
    row = running_round(*county)
    page = sign_in("screening.manager", area=COUNTY, language="en").get("/screening/planning/")
    assert f"/screening/planning/rounds/{row.pk}/" in page.text


def test_needs_and_sizes_by_the_api(county, sign_in):
    client = sign_in("screening.manager", area=COUNTY)
    told = client.get("/api/screening/planning/needs?people=5000000").json()
    assert (told["sites_fewest"], told["samplers_by_guide"], told["tubes"]["10"]) == (1667, 13_889, 500_000)
    assert client.get("/api/screening/planning/needs?people=100&hours=5").status_code == 422
    client.get("/screening/planning/")
    headers = (
        {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
        if "csrftoken" in client.cookies
        else {}
    )
    body = {"prevalence": 0.001, "se": 0.95, "sp": 0.99, "dilution": 0.05, "sizes": [1, 5, 10, 20]}
    answer = client.post("/api/screening/planning/pool-size", json=body, headers=headers)
    assert (answer.status_code, answer.json()["best"]) == (200, 20)


def test_the_command_plans_sizes_sites_and_staff(capsys, tmp_path):
    assert main(["screening", "pool-size", "--prevalence", "0.01"]) == 0
    assert "11 people a tube" in capsys.readouterr().out
    assert main(["screening", "pool-size", "--prevalence", "7"]) == 1
    assert "prevalence" in capsys.readouterr().err
    graph = tmp_path / "three.txt"
    graph.write_text("3 3 1\n1 2 5\n2 3 4\n1 2 9\n")
    assert main(["screening", "site", str(graph)]) == 0
    assert "13" in capsys.readouterr().out
    rows = tmp_path / "villages.csv"
    rows.write_text("name,longitude,latitude,people\nA,112.3,37.35,8000\nB,112.304,37.352,400\n")
    assert main(["screening", "site", str(rows), "--walk", "1000"]) == 0
    assert "sites 3" in capsys.readouterr().out
    assert main(["screening", "plan", "--people", "5000000", "--date", "2022-10-01"]) == 0
    assert "13,889" in capsys.readouterr().out
