"""POST /edge/v1/batches: up to a thousand records of an officer's device, each with its receipt.

A record that cannot be taken is refused with its reason and the rest goes on; the receipts come in the order of the
records and are as many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from yanmen.base.device_certificates import OFFICER
from yanmen.base.refusals import Refusal
from yanmen.edge import packing
from yanmen.edge.door import HEADERS, Post, told
from yanmen.edge.edge import Edge
from yanmen.edge.errors import Told, too_large
from yanmen.edge.http.messages import Request
from yanmen.edge.recording import RECORDERS, Recorder
from yanmen.edge.records import foreign, pseudonyms
from yanmen.edge.sessions import Session

MOST = 1000
JSON_TYPE = "application/json"
TYPES = (JSON_TYPE, "application/msgpack", "application/vnd.msgpack", "application/x-msgpack")

Receipt = list[str | Told | None]


class Batch(msgspec.Struct):
    """Records of one kind."""

    door: Literal["check-ins", "passes", "samples"]
    records: msgspec.Raw


class Result(msgspec.Struct):
    """A receipt for each record: id, what became of it, and why it was refused."""

    results: list[Receipt]


class _Format:
    """How batches of one content type are read."""

    def __init__(self, codec: Any) -> None:
        self.batch = codec.Decoder(Batch).decode
        self.all = {each.door: codec.Decoder(list[each.record]).decode for each in RECORDERS}  # type: ignore[name-defined]
        self.one = {each.door: codec.Decoder(each.record).decode for each in RECORDERS}
        self.raw = codec.Decoder(list[msgspec.Raw]).decode
        self.loose = codec.Decoder(_Named).decode


class _Named(msgspec.Struct):
    id: str | None = None


class BatchDoor(Post):
    """Takes what a device kept while it was offline."""

    name = "batches"
    path = "/edge/v1/batches"
    types = TYPES

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self._json, self._msgpack = _Format(msgspec.json), _Format(msgspec.msgpack)
        self._recorders = {each.door: each for each in RECORDERS}
        self._encode = msgspec.json.Encoder().encode

    @property
    def most(self) -> int:
        return self.edge.limits.batch_body

    def handle(self, request: Request, body: bytes) -> None:
        session = self.signed(request, body, OFFICER)
        form = self._json if JSON_TYPE in request.headers.get("content-type", "") else self._msgpack
        batch = form.batch(body)
        recorder = self._recorders[batch.door]
        self.edge.writer.may(recorder.rank)
        records = _decoded(form, batch)
        if len(records) > MOST:
            raise too_large(self.most)
        self._keep(request, session, recorder, records)

    def acknowledge(self, request: Request, receipts: Sequence[Any]) -> None:
        """Answer with the receipts of all records, in their order."""
        counts = self.edge.metrics.records
        for receipt in receipts:
            counts[receipt[1]] += 1
        self.send(request, 200, HEADERS, self._encode({"results": receipts}))

    def _keep(self, request: Request, session: Session, recorder: Recorder, records: Sequence[Any]) -> None:
        edge = self.edge
        window = edge.windows.present()
        site = recorder.site(edge, session)
        at, head, tail = packing.where(*site), session.recorded_by, session.device_column
        now = window.recorded_at
        receipts: list[Any] = [None] * len(records)
        taken: list[int] = []
        ids: list[bytes] = []
        rows: list[bytes] = []
        persons: list[int | None] = []
        days: set[int] = set()
        for number, (record, named) in enumerate(zip(records, self._people(records), strict=True)):
            try:
                if isinstance(record, _Refused):
                    raise record.reason
                kept_on = window.day(record.id, record.at)
                if record.pseudonym is None:
                    person = None
                elif named is None:
                    raise foreign()
                else:
                    person, day = named
                    window.check_name(day, record.at)
                rows.append(recorder.row(record, person, at, head, tail, now))
            except (Refusal, msgspec.ValidationError) as reason:
                receipts[number] = _refused(record, reason)
                continue
            taken.append(number)
            days.add(kept_on)
            ids.append(record.id.bytes)
            persons.append(person)
        if taken:
            parcel = recorder.bundle(site, ids, rows, persons, frozenset(days))
            edge.writer.keep(
                parcel, _Acknowledging(self, request, receipts, [(each, records[each].id) for each in taken])
            )
        else:
            self.acknowledge(request, receipts)

    def _people(self, records: Sequence[Any]) -> Iterable[tuple[int, int] | None]:
        names = pseudonyms([getattr(record, "pseudonym", None) for record in records])
        return self.edge.people.people_of(names)


class _Acknowledging:
    """The device that waits for its receipts; those of the refused are written already."""

    __slots__ = ("_door", "_receipts", "_request", "_taken")

    def __init__(
        self, door: BatchDoor, request: Request, receipts: list[Any], taken: Sequence[tuple[int, UUID]]
    ) -> None:
        self._door = door
        self._request = request
        self._receipts = receipts
        self._taken = taken

    def kept(self, told: Sequence[bool] | None) -> None:
        for place, (number, identifier) in enumerate(self._taken):
            new = told is None or told[place]
            self._receipts[number] = (identifier, "kept" if new else "repeated")
        self._door.acknowledge(self._request, self._receipts)

    def refused(self, reason: Exception) -> None:
        self._door.refuse(self._request, reason)


class _Refused:
    """A record that could not be read."""

    pseudonym = None

    def __init__(self, identifier: str | None, reason: msgspec.ValidationError) -> None:
        self.id = identifier
        self.reason = reason


def _decoded(form: _Format, batch: Batch) -> Sequence[Any]:
    """All records at once; when one of them is not as it should be, one by one."""
    try:
        found: Sequence[Any] = form.all[batch.door](batch.records)
        return found
    except msgspec.ValidationError:
        return [_one(form, batch.door, raw) for raw in form.raw(batch.records)]


def _one(form: _Format, door: str, raw: msgspec.Raw) -> Any:
    try:
        return form.one[door](raw)
    except msgspec.ValidationError as reason:
        try:
            return _Refused(form.loose(raw).id, reason)
        except msgspec.ValidationError:
            return _Refused(None, reason)


def _refused(record: Any, reason: Exception) -> tuple[Any, str, Told]:
    fault = told(reason)
    return record.id, "refused", msgspec.json.decode(fault.body, type=Told)
