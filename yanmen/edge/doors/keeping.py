"""POST /edge/v1/passes and /edge/v1/samples: one record of an officer's device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from yanmen.base.device_certificates import OFFICER
from yanmen.edge.door import HEADERS, Post
from yanmen.edge.edge import Edge
from yanmen.edge.http.messages import Request
from yanmen.edge.recording import Recorder
from yanmen.edge.writer import Parcel


class Kept(msgspec.Struct, gc=False):
    """The record is on the disk: `true` now, or "repeated" when it was before."""

    id: UUID
    kept: bool | Literal["repeated"]


_encode = msgspec.json.Encoder().encode


class Keeping(Post):
    """A door that takes one record and answers after the commit."""

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self.records = edge.metrics.records

    def handle(self, request: Request, body: bytes) -> None:
        identifier, parcel = self.parcel(request, body)
        self.edge.writer.keep(parcel, Acknowledging(self, request, identifier))

    def parcel(self, request: Request, body: bytes) -> tuple[UUID, Parcel]:
        """The record's id, and the record ready to be kept."""
        raise NotImplementedError


class KeepDoor(Keeping):
    """Takes a record of one kind."""

    def __init__(self, edge: Edge, recorder: Recorder) -> None:
        self.name = recorder.door
        self.path = f"/edge/v1/{recorder.door}"
        self.rank = recorder.rank
        super().__init__(edge)
        self._recorder = recorder
        self._decode = msgspec.json.Decoder(recorder.record).decode

    def parcel(self, request: Request, body: bytes) -> tuple[UUID, Parcel]:
        session = self.signed(request, body, OFFICER)
        record: Any = self._decode(body)
        return record.id, self._recorder.parcel(self.edge, session, record)


class Acknowledging(msgspec.Struct, gc=False, eq=False):
    """The client that waits for one record."""

    door: Keeping
    request: Request
    id: UUID

    def kept(self, told: Sequence[bool] | None) -> None:
        new = told is None or told[0]
        door = self.door
        door.records["kept" if new else "repeated"] += 1
        door.send(self.request, 200, HEADERS, _encode(Kept(self.id, True if new else "repeated")))

    def refused(self, reason: Exception) -> None:
        self.door.refuse(self.request, reason)
