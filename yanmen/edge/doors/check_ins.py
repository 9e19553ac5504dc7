"""POST /edge/v1/check-ins: a resident's phone read a venue's code, or a venue's scanner read a resident's."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec

from yanmen.base import venue_code
from yanmen.base.device_certificates import HOLDER
from yanmen.base.refusals import Refusal
from yanmen.edge import packing
from yanmen.edge.bounded import Bounded
from yanmen.edge.doors.keeping import Keeping
from yanmen.edge.edge import Edge
from yanmen.edge.http.messages import Request
from yanmen.edge.recording import Moment, Scans
from yanmen.edge.records import one
from yanmen.edge.registers import Venue
from yanmen.edge.sessions import Session
from yanmen.edge.tables import SCANNED
from yanmen.edge.writer import SECOND, Parcel

CODES_KNOWN = 100_000
COLUMNS = len(SCANNED.columns)
BY_PHONE = packing.boolean(True) + packing.text("phone")


class CheckIn(msgspec.Struct, gc=False):
    """A resident says to be at the venue whose code the phone read."""

    id: UUID
    venue: Annotated[str, msgspec.Meta(max_length=100)]
    at: Moment


class CheckInDoor(Keeping):
    """The door that a surge comes through."""

    name = "check-ins"
    path = "/edge/v1/check-ins"
    rank = SECOND

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self._codes: Bounded[str, tuple[int, bytes]] = Bounded(CODES_KNOWN)
        self._decode = msgspec.json.Decoder(CheckIn).decode
        self._scans = Scans()
        self._decode_scan = msgspec.json.Decoder(self._scans.record).decode

    def parcel(self, request: Request, body: bytes) -> tuple[UUID, Parcel]:
        session = self.signed(request, body)
        if session.kind == HOLDER:
            record: Any = self._decode(body)
            return record.id, self._claimed(session, record)
        record = self._decode_scan(body)
        return record.id, self._scans.parcel(self.edge, session, record)

    def _claimed(self, session: Session, record: CheckIn) -> Parcel:
        window = self.edge.windows.present()
        day = window.day(record.id, record.at)
        venue = self._venue(record.venue)
        identifier, person = record.id.int.to_bytes(16, "big"), session.subject
        row = packing.row(
            COLUMNS,
            identifier,
            person,
            packing.where(venue.place, venue.area),
            packing.moment(record.at),
            window.recorded_at,
            session.recorded_by + BY_PHONE + session.device_column,
        )
        return Parcel(
            table=SCANNED,
            rank=SECOND,
            ids=(identifier,),
            rows=(row,),
            persons=(person,),
            place=venue.place,
            area=venue.area,
            days=one(day),
        )

    def _venue(self, text: str) -> Venue:
        """The venue whose code this is; a refusal unless it is the present one and open."""
        known = self._codes.get(text)
        if known is None:
            known = venue_code.read(text, self.edge.settings.keys["venue_key"])
            self._codes.put(text, known)
        place, seed = known
        venue = self.edge.image.venue(place)
        if venue is None or venue.seed != seed:
            raise Refusal(
                "此场所码已停用，请扫描场所新的场所码。",
                "This venue code is not in use any more. Scan the venue's new one.",
                field="venue",
            )
        if not venue.open:
            raise Refusal(
                "此场所已关闭，不能登记。",
                "This venue is closed; nobody checks in here.",
                field="venue",
                value=str(place),
            )
        return venue
