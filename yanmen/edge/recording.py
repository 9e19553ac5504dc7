"""What officers' devices deliver: scanned check-ins, passes and samples, alone or in batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct

from yanmen.edge import packing
from yanmen.edge.edge import Edge
from yanmen.edge.errors import not_here
from yanmen.edge.records import Window, foreign, one, pseudonym
from yanmen.edge.sessions import Session
from yanmen.edge.tables import BOUND, PASSED, SCANNED, Table
from yanmen.edge.writer import FIRST, SECOND, Parcel

Moment = Annotated[int, Meta(ge=0, le=1 << 50, description="Milliseconds since 1970.")]
Name = Annotated[str, Meta(description="The pseudonym of a code: 16 bytes as base64url.", max_length=40)]

SAMPLING = frozenset({"sampling"})
AT_VENUES = frozenset({"venues.staff", "venues.manager"})
AT_POSTS = frozenset({"checkpoints.officer", "checkpoints.manager"})
"""The roles that keep such records, as screening, venues and checkpoints call them."""


class Scan(Struct, gc=False):
    """A venue's scanner read somebody's code, at the device's place."""

    id: UUID
    at: Moment
    pseudonym: Name


class Pass(Struct, gc=False):
    """Somebody passed the device's post. Without a pseudonym: no code was shown."""

    id: UUID
    at: Moment
    pseudonym: Name | None
    direction: Literal["in", "out"]
    lane: Annotated[int, Meta(ge=0, le=999)]
    shown: Annotated[str, Meta(max_length=40)]
    reason: Annotated[str, Meta(max_length=80)]
    knowledge_minutes: Annotated[int, Meta(ge=0, le=100_000_000)] | None
    vehicle: Annotated[str, Meta(max_length=20)] = ""
    group: UUID | None = None


class Sample(Struct, gc=False):
    """A person's sample went into a tube at this position."""

    id: UUID
    at: Moment
    pseudonym: Name
    tube: Annotated[str, Meta(min_length=1, max_length=40, pattern="^[0-9A-Za-z._/-]+$")]
    position: Annotated[int, Meta(ge=1, le=100)]


class Site(NamedTuple):
    """Where a device stands."""

    place: int
    area: str


class Recorder:
    """One kind of record: where it belongs and how its own columns are packed."""

    door: str
    table: Table
    rank = SECOND
    record: type[Struct]

    def site(self, edge: Edge, session: Session) -> Site:
        """Where this device stands; a fault when it may not keep such records."""
        raise NotImplementedError

    def own(self, record: Any) -> bytes:
        """The columns between the envelope and the device."""
        raise NotImplementedError

    def row(self, record: Any, person: int | None, at: bytes, head: bytes, tail: bytes, now: int) -> bytes:
        """One packed row."""
        rest = head + self.own(record) + tail
        return packing.row(len(self.table.columns), record.id.bytes, person, at, packing.moment(record.at), now, rest)

    def parcel(self, edge: Edge, session: Session, record: Any) -> Parcel:
        """A single record, ready to be kept."""
        window = edge.windows.present()
        day = window.day(record.id, record.at)
        person = person_of(edge, window, record.pseudonym, record.at)
        site = self.site(edge, session)
        at, head, tail = packing.where(*site), session.recorded_by, session.device_column
        row = self.row(record, person, at, head, tail, window.recorded_at)
        return self.bundle(site, [record.id.bytes], [row], [person], one(day))

    def bundle(
        self,
        site: Site,
        ids: Sequence[bytes],
        rows: Sequence[bytes],
        persons: Sequence[int | None],
        days: frozenset[int],
    ) -> Parcel:
        """Records of one device, kept together."""
        return Parcel(
            table=self.table,
            rank=self.rank,
            ids=ids,
            rows=rows,
            persons=persons,
            place=site.place,
            area=site.area,
            days=days,
        )


class Scans(Recorder):
    door = "check-ins"
    table = SCANNED
    record = Scan
    _own = packing.boolean(False) + packing.text("scanner")

    def site(self, edge: Edge, session: Session) -> Site:
        venue = edge.image.venue(session.place)
        if venue is None or session.role not in AT_VENUES:
            raise not_here("此设备未登记在任何场所。", "This device belongs to no venue.")
        return Site(venue.place, venue.area)

    def own(self, record: Scan) -> bytes:
        return self._own


class Passes(Recorder):
    door = "passes"
    table = PASSED
    record = Pass

    def site(self, edge: Edge, session: Session) -> Site:
        post = edge.image.post(session.place)
        if post is None or session.role not in AT_POSTS:
            raise not_here("此设备未登记在任何卡口。", "This device belongs to no checkpoint.")
        return Site(post.place, post.area)

    def own(self, record: Pass) -> bytes:
        minutes = record.knowledge_minutes
        return b"".join(
            (
                packing.text(record.direction),
                packing.smallint(record.lane),
                packing.text(record.shown),
                packing.text(record.reason),
                packing.NULL if minutes is None else packing.integer(minutes),
                packing.text(record.vehicle),
                packing.uuid(record.group.bytes if record.group else None),
            )
        )


class Samples(Recorder):
    door = "samples"
    table = BOUND
    rank = FIRST
    record = Sample

    def site(self, edge: Edge, session: Session) -> Site:
        if session.role not in SAMPLING or not session.place or not session.area:
            raise not_here("此设备不在采样点使用。", "This device belongs to no sampling site.")
        return Site(session.place, session.area)

    def own(self, record: Sample) -> bytes:
        return packing.text(record.tube) + packing.smallint(record.position)


RECORDERS: Sequence[Recorder] = (Scans(), Passes(), Samples())


def person_of(edge: Edge, window: Window, name: str | None, at: int) -> int | None:
    """The person behind a pseudonym that could be shown at this moment."""
    if name is None:
        return None
    found = edge.people.person_of(pseudonym(name))
    if found is None:
        raise foreign()
    window.check_name(found[1], at)
    return found[0]
