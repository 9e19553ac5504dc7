"""What is past its retention goes, once a day: rows of the registers and facts, in bounded batches, each with a signed receipt.

Models say how long their rows are kept (``yanmen.base.retention``), kinds say it of facts; days of bulk facts go as a whole
(see ``bulk``). A fact stays while a measure on its person or place is open, or rests on it. Facts go only from sealed
days, and the receipt says what is left of the day, so that the daily seal can still be checked.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connections, transaction
from django.db.models import ForeignKey, Model

from yanmen.base.clock import local_date
from yanmen.base.retention import Kept
from yanmen.base.rows import records
from yanmen.base.signing import Signer
from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import BulkKind
from yanmen.loop.named import sql

BATCH = 5000


class Disposed(NamedTuple):
    """So many rows of a kind, whose time began on this day, were deleted."""

    kind: str
    day: dt.date
    rows: int


def dispose(*, signer: Signer, now: dt.datetime, alias: str = "loop", batch: int = BATCH) -> list[Disposed]:
    """Delete what is past its retention: rows of every model that is kept for a time, and facts. Safe to repeat."""
    gone = [each for model, kept in kept_models() for each in _rows(model, kept, signer, now, alias, batch)]
    return gone + list(_facts(signer, now, alias))


def kept_models() -> list[tuple[type[Model], Kept]]:
    """The models whose rows go after a time, in the order of their layers."""
    found = [(model, getattr(model, "retention", None)) for model in apps.get_models()]
    return [(model, kept) for model, kept in found if isinstance(kept, Kept)]


def receipt_text(receipt: Mapping[str, Any]) -> bytes:
    """What the signature of a disposal covers."""
    said = [receipt[name] for name in ("kind", "day", "facts", "checksum")]
    if receipt.get("part"):
        said.append(receipt["part"])
    if receipt.get("left_digest") is not None:
        said += [receipt["left_facts"], bytes(receipt["left_digest"]).hex()]
    return json.dumps(["yanmen-disposal", *said], default=str).encode()


def store_receipt(cursor: Any, receipt: Mapping[str, Any], *, signer: Signer, now: dt.datetime) -> None:
    """Sign and keep what was deleted, in the transaction that deleted it."""
    cursor.execute(sql("next_part"), receipt)
    (part,) = cursor.fetchone()
    whole = {"left_facts": None, "left_digest": None, **receipt, "part": part, "now": now}
    signed = {"key_id": signer.key_id.hex(), "signature": signer.sign(receipt_text(whole))}
    cursor.execute(sql("store_disposal"), whole | signed)


def _rows(
    model: type[Model], kept: Kept, signer: Signer, now: dt.datetime, alias: str, batch: int
) -> Iterator[Disposed]:
    """Batch by batch, so that nobody waits for the lock of a large day."""
    options = model._meta
    assert options.pk is not None
    names = {"table": options.db_table, "key": options.pk.column, "moment": _moment(model, kept)}
    statement = sql("dispose_rows").format(**names)
    before = now - dt.timedelta(days=kept.days)
    while True:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(statement, {"before": before, "batch": batch})
            receipts = records(cursor)
            for receipt in receipts:
                receipt["kind"] = options.label_lower
                store_receipt(cursor, receipt, signer=signer, now=now)
        yield from (Disposed(each["kind"], each["day"], each["facts"]) for each in receipts)
        if sum(each["facts"] for each in receipts) < batch:
            return


def _moment(model: type[Model], kept: Kept) -> str:
    """The moment from which a row's time counts, as SQL."""
    table = model._meta.db_table
    key, _, column = kept.after.rpartition(".")
    if not key:
        return f"{table}.{column}"
    points = model._meta.get_field(key)
    assert isinstance(points, ForeignKey)
    other = points.target_field
    return (
        f"(SELECT other.{column} FROM {other.model._meta.db_table} AS other"
        f" WHERE other.{other.column} = {table}.{points.column})"
    )


def _facts(signer: Signer, now: dt.datetime, alias: str) -> Iterator[Disposed]:
    """Day by day, the oldest first; a day is a transaction, for its seal is about the whole of it."""
    kinds = [each for each in catalogue.facts.values() if not isinstance(each, BulkKind)]
    about: dict[str, Any] = {
        "kinds": [each.name for each in kinds],
        "kept": [each.retention_days for each in kinds],
        "as_of": local_date(now),
    }
    with connections[alias].cursor() as cursor:
        cursor.execute(sql("days_with_expired_facts"), about)
        days = [day for (day,) in cursor.fetchall()]
    for day in days:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(sql("dispose_facts"), about | {"day": day})
            receipts = records(cursor)
            cursor.execute(sql("day_digests"), {"day": day})
            _, left_facts, left_digest = cursor.fetchone()
            for receipt in receipts:
                left = {"left_facts": left_facts, "left_digest": left_digest}
                store_receipt(cursor, receipt | left, signer=signer, now=now)
        yield from (Disposed(each["kind"], day, each["facts"]) for each in receipts)
