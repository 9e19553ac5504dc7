"""Requests of devices, made beforehand: sessions as the edge opens them, bodies, and the MAC over both."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from yanmen.base import device_certificates, venue_code
from yanmen.base.device_certificates import HOLDER, OFFICER, DeviceClaims
from yanmen.base.ids import uuid7s
from yanmen.base.issuing import IssuingKeys
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.signing import FileSigner
from yanmen.edge.records import octets
from yanmen.edge.sessions import MAC, Sessions, text

AREA = "140105"
PEOPLE = 35_000_000
VENUES = 10_000
STAFFED = 9_000_001
"""The venue at whose door the officers' devices scan."""

CHECK_INS, SAMPLES, CODE, BATCHES, CREDENTIAL = (
    f"/edge/v1/{name}" for name in ("check-ins", "samples", "code", "batches", "credential")
)
TUBE = 10
"""People to a tube."""

DAY = 86_400_000
BEIJING = 8 * 3_600_000


class Devices:
    """Sessions of any number of holders and officers, and what they send."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._sessions = Sessions(keys["session_key"], most=1, rate=0)
        self._pseudonyms = Pseudonyms(keys["pseudonym_key"])
        self._expires = int(time.time()) + 12 * 3600
        self._random = random.Random(2022)
        self.seeds = {place: self._random.randbytes(venue_code.SEED_BYTES) for place in range(1, VENUES + 1)}
        self._codes = [venue_code.make(place, seed, keys["venue_key"]) for place, seed in self.seeds.items()]

    def holder(self, person: int) -> tuple[str, bytes]:
        """A session of the person's phone."""
        return self._opened(self._claims(HOLDER, person, None, ""))

    def officer(self, device: int) -> tuple[str, bytes]:
        """A session of a device at the staffed venue's door."""
        return self._opened(self._claims(OFFICER, device, STAFFED, "venues.staff"))

    def sampler(self, device: int) -> tuple[str, bytes]:
        """A session of a device at a sampling site."""
        return self._opened(self._claims(OFFICER, device, STAFFED, "sampling"))

    def people(self, count: int) -> list[int]:
        """So many persons, none twice."""
        return self._random.sample(range(PEOPLE // 10, PEOPLE), count)

    def code_reads(self, people: list[int]) -> Iterator[bytes]:
        """Each person asks for their own code."""
        for person in people:
            yield signed("GET", CODE, b"", *self.holder(person))

    def check_ins(self, people: list[int]) -> Iterator[bytes]:
        """Each person checks in somewhere, by a static code, with an id of this moment."""
        for body, person in zip(self._check_in_bodies(len(people)), people, strict=True):
            yield signed("POST", CHECK_INS, body, *self.holder(person))

    def batches(self, count: int, size: int, devices: int = 16) -> Iterator[bytes]:
        """So many scans by officers' devices, in batches of this size."""
        sessions = [self.officer(9_500_000 + number) for number in range(devices)]
        for number in range(count):
            yield signed("POST", BATCHES, self._batch(size), *sessions[number % devices])

    def samples(self, count: int, devices: int = 1024) -> Iterator[bytes]:
        """So many people go into tubes of ten, one by one, at sites with so many devices."""
        sessions = [self.sampler(9_600_000 + number) for number in range(devices)]
        for number, record in enumerate(self._bindings(count)):
            yield signed("POST", SAMPLES, record.encode(), *sessions[number // TUBE % devices])

    def sample_batches(self, count: int, size: int, devices: int = 16) -> Iterator[bytes]:
        """So many bindings in batches of this size, as phones deliver what they kept while they were offline."""
        sessions = [self.sampler(9_600_000 + number) for number in range(devices)]
        for number in range(count):
            body = f'{{"door":"samples","records":[{",".join(self._bindings(size))}]}}'
            yield signed("POST", BATCHES, body.encode(), *sessions[number % devices])

    def credentials(self, issuing: Path, phones: int) -> Iterator[bytes]:
        """So many phones, each with a key and a certificate, ask for a health code."""
        signer = IssuingKeys.open(issuing).signer("device", dt.datetime.now(dt.UTC))
        for person in self.people(phones):
            key = FileSigner.generate()
            claims = replace(self._claims(HOLDER, person, None, ""), public_key=key.public_key)
            body = json.dumps({"certificate": text(device_certificates.issue(claims, signer)).decode()})
            yield signed("POST", CREDENTIAL, body.encode(), *self._opened(claims))

    def _batch(self, size: int) -> bytes:
        now = time.time()
        people = [self._random.randrange(1, PEOPLE) for _ in range(size)]
        names = self._pseudonyms.make_many(people, int(now * 1000 + BEIJING) // DAY)
        at = int(now * 1000)
        records = [
            {"id": str(each), "at": at, "pseudonym": text(name).decode()}
            for each, name in zip(ids(size), names, strict=True)
        ]
        return json.dumps({"door": "check-ins", "records": records}, separators=(",", ":")).encode()

    def _bindings(self, count: int) -> Iterator[str]:
        """Records of one length each: what varies is padded."""
        at = int(time.time() * 1000)
        people = [self._random.randrange(PEOPLE // 10, PEOPLE) for _ in range(count)]
        names = self._pseudonyms.make_many(people, (at + BEIJING) // DAY)
        for number, (identifier, name) in enumerate(zip(ids(count), names, strict=True)):
            if number % TUBE == 0:
                tube = f"B{self._random.getrandbits(48):012x}"
            whom = text(name).decode()
            yield f'{{"id":"{identifier}","at":{at},"pseudonym":"{whom}","tube":"{tube}","position":{number % TUBE + 1:2}}}'

    def _check_in_bodies(self, count: int) -> Iterator[bytes]:
        at = int(time.time() * 1000)
        for identifier in ids(count):
            venue = self._codes[self._random.randrange(VENUES)]
            yield f'{{"id":"{identifier}","venue":"{venue}","at":{at}}}'.encode()

    def _claims(self, kind: int, subject: int, place: int | None, role: str) -> DeviceClaims:
        return DeviceClaims(
            issuer="Shanxi",
            device=subject,
            issued_at=self._expires - DAY // 1000,
            expires_at=self._expires,
            public_key=bytes(91),
            kind=kind,
            subject=subject,
            role=role,
            place=place,
            area=AREA,
        )

    def _opened(self, claims: DeviceClaims) -> tuple[str, bytes]:
        session, key = self._sessions.open(claims, self._expires)
        return session, octets(key)


def signed(method: str, path: str, body: bytes, session: str, key: bytes) -> bytes:
    """A whole request, ready for the wire."""
    mac = text(hmac.digest(key, f"{method}\n{path}\n".encode() + body, sha256)[:MAC]).decode()
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: edge\r\nAuthorization: Yanmen {session} {mac}\r\n{kind}\r\n"
    return head.encode() + body


def ids(count: int) -> Iterator[UUID]:
    """Identifiers of this moment, a thousand at a time."""
    while count > 0:
        yield from uuid7s(dt.datetime.now(dt.UTC), min(count, 1000))
        count -= 1000
