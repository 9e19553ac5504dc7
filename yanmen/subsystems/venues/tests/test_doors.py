"""Venues through the doors people use: pages and API, in both languages, each role what is its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
import zxingcpp

from yanmen.base import venue_code
from yanmen.project import state
from yanmen.project.testing import show_clock
from yanmen.registry.models import Account
from yanmen.registry.scope import acting
from yanmen.subsystems.venues.methods.poster import qr_svg
from yanmen.subsystems.venues.tests.town import MANAGER, NOON, judge, open_town, people, rows, scan, venue

SHEET = "名称,类型,地区\n北张市场,market,140105\n坏行,不知道,140105\n"


@pytest.fixture(autouse=True)
def _town(clean):
    open_town()
    state.edge_secrets()


@pytest.fixture
def at_noon():
    """The site's clock stands at noon of the day that the town lives."""
    show_clock(NOON)


def post(client, path, **form):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def call(client, path, body=None, **more):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    about = more or {"json": body or {}}
    return client.post(f"/api/venues{path}", headers=headers, **about)


def test_a_venue_is_registered_its_code_printed_and_issued_anew(at_noon, sign_in):
    manager = sign_in("venues.manager", "1401", language="en")
    assert "No venue here" in manager.get("/venues/").text
    page = post(
        manager,
        "/venues/new/",
        area="140105 小店区",
        name_zh="北张市场",
        kind="market",
        capacity="300",
        longitude="112.56",
        latitude="37.74",
    )
    assert "Registered. Print the code" in page.text
    [(place,)] = rows("SELECT place_id FROM venues_venue")
    sheet = post(manager, f"/venues/{place}/", act="print")
    assert "No telephone?" in sheet.text
    assert "没有手机？" in sheet.text
    first = manager.get(f"/api/venues/register/{place}/code").json()["code"]
    assert venue_code.read(first, bytes.fromhex(state.edge_secrets()["venue_key"]))[0] == place
    assert qr_svg(first) in sheet.text
    assert rows("SELECT printed_at IS NOT NULL FROM venues_venue") == [(True,)]
    assert "was not printed yet" in post(manager, f"/venues/{place}/", act="renew").text
    assert manager.get(f"/api/venues/register/{place}/code").json()["code"] != first


def test_the_printed_code_is_read_by_a_scanner():
    import re

    import numpy

    text = venue_code.make(123_456_789, b"\x00\xff seed!", bytes(32))
    side = 37 * 8
    picture = numpy.full((side, side), 255, dtype=numpy.uint8)
    x = y = 0.0
    for step, first, second in re.findall(r"([Mmh])\s*(-?[\d.]+)(?:\s+(-?[\d.]+))?", qr_svg(text).split(' d="')[1]):
        if step == "h":
            picture[int((y - 0.5) * 8) : int((y + 0.5) * 8), int(x * 8) : int((x + float(first)) * 8)] = 0
            x += float(first)
        else:
            x, y = (float(first), float(second)) if step == "M" else (x + float(first), y + float(second))
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == text


def test_a_wrong_form_is_told_by_field_and_keeps_what_was_typed(at_noon, sign_in):
    manager = sign_in("venues.manager", "1401")
    answer = post(manager, "/venues/new/", area="140105", name_zh="北张市场", kind="market", capacity="很多")
    assert answer.status_code == 422
    assert "capacity" in answer.text
    assert 'value="北张市场"' in answer.text
    assert post(manager, "/venues/new/", area="140213", name_zh="外地", kind="market").status_code == 422


def test_each_role_does_what_is_its_own(at_noon, sign_in):
    market, noodles = venue("market"), venue("noodles")
    staff = sign_in("venues.staff", "1401", language="en")
    account = Account.objects.using("owner").order_by("-pk").first()
    rows(
        "UPDATE venues_venue SET responsible_id = %s WHERE place_id = %s RETURNING 1",
        account.pk,
        market.pk,
        alias="owner",
    )
    assert f"/venues/{market.pk}/" in staff.get("/venues/").text
    assert staff.get(f"/venues/{noodles.pk}/").status_code == 404
    assert staff.get("/venues/coverage/").status_code == 403
    assert post(staff, f"/venues/{market.pk}/", act="renew").status_code == 422
    inspector = sign_in("inspector", "1401", purpose="inspection", language="en")
    assert inspector.get(f"/venues/{market.pk}/poster/").status_code == 403
    assert inspector.get(f"/api/venues/register/{market.pk}/code").status_code == 403
    assert "Done." in post(inspector, f"/venues/{market.pk}/", act="spot_check", entered="50", checked_in="20").text
    assert rows("SELECT detail ->> 'checked_in' FROM loop_fact WHERE kind = 'venues.spot_checked'") == [("20",)]
    elsewhere = sign_in("venues.manager", "1402")
    assert elsewhere.get(f"/venues/{market.pk}/").status_code == 404
    assert call(elsewhere, f"/register/{market.pk}/code").status_code == 422


def test_a_paper_list_is_typed_and_each_line_has_its_receipt(at_noon, sign_in):
    market = venue("market")
    manager = sign_in("venues.manager", "1401", language="en")
    lines = "王芳,,13900000001,2022-10-07 09:30,\n李雷，，13900000002，2022-10-07 09:40，2022-10-07 10:00\n没写,,,2022-10-07 09:50,"
    page = post(manager, f"/venues/{market.pk}/paper/", lines=lines)
    assert "Give a document number or a phone." in page.text
    assert rows("SELECT count(*) FROM loop_bulk_presence_scanned WHERE via = 'paper' AND NOT claimed") == [(2,)]
    assert rows("SELECT count(*) FROM loop_bulk_venues_left") == [(1,)]
    assert "changed nothing" in post(manager, f"/venues/{market.pk}/paper/", lines=lines).text
    file = {"file": ("p.csv", b"name,phone,came_at\nZhao,13900000003,2022-10-07 11:00\n", "text/csv")}
    assert call(manager, f"/register/{market.pk}/visits", files=file).json()["created"] == 1


def test_files_come_in_by_page_and_by_api(at_noon, sign_in):
    manager = sign_in("venues.manager", "1401")
    assert "场所（场所码）" in manager.get("/import/").text
    file = {"file": ("v.csv", SHEET.encode(), "text/csv")}
    dry = call(manager, "/imports?dry=true", files=file).json()
    assert (dry["created"], dry["rejected"]) == (1, 1)
    assert rows("SELECT count(*) FROM venues_venue") == [(0,)]
    assert call(manager, "/imports", files=file).json()["created"] == 1
    assert rows("SELECT count(*) FROM loop_outbox WHERE topic = 'venues.changed'") == [(1,)]


def test_a_forwarded_code_is_one_note_that_inspection_answers(at_noon, sign_in):
    market = venue("market")
    scan(people(40, "410105"), market, NOON - timedelta(hours=3))
    judge(NOON - timedelta(hours=2))
    inspector = sign_in("inspector", "1401", purpose="inspection", language="en")
    page = inspector.get("/venues/notes/")
    assert "40 check-ins by 40 people" in page.text
    assert "郑州市" in page.text
    [note] = inspector.get("/api/venues/notes").json()
    assert (note["scans"], note["homes"]) == (40, {"4101": 40})
    post(inspector, "/venues/notes/", note=note["id"], finding="Forwarded in a chat group")
    assert inspector.get("/api/venues/notes").json() == []
    assert "Forwarded in a chat group" in inspector.get("/venues/notes/?seen=1").text
    assert "code was forwarded" in inspector.get("/alarms/").text


def test_people_inside_and_coverage_are_numbers_and_nobody_s_name(at_noon, sign_in):
    market = venue("market", capacity=10)
    scan(people(6), market, NOON - timedelta(minutes=5), claimed=False)
    command = sign_in("command.staff", "14", language="en")
    told = command.get("/api/venues/inside").json()
    assert told["venues"] == [{"place": market.pk, "inside": 6, "capacity": 10}]
    assert "60 %" in command.get("/venues/inside/").text
    assert command.get(f"/api/venues/register/{market.pk}/hours").json()[-1]["inside"] == 6
    from yanmen.subsystems.venues import jobs

    jobs.every_minute(NOON)
    page = command.get("/venues/coverage/")
    assert "Venues with check-ins in the last 7 whole days" in page.text
    assert command.get("/api/venues/coverage").json()["percent"] == 0
    assert command.get("/api/venues/hints").json() == {"rows": [], "after": None}
    assert not any(f"居民{n}号" in page.text for n in range(1, 7))


def test_a_correction_over_the_api_leaves_alone_what_it_does_not_name(at_noon, sign_in):
    market = venue("market", capacity=10, stay_minutes=30)
    manager = sign_in("venues.manager", "1401")
    headers = {"Referer": str(manager.base_url), "X-CSRFToken": manager.cookies["csrftoken"]}
    told = manager.patch(
        f"/api/venues/register/{market.pk}", json={"capacity": 20, "stay_minutes": None}, headers=headers
    ).json()
    assert (told["capacity"], told["stay_minutes"], told["name_zh"]) == (20, None, "market")
    wrong = manager.patch(f"/api/venues/register/{market.pk}", json={"seed": "00"}, headers=headers)
    assert wrong.status_code == 422
    with acting(MANAGER):
        assert call(manager, f"/register/{market.pk}/close").json()["closed_at"]
    assert manager.get("/api/venues/register?closed=true").json()["rows"][0]["place"] == market.pk
