"""Fixtures and helpers of tests that go in at the doors: the site behind a socket, somebody signed in, a browser, the clock.

`yanmen.project.testing` hands them on.
"""

import logging
import os
import shutil
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import WSGIServer

import pytest

PASSWORD = "Yan-Men-Guan-2022"
"""Of every account that `sign_in` opens."""


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """No test is refused for what an earlier one in this process did, nor sees what that drew: all is counted anew.

    Afterwards nothing listens to a database that goes with its test.
    """
    from django.core.cache import cache

    from yanmen.desk import wall

    cache.clear()
    wall.forget()
    yield
    wall.forget()


def show_clock(moment: datetime | None) -> None:
    """The clock at the doors shows this moment and runs on from there; without one, the real time. The test's end puts it back."""
    from django.conf import settings

    from yanmen.desk import clock

    settings.YANMEN_CLOCK = moment and moment - timedelta(seconds=time.monotonic() - clock._started)


@pytest.fixture(autouse=True, scope="module")
def clock_of_a_module() -> Iterator[None]:
    """A module that moves the clock at the doors leaves it as it was."""
    yield from _clock_put_back()


@pytest.fixture(autouse=True)
def clock_of_a_test(clock_of_a_module: None) -> Iterator[None]:
    """And so does a test."""
    yield from _clock_put_back()


def _clock_put_back() -> Iterator[None]:
    from django.conf import settings

    before = settings.YANMEN_CLOCK
    yield
    settings.YANMEN_CLOCK = before


@pytest.fixture(autouse=True, scope="session")
def passwords_cost_nothing() -> Iterator[list[str]]:
    """A hash takes most of a second, and nearly every test signs in or opens accounts. The value is how it is done in production."""
    from django.conf import settings
    from django.test import override_settings

    real = list(settings.PASSWORD_HASHERS)
    cheap = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[cheap, *real]):
        yield real


@pytest.fixture(autouse=True)
def passwords_of_a_test(request: pytest.FixtureRequest, passwords_cost_nothing: list[str]) -> Iterator[None]:
    """Tests marked `real_passwords` pay for it."""
    from django.test import override_settings

    if not request.node.get_closest_marker("real_passwords"):
        yield
        return
    with override_settings(PASSWORD_HASHERS=passwords_cost_nothing):
        yield


class _ThreadingServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """A client's connection has a thread of its own, which keeps its connections to the database."""
        from django.db import connections

        super().process_request_thread(request, client_address)
        connections.close_all()


@pytest.fixture(scope="module")
def served_site(db: str) -> Iterator[str]:
    """The address of the whole site behind a real socket."""
    from django.core.servers.basehttp import WSGIRequestHandler

    from yanmen.project.wsgi import application

    class Handler(WSGIRequestHandler):
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to acknowledge its first line

    logging.getLogger("django.server").setLevel(logging.ERROR)
    server = _ThreadingServer(("127.0.0.1", 0), Handler)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def live(served_site: str) -> Iterator[Any]:
    """The whole site behind a real socket: `live.url`, and `live` itself is an httpx client."""
    with visitor(served_site) as client:
        client.url = served_site
        yield client


def visitor(url: str, **about: Any) -> Any:
    """An httpx client of a server of this test. It reads no certificates: that takes longer than most requests."""
    import httpx

    given: dict[str, Any] = {"follow_redirects": True, "timeout": 60}
    return httpx.Client(base_url=url, verify=False, **given | about)


@pytest.fixture
def sign_in(live: Any) -> Iterator[Callable[..., Any]]:
    """`sign_in("arrivals.officer", area="1401")`: a browser of somebody in that role, signed in at the front door."""
    clients: list[Any] = []

    def enter(role: str, area: str = "14", *, language: str = "zh-hans", purpose: str = "control") -> Any:
        name = new_account(role, area, purpose=purpose, language=language)
        client = visitor(live.url, headers={"Accept-Language": language})
        clients.append(client)
        client.get("/account/login/")
        form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        headers = {"Referer": live.url}
        answer = client.post("/account/login/", data=form, headers=headers, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        client.cookies.delete("messages")  # that they came in: the next page shall tell of what it does itself
        return client

    yield enter
    for client in clients:
        client.close()


def new_account(role: str, area: str, *, purpose: str = "control", language: str = "zh-hans") -> str:
    """User name of a new account with one role in one area; its password is PASSWORD."""
    from yanmen.base.clock import at
    from yanmen.registry.accounts import create_account, grant_role

    opened = at(date(2020, 1, 1), 8)
    name = f"staff-{uuid4().hex[:8]}"
    account = create_account(username=name, name=name, password=PASSWORD, language=language, now=opened, using="owner")
    grant_role(account=account, role=role, area=area, purpose=purpose, by="test", now=opened, using="owner")
    return name


def emergency_in(area: str, *, now: datetime, desk: str = "*", days: int = 10) -> None:
    """Switch an area to emergency, as one unit proposes and another approves it."""
    from yanmen.base.clock import local_date
    from yanmen.loop.facts import record
    from yanmen.loop.run import settle
    from yanmen.registry.scope import acting, system

    first = local_date(now)
    about = {
        "desk": desk, "disease": "covid19", "document": "1号", "clause": "一", "unit": "甲单位", "switch": str(uuid4()),
        "starts_on": first.isoformat(), "ends_on": (first + timedelta(days=days)).isoformat(),
    }  # fmt: skip
    with acting(system(area[:2], purpose="control")):
        proposal = record("mode.proposed", area=area, occurred_at=now, by="甲", now=now, detail=about)
        detail = {"rule": "command.emergency", "reason": str(proposal), "unit": "乙单位"}
        record("measure.approved", area=area, occurred_at=now, by="乙", now=now, detail=detail)
    settle(now=now)


PATIENCE = 30_000
"""Milliseconds within which a page must say what is expected of it, as for every other wait: a busy machine is no fault of the page."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Chromium that reaches nothing but this machine; for tests marked `browser`."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    flags = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-sandbox", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield found
        found.close()


def cookies_for(client: Any, url: str) -> list[dict[str, str]]:
    """The cookies of a signed-in httpx client, as a browser context takes them."""
    return [{"name": each.name, "value": each.value or "", "url": url} for each in client.cookies.jar]


def mark_browser_tests(items: list[pytest.Item]) -> None:
    """Browser tests say why they do not run."""
    reason = missing_browser()
    if reason:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=reason))


def missing_browser() -> str:
    """Empty when Chromium and a Chinese font are here; else what to install."""
    if not chromium():
        return "no Chromium: apt-get install chromium fonts-noto-cjk, or set YANMEN_CHROMIUM"
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return ""


def chromium() -> str | None:
    """Path of a Chromium to drive."""
    named = os.environ.get("YANMEN_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
