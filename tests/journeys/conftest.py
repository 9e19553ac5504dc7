"""A small province, its staff, and a clock that the journeys move. Everything goes through the doors people use."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from yanmen.base.clock import BEIJING
from yanmen.project.testing import show_clock, visitor

PLACES = {
    "14": "山西省",
    "1401": "太原市",
    "140105": "小店区",
    "140106": "迎泽区",
    "140121": "清徐县",
    "140121100": "清源镇",
    "140121101": "徐沟镇",
    "1404": "长治市",
    "140403": "潞州区",
    "37": "山东省",
    "3702": "青岛市",
    "370202": "市南区",
}


PASSWORD = "correct-horse-battery"


def token_in(page: str) -> str:
    """The CSRF token of a form on a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, page[:2000]
    return found[1]


def document(number: int) -> str:
    """A valid identity number of somebody who does not exist."""
    body = f"140105199001{number // 1000 % 28 + 1:02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


class Province:
    """The site as staff see it: one client for each post, a clock, and the loop."""

    def __init__(self, url: str, database: str) -> None:
        self.url = url
        self.database = database
        self.now = datetime(2022, 8, 1, 9, tzinfo=BEIJING)
        self._numbers = count(1)
        self.document = document

    def at(self, text: str) -> datetime:
        """Move the clock at the doors: `at("2022-08-12 09:00")`."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=BEIJING)
        show_clock(self.now)
        return self.now

    def turn(self) -> Any:
        """One turn of the loop at the moment the doors' clock shows."""
        from yanmen.desk import clock
        from yanmen.loop.run import turn

        return turn(now=clock.now())

    def staff(self, role: str, area: str, unit: str = "卫生健康局") -> httpx.Client:
        """Somebody in a post: an account of a unit with one role in one area, calling the API with its key."""
        from yanmen.registry.accounts import create_account, grant_role, issue_api_key
        from yanmen.registry.models import Organisation
        from yanmen.registry.scope import Scope

        office, _ = Organisation.objects.using("owner").get_or_create(
            name_zh=unit, area=area, defaults={"kind": "authority", "created_at": self.now}
        )
        early = self.now - timedelta(days=400)
        name = f"staff{next(self._numbers)}"
        account = create_account(username=name, name=name, password=PASSWORD, unit=office, now=early, using="owner")
        grant_role(account=account, role=role, area=area, by="test", now=early, using="owner")
        scope = Scope(account.pk, role, area)
        key = issue_api_key(scope=scope, label="", expires_at=self.now + timedelta(days=900), now=early, using="owner")
        client = visitor(self.url, headers={"Authorization": f"Bearer {key}"}, follow_redirects=False)
        client.scope, client.username = scope, name  # type: ignore[attr-defined]
        return client

    def sign_in(self, staff: httpx.Client) -> httpx.Client:
        """The same person at the screen: signed in by password, cookies kept, CSRF token sent with every form."""
        browser = visitor(self.url)
        page = browser.get("/account/login/")
        form = {"login": staff.username, "password": PASSWORD, "csrfmiddlewaretoken": token_in(page.text)}  # type: ignore[attr-defined]
        answer = browser.post("/account/login/", data=form, headers={"Referer": self.url})
        assert answer.status_code == 200, answer.text[-2000:]
        browser.headers.update({"Referer": self.url, "X-CSRFToken": browser.cookies["csrftoken"]})
        return browser

    def declare(self, officer: httpx.Client, number: int, **changes: Any) -> dict[str, Any]:
        """Declare an arrival over the API, with what a journey needs changed. Answers with its keys."""
        traveller = {"name": f"来人{number}", "id_number": document(number), "phone": f"138{number:08d}"}
        body = {
            "traveller": traveller | changes.pop("traveller", {}),
            "origin": "140121",
            "arrived_origin_on": "2022-08-10",
            "left_origin_on": "2022-08-22",
            "expected_on": "2022-08-22",
            "transport": "car",
            "destination": "140403",
        }
        answer = officer.post("/api/arrivals/declarations", json=body | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def report_case(self, reporter: httpx.Client, number: int, area: str, **changes: Any) -> str:
        """Report an infected person found in an area, over the API. Answers with the key of the case."""
        from yanmen.registry.people import register_person
        from yanmen.registry.scope import acting

        scope = reporter.scope  # type: ignore[attr-defined]
        with acting(scope):
            person = register_person(
                name=f"病例{number}", id_number=document(number), area=area[:6], by=scope.by, now=self.now
            )
        body = {"person": person.pk, "area": area, "kind": "confirmed", "found_at": self.now.isoformat()}
        answer = reporter.post("/api/cases/cases", json=body | changes)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["case"])

    def code(self, reader: httpx.Client, person: int) -> dict[str, Any]:
        """A health code as the API tells it."""
        answer = reader.get(f"/api/health-code/{person}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def measures(self, person: int) -> list[tuple[Any, ...]]:
        """Rule, state, day 0 and last day of every measure of a person."""
        return self.rows(
            "SELECT rule, state, count_from::text, last_day::text FROM loop_measure"
            " WHERE subject_type = 'person' AND subject = %s ORDER BY id",
            person,
        )

    def tasks(self, person: int, state: str = "open") -> dict[str, list[str]]:
        """Kinds of task in a state, each with the local days it is due."""
        found: dict[str, list[str]] = {}
        for kind, day in self.rows(
            "SELECT kind, local_date(opens_at)::text FROM loop_task"
            " WHERE subject_type = 'person' AND subject = %s AND state = %s ORDER BY due_at",
            person,
            state,
        ):
            found.setdefault(kind, []).append(day)
        return found

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds, as its owner sees it."""
        import psycopg

        with psycopg.connect(self.database) as connection:
            return connection.execute(query, values).fetchall()


@pytest.fixture(scope="session")
def build() -> Callable[[str], Province]:
    """Areas in a database, and nothing else; the policy packs of this repository in force."""

    def made(database: str, url: str = "") -> Province:
        from yanmen.registry.areas import AreaRow, load_areas

        load_areas([AreaRow(code, name) for code, name in PLACES.items()])
        built = Province(url, database)
        built.at("2022-08-01 09:00")
        return built

    return made


@pytest.fixture
def province(clean: str, live: Any, build: Callable[..., Province]) -> Province:
    """A province without people and facts, its site behind a real socket."""
    return build(clean, str(live.base_url))
