"""Editions into the database, so that measures can name the values they rest on.

An edition row is immutable. Its identity is the rule, the area, the day it takes force and
what it says; the day it ends may be learnt later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import connections

from yanmen.loop.catalogue import catalogue
from yanmen.loop.named import sql
from yanmen.loop.policy.words import Edition, Policy


def identity(edition: Edition) -> str:
    """What tells one edition from another: all it says, and from when, but not until when."""
    said = [edition.rule, edition.area, str(edition.valid_from), edition.body()]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def publish(policy: Policy, *, alias: str = "loop") -> dict[str, int]:
    """Store every edition that is not there yet. Returns identity → row number."""
    rows = {identity(edition): edition for edition in policy.editions}
    with connections[alias].cursor() as cursor:
        cursor.execute(sql("editions"), {"digests": list(rows)})
        known: dict[str, int] = dict(cursor.fetchall())
        for digest, edition in rows.items():
            if digest not in known:
                known[digest] = _store(cursor, digest, edition)
    return known


def _store(cursor: Any, digest: str, edition: Edition) -> int:
    cursor.execute(
        sql("store_edition"),
        {
            "pack": edition.pack,
            "rule": edition.rule,
            "area": edition.area,
            "valid_from": edition.valid_from,
            "valid_to": edition.valid_to,
            "digest": digest,
            "body": json.dumps(edition.body(), ensure_ascii=False, default=str),
        },
    )
    (edition_id,) = cursor.fetchone()
    last = len(edition.stages) - 1
    for ordinal, stage in enumerate(edition.stages):
        cursor.execute(
            sql("store_stage"),
            {
                "edition": edition_id,
                "ordinal": ordinal,
                "place": stage.place or "",
                "from_day": stage.from_day,
                "to_day": stage.to_day,
                "is_last": ordinal == last,
                "marks": json.dumps(dict(stage.marks), ensure_ascii=False, default=str),
            },
        )
    for task in task_rows(edition):
        cursor.execute(sql("store_edition_task"), {"edition": edition_id, **task})
    return int(edition_id)


def task_rows(edition: Edition) -> Iterable[dict[str, Any]]:
    """The tasks an edition asks for: its tests, each on its day, and its clocks."""
    for day in edition.tests:
        yield _task("test", day, day=day)
    for clock in edition.tasks:
        yield _task(
            clock.kind,
            clock.ordinal,
            day=clock.day,
            within_hours=clock.within_hours,
            every_days=clock.every_days,
            role=clock.role,
        )


def _task(kind: str, ordinal: int, *, role: str | None = None, **when: Any) -> dict[str, Any]:
    clock = {"day": None, "within_hours": None, "every_days": None, **when}
    return {"kind": kind, "ordinal": ordinal, "role": role or catalogue.task(kind).role, **clock}
