"""A checkpoint and a venue with phones in real browsers: a real edge, a real site, real credentials, a real database."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from yanmen.base import credentials, venue_code
from yanmen.base.credentials import Claims
from yanmen.base.issuing import IssuingKeys
from yanmen.base.ports import free_port
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.signing import FileSigner
from yanmen.edge import testing as edges
from yanmen.edge.tests.phones import Phone
from yanmen.project import database

HERE = "140105"
EPOCH_HOURS = 8
SHANXI = timedelta(hours=EPOCH_HOURS)


@dataclass
class Town:
    """One town in the drill's time: what its phones, its post and its people need."""

    province: Any
    home: Path
    keys: IssuingKeys
    names: Pseudonyms
    stack: ExitStack
    post: int = 0
    venue: int = 0
    edge: edges.RunningEdge | None = None
    port: int = field(default_factory=free_port)
    holder: FileSigner = field(default_factory=FileSigner.generate)

    @property
    def now(self) -> datetime:
        """The moment that the site's clock shows."""
        from yanmen.desk import clock

        return clock.now()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """The edge comes up, with what the site has published."""
        address = database.edge_url(self.province.database, by_password=False)
        options: dict[str, Any] = {"clock": self.now.isoformat(), "site": self.province.url, "port": self.port}
        running = edges.running_edge(address, self.home, session_rate=0, network_rate=0, **options)
        self.edge = self.stack.enter_context(running)

    def stop(self) -> None:
        """The server is gone."""
        assert self.edge is not None
        self.edge.kill()

    def publish(self) -> None:
        """What the site's worker does each minute."""
        from yanmen.subsystems.health_code.jobs import every_minute

        every_minute(self.now)

    def pseudonym(self, person: int) -> bytes:
        """A person's name of today."""
        return self.names.make(person, int((self.now + SHANXI).timestamp()) // 86400)

    def credential(self, person: int, **changes: Any) -> bytes:
        """A credential by the key that signs today."""
        at = int(self.now.timestamp())
        said: dict[str, Any] = {
            "area": "14",
            "pseudonym": self.pseudonym(person),
            "issued_at": at - 3600,
            "not_before": at - 3600,
            "expires_at": at + 20 * 3600,
            "colour": 0,
            "negative_minutes": at // 60 - 600,
            "vaccination": 3,
            "holder_key": None if changes.get("form") == credentials.PAPER else self.holder.public_key,
        }
        use = "paper" if changes.get("form") == credentials.PAPER else "code"
        return credentials.issue(Claims(**said | changes), self.keys.signer(use, self.now))

    def showing(self, person: int, *, age: float = 0, device: FileSigner | None = None, **changes: Any) -> str:
        """What a phone showed so many seconds ago."""
        moment = self.now - timedelta(seconds=age)
        return credentials.show(self.credential(person, **changes), device or self.holder, moment)

    def venue_code(self) -> str:
        """The code that hangs at the venue's door."""
        ((seed,),) = self.province.rows("SELECT seed FROM venues_venue WHERE place_id = %s", self.venue)
        return venue_code.make(self.venue, bytes(seed), bytes.fromhex(edges.KEYS["venue_key"]))

    def passes(self) -> list[tuple[Any, ...]]:
        """What stands in the database about passes, oldest first."""
        return self.province.rows(
            "SELECT id::text, person_id, direction, lane, shown, reason, vehicle FROM loop_bulk_checkpoints_passed"
            " ORDER BY occurred_at, id"
        )

    def token(self, role: str = "checkpoints.officer", place: int = 0, scope: Any = None) -> str:
        """An enrolment that an officer's account opened on the site; without `scope` a new account's."""
        from yanmen.registry.scope import acting
        from yanmen.subsystems.health_code import actions

        scope = scope or self.province.staff(role, HERE).scope
        with acting(scope, now=self.now):
            opened = actions.open_enrolment(scope=scope, place=place or self.post, days=None, by=scope.by, now=self.now)
        return f"YE1:{opened.token}"

    def open_venue(self, kind: str, name: str = "") -> int:
        """A venue of this kind; its number."""
        from yanmen.registry.scope import acting
        from yanmen.subsystems.venues.actions import open_venue

        scope = self.province.staff("venues.manager", HERE).scope
        with acting(scope, now=self.now):
            return int(
                open_venue(scope=scope, name_zh=name or kind, area=HERE, kind=kind, by=scope.by, now=self.now).pk
            )

    def open_post(self, kind: str, name: str = "") -> int:
        """A checkpoint's post of this kind; its number."""
        from yanmen.registry.scope import acting
        from yanmen.subsystems.checkpoints.actions import open_post

        scope = self.province.staff("checkpoints.manager", HERE).scope
        with acting(scope, now=self.now):
            made = open_post(scope=scope, name_zh=name or kind, area=HERE, kind=kind, by=scope.by, now=self.now)
        return int(made.place_id)

    def guard(self, role: str, place: int) -> edges.Device:
        """An officer's device in Python, signed in, once the edge knows the place."""
        about: dict[str, Any] = {"place": place, "role": role, "area": HERE, "device": 9000 + place, "now": self.now}
        made = edges.officer(self.home, **about)
        end = time.monotonic() + 20
        told: dict[str, Any] = {}
        while not told.get("place_kind"):
            assert time.monotonic() < end, told
            told = httpx.post(
                f"{self.url}/edge/v1/sessions", json=made.opening(self.now), timeout=10, verify=False
            ).json()
        return made.sign_in(self.url, self.now)

    def resident(self, name: str, serial: int, **about: Any) -> Any:
        """Somebody in the register, with the identity number of this serial unless `about` names another document."""
        from yanmen.registry.people import register_person
        from yanmen.registry.scope import acting

        given = {"id_number": self.province.document(serial), "area": HERE} | about
        scope = self.province.staff("arrivals.officer", given["area"][:6]).scope
        with acting(scope, now=self.now):
            return register_person(name=name, **given, by=scope.by, now=self.now)

    def message(self, phone: str) -> str:
        """The one-time code that was last sent to a number."""
        texts = [file.read_text("utf-8") for file in sorted((self.home / "codes").glob("*.txt"))]
        mine = [text for text in texts if text.startswith(phone)]
        return re.search(r"\b(\d{6})\b", mine[-1].partition("\n")[2])[1]


@pytest.fixture
def morning() -> str:
    """When the day of a test begins: a working morning in October 2022."""
    return "2022-10-07 09:00"


@pytest.fixture
def town(province: Any, tmp_path: Path, settings_of_django: Any, morning: str) -> Iterator[Town]:
    """The town in the morning, with a post on the road in and a supermarket, everything published, the edge up."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "edge.json").write_text(json.dumps(edges.KEYS), "utf-8")
    settings_of_django("YANMEN_HOME", home)
    province.at(morning)
    names = Pseudonyms(bytes.fromhex(edges.KEYS["pseudonym_key"]))
    with ExitStack() as stack:
        built = Town(province, home, IssuingKeys.open(home / "issuing"), names, stack)
        built.post, built.venue = built.open_post("highway", "小店收费站"), built.open_venue("supermarket", "美好超市")
        built.publish()
        built.start()
        yield built


@pytest.fixture
def settings_of_django() -> Iterator[Callable[[str, Any], None]]:
    """Set a setting for one test."""
    from django.conf import settings

    before: dict[str, Any] = {}

    def change(name: str, value: Any) -> None:
        before.setdefault(name, getattr(settings, name))
        setattr(settings, name, value)

    yield change
    for name, value in before.items():
        setattr(settings, name, value)


@pytest.fixture
def phones(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Phone]]:
    """`phones(town.url, "dark")`: a new phone; all are switched off at the end. One with a folder may lose its battery."""
    made: list[Phone] = []

    def take(url: str, look: str = "zh", *flags: str, folder: bool = False) -> Phone:
        own = tmp_path / f"phone-{len(made)}" if folder or flags else None
        made.append(Phone(browser, url, look, own, flags))
        return made[-1]

    yield take
    for phone in made:
        with suppress(Exception):
            phone.switch_off()
