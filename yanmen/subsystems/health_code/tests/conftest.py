"""A district, residents, their telephones, and staff at the screen. Everything goes through the doors people use."""

from __future__ import annotations

import os
import shutil
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import django
import httpx
import pytest

from yanmen.project.testing import FOLDER, show_clock, visitor

if FOLDER in os.environ:
    django.setup()

from yanmen.base.clock import BEIJING
from yanmen.base.device_certificates import DeviceCertificate
from yanmen.base.identity import synthetic_resident_id
from yanmen.base.signing import FileSigner

PLACES = {"14": "山西省", "1401": "太原市", "140105": "小店区", "140106": "迎泽区", "140121": "清徐县"}
MORNING = datetime(2022, 11, 28, 9, tzinfo=BEIJING)
HOLDER = "/api/health-code/holder"


def text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def octets(encoded: str) -> bytes:
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


class Phone:
    """A telephone as it calls the site: it has a key, asks for codes, signs what it sends."""

    def __init__(self, town: Town, number: str = "", network: str = "203.0.113.7") -> None:
        self.town, self.number = town, number
        self.signer = FileSigner.generate()
        self.client = visitor(town.url, headers={"X-Forwarded-For": network}, follow_redirects=False)
        self.certificates: list[dict[str, Any]] = []

    def ask(self) -> httpx.Response:
        """Ask for a code."""
        return self.client.post(f"{HOLDER}/codes", json={"phone": self.number})

    def code(self) -> str:
        """Ask for a code and read it."""
        assert self.ask().status_code == 202
        return self.town.last_code(self.number)

    def body(self, secret: str, **more: Any) -> dict[str, Any]:
        proof = self.signer.sign(b"yanmen-enrol\n" + secret.encode())
        return {"public_key": text(self.signer.public_key), "proof": text(proof), "client": "1", **more}

    def enter(self, code: str = "", **more: Any) -> httpx.Response:
        """Come in with a code."""
        code = code or self.code()
        answer = self.client.post(f"{HOLDER}/devices", json=self.body(code, phone=self.number, code=code, **more))
        if answer.status_code == 201:
            self.certificates = answer.json()["certificates"]
        return answer

    def equip(self, token: str) -> httpx.Response:
        """Become an officer's device."""
        answer = self.client.post(f"{HOLDER}/officers", json=self.body(token, token=token))
        if answer.status_code == 201:
            self.certificates = answer.json()["certificates"]
        return answer

    def claims(self, place: int = 0) -> Any:
        return DeviceCertificate.read(octets(self.certificates[place]["certificate"])).claims

    def call(self, method: str, path: str, *, body: bytes = b"", at: int = 0, place: int = 0) -> httpx.Response:
        """A signed request."""
        at = at or int(self.town.now().timestamp())
        said = "\n".join(("yanmen-request", method, path, str(at), sha256(body).hexdigest()))
        parts = (
            "YanmenDevice",
            self.certificates[place]["certificate"],
            str(at),
            text(self.signer.sign(said.encode())),
        )
        headers = {"Authorization": " ".join(parts), "Content-Type": "application/json"}
        return self.client.request(method, path, content=body, headers=headers)


class Town:
    """The site, its clock, and who is registered."""

    def __init__(self, url: str, database: str, home: Path) -> None:
        self.url, self.database, self.home = url, database, home
        self._serial = 0

    def at(self, moment: datetime) -> datetime:
        show_clock(moment)
        return moment

    def now(self) -> datetime:
        from yanmen.desk import clock

        return clock.now()

    def resident(self, name: str, area: str = "140105", *, phone: str = "", guardian: Any = None) -> Any:
        """Register somebody."""
        from yanmen.registry.people import register_person
        from yanmen.registry.scope import acting, system

        self._serial += 1
        born = date(1980, 5, 4)
        number = synthetic_resident_id(self._serial, born_on=born, sex="female")
        with acting(system("14", purpose="control")):
            return register_person(
                name=name, sex="female", born_on=born, id_type="resident", id_number=number, phone=phone, area=area,
                guardian=guardian, by="test", now=MORNING,
            )  # fmt: skip

    def tail(self, person: Any) -> str:
        from yanmen.registry.people import unsealed

        return unsealed(person, "id_number")[-4:]

    def phone(self, number: str = "", **about: Any) -> Phone:
        return Phone(self, number, **about)

    def last_code(self, number: str) -> str:
        """The newest message of the demo's sender to a number."""
        for file in sorted((self.home / "codes").glob("*.txt"), reverse=True):
            to, message = file.read_text("utf-8").split("\n", 1)
            if to == number:
                return message.split("验证码 ")[1][:6]
        raise AssertionError(f"no message to {number}")

    def turn(self) -> None:
        from yanmen.loop.run import turn

        turn(now=self.now())

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.database) as connection:
            return connection.execute(query, values).fetchall()

    def status(self, person: Any, value: str, since: datetime) -> None:
        """A colour as the loop would have folded it."""
        import psycopg

        with psycopg.connect(self.database) as loop:
            loop.execute("SET ROLE yanmen_loop")
            loop.execute(
                "INSERT INTO loop_status (subject_type, subject, status, value, area, version, since, because) VALUES"
                " ('person', %s, 'health_code', %s, %s, (SELECT coalesce(max(version), 0) + 1 FROM loop_status), %s, '{}')"
                " ON CONFLICT (subject, subject_type, status) DO UPDATE SET value = excluded.value,"
                " since = excluded.since, version = excluded.version",
                [person.pk, value, person.area, since],
            )

    def told(self, topic: str) -> list[Any]:
        """What the edges were told under a topic."""
        return [body for (body,) in self.rows("SELECT body FROM loop_outbox WHERE topic = %s ORDER BY seq", topic)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own: other tests run at the same time and send codes to the same numbers."""
    from django.conf import settings

    from yanmen.project import state

    state.edge_secrets()
    own = tmp_path / "home"
    own.mkdir()
    shutil.copy(state.home() / "edge.json", own)
    monkeypatch.setattr(settings, "YANMEN_HOME", own)
    return own


@pytest.fixture
def town(clean: str, live: Any, home: Path) -> Town:
    """A town without people, its site behind a real socket, on a morning of November 2022."""
    from yanmen.registry.areas import AreaRow, load_areas

    load_areas([AreaRow(code, name) for code, name in PLACES.items()])
    built = Town(str(live.base_url), clean, home)
    built.at(MORNING)
    return built


def keys_of(town: Town) -> Any:
    """The published list of keys, believed because the root key signed it."""
    from yanmen.base.key_list import KeyList
    from yanmen.registry.vault import issuing

    ((body,),) = town.rows("SELECT body FROM edge_documents() WHERE name = 'keys'")
    return KeyList.read(bytes(body), issuing().root.public_key)


def form(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a form of a page."""
    token = client.cookies.get("csrftoken") or ""
    return client.post(path, data={**fields, "csrfmiddlewaretoken": token}, headers={"Referer": str(client.base_url)})
