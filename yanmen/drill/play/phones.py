"""Telephones of staff: enrolled as people do it, they keep what they saw until an edge has taken it, and send it again if in doubt."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

import httpx

from yanmen.base.ids import uuid7s
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.signing import FileSigner
from yanmen.drill.play.house import Edge
from yanmen.drill.play.town import Town
from yanmen.edge.client import Device, b64, near
from yanmen.registry.scope import acting
from yanmen.registry.vault import pseudonyms
from yanmen.subsystems.health_code.actions import Key, equip, open_enrolment

BATCH = 1_000
LINES = 12
"""Telephones that talk to the edge at the same moment."""

TOO_MANY, PATIENCE = 429, 60
EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass
class Phone:
    """A telephone, where it stands, and what it keeps until an edge acknowledges it."""

    device: Device
    place: int
    area: str
    door: str
    number: int = 0
    device_number: int = 0
    outbox: list[dict[str, Any]] = field(default_factory=list)


def enrol(town: Town, role: str, place: int, area: str, door: str) -> Phone:
    """A telephone at a place: an enrolment opened by the officer, the key proven by the telephone."""
    scope = town.staff(role)
    with acting(scope, now=town.now):
        opened = open_enrolment(scope=scope, place=place, by=scope.by, now=town.now)
    signer = FileSigner.generate()
    key = Key(signer.public_key, signer.sign(b"yanmen-enrol\n" + opened.token.encode()), "drill")
    done = equip(token=opened.token, key=key, network=f"drill-{len(town.phones)}", by=scope.by, now=town.now)
    [certified] = done.certificates
    phone = Phone(Device(certified.certificate, signer), place, area, door, len(town.phones), certified.device)
    town.phones.append(phone)
    return phone


class Names:
    """Pseudonyms as residents' codes show them, a day at a time."""

    def __init__(self) -> None:
        self._names: Pseudonyms = pseudonyms()

    def of(self, people: list[int], day: dt.date) -> list[str]:
        """What the codes of these people say on a day."""
        return [b64(name) for name in self._names.make_many(people, day.toordinal() - EPOCH)]


def keep(phone: Phone, records: list[dict[str, Any]], at: dt.datetime) -> None:
    """What a telephone saw, each with an id of its own choosing."""
    for record, identifier in zip(records, uuid7s(at, len(records)), strict=True):
        record["id"] = str(identifier)
    phone.outbox += records


def deliver(town: Town, edge: Edge, phones: list[Phone]) -> dict[str, int]:
    """Every telephone hands over what it kept until now, and counts what became of it."""
    told = {"kept": 0, "repeated": 0, "refused": 0}
    with ExitStack() as lines, ThreadPoolExecutor(LINES) as callers:
        free: SimpleQueue[httpx.Client] = (
            SimpleQueue()
        )  # a line is one caller's at a time: a client that threads share loses answers
        for _ in range(LINES):
            free.put(lines.enter_context(near(edge.url, timeout=120)))

        def call(phone: Phone) -> Counter[str]:
            line = free.get()
            try:
                return _hand_over(phone, line, edge.url, town.now)
            finally:
                free.put(line)

        for counts in callers.map(call, [phone for phone in phones if phone.outbox]):
            for name, count in counts.items():
                told[name] += count
    return told


def send(phone: Phone, client: httpx.Client, records: list[dict[str, Any]]) -> list[list[Any]]:
    """One batch and its receipts."""
    answer = phone.device.post(client, "/edge/v1/batches", {"door": phone.door, "records": records})
    answer.raise_for_status()
    receipts: list[list[Any]] = answer.json()["results"]
    return receipts


def _hand_over(phone: Phone, client: httpx.Client, url: str, now: dt.datetime) -> Counter[str]:
    """What became of the records of one telephone; those of the future stay."""
    told: Counter[str] = Counter()
    until = int(now.timestamp() * 1000)
    ready = [record for record in phone.outbox if record["at"] <= until]
    if ready:
        _open(phone, client, url, now)
    phone.outbox = [record for record in phone.outbox if record["at"] > until]
    for start in range(0, len(ready), BATCH):
        told.update(receipt[1] for receipt in send(phone, client, ready[start : start + BATCH]))
    return told


def _open(phone: Phone, client: httpx.Client, url: str, now: dt.datetime) -> None:
    """Open a session; all telephones of a drill call from one address, so some are asked to wait."""
    for _ in range(PATIENCE):
        try:
            phone.device.sign_in(url, now, line=client)
            return
        except httpx.HTTPStatusError as fault:
            if fault.response.status_code != TOO_MANY:
                raise
        time.sleep(1)
    raise TimeoutError(f"{url} lets nobody in; see edge.log.")
