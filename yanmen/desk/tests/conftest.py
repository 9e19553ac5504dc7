"""One seeded database for the desk's tests, and sessions of its staff."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from yanmen.project.testing import show_clock, visitor

HOST = "127.0.0.1"
PASSWORD = "yanmen-drill-2022"


@pytest.fixture(scope="module")
def seeded(db: str) -> Any:
    """An outbreak on the evening of 9 October 2022; the doors' clock stands there."""
    from yanmen.desk.tests.seeding import NOW, seed

    show_clock(NOW)
    return seed()


@pytest.fixture(scope="module")
def cookies(seeded: Any) -> dict[str, dict[str, str]]:
    """Session cookies by user name: signing in costs a second."""
    return {}


@pytest.fixture
def as_staff(live: Any, cookies: dict[str, dict[str, str]]) -> Iterator[Callable[..., httpx.Client]]:
    """``as_staff("commander")``: a browser of a demo account, signed in at the front door."""
    opened: list[httpx.Client] = []

    def enter(username: str, language: str = "zh-hans") -> httpx.Client:
        client = visitor(live.url, headers={"Accept-Language": language})
        opened.append(client)
        if username in cookies:
            for name, value in cookies[username].items():
                client.cookies.set(name, value, domain=HOST)
        else:
            _sign_in(client, username)
            cookies[username] = dict(client.cookies)
        return client

    yield enter
    for client in opened:
        client.close()


def _sign_in(client: httpx.Client, username: str) -> None:
    client.get("/account/login/")
    form = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    answer = client.post("/account/login/", data=form, headers={"Referer": str(client.base_url)})
    assert answer.status_code == 200, answer.text[-2000:]
    first = re.search(r'name="grant" value="([^"]+)"', answer.text)
    if first:
        send(client, "/acting-as/", grant=first[1])


def send(client: httpx.Client, path: str, files: dict[str, Any] | None = None, **form: Any) -> httpx.Response:
    """POST a form as a browser would: with the token, and saying where it comes from."""
    form["csrfmiddlewaretoken"] = client.cookies["csrftoken"]
    return client.post(path, data=form, files=files, headers={"Referer": f"{client.base_url}{path}"})
