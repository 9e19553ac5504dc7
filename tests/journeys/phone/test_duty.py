"""An officer at work: with the keyboard alone, people of one vehicle, the camera and the phone's own detector."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yanmen.project.state import ROOT

pytestmark = pytest.mark.browser


def test_a_shift_by_the_keyboard_alone(town: Any, phones: Any) -> None:
    """A keyboard scanner types into no field at all; Enter and Escape do the rest."""
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    keyboard = phone.page.keyboard
    phone.page.locator("h1").evaluate("element => element.focus()")
    keyboard.type(town.showing(61))
    keyboard.press("Enter")
    phone.page.locator(".verdict[data-act=pass]").wait_for()
    keyboard.type(town.showing(62, colour=1))
    keyboard.press("Enter")
    phone.page.locator(".verdict[data-act=refer]").wait_for()
    keyboard.press("Tab")
    keyboard.press("Enter")
    phone.page.locator(".verdict").wait_for(state="detached")
    phone.until(lambda: len(town.passes()) == 2)
    assert [row[1] for row in town.passes()] == [61, 62]


def test_people_of_one_vehicle_are_one_group(town: Any, phones: Any) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    phone.page.locator("input[value=out]").check()
    phone.page.locator("#lane").select_option("3")
    phone.page.locator(".vehicle summary").click()
    phone.page.locator("#plate").fill("晋a 12345")
    phone.page.locator("#plate").press("Enter")
    for person in (71, 72):
        phone.verdict(town.showing(person))
        phone.page.keyboard.press("Escape")
    phone.page.get_by_text("晋A12345 · 已登记 2 人").wait_for()
    phone.shot("vehicle")
    phone.page.get_by_role("button", name="此车完成").click()
    phone.until(lambda: len(town.passes()) == 2)
    assert {row[2:] for row in town.passes()} == {("out", 3, "green", "valid", "晋A12345")}
    groups = town.province.rows("SELECT count(DISTINCT group_id) FROM loop_bulk_checkpoints_passed")
    assert groups == [(1,)]


def test_the_camera_reads_a_code(town: Any, phones: Any, tmp_path: Path) -> None:
    """Chromium's fake camera shows a film of one code; ZXing of our own origin reads it."""
    segno = pytest.importorskip("segno")
    film = tmp_path / "code.y4m"
    film.write_bytes(filmed(segno.make(town.showing(81, age=-20), error="m", boost_error=False)))
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    phone = phones(town.url, "zh", *flags)
    phone.enrol_officer(town.token())
    open_camera = phone.page.get_by_role("button", name="打开摄像头")
    if open_camera.is_visible():
        open_camera.click()
    phone.page.locator(".verdict .why").wait_for()
    assert "健康码有效" in phone.page.locator(".verdict .why").inner_text()
    phone.page.keyboard.press("Escape")
    phone.shot("camera")
    assert [text for text in phone.complaints if "jsdelivr" in text or "Content Security" in text] == []


def filmed(code: Any) -> bytes:
    """One grey frame of a QR code, 640 by 480, as YUV4MPEG2."""
    width, height = 640, 480
    rows = [[*row] for row in code.matrix_iter(border=4)]
    scale = height // len(rows)
    left, top = (width - scale * len(rows)) // 2, (height - scale * len(rows)) // 2
    luma = bytearray([235]) * (width * height)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                for line in range(scale):
                    start = (top + y * scale + line) * width + left + x * scale
                    luma[start : start + scale] = bytes([16]) * scale
    chroma = bytes([128]) * (width * height // 2)
    return b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + (b"FRAME\n" + bytes(luma) + chroma) * 2


def test_the_phone_s_own_detector_is_used_where_there_is_one(town: Any, phones: Any, tmp_path: Path) -> None:
    phone = phones(town.url)
    text = town.token()
    phone.context.add_init_script(f"""globalThis.BarcodeDetector = class {{
      static async getSupportedFormats() {{ return ["qr_code"]; }}
      async detect() {{ return [{{rawValue: "{text}"}}]; }}
    }};""")
    phone.page.goto(f"{town.url}/phone/?again#/staff")
    picture = tmp_path / "photo.png"
    picture.write_bytes((ROOT / "yanmen" / "base" / "phone" / "icon-192.png").read_bytes())
    phone.page.locator("input[type=file]").set_input_files(picture)
    phone.page.locator(".scan").wait_for()
