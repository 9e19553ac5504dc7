"""An order goes down five levels by five accounts and comes back verified; what is lost climbs; what was frozen stays."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from yanmen.base.clock import BEIJING
from yanmen.loop.models import Task
from yanmen.loop.run import settle
from yanmen.project.testing import show_clock
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.command.actions import orders as writes
from yanmen.subsystems.command.actions import receipts
from yanmen.subsystems.command.models import Order, Receipt
from yanmen.subsystems.command.queries import orders as reads
from yanmen.subsystems.command.queries import targets

START = datetime(2022, 10, 1, 9, tzinfo=BEIJING)
HOUR = timedelta(hours=1)
CITY, COUNTY, TOWN, VILLAGE = "1407", "140702", "140702001", "140702001001"
LEVELS = ("14", CITY, COUNTY, TOWN, VILLAGE)
STAFF, UNIT = "command.staff", "command.unit"
AREAS = (
    AreaRow("14", "山西省", "Shanxi"), AreaRow(CITY, "晋中市", "Jinzhong"), AreaRow("1401", "太原市", "Taiyuan"),
    AreaRow(COUNTY, "榆次区", "Yuci"), AreaRow("140703", "太谷区", "Taigu"), AreaRow("140105", "小店区", "Xiaodian"),
    AreaRow(TOWN, "北关街道", "Beiguan"), AreaRow("140702002", "锦纶街道", "Jinlun"), AreaRow("140703001", "明星镇", "Mingxing"),
    AreaRow(VILLAGE, "幸福社区", "Xingfu"), AreaRow("140702001002", "和平社区", "Heping"), AreaRow("140702002001", "迎宾社区", "Yingbin"),
)  # fmt: skip


@pytest.fixture
def province(clean):
    load_areas(AREAS)
    show_clock(START)


def at(hours: float) -> datetime:
    return START + hours * HOUR


def client_of(sign_in, area, language="en"):
    return sign_in(STAFF if len(area) < 9 else UNIT, area, language=language)


def call(client, path, body=None, *, expect=200):
    """POST (with a body) or GET a path of the API."""
    home = "/api/command" + path
    if body is None:
        answer = client.get(home)
    else:
        headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
        answer = client.post(home, json=body, headers=headers)
    assert answer.status_code == expect, answer.text
    return answer.json()


def order_of(client, target, **more):
    body = {
        "title": "全员核酸准备", "text": "今日内完成采样点布设。", "document": "晋疫指〔2022〕9号", "urgency": "urgent", "target": target,
        "due_at": at(24).isoformat(),
    }  # fmt: skip
    return call(client, "/orders", body | more)


def post(client, path, **form):
    page = client.get(path).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, page
    answer = client.post(
        path, data=form | {"csrfmiddlewaretoken": token[1]}, headers={"Referer": str(client.base_url) + path}
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def mine(client):
    return call(client, "/inbox")[0]["id"]


def test_an_order_goes_down_five_levels_by_five_accounts_and_comes_back_verified(province, sign_in):
    clients = {area: client_of(sign_in, area) for area in LEVELS}
    top = order_of(clients["14"], {"kind": "below", "level": "city", "areas": [CITY]})
    assert (top["units"], top["coverage"]["claimed"]) == (1, 0)
    given = top["id"]
    for hour, area in enumerate(LEVELS[1:], start=1):
        show_clock(at(hour / 4))
        here = clients[area]
        assert "全员核酸准备" in here.get("/command/inbox/").text
        number = mine(here)
        post(here, f"/command/receipts/{number}/", act="read")
        post(here, f"/command/receipts/{number}/", act="accept")
        if area != VILLAGE:
            below = next(each for each in LEVELS if len(each) > len(area))
            split = call(here, f"/receipts/{number}/split", {"target": {"kind": "areas", "areas": [below]}})
            assert split["parent"] == number
            assert f"/command/orders/{split['id']}/" in here.get("/command/inbox/").text, (
                "what it passed on stands below"
            )
    settle(now=at(2))
    levels = call(clients["14"], f"/orders/{given}")["levels"]
    assert [(row["digits"], row["states"]) for row in levels] == [
        (4, {"split": 1}), (6, {"split": 1}), (9, {"split": 1}), (12, {"accepted": 1}),
    ]  # fmt: skip
    assert [round(row["accepted"] / 900) for row in levels] == [1, 1, 1, 1], (
        "each hop took a quarter of an hour from its issue"
    )
    owed = Task.objects.using("owner").filter(kind="carry_out_order")
    assert sorted(owed.values_list("area", "state")) == [(area, "open") for area in LEVELS[1:]]
    assert set(owed.values_list("due_at", flat=True)) == {at(24)}

    for hour, area in enumerate(reversed(LEVELS[1:]), start=3):
        show_clock(at(hour))
        page = post(clients[area], f"/command/receipts/{mine(clients[area])}/", act="done", note="采样点3个已布设")
        assert "claims more than" not in page
        giver = clients[LEVELS[LEVELS.index(area) - 1]]
        number = Receipt.objects.using("owner").get(area=area).order_id
        assert call(giver, f"/orders/{number}/verify", {"units": [area]}) == {"verified": 1}
    settle(now=at(8))
    assert set(owed.values_list("state", flat=True)) <= {"done", "cancelled"}
    seen = call(clients["14"], f"/orders/{given}")
    assert (seen["coverage"]["verified"], [row["states"] for row in seen["levels"]]) == (1, [{"verified": 1}] * 4)
    assert "全员核酸准备" in clients["14"].get("/command/?show=closed").text
    assert "全员核酸准备" not in clients["14"].get("/command/inbox/").text, "what was verified is over"


def test_a_unit_sees_orders_to_it_and_below_and_never_the_neighbours(province, sign_in):
    staff, neighbour = client_of(sign_in, COUNTY), client_of(sign_in, "140703")
    given = order_of(staff, {"kind": "below", "level": "township"})
    assert given["units"] == 2
    call(neighbour, f"/orders/{given['id']}", expect=404)
    assert neighbour.get(f"/command/orders/{given['id']}/").status_code == 404
    town = client_of(sign_in, TOWN)
    assert [row["area"] for row in call(town, f"/orders/{given['id']}/units")["items"]] == [TOWN]
    call(town, f"/receipts/{mine(client_of(sign_in, '140702002'))}/accept", {}, expect=422)
    call(staff, f"/receipts/{mine(town)}/accept", {}, expect=422)  # nobody above signs for them
    assert sign_in("grid.worker", TOWN).get("/command/inbox/").status_code == 403
    call(
        town,
        "/orders",
        {"title": "x", "text": "x", "document": "x", "target": {"kind": "below", "level": "village"}},
        expect=403,
    )


def test_a_lost_hop_climbs_a_level_each_time_its_clock_runs_once_more(province, sign_in):
    staff = client_of(sign_in, CITY)
    order_of(staff, {"kind": "areas", "areas": [VILLAGE]})
    clients = {area: client_of(sign_in, area) for area in (TOWN, COUNTY)}

    def told(area):
        return len(call({CITY: staff, **clients}[area], "/late")["told"])

    show_clock(at(0.4))
    assert [told(area) for area in (TOWN, COUNTY, CITY)] == [0, 0, 0]
    for hours, wanted in ((1, [1, 0, 0]), (3, [1, 1, 0]), (5, [1, 1, 1])):
        show_clock(at(hours))
        assert [told(area) for area in (TOWN, COUNTY, CITY)] == wanted
    assert "Xingfu" in staff.get("/command/late/").text
    call(client_of(sign_in, VILLAGE), f"/receipts/{Receipt.objects.using('owner').get().pk}/accept", {})
    assert [told(area) for area in (TOWN, COUNTY, CITY)] == [0, 0, 0]


def test_the_target_is_frozen_and_asking_again_tells_what_changed(province, sign_in):
    staff = client_of(sign_in, COUNTY)
    given = order_of(staff, {"kind": "below", "level": "village"})
    assert given["units"] == 3
    load_areas([AreaRow("140702002002", "新建社区", "Xinjian")])
    again = call(staff, f"/orders/{given['id']}/since")
    assert again == {"more": ["140702002002"], "gone": []}
    assert call(staff, f"/orders/{given['id']}")["units"] == 3
    assert "Xinjian" in staff.get(f"/command/orders/{given['id']}/").text
    assert call(staff, "/targets", {"kind": "below", "level": "village"})["count"] == 4


def test_a_recall_reaches_everybody_below_and_a_claim_that_does_not_hold_comes_back(province, sign_in):
    staff, town = client_of(sign_in, COUNTY), client_of(sign_in, TOWN)
    given = order_of(
        staff, {"kind": "areas", "areas": [TOWN]}, end={"by": "facts", "kind": "risk_areas.full_test_completed"}
    )
    number = mine(town)
    call(town, f"/receipts/{number}/accept", {})
    call(town, f"/receipts/{number}/split", {})
    settle(now=at(0.1))
    call(town, f"/receipts/{number}/done", {"note": "全部完成"})
    page = staff.get(f"/command/orders/{given['id']}/").text
    assert "claims more than" in page, "two villages have not, and no full test is recorded"
    assert call(staff, f"/orders/{given['id']}")["coverage"] | {"levels": 0} == {
        "units": 1, "claimed": 1, "verified": 0, "facts": {"done": 0, "every": 1}, "beyond": 1, "levels": 0,
    }  # fmt: skip
    call(staff, f"/orders/{given['id']}/return", {"unit": TOWN, "reason": "两个社区未完成"})
    settle(now=at(0.2))
    owed = Task.objects.using("owner").filter(kind="carry_out_order", state="open")
    assert TOWN in owed.values_list("area", flat=True)
    call(town, f"/orders/{given['id']}/recall", {"why": "并入新指令"}, expect=403)
    assert call(staff, f"/orders/{given['id']}/recall", {"why": "并入新指令"}) == {"units": 3}
    settle(now=at(0.3))
    assert not owed.exists()
    assert set(Receipt.objects.using("owner").values_list("state", flat=True)) == {"recalled"}
    assert set(Order.objects.using("owner").values_list("state", flat=True)) == {"recalled"}
    assert "Recalled" in town.get("/command/inbox/").text


def test_a_county_asks_for_teams_and_is_granted_part_with_a_reason(province, sign_in):
    county, city, other = (client_of(sign_in, area) for area in (COUNTY, CITY, "1401"))
    asked = call(county, "/requests", {"kind": "teams", "text": "采样队伍缺口10支", "amount": 10})
    assert "采样队伍缺口10支" in city.get("/command/requests/").text
    assert "采样队伍缺口10支" not in other.get("/command/requests/").text
    show_clock(at(9))
    assert "采样队伍缺口10支" in client_of(sign_in, "14").get("/command/requests/").text, "its clock ran out twice"
    call(city, f"/requests/{asked['id']}/answer", {"outcome": "partly", "reason": ""}, expect=422)
    page = post(city, "/command/requests/", act="answer", request=str(asked["id"]), outcome="partly", reason="先派6支")
    assert "先派6支" in page
    assert call(county, "/requests")["outgoing"][0]["outcome"] == "partly"


def test_an_order_to_ten_thousand_villages_takes_as_many_statements_as_one_to_ten(province):
    towns = [AreaRow(f"140703{n:03d}", f"镇{n}") for n in range(100, 200)]
    load_areas(towns + [AreaRow(f"{town.code}{n:03d}", f"村{n}") for town in towns for n in range(1, 101)])
    counts = {}
    for kind, areas in (("few", [towns[0].code]), ("many", ["140703"])):
        with acting(system("1407", purpose="control")) as scope, CaptureQueriesContext(connections["default"]) as asked:
            made = writes.issue(
                scope=scope, target={"kind": "below", "level": "village", "areas": areas}, title="排查", text="入户排查。", document="1号",
                by="test", now=START,
            )  # fmt: skip
            reads.board(scope, now=START)
            reads.levels(scope, made, now=START)
            reads.units(scope, made, now=START)
            reads.late(scope, now=START + 30 * HOUR)
            targets.since(scope, made)
        counts[kind] = (made.target_count, len(asked))
    assert counts["few"][0] == 100
    assert counts["many"][0] == 10_000
    assert counts["many"][1] <= counts["few"][1] + 2, counts
    with acting(Scope(None, UNIT, f"{towns[0].code}001")) as scope:
        assert receipts.receive(scope=scope, by="test", now=START) == 2, "both orders came to this village"
    assert settle(now=START + HOUR).tasks_opened >= 10_000
