"""Every screen of the phone: accessible, silent, nothing from elsewhere, from 320 px to a tablet, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yanmen.base import credentials
from yanmen.project.state import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})).violations
  .filter(v => ["serious", "critical"].includes(v.impact))
  .map(v => v.id + ": " + v.nodes.slice(0, 4).map(n => n.target.join(" ")).join(" | "))"""
NUMBER = "13800000006"
LOOKS = ["zh", "en", "dark", "small", "tablet"]


def look_at(phone: Any, name: str, faults: list[str]) -> None:
    """Keep a picture, and what is wrong with the screen."""
    phone.shot(name)
    page = phone.page
    if AXE.is_file():
        page.evaluate(AXE.read_text("utf-8"))
        faults += [f"{name}: {fault}" for fault in page.evaluate(RUN_AXE)]
    if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
        faults.append(f"{name}: wider than the screen")
    faults += [f"{name}: {text}" for text in phone.complaints]
    phone.complaints.clear()


def visit(phone: Any, screen: str) -> None:
    phone.page.goto(f"{phone.url}/phone/#/{screen}")
    phone.page.wait_for_timeout(400)


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_an_officer(town: Any, phones: Any, look: str) -> None:
    phone, faults = phones(town.url, look), []
    for screen in ("welcome", "enrol", "staff", "paper", "settings"):
        visit(phone, screen)
        look_at(phone, f"{screen}-{look}", faults)
    phone.enrol_officer(town.token())
    look_at(phone, f"scan-{look}", faults)
    codes = {
        "pass": town.showing(11),
        "refer": town.showing(12, colour=1),
        "stop": town.showing(13, colour=2),
        "check": credentials.print_paper(town.credential(14, form=credentials.PAPER, hint="张** 001X")),
    }
    for act, text in codes.items():
        assert phone.verdict(text)[0] == act
        look_at(phone, f"{act}-{look}", faults)
        phone.page.keyboard.press("Escape")
        phone.page.locator(".verdict").wait_for(state="detached")
    for screen in ("outbox", "end", "settings"):
        visit(phone, screen)
        look_at(phone, f"officer-{screen}-{look}", faults)
    assert faults == []


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_a_resident(town: Any, phones: Any, look: str) -> None:
    from yanmen.registry.people import register_person
    from yanmen.registry.scope import acting

    scope = town.province.staff("arrivals.officer", "140105").scope
    with acting(scope, now=town.now):
        about = {"id_number": town.province.document(6), "phone": NUMBER, "area": "140105"}
        register_person(name="王芳", **about, by=scope.by, now=town.now)
    phone, faults = phones(town.url, look), []
    phone.enrol_holder(town, NUMBER)
    phone.complaints.clear()  # the edge may have been too busy to hand the first request on
    for screen in ("code", "why", "checkin", "settings", "end"):
        visit(phone, screen)
        phone.page.wait_for_timeout(600)
        look_at(phone, f"resident-{screen}-{look}", faults)
    visit(phone, "checkin")
    phone.scan(town.venue_code())
    phone.page.locator(".done").wait_for()
    look_at(phone, f"resident-checked-in-{look}", faults)
    assert faults == []


def test_sampling_binds_people_to_tubes_in_their_order(town: Any, phones: Any) -> None:
    site = sampling_site(town)
    phone, faults = phones(town.url), []
    phone.enrol_officer(town.token("sampling", site))
    look_at(phone, "sample-tube", faults)
    phone.scan("SX20221007001")
    for number in range(3):
        phone.scan(town.showing(50 + number))
        phone.page.get_by_text(f"第 {number + 1} 位").wait_for()
    look_at(phone, "sample-people", faults)
    phone.scan(town.showing(51))
    phone.page.get_by_text("此人已在本管中").wait_for()
    rows: list[Any] = []
    for _ in range(300):
        rows = town.province.rows("SELECT person_id, tube, position FROM loop_bulk_screening_bound ORDER BY position")
        if len(rows) == 3:
            break
        phone.page.wait_for_timeout(200)
    assert rows == [(50 + number, "SX20221007001", number + 1) for number in range(3)]
    assert faults == []


def sampling_site(town: Any) -> int:
    """A place where samples are taken."""
    from yanmen.registry.models import Place
    from yanmen.registry.scope import acting

    scope = town.province.staff("venues.manager", "140105").scope
    with acting(scope, now=town.now):
        return int(
            Place.objects.create(kind="sampling_site", name_zh="小店采样点", area="140105", created_at=town.now).pk
        )


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
    for _ in range(300):
        if len(town.passes()) == 2:
            break
        phone.page.wait_for_timeout(200)
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
    for _ in range(300):
        if len(town.passes()) == 2:
            break
        phone.page.wait_for_timeout(200)
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
    picture.write_bytes((ROOT / "yanmen" / "edge" / "phone" / "icon-192.png").read_bytes())
    phone.page.locator("input[type=file]").set_input_files(picture)
    phone.page.locator(".scan").wait_for()
