"""The phone pages in a real browser, and what people do with them."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from yanmen.edge.pages import FOLDER, Answer
from yanmen.project.looks import barriers
from yanmen.project.testing import chromium

SHOTS = os.environ.get("YANMEN_SHOTS")
LOOKS = {
    "zh": {"locale": "zh-CN"},
    "en": {"locale": "en-GB"},
    "dark": {"locale": "zh-CN", "color_scheme": "dark"},
    "small": {"locale": "en-GB", "viewport": {"width": 320, "height": 568}},
    "tablet": {"locale": "zh-CN", "viewport": {"width": 1024, "height": 768}},
}
FLAGS = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-sandbox", "--disable-dev-shm-usage"]


READY = {
    "why": ".colour-line",
    "results": ".results button",
    "sites": ".sites button",
    "code": ".qr",
    "settings": ".pairs",
    "outbox": ".tally",
    "end": ".acts button",
}
DOCUMENTS = """async () => {
  const open = (name) => new Promise((resolve) => { indexedDB.open(name).onsuccess = (told) => resolve(told.target.result); });
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith("yanmen-user-"));
  const database = await open(name);
  const documents = database.transaction("documents").objectStore("documents").count();
  const number = await new Promise((resolve) => { documents.onsuccess = () => resolve(documents.result); });
  database.close();
  return number;
}"""


GREY = """async (picture) => {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (each) => each.charCodeAt(0))]));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  let grey = "";
  for (let place = 0; place < data.length; place += 4) grey += String.fromCharCode(data[place]);
  return [bitmap.width, bitmap.height, btoa(grey)];
}"""
VERDICTS = json.loads((FOLDER / "verdicts.json").read_text("utf-8"))


class Phone:
    """A phone with the pages open. With a folder it is a browser of its own: what it keeps outlives its process."""

    def __init__(
        self, browser: Any, url: str, look: str = "zh", folder: Path | None = None, flags: tuple[str, ...] = ()
    ) -> None:
        self._browser = browser
        self._folder = folder
        self._about = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
        self._about |= {"device_scale_factor": 2 if SHOTS else 1}  # fine pictures are for looking at, and cost time
        self._about |= {"permissions": ["camera"], **LOOKS[look]}
        self._flags = [*FLAGS, *flags]
        self.url = url
        self.complaints: list[str] = []
        self.faults: list[str] = []
        self.switch_on()

    def switch_on(self) -> None:
        """Start the browser and open the pages."""
        if self._folder:
            about = {"executable_path": chromium(), "args": self._flags, **self._about}
            self.context = self._browser.browser_type.launch_persistent_context(self._folder, **about)
            self.page = self.context.pages[0]
        else:
            self.context = self._browser.new_context(**self._about)
            self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("request", self._asked)
        self.page.goto(f"{self.url}/phone/")
        self.page.locator("h1").first.wait_for(state="attached")

    def switch_off(self) -> None:
        self.context.close()

    def die(self) -> None:
        """The process is killed, as when a battery falls out: nothing is said to the page."""
        own = str(self._folder)
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and own in _command(entry):
                with suppress(ProcessLookupError):
                    os.kill(int(entry.name), signal.SIGKILL)
        with suppress(Exception):
            self.context.close()

    def reload(self) -> None:
        self.page.reload()
        self.page.locator("h1").first.wait_for(state="attached")

    def ready_for_offline(self) -> None:
        """Wait until the service worker controls the page and the signed documents are here."""
        ready = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
        while not self.page.evaluate(ready):
            self.page.wait_for_timeout(50)
        while self.page.evaluate(DOCUMENTS) < 3:
            self.page.wait_for_timeout(50)

    def enrol_officer(self, token: str) -> None:
        self.page.goto(f"{self.url}/phone/#/staff")
        self.scan(token)
        self.page.locator(".scan, .sample").wait_for()
        self.ready_for_offline()

    def enrol_holder(self, town: Any, number: str, tail: str = "") -> None:
        """By number and one-time code, and the document's last four where several people share the number."""
        self.page.goto(f"{self.url}/phone/#/enrol")
        self.page.locator("#answer").fill(number)
        self.press_until(self.page.locator("input[autocomplete=one-time-code]"))
        self.page.locator("#answer").fill(town.message(number))
        if tail:
            self.press_until(self.page.get_by_label(re.compile("末四位|Last four")))
            self.page.locator("#answer").fill(tail)
        self.press_until(self.page.locator(".code-card"))
        self.page.locator(".qr").wait_for()

    def press_until(self, there: Any) -> None:
        """Press the form's button; once more if the edge was too busy to hand it on."""
        wrong = self.page.locator(".wrong", has_text=re.compile("稍后再试|Try again|again in"))
        for _ in range(5):
            self.page.locator("form button").click()
            there.or_(wrong).first.wait_for()
            if there.count():
                return
            self.page.wait_for_timeout(1000)

    def scan(self, text: str) -> None:
        """As a keyboard scanner with its field does."""
        self.until(self._unfolded)
        self.page.locator("#typed").fill(text)
        self.page.locator("#typed").press("Enter")

    def _unfolded(self) -> bool:
        """The field is open, else its button is pressed: by the keyboard, for a camera that opens moves the button away from the mouse."""
        typed, button = self.page.locator("#typed"), self.page.locator("[aria-controls=typing]")
        if not typed.is_visible() and button.get_attribute("aria-expanded") == "false":
            button.press("Enter")
        return bool(typed.is_visible())

    def verdict(self, text: str) -> tuple[str, str]:
        """Act and reason of what the phone shows after a scan."""
        self.scan(text)
        sheet = self.page.locator(".verdict")
        sheet.locator(".why").wait_for()
        return str(sheet.get_attribute("data-act")), sheet.locator(".why").inner_text()

    def judged(self, text: str) -> tuple[str, str]:
        """Act and code of the reason."""
        act, why = self.verdict(text)
        return act, next((code for code, both in VERDICTS.items() if why in both), why)

    def next(self) -> None:
        """The verdict goes, as with the button or a second look at the queue."""
        self.page.keyboard.press("Escape")
        self.page.locator(".verdict").wait_for(state="detached")

    def delivered(self, count: int) -> None:
        """Wait until so many records have arrived and none waits, as the outbox screen says."""
        self.page.goto(f"{self.url}/phone/#/outbox")
        numbers = self.page.locator(".tally.four dd")
        self.until(lambda: numbers.all_inner_texts()[:3] == ["0", "0", str(count)])

    def waiting(self) -> int:
        """How many records the phone still has to deliver, as its outbox screen says."""
        self.page.goto(f"{self.url}/phone/#/outbox")
        numbers = self.page.locator(".tally.four dd")
        numbers.first.wait_for()
        kept, sent, *_ = numbers.all_inner_texts()
        return int(kept) + int(sent)

    def until(self, true: Callable[[], bool], *, seconds: float = 120, pause: float = 0.1) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "it took too long"
            self.page.wait_for_timeout(1000 * pause)

    def code(self) -> str:
        """What a camera sees on the screen."""
        zxingcpp, numpy = pytest.importorskip("zxingcpp"), pytest.importorskip("numpy")
        picture = base64.b64encode(self.page.locator(".qr").screenshot()).decode()
        width, height, grey = self.page.evaluate(GREY, picture)
        pixels = numpy.frombuffer(base64.b64decode(grey), numpy.uint8).reshape(height, width)
        return str(zxingcpp.read_barcodes(pixels)[0].text)

    def visit(self, screen: str) -> None:
        """Go there, and wait until nothing is fetched or read any more."""
        self.page.goto(f"{self.url}/phone/#/{screen}")
        self.page.locator(f"#main[data-screen={screen}]").wait_for()
        if screen in READY:
            self.page.locator(READY[screen]).first.wait_for()

    def look_at(self, name: str) -> None:
        """Keep a picture, and note what is wrong with the screen: axe, its width, what the console said."""
        self.shot(name)
        self.faults += [f"{name}: {fault}" for fault in barriers(self.page, "wcag22aa")]
        if self.page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            self.faults.append(f"{name}: wider than the screen")
        self.faults += [f"{name}: {text}" for text in self.complaints]
        self.complaints.clear()

    def shot(self, name: str) -> None:
        """A picture to look at, where somebody wants one."""
        if SHOTS:
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=str(Path(SHOTS) / f"phone-{name}.png"))

    def _heard(self, line: Any) -> None:
        if line.type in ("error", "warning") and "ERR_CONNECTION_REFUSED" not in line.text:
            self.complaints.append(line.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(request.url)


@contextmanager
def served(answer: Callable[[str], Answer]) -> Iterator[str]:
    """Pages without an edge behind them: the address of a server that gives to each path what `answer` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path.partition("?")[0])
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
