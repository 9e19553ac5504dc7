"""POST /edge/v1/passes and /edge/v1/samples: one record of an officer's device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from yanmen.base.device_certificates import OFFICER
from yanmen.edge.door import Post
from yanmen.edge.edge import Edge
from yanmen.edge.recording import Recorder


class Kept(msgspec.Struct, gc=False):
    """The record is on the disk: `true` now, or "repeated" when it was before."""

    id: UUID
    kept: bool | Literal["repeated"]


_encode = msgspec.json.Encoder().encode


class KeepDoor(Post):
    """Takes one record and answers after the commit."""

    def __init__(self, edge: Edge, recorder: Recorder) -> None:
        self.name = recorder.door
        self.path = f"/edge/v1/{recorder.door}"
        self.rank = recorder.rank
        super().__init__(edge)
        self._recorder = recorder
        self._decode = msgspec.json.Decoder(recorder.record).decode

    async def answer(self, scope: Any, body: bytes) -> bytes:
        session = self.signed(scope, body, OFFICER)
        record: Any = self._decode(body)
        parcel = self._recorder.parcel(self.edge, session, record)
        return kept(self.edge, record.id, await self.edge.writer.keep(parcel))


def kept(edge: Edge, identifier: UUID, told: Sequence[bool] | None) -> bytes:
    """The acknowledgement of one record."""
    new = told is None or told[0]
    edge.metrics.records["kept" if new else "repeated"] += 1
    return _encode(Kept(identifier, True if new else "repeated"))
