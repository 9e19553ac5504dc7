"""A day at the gates: venues and posts opened through the register, telephones enrolled, and thousands of passes and
check-ins delivered to an edge that is killed on the way. What an edge acknowledged must be there, once.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from django.db import connections

from yanmen.base.clock import local_date
from yanmen.base.ids import uuid7s
from yanmen.base.signing import FileSigner
from yanmen.drill.autumn import PROVINCE
from yanmen.edge.client import Device, b64
from yanmen.registry.accounts import create_account, grant_role
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope, acting
from yanmen.registry.vault import pseudonyms
from yanmen.subsystems.checkpoints.actions import open_post
from yanmen.subsystems.health_code.actions import Key, equip, open_enrolment
from yanmen.subsystems.venues.actions import open_venue

BY = "drill"
POSTS = (("highway", "高速出口检查站", "Motorway exit"), ("railway", "火车站检查点", "Railway station"))
VENUES = (("market", "农贸市场", "Market"), ("supermarket", "超市", "Supermarket"))
WHERE = {
    "140105": (112.565, 37.736),
    "140106": (112.563, 37.863),
    "140213": (113.298, 40.076),
    "140403": (113.123, 36.204),
    "140581": (112.924, 35.798),
    "140702": (112.708, 37.698),
    "140802": (110.998, 35.015),
    "141002": (111.579, 36.088),
}
"""Longitude and latitude of the seats of these counties: without a position a venue takes no part in the speed check."""
WITH_GATES = tuple(WHERE)
APART = 0.01
"""Degrees between the venues of a county, about a kilometre."""
PEOPLE_A_PLACE = 400
BATCH = 200
ACTS = {"green": "pass", "yellow": "refer", "red": "stop"}


class Edge(Protocol):
    """A process that serves."""

    url: str

    def kill(self) -> None:
        """End it at once, without a word."""


@dataclass
class Phone:
    """An officer's telephone, where it stands, and what it keeps until an edge acknowledges it."""

    device: Device
    door: str
    outbox: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: int = 0
    repeated: int = 0


@dataclass
class Gates:
    """The posts and venues of some counties, and a telephone at each."""

    rng: random.Random
    scope: Scope = PROVINCE
    phones: list[Phone] = field(default_factory=list)
    kills: int = 0

    def open(self, counties: Sequence[str], *, now: dt.datetime) -> None:
        """Register a post and a venue of each kind in every county, and enrol a telephone at each."""
        accounts = {role: self._account(role, now) for role in ("checkpoints.officer", "venues.staff")}
        names = {area.code: area for area in Area.objects.filter(valid_to=None, code__in=counties)}
        for county in counties:
            area = names[county]
            for kind, zh, en in POSTS:
                with acting(self.scope):
                    post = open_post(
                        scope=self.scope,
                        name_zh=f"{area.name_zh}{zh}（演练）",
                        name_en=f"{area.name_en} {en} (drill)",
                        area=county,
                        kind=kind,
                        lanes=4,
                        by=BY,
                        now=now,
                    )
                self._enrol(accounts["checkpoints.officer"], post.pk, "passes", now)
            longitude, latitude = WHERE[county]
            for number, (kind, zh, en) in enumerate(VENUES):
                with acting(self.scope):
                    venue = open_venue(
                        scope=self.scope,
                        kind=kind,
                        name_zh=f"{area.name_zh}{zh}（演练）",
                        name_en=f"{area.name_en} {en} (drill)",
                        area=county,
                        capacity=500,
                        longitude=longitude + number * APART,
                        latitude=latitude,
                        by=BY,
                        now=now,
                    )
                self._enrol(accounts["venues.staff"], venue.pk, "check-ins", now)

    def meet(self, people: Sequence[int], *, now: dt.datetime) -> int:
        """Every telephone reads the codes of some people, offline, and keeps what it saw. Returns how many records."""
        names = pseudonyms()
        shown = colours(people)
        for phone in self.phones:
            met = self.rng.sample(people, min(PEOPLE_A_PLACE, len(people)))
            for person, identifier in zip(met, uuid7s(now, len(met)), strict=True):
                at = now - dt.timedelta(minutes=self.rng.randrange(5, 16 * 60))
                name = b64(names.make(person, local_date(at).toordinal() - dt.date(1970, 1, 1).toordinal()))
                record = {"id": str(identifier), "at": int(at.timestamp() * 1000), "pseudonym": name}
                if phone.door == "passes":
                    record |= self._seen(shown.get(person, "green"))
                phone.outbox.append(record)
        return sum(len(phone.outbox) for phone in self.phones)

    def deliver(self, start: Callable[[], Edge], *, now: dt.datetime, tick: Callable[[int], None]) -> None:
        """Send everything; half-way the edge is killed while a batch is on its way, and another takes over."""
        edge = start()
        half = len(self.phones) // 2
        self._deliver(edge, self.phones[:half], now, tick)
        self._lose_the_answer(edge, self.phones[half], now)
        self._deliver(start(), self.phones[half:], now, tick)

    def kept(self) -> int:
        """How many records of these telephones the database holds."""
        with connections["loop"].cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM loop_bulk_checkpoints_passed)"
                " + (SELECT count(*) FROM loop_bulk_presence_scanned WHERE via = 'scanner')"
            )
            return int(cursor.fetchone()[0])

    def _lose_the_answer(self, edge: Edge, phone: Phone, now: dt.datetime) -> None:
        """The batch is stored, the answer is lost with the process: the telephone will send it again."""
        with httpx.Client(base_url=edge.url, timeout=30) as client:
            phone.device.sign_in(edge.url, now)
            _post(client, phone, phone.outbox[:BATCH])
        edge.kill()
        self.kills += 1

    def _deliver(self, edge: Edge, phones: Sequence[Phone], now: dt.datetime, tick: Callable[[int], None]) -> None:
        with httpx.Client(base_url=edge.url, timeout=30) as client:
            for phone in phones:
                phone.device.sign_in(edge.url, now)
                for start in range(0, len(phone.outbox), BATCH):
                    batch = phone.outbox[start : start + BATCH]
                    outcomes = [outcome for _, outcome, *_ in _post(client, phone, batch)]
                    phone.acknowledged += sum(outcome in ("kept", "repeated") for outcome in outcomes)
                    phone.repeated += outcomes.count("repeated")
                    tick(len(batch))

    def _seen(self, colour: str) -> dict[str, Any]:
        """What the officer's telephone showed."""
        shown = ACTS[colour]
        return {
            "direction": "in",
            "lane": self.rng.randrange(1, 5),
            "shown": shown,
            "reason": "valid" if shown == "pass" else f"colour_{colour}",
            "knowledge_minutes": self.rng.randrange(1, 90),
        }

    def _account(self, role: str, now: dt.datetime) -> int:
        name = f"drill-{role}"
        account = create_account(
            username=name, name="演练终端", password=b64(self.rng.randbytes(24)), now=now, using="owner"
        )
        grant_role(account=account, role=role, area=self.scope.area, purpose="control", by=BY, now=now, using="owner")
        return int(account.pk)

    def _enrol(self, account: int, place: int, door: str, now: dt.datetime) -> None:
        role = "checkpoints.officer" if door == "passes" else "venues.staff"
        scope = Scope(account=account, role=role, area=self.scope.area)
        with acting(scope):
            opened = open_enrolment(scope=scope, place=place, by=scope.by, now=now)
        signer = FileSigner.generate()
        key = Key(signer.public_key, signer.sign(b"yanmen-enrol\n" + opened.token.encode()), "drill")
        [certified] = equip(token=opened.token, key=key, network="drill", by=scope.by, now=now).certificates
        self.phones.append(Phone(Device(certified.certificate, signer), door))


def _post(client: httpx.Client, phone: Phone, records: Sequence[dict[str, Any]]) -> list[list[str]]:
    answer = phone.device.post(client, "/edge/v1/batches", {"door": phone.door, "records": list(records)})
    answer.raise_for_status()
    results: list[list[str]] = answer.json()["results"]
    return results


def colours(people: Sequence[int]) -> dict[int, str]:
    """Of those of these people whose code is not, or was once not, the default."""
    with connections["loop"].cursor() as cursor:
        cursor.execute(
            "SELECT subject, value FROM loop_status"
            " WHERE subject_type = 'person' AND status = 'health_code' AND subject = ANY(%s)",
            [list(people)],
        )
        return dict(cursor.fetchall())
