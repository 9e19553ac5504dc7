"""A grid worker's telephone: the pages at /grid/phone/ in a real browser, and what workers do with them."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from yanmen.project.looks import barriers
from yanmen.project.testing import cookies_for

LOOKS: dict[str, dict[str, Any]] = {
    "zh": {"locale": "zh-CN"},
    "en": {"locale": "en-GB"},
    "dark": {"locale": "zh-CN", "color_scheme": "dark"},
    "small": {"locale": "en-GB", "viewport": {"width": 320, "height": 568}},
}
CONTROLLED = "navigator.serviceWorker.controller !== null"
NETWORK = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_CONNECTION", "status of 401")


class GridPhone:
    """The telephone of somebody who is signed in at the desk's front door."""

    def __init__(self, browser: Any, client: Any, look: str = "zh", url: str = "") -> None:
        self.url = url or str(client.base_url).rstrip("/")
        about = {"viewport": {"width": 390, "height": 844}, "has_touch": True, **LOOKS[look]}
        self.context = browser.new_context(**about)
        self.sign_in(client)
        self.complaints: list[str] = []
        self.open()

    def sign_in(self, client: Any) -> None:
        """The session of this client is the browser's."""
        self.context.add_cookies(cookies_for(client, self.url))

    def sign_out(self) -> None:
        """The session is over."""
        self.context.clear_cookies()

    def open(self, hash: str = "") -> None:
        """A new tab with the pages."""
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.goto(f"{self.url}/grid/phone/{hash}")
        self.page.locator("h1").first.wait_for(state="attached")

    def ready(self) -> GridPhone:
        """The doors are here, and the service worker keeps the pages."""
        self.until(lambda: self.page.evaluate(CONTROLLED))
        self.page.locator(".doors li, .nothing").first.wait_for(timeout=120_000)
        return self

    def offline(self, gone: bool = True) -> GridPhone:
        """The network is gone, or back."""
        self.context.set_offline(gone)
        return self

    def close(self) -> None:
        with suppress(Exception):
            self.context.close()

    def crash(self) -> None:
        """The page dies as it stands: nothing is said to it."""
        with suppress(Exception):
            self.page.goto("chrome://crash", timeout=3_000)
        with suppress(Exception):
            self.page.close()

    def visit(self, screen: str) -> None:
        """Go to a screen: today, door/12, outbox, conflicts, settings."""
        name = screen.partition("/")[0]
        self.page.evaluate("hash => { location.hash = hash; }", f"#/{screen}")
        self.page.locator(f"#main[data-screen={name}]").wait_for()

    def today(self, which: str = "open") -> list[int]:
        """Numbers of the doors that the day lists, in their order."""
        self.visit("today")
        wanted = self.page.locator(".segments label", has=self.page.locator(f"input[value={which}]"))
        wanted.click()  # the label is what people see; it is waited for while the day is drawn anew
        wanted.locator("input:checked").wait_for(state="attached")
        return [int(each.get_attribute("data-door")) for each in self.page.locator(".doors li").all()]

    def fill(self, person: int, kind: str, /, **said: str) -> None:
        """Answer what is asked of somebody at the door that is open."""
        ask = self.page.locator(f"[data-person='{person}'] [data-kind='{kind}']")
        if not said:
            ask.locator("input[type=checkbox]").check()
        for name, value in said.items():
            _say(ask.locator(f"[data-field={name}]"), value)

    def tell_need(self, person: int, **said: str) -> None:
        """Somebody needs something."""
        fold = self.page.locator(f"[data-person='{person}'] .need")
        fold.locator("summary").click()
        for name, value in said.items():
            _say(fold.locator(f"[data-field={name}]"), value)

    def edit(self, name: str, value: str, person: int | None = None) -> None:
        """Change a field of the household or of somebody in it."""
        place = f"[data-person='{person}'] .fields" if person else ".door-form > .fields"
        fold = self.page.locator(place)
        fold.evaluate("each => { each.open = true; }")
        _say(fold.locator(f"[data-field={name}]"), value)

    def shown(self, name: str, person: int | None = None) -> str:
        """The value of a field as the door shows it."""
        place = f"[data-person='{person}'] .fields" if person else ".door-form > .fields"
        return str(self.page.locator(f"{place} [data-field={name}] input").first.input_value())

    def save(self) -> None:
        """Press the button; the day is shown again."""
        self.page.locator(".save button").click()
        self.page.locator("#main[data-screen=today]").wait_for()

    def records(self) -> dict[str, str]:
        """The state of every record, by its id."""
        self.visit("outbox")
        self.page.locator(".rows[data-ready]").wait_for(state="attached")
        rows = self.page.locator("li[data-record]")
        read = "rows => rows.map(row => [row.dataset.record, row.querySelector('.state').dataset.state])"
        return dict(rows.evaluate_all(read))

    def states(self) -> list[str]:
        return sorted(self.records().values())

    def delivered(self) -> None:
        """Wait until nothing waits."""
        self.until(lambda: not {"kept", "sent"} & set(self.states()))

    def look_at(self, name: str) -> list[str]:
        """What is wrong with the screen: what axe finds, its width."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0
        faults = [f"{name}: wider than the screen"] if wide else []
        return faults + [f"{name}: {fault}" for fault in barriers(self.page, "wcag22aa")]

    def until(self, true: Callable[[], bool], *, seconds: float = 90, pause: float = 0.1) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"it took too long at {self.page.url}: {self.complaints}"
            self.page.wait_for_timeout(1000 * pause)

    def _heard(self, line: Any) -> None:
        if line.type in ("error", "warning") and not any(each in line.text for each in NETWORK):
            self.complaints.append(line.text)


class Network:
    """What lies between a telephone and the site.

    It may swallow a request (`swallow`), do what it asks and swallow the answer (`answers_only`), or wait for an event
    before it passes a request on (`late`).
    """

    def __init__(self, site: str) -> None:
        self.site = urlsplit(site)
        self.held: list[str] = []
        self.swallow: tuple[str, ...] = ()
        self.answers_only = False
        self.late: dict[str, Event] = {}
        self._over = Event()
        network = self

        class Way(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                try:
                    network._pass(self)
                except ConnectionError:  # a telephone that died waits for no answer
                    self.close_connection = True

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Way)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Whatever is held is let go, unanswered."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _pass(self, way: BaseHTTPRequestHandler) -> None:
        body = way.rfile.read(int(way.headers.get("Content-Length") or 0))
        if way.path in self.late:
            self.held.append(way.path)
            self.late[way.path].wait(300)
        held = way.path in self.swallow
        if held and not self.answers_only:
            return self._keep(way)
        onward = http.client.HTTPConnection(self.site.hostname or "", self.site.port, timeout=300)
        onward.request(way.command, way.path, body or None, dict(way.headers))
        answer = onward.getresponse()
        content = answer.read()
        onward.close()
        if held:
            return self._keep(way)
        way.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "date", "server"):
                way.send_header(name, value)
        way.send_header("Content-Length", str(len(content)))
        way.end_headers()
        if answer.status != 304:
            way.wfile.write(content)
        return None

    def _keep(self, way: BaseHTTPRequestHandler) -> None:
        self.held.append(way.path)
        self._over.wait(300)
        way.close_connection = True


def _say(field: Any, value: str) -> None:
    if field.locator("input[type=radio]").count():
        field.locator(f"input[value='{value}']").check(force=True)
    elif field.locator("select").count():
        field.locator("select").select_option(value)
    else:
        field.locator("input").fill(value)
