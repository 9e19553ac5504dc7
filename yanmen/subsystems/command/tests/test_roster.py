"""Who is on duty: gaps and doubles are seen, the desk is handed over with what is open, a number leaves a trace."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from yanmen.project.looks import toured
from yanmen.project.testing import show_clock
from yanmen.registry.models import AccessLog
from yanmen.subsystems.command.methods.shifts import Stretch, doubles, gaps
from yanmen.subsystems.command.tests.test_orders import (
    CITY,
    COUNTY,
    HOUR,
    TOWN,
    at,
    call,
    client_of,
    mine,
    order_of,
    post,
    province,
)

__all__ = ["province"]


def shift(client, name, begins, ends, **more):
    body = {"name": name, "starts_at": at(begins).isoformat(), "ends_at": at(ends).isoformat()}
    return call(client, "/duty/shifts", body | more)


def test_hours_with_nobody_and_hours_with_two_leaders_are_found():
    held = [Stretch(at(a), at(b)) for a, b in ((0, 8), (7, 12), (14, 20))]
    assert [(each.begins, each.ends) for each in gaps(held, at(-1), at(21), HOUR / 4)] == [
        (at(-1), at(0)), (at(12), at(14)), (at(20), at(21)),
    ]  # fmt: skip
    assert gaps(held, at(0), at(12), HOUR / 4) == []
    assert doubles(held, HOUR / 4) == [Stretch(at(7), at(8))]
    assert doubles(held, 2 * HOUR) == []


def test_the_desk_is_handed_over_with_what_is_open_and_a_number_leaves_a_trace(province, sign_in):
    county, second, town = client_of(sign_in, COUNTY), client_of(sign_in, COUNTY), client_of(sign_in, TOWN)
    one = shift(county, "韩梅", -1, 8, duty="leader", phone="13800001234")
    shift(county, "李雷", 7, 20, duty="leader")
    call(
        county,
        "/duty/shifts",
        {"name": "韩梅", "starts_at": at(0).isoformat(), "ends_at": at(2).isoformat()},
        expect=422,
    )
    week = call(county, "/duty/week")
    assert len(week["doubles"]) == 1
    assert len(week["gaps"]["leader"]) == 2
    page = town.get("/command/duty/").text
    assert "韩梅" in page, "a unit knows whom to call above it"
    assert "*** 1234" in page
    assert "13800001234" not in page
    assert "韩梅" not in client_of(sign_in, "140703").get("/command/duty/").text
    shown = county.post(
        "/command/duty/", headers={"Referer": str(county.base_url)},
        data={"shift": one["id"], "reason": "逾期催办", "csrfmiddlewaretoken": re.search(r'csrfmiddlewaretoken" value="([^"]+)', county.get("/command/duty/").text)[1]},
    )  # fmt: skip
    assert "13800001234" in shown.text
    assert AccessLog.objects.using("owner").filter(what="reveal duty phone", reason__contains="逾期催办").count() == 1

    order_of(county, {"kind": "below", "level": "township"})
    show_clock(at(1))
    assert "韩梅" in county.get("/command/late/").text, "what is late is told to whoever is on duty"
    page = post(county, "/command/handover/", from_name="韩梅", to_name="李雷", note="催北关街道签收")
    assert "not taken yet" in page
    assert "Orders nobody read 2" in re.sub(r"\s+", " ", page)
    handed = re.search(r'name="take" value="(\d+)"', second.get("/command/handover/").text)
    assert "I take the desk" not in page, "not by whoever handed it over"
    assert handed
    assert "You have the desk" in post(second, "/command/handover/", take=handed[1])


@pytest.mark.browser
@pytest.mark.parametrize("look", ["zh", "dark", "phone", "phone-zh"])
def test_orders_and_roster_are_seen_by_everybody(province, sign_in, browser, look):
    language = "zh-hans" if look.endswith("zh") else "en"
    city, county, town = (client_of(sign_in, area, language) for area in (CITY, COUNTY, TOWN))
    given = order_of(
        city, {"kind": "below", "level": "county"}, end={"by": "facts", "kind": "risk_areas.full_test_completed"}
    )
    number = mine(county)
    call(county, f"/receipts/{number}/accept", {})
    call(county, f"/receipts/{number}/split", {})
    call(town, f"/receipts/{mine(town)}/accept", {})
    call(town, f"/receipts/{mine(town)}/done", {"note": "采样点已布设"})
    call(county, "/requests", {"kind": "teams", "text": "采样队伍缺口10支", "amount": 10})
    for day in range(3):
        shift(city, f"王强{day}", 24 * day - 1, 24 * day + 11, duty="leader", phone="13800001234")
        shift(city, f"赵敏{day}", 24 * day - 1, 24 * day + 22)
    show_clock(at(2))
    paths = {
        "board": "/command/", "order": f"/command/orders/{given['id']}/", "new": "/command/orders/new/", "roster": "/command/roster/",
        "requests": "/command/requests/", "late": "/command/late/", "handover": "/command/handover/", "duty": "/command/duty/",
    }  # fmt: skip
    faults = toured(browser, city, look, paths, "command")
    faults += toured(
        browser, county, look, {"inbox": "/command/inbox/", "receipt": f"/command/receipts/{number}/"}, "command"
    )
    assert faults == []


def test_a_shift_is_a_day_at_most_and_can_be_taken_back(province, sign_in):
    county = client_of(sign_in, COUNTY)
    body = {"name": "韩梅", "starts_at": at(1).isoformat(), "ends_at": (at(1) + timedelta(hours=25)).isoformat()}
    assert "24" in str(call(county, "/duty/shifts", body, expect=422)["errors"])
    one = shift(county, "韩梅", 1, 9)
    call(county, f"/duty/shifts/{one['id']}/cancel", {})
    assert call(county, "/duty/week")["shifts"] == []
