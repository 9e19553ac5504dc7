"""Bulk facts: check-ins, passes, samples. The envelope of a fact in typed tables, a partition a day.

Storing a batch and waking whom it concerns is one statement. Writing is idempotent: the id
(UUIDv7) carries the day, so it is both the partition key and the partition's unique key. When
a kind's retention is over, a day goes as a whole, and a signed receipt stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from yanmen.base.clock import BEIJING, local_date
from yanmen.base.ids import moment_of, uuid7s
from yanmen.base.signing import Signer
from yanmen.loop.catalogue import catalogue
from yanmen.loop.facts import BATCH, FactFault, Receipt, check
from yanmen.loop.kinds import BulkKind
from yanmen.loop.named import sql
from yanmen.loop.retention import store_receipt

TYPES = {"boolean", "smallint", "integer", "bigint", "real", "double precision", "text", "date", "timestamptz", "uuid"}


def record_bulk(kind: str, rows: Iterable[Mapping[str, Any]], *, by: str, now: dt.datetime) -> Receipt:
    """Record many facts of a bulk kind, a statement a batch; memory does not grow with them.

    Rows are as for ``record_many``; ``detail`` holds the kind's own columns.
    """
    known = bulk_kind(kind)
    created = total = 0
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        check(known.name, batch, now)
        total += len(batch)
        created += _store(known, batch, by=by, now=now)
    return Receipt(created=created, repeated=total - created)


def make_day(kind: str, *, now: dt.datetime) -> None:
    """See to it that today's facts of a bulk kind have their partition: for statements that store them by themselves."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT make_bulk_partition(%s, %s)", [bulk_kind(kind).table, local_date(now)])


def bulk_kind(name: str) -> BulkKind:
    """The bulk kind called ``name``."""
    kind = catalogue.fact(name)
    if not isinstance(kind, BulkKind):
        raise FactFault(f"{name} is no bulk kind. Record it with yanmen.loop.facts.record.")
    return kind


def table_sql(kind: BulkKind) -> str:
    """The table of a bulk kind, for the migration of whoever declares it; running it again changes nothing.

    Relations read ``known_<kind>(known_at)``: the facts known by then and not taken back.
    """
    unknown = set(kind.detail.values()) - TYPES
    if unknown:
        raise FactFault(f"{kind.name}: no column type {sorted(unknown)}. Use one of {', '.join(sorted(TYPES))}.")
    columns = ", ".join(f"{name} {column}" for name, column in kind.detail.items())
    return sql("bulk_table").format(table=kind.table, columns=columns, known=kind.name.replace(".", "_"))


def drop_expired(*, signer: Signer, now: dt.datetime, alias: str = "loop") -> list[tuple[str, dt.date, int]]:
    """Drop the days of every bulk kind whose retention is over. Returns kind, day and number of facts."""
    dropped = []
    for kind in [each for each in catalogue.facts.values() if isinstance(each, BulkKind)]:
        last = local_date(now) - dt.timedelta(days=kind.retention_days + 1)
        with connections[alias].cursor() as cursor:
            cursor.execute(sql("bulk_days"), {"table": kind.table, "last": last})
            days = [day for (day,) in cursor.fetchall()]
        dropped += [(kind.name, day, _drop(kind, day, signer, now, alias)) for day in days]
    return dropped


def _drop(kind: BulkKind, day: dt.date, signer: Signer, now: dt.datetime, alias: str) -> int:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(sql("drop_day"), {"table": kind.table, "day": day})
        facts, first_at, last_at, checksum = cursor.fetchone()
        receipt = {
            "kind": kind.name,
            "day": day,
            "facts": facts,
            "first_at": first_at,
            "last_at": last_at,
            "checksum": checksum,
        }
        store_receipt(cursor, receipt, signer=signer, now=now)
    return int(facts)


def _store(kind: BulkKind, batch: Sequence[Mapping[str, Any]], *, by: str, now: dt.datetime) -> int:
    chosen = [row.get("id") for row in batch]
    fresh = iter(uuid7s(now, chosen.count(None)))
    ids = [each or next(fresh) for each in chosen]
    values: dict[str, Any] = {
        "ids": ids,
        "persons": [row.get("person") for row in batch],
        "places": [row.get("place") for row in batch],
        "areas": [row["area"] for row in batch],
        "occurred": [row["occurred_at"] for row in batch],
        "now": now,
        "by": by,
        **{f"by_{subject}": subject in kind.matters for subject in ("place", "area")},
    }
    details = [row.get("detail") or {} for row in batch]
    for name in kind.detail:
        values[f"own_{name}"] = [detail.get(name) for detail in details]
    with transaction.atomic(), connections["default"].cursor() as cursor:
        for day in sorted(_days(filter(None, chosen)) | {local_date(now)}):
            cursor.execute("SELECT make_bulk_partition(%s, %s)", [kind.table, day])
        cursor.execute(_statement(kind.name), values)
        (created, _) = cursor.fetchone()
    return int(created)


@cache
def _statement(name: str) -> str:
    kind = bulk_kind(name)
    names = list(kind.detail)
    return (
        sql("record_bulk")
        .replace("{table}", kind.table)
        .replace("{columns}", "".join(f", {name}" for name in names))
        .replace("{arrays}", "".join(f", %(own_{name})s::{kind.detail[name]}[]" for name in names))
    )


def _days(ids: Iterable[UUID]) -> set[dt.date]:
    """The days that these ids carry."""
    hours = {int(moment_of(each) // 3600) for each in ids}
    return {dt.datetime.fromtimestamp(hour * 3600, BEIJING).date() for hour in hours}
