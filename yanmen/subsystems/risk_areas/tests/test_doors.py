"""Risk areas through the doors people use: pages, API, stream, files; and no door sets a tier."""

from __future__ import annotations

import csv
import io
import threading
from datetime import datetime, timedelta

import pytest

from yanmen.base.clock import BEIJING
from yanmen.base.signing import verify
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system

DAY = datetime(2022, 10, 7, 12, tzinfo=BEIJING)
VILLAGE = "140727001001"
NAMES = {
    "14": "山西省",
    "1407": "晋中市",
    "140727": "祁县",
    "140727001": "昭馀镇",
    VILLAGE: "东关村",
    "140728": "平遥县",
}
PROVINCE = system("14", purpose="control")


@pytest.fixture(autouse=True)
def _areas(clean):
    load_areas([AreaRow(code=code, name_zh=name, name_en=f"A{code}") for code, name in NAMES.items()])


@pytest.fixture
def zone():
    """A case in a village, and the loop turned: the village is high, the rest of the county low."""
    with acting(PROVINCE):
        detail = {"kind": "confirmed", "setting": "community"}
        facts.record("cases.reported", area=VILLAGE, occurred_at=DAY, by="test", now=DAY, detail=detail)
    settle(now=DAY)


def post(client, path, **form):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def call(client, path, body=None):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api/risk-areas{path}", json=body or {}, headers=headers)


def test_the_list_is_published_received_and_acknowledged(zone, sign_in):
    commander = sign_in("command.staff", "14", language="en")
    assert "waits" not in commander.get("/risk-areas/").text
    assert "High risk" in commander.get("/risk-areas/").text
    answer = post(commander, "/key-areas/receivers/", area="140727", name_zh="祁县东站", acknowledge_within="30")
    assert "祁县东站" in answer.text
    answer = post(commander, "/key-areas/")
    assert "Version 1" in answer.text
    station = sign_in("risk_areas.receiver", "140727", language="en")
    page = station.get("/key-areas/")
    assert "acknowledge version 1" in page.text
    delivery = page.text.split('name="delivery" value="')[1].split('"')[0]
    assert "acknowledge version 1" not in post(station, "/key-areas/", delivery=delivery).text
    (row,) = commander.get("/api/risk-areas/lists/1/deliveries").json()
    assert row["acknowledged_at"]


def test_a_receiver_cannot_publish(zone, sign_in):
    station = sign_in("risk_areas.receiver", "140727")
    assert post(station, "/key-areas/").status_code == 422
    assert call(station, "/lists").status_code == 403


def test_files_carry_the_same_rows_and_the_document_checks(zone, sign_in):
    commander = sign_in("command.staff", "14")
    pk = call(commander, "/lists").json()["id"]
    text = commander.get(f"/api/risk-areas/lists/{pk}/file?form=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["地区代码", "地区", "风险等级"]
    assert [row[0] for row in rows[1:-1]] == [VILLAGE, "140727"]
    assert rows[-1][0].startswith("# v1 ")
    assert commander.get(f"/api/risk-areas/lists/{pk}/file?form=xlsx").content[:2] == b"PK"
    answer, key = commander.get("/api/risk-areas/lists/latest"), commander.get("/api/risk-areas/key").json()
    signature = bytes.fromhex(answer.headers["Yanmen-Signature"].split(" ")[1])
    assert verify(public_key=bytes.fromhex(key["public_key"]), message=answer.content, signature=signature)


def test_the_stream_sends_the_newest_version_and_not_what_was_seen(zone, sign_in):
    commander = sign_in("command.staff", "14")
    pk = call(commander, "/lists").json()["id"]
    county = sign_in("risk_areas.receiver", "140728")
    answer = county.get("/api/risk-areas/stream?wait=0")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert f"id: {pk}\nevent: key-areas\n" in answer.text
    again = county.get("/api/risk-areas/stream?wait=0", headers={"Last-Event-ID": str(pk)})
    assert "event:" not in again.text


def test_the_stream_waits_for_the_next_version(zone, sign_in):
    commander = sign_in("command.staff", "14")
    county = sign_in("risk_areas.receiver", "140728")
    threading.Timer(0.5, call, [commander, "/lists"]).start()
    with county.stream("GET", "/api/risk-areas/stream?wait=15") as answer:
        event = next(line for line in answer.iter_lines() if line.startswith("data:"))
    assert '"version": 1' in event


def test_no_door_sets_a_tier(sign_in):
    commander = sign_in("command.staff", "14")
    body = {"area": "140727", "document": "纪要1", "tier": "high"}
    assert call(commander, "/wide-spread", body).status_code in (403, 422)
    assert commander.get("/api/risk-areas/zones").json() == []


def test_a_finding_needs_its_document_and_its_area(sign_in):
    county = sign_in("command.staff", "140727", language="en")
    answer = post(county, "/risk-areas/", act="wide_spread", area="140727", document=" ")
    assert answer.status_code == 422
    assert "Name the document" in answer.text
    assert post(county, "/risk-areas/", act="wide_spread", area="140728", document="x").status_code == 422


def test_a_full_test_recorded_by_samplers_lets_the_zone_end(zone, sign_in):
    with acting(PROVINCE):
        facts.record(
            "risk_areas.full_test_completed", area=VILLAGE, occurred_at=DAY + timedelta(days=7), by="test",
            now=DAY + timedelta(days=7), detail={"persons": 900, "positives": 0},
        )  # fmt: skip
    settle(now=DAY + timedelta(days=10))
    commander = sign_in("command.staff", "14")
    assert {row["area"]: row["tier"] for row in commander.get("/api/risk-areas/zones").json()}[VILLAGE] == "medium"
    settle(now=DAY + timedelta(days=11))
    assert commander.get("/api/risk-areas/zones").json() == []


def test_without_its_full_test_the_zone_is_over_held_and_says_so(zone, sign_in):
    settle(now=DAY + timedelta(days=11))
    commander = sign_in("command.staff", "14", language="en")
    rows = {row["area"]: row for row in commander.get("/api/risk-areas/zones").json()}
    assert rows[VILLAGE]["over_hold"]
    assert "waits for its full test" in commander.get("/risk-areas/").text
