"""Telephones of residents: they come in by a one-time code, as people do, and check in at a venue by reading its code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from yanmen.base.ids import uuid7s
from yanmen.base.signing import FileSigner
from yanmen.drill.play.house import Edge
from yanmen.drill.play.people import document_of, phone_of
from yanmen.drill.play.town import Town
from yanmen.edge.client import Device, near
from yanmen.registry.devices import TAIL
from yanmen.subsystems.health_code.actions import Key, ask_code, enter
from yanmen.subsystems.health_code.methods.senders import TEXT
from yanmen.subsystems.venues.models import Venue
from yanmen.subsystems.venues.queries.register import code_text


@dataclass
class Message:
    """The one message that came to a telephone."""

    text: str = ""

    def send(self, phone: str, text: str, *, serial: str) -> None:
        """It is read on the telephone it came to."""
        self.text = text

    @property
    def code(self) -> str:
        """The digits it brought."""
        return self.text[(begins := TEXT.index("{code}")) : begins + 6]


@dataclass
class OwnPhones:
    """Residents who read a venue's code themselves, and what their telephones hold until an edge takes it."""

    town: Town
    outbox: list[tuple[Device, dict[str, Any]]] = field(default_factory=list)

    def read(self, resident: int, venue: int, at: dt.datetime) -> str:
        """A resident's telephone reads the code of a venue, wherever the code is. Gives the number of the record."""
        [number] = uuid7s(at, 1)
        with self.town.acting("venues.manager") as who:
            text = code_text(who["scope"], Venue.objects.get(pk=venue))
        record = {"id": str(number), "venue": text, "at": int(at.timestamp() * 1000)}
        self.outbox.append((self._enrol(resident), record))
        return str(number)

    def deliver(self, edge: Edge) -> int:
        """Each telephone tells the edge what it read. Returns how many records were taken."""
        waiting, self.outbox = self.outbox, []
        with near(edge.url, timeout=60) as client:
            for device, record in waiting:
                device.sign_in(edge.url, self.town.now, line=client)
                device.post(client, "/edge/v1/check-ins", record).raise_for_status()
        return len(waiting)

    def _enrol(self, resident: int) -> Device:
        town, number, message = self.town, phone_of(resident), Message()
        network = f"drill-own-{resident}"
        who: dict[str, Any] = {"by": "drill", "now": town.now}
        ask_code(phone=number, network=network, sender=message, **who)
        signer = FileSigner.generate()
        key = Key(signer.public_key, signer.sign(b"yanmen-enrol\n" + message.code.encode()), "drill")
        tail = document_of(town, resident)[-TAIL:]
        entered = enter(phone=number, code=message.code, key=key, network=network, document_tail=tail, **who)
        return Device(entered.certificates[0].certificate, signer)
