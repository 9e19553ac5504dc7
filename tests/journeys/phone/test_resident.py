"""A resident's phone: it enrols, shows a code that doors accept, works offline, and asks why."""

from __future__ import annotations

import struct
import time
import zlib
from datetime import timedelta
from typing import Any

import pytest

from yanmen.base import credentials
from yanmen.base.key_list import KeyList
from yanmen.base.verdict import DoorPolicy, judge

pytestmark = pytest.mark.browser

NUMBER = "13800000005"


@pytest.fixture
def resident(town: Any, phones: Any) -> Any:
    """Li Xiaoming's phone, enrolled; Li looks after a child."""
    from yanmen.registry.people import register_person
    from yanmen.registry.scope import acting

    scope = town.province.staff("arrivals.officer", "140105").scope
    with acting(scope, now=town.now):
        person = register_person(
            name="李小明", id_number=town.province.document(5), phone=NUMBER, area="140105", by=scope.by, now=town.now
        )
    phone = phones(town.url)
    phone.enrol_holder(town, NUMBER)
    phone.person = person.pk
    return phone


def read_code(phone: Any) -> str:
    """What a camera sees on the screen."""
    zxingcpp = pytest.importorskip("zxingcpp")
    numpy = pytest.importorskip("numpy")
    found = zxingcpp.read_barcodes(pixels(numpy, phone.page.locator(".qr").screenshot()))
    return str(found[0].text)


def pixels(numpy: Any, png: bytes) -> Any:
    """An unfiltered look at a PNG of Chromium: eight bits a colour, no interlace."""
    at, data, width, height, kind = 8, b"", 0, 0, 0
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, _, kind = struct.unpack(">IIBB", body[:10])
        data += body if name == b"IDAT" else b""
        at += 12 + length
    channels = {0: 1, 2: 3, 6: 4}[kind]
    rows = numpy.frombuffer(zlib.decompress(data), numpy.uint8).reshape(height, 1 + width * channels)
    image = numpy.zeros((height, width * channels), numpy.int32)
    for y, row in enumerate(rows):
        image[y] = unfiltered(numpy, row[0], row[1:].astype(numpy.int32), image[y - 1] if y else None, channels)
    return image.reshape(height, width, channels)[:, :, 0].astype(numpy.uint8)


def unfiltered(numpy: Any, kind: int, row: Any, above: Any, step: int) -> Any:
    """One line of a PNG (RFC 2083, section 6)."""
    above = numpy.zeros_like(row) if above is None else above
    if kind == 0:
        return row
    if kind == 2:
        return (row + above) & 255
    for x in range(len(row)):
        left = row[x - step] if x >= step else 0
        corner = above[x - step] if x >= step else 0
        row[x] = (row[x] + predicted(kind, int(left), int(above[x]), int(corner))) & 255
    return row


def predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 3:
        return (left + up) // 2
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))


def test_the_code_on_the_screen_is_accepted_and_a_picture_of_it_is_not(town: Any, resident: Any) -> None:
    text = read_code(resident)
    keys = KeyList.read(town.keys.signed_list(town.now), town.keys.root.public_key)
    about = {"keys": keys, "changes": None, "policy": DoorPolicy()}
    live = judge(text, now=town.now, **about)
    assert (live.act, live.reason) == ("pass", "valid")
    assert live.claims is not None
    assert town.names.person_of(live.claims.pseudonym)[0] == resident.person
    assert judge(text, now=town.now + timedelta(seconds=95), **about).reason == "screenshot"
    resident.shot("code")


def test_the_code_renews_itself_without_the_server(town: Any, resident: Any) -> None:
    resident.ready_for_offline()
    town.stop()
    resident.reload()
    resident.page.locator(".qr").wait_for()
    first = credentials.read_text(read_code(resident))
    resident.page.wait_for_timeout(21000)
    second = credentials.read_text(read_code(resident))
    assert second.shown_at > first.shown_at
    assert second.by_holder
    assert second.credential.encoded == first.credential.encoded
    assert "离线" in resident.page.locator("#top").inner_text()
    resident.shot("code-offline")


def test_a_check_in_without_the_server_is_delivered_later(town: Any, resident: Any) -> None:
    resident.ready_for_offline()
    code = town.venue_code()
    town.stop()
    resident.page.goto(f"{town.url}/phone/#/checkin")
    resident.scan("YM1:NOT A VENUE")
    assert "不是场所码" in resident.page.locator(".wrong").inner_text()
    resident.scan(code)
    resident.page.get_by_text("已登记进场").wait_for()
    resident.page.locator(".state", has_text="已保存").or_(
        resident.page.locator(".state", has_text="已发送")
    ).wait_for()
    resident.shot("checked-in-offline")
    resident.reload()
    town.start()
    rows: list[Any] = []
    end = time.monotonic() + 90
    while not rows and time.monotonic() < end:
        resident.page.wait_for_timeout(300)
        rows = town.province.rows("SELECT person_id, place_id, claimed, via FROM loop_bulk_presence_scanned")
    assert rows == [(resident.person, town.venue, True, "phone")]
    resident.page.locator(".state", has_text="已送达").wait_for()


def test_the_page_says_why_and_takes_an_objection(town: Any, resident: Any) -> None:
    town.province.report_case(town.province.staff("cases.epidemiologist", "1401"), 78, "140105")
    town.province.turn()
    resident.page.goto(f"{town.url}/phone/#/why")
    resident.page.get_by_text("我的检测结果").wait_for()
    assert resident.page.locator(".colour-line").inner_text().startswith(("绿码", "黄码", "红码"))
    resident.shot("why")
    town.stop()
    resident.reload()
    resident.page.get_by_text("不保存在手机上").wait_for()


def test_who_leaves_leaves_nothing(town: Any, resident: Any) -> None:
    resident.page.goto(f"{town.url}/phone/#/end")
    resident.page.get_by_role("button", name="退出并清除本机数据").click()
    resident.page.get_by_text("您要做什么").wait_for()
    assert [each["name"] for each in resident.page.evaluate("indexedDB.databases()")] == ["yanmen"]


def test_a_wrong_code_and_a_wrong_number_are_told(town: Any, phones: Any) -> None:
    phone = phones(town.url, "en")
    phone.page.goto(f"{town.url}/phone/#/enrol")
    phone.page.locator("#answer").fill("123")
    phone.page.locator("form button").click()
    assert "11 digits" in phone.page.locator(".wrong").inner_text()
    phone.page.locator("#answer").fill(NUMBER)
    phone.press_until(phone.page.locator("input[autocomplete=one-time-code]"))
    phone.page.locator("#answer").fill("000000")
    phone.press_until(phone.page.locator(".wrong", has_text="The code is wrong"))
    assert phone.page.locator(".wrong").inner_text().startswith("The code is wrong")
    phone.shot("wrong-code-en")
