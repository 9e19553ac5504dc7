"""Pages over HTTP: closed until opened, and everything renders on a real outbreak."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from yanmen.desk.tests.seeding import PASSWORD


def sign_in(live: httpx.Client, username: str = "commander") -> httpx.Client:
    page = live.get("/account/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text[:2000]
    form = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    answer = live.post("/account/login/", data=form, headers={"Referer": str(live.base_url)})
    assert answer.status_code in (200, 403), answer.text[:3000]
    return live


PATHS = ["/situation/", "/tasks/?role=all", "/measures/", "/facts/", "/areas/", "/areas/14/", "/areas/140105/", "/people/",
         "/policy/", "/policy/diff/", "/policy/try/", "/ledger/", "/ledger/?by=rule", "/ledger/?by=edition", "/alarms/", "/import/",
         "/policy/rule/arrivals.from_high_risk_area/", "/situation/map/?map=boundaries"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_page_opens_for_the_commander(path: str, live: Any, seeded: Any) -> None:
    answer = sign_in(live).get(path)
    assert answer.status_code == 200, answer.text[-3000:]


def test_the_person_page_says_why(live: Any, seeded: Any) -> None:
    answer = sign_in(live).get(f"/people/{seeded.held}/")
    assert answer.status_code == 200, answer.text[-3000:]
    assert "依据" in answer.text
