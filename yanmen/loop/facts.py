"""Writing facts: the only way anything enters the loop.

Writing is idempotent: the client chooses the id (UUIDv7), and the same id again is the
same fact. A fact wakes the subjects that some relation or task could see it through.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connections

from yanmen.base.ids import uuid7, uuid7s
from yanmen.base.rows import records
from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import BulkKind
from yanmen.loop.named import sql
from yanmen.loop.own_kinds import WITHDRAWN

BATCH = 10_000


class FactFault(ValueError):
    """A fact that cannot be taken; names the field, the value and the remedy."""


@dataclass(frozen=True)
class Receipt:
    """What became of the rows given: ``created + repeated`` is their number."""

    created: int
    repeated: int


def record(
    kind: str,
    *,
    area: str,
    occurred_at: datetime,
    by: str,
    now: datetime,
    id: UUID | None = None,
    person: int | None = None,
    place: int | None = None,
    detail: Mapping[str, Any] | None = None,
    corrects: UUID | None = None,
) -> UUID:
    """Record that something happened, and wake whom it may touch. Returns the fact's id."""
    fact_id = id or uuid7(now)
    row = {
        "id": fact_id,
        "person": person,
        "place": place,
        "area": area,
        "occurred_at": occurred_at,
        "detail": detail,
        "corrects": corrects,
    }
    record_many(kind, [row], by=by, now=now)
    return fact_id


def record_many(kind: str, rows: Iterable[Mapping[str, Any]], *, by: str, now: datetime) -> Receipt:
    """Record many facts of one kind, a statement a batch; memory does not grow with them."""
    known = catalogue.fact(kind)
    if isinstance(known, BulkKind):
        raise FactFault(
            f"{kind} comes in bulk and has a table of its own. Record it with yanmen.loop.bulk.record_bulk."
        )
    created = total = 0
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        check(known.name, batch, now)
        total += len(batch)
        created += _store(known.name, batch, by=by, now=now)
    return Receipt(created=created, repeated=total - created)


def correct(
    fact_id: UUID,
    *,
    detail: Mapping[str, Any],
    by: str,
    now: datetime,
    occurred_at: datetime | None = None,
    area: str | None = None,
) -> UUID:
    """State a fact anew: the old one stays in the history and counts no more.

    ``detail`` names what changes; fields it does not name keep their value.
    """
    old = _fact(fact_id)
    return record(
        old["kind"],
        person=old["person_id"],
        place=old["place_id"],
        area=area or old["area"],
        occurred_at=occurred_at or old["occurred_at"],
        detail={**old["detail"], **detail},
        corrects=fact_id,
        by=by,
        now=now,
    )


def withdraw(fact_id: UUID, *, reason: str, by: str, now: datetime) -> UUID:
    """Take a fact back: it never happened. Everything it caused is lifted by the next turn."""
    old = _fact(fact_id)
    return record(
        WITHDRAWN.name,
        person=old["person_id"],
        place=old["place_id"],
        area=old["area"],
        occurred_at=now,
        detail={"reason": reason, "kind": old["kind"]},
        corrects=fact_id,
        by=by,
        now=now,
    )


def wake(subject_type: str, subjects: Sequence[int]) -> None:
    """Ask the loop to look at subjects whose register changed (a merge, a move)."""
    with connections["default"].cursor() as cursor:
        cursor.execute(sql("wake"), {"subject_type": subject_type, "subjects": list(subjects)})


def _fact(fact_id: UUID) -> dict[str, Any]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql("fact"), {"id": fact_id})
        found = records(cursor)
    if not found:
        raise FactFault(
            f"fact: {fact_id} is not to be seen from here. Check the number, or ask the unit that recorded it."
        )
    (fact,) = found
    if isinstance(fact["detail"], str):
        fact["detail"] = json.loads(fact["detail"])
    return fact


def check(kind: str, batch: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Refuse facts without an area or from the future."""
    for row in batch:
        if not row.get("area"):
            raise FactFault(f"{kind}: area is empty. Give the GB/T 2260 code of the area in charge.")
        if row["occurred_at"] > now and not row.get("corrects"):
            raise FactFault(
                f"{kind}: occurred_at {row['occurred_at']:%Y-%m-%d %H:%M} lies in the future. A fact has happened."
            )


def _store(kind: str, batch: Sequence[Mapping[str, Any]], *, by: str, now: datetime) -> int:
    wakes = catalogue.wakes(kind)
    fresh = iter(uuid7s(now, sum(1 for row in batch if not row.get("id"))))
    rows = [
        {
            "id": row.get("id") or next(fresh),
            "person_id": row.get("person"),
            "place_id": row.get("place"),
            "area": row["area"],
            "occurred_at": row["occurred_at"],
            "detail": row.get("detail") or {},
            "corrects": row.get("corrects"),
        }
        for row in batch
    ]
    arguments: dict[str, Any] = {
        "kind": kind,
        "by": by,
        "now": now,
        "rows": json.dumps(rows, ensure_ascii=False, default=str),
        "wakes_person": "person" in wakes,
        "wakes_area": "area" in wakes,
    }
    with connections["default"].cursor() as cursor:
        cursor.execute(sql("record"), arguments)
        (created,) = cursor.fetchone()
    return int(created)
