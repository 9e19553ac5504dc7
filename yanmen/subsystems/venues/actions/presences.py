"""The records that say where somebody was, as pieces of SQL: every bulk kind that is presence, whoever declares it."""

from __future__ import annotations

from collections.abc import Iterator

from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import BulkKind

_NEW = (
    "SELECT x.person_id, x.occurred_at FROM {known}(%(now)s) x"
    " WHERE x.recorded_at > %(from)s AND x.recorded_at <= %(to)s AND x.person_id IS NOT NULL AND x.place_id IS NOT NULL"
)
_RECENT = " AND x.id >= first_id_of(local_date(%(from)s) - 3)"
_OF_MEMBER = (
    " FROM {known}(%(now)s) x WHERE x.person_id = m.member AND x.place_id IS NOT NULL"
    " AND x.occurred_at BETWEEN m.first_at - %(look)s AND m.last_at + %(look)s"
    " AND x.id >= first_id_of(local_date(m.first_at - %(look)s) - 1)"
)
_AROUND = "SELECT x.id, x.place_id, x.area, x.occurred_at, x.recorded_at, {claimed} AS claimed" + _OF_MEMBER
_CLAIMS = "SELECT x.id" + _OF_MEMBER + " AND {claimed}"
_ANCHORED = (
    "SELECT x.area FROM {known}(%(now)s) x WHERE x.person_id = e.person_id AND {claimed} IS NOT TRUE"
    " AND x.occurred_at BETWEEN e.occurred_at - %(anchor)s AND e.occurred_at + %(window)s"
)


def filled(statement: str) -> str:
    """A statement with the pieces it names in braces."""
    for piece in (fresh, around, claims, anchored):
        statement = statement.replace(f"{{{piece.__name__}}}", piece())
    return statement


def fresh() -> str:
    """Whoever has a new record, and of when. Of other kinds than check-ins only the partitions of the last days are read."""
    return _union(_NEW, _RECENT)


def around() -> str:
    """All records of `m.member` around `m.first_at` to `m.last_at`. An id is made when the thing happens, or later."""
    return _union(_AROUND)


def claims() -> str:
    """Those of them that only a telephone of their own says: without one of these, nothing is to be doubted."""
    return " UNION ALL ".join(_of(kind, _CLAIMS, "") for kind in _kinds() if "claimed" in kind.detail)


def anchored() -> str:
    """Where records made on the spot show the person of `e` around that time."""
    return _union(_ANCHORED)


def passes() -> list[str]:
    """Tables of the other kinds of presence: what footfall is measured by."""
    return [kind.table for kind in _kinds() if "claimed" not in kind.detail]


def _union(select: str, others: str = "") -> str:
    return " UNION ALL ".join(_of(kind, select, others) for kind in _kinds())


def _of(kind: BulkKind, select: str, others: str) -> str:
    known, own = "known_" + kind.name.replace(".", "_"), "claimed" in kind.detail
    return select.format(known=known, claimed="(x.claimed IS TRUE)" if own else "false") + ("" if own else others)


def _kinds() -> Iterator[BulkKind]:
    return (kind for kind in catalogue.facts.values() if isinstance(kind, BulkKind) and kind.presence)
