"""Packed days as files for questions about very many: the export of stays that `yanmen.numbers` reads.

A file holds where everybody was on a day. Its folder belongs to the operator alone, and the file goes with its day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from django.db import connections, transaction

from yanmen.base.clock import local_date
from yanmen.numbers import exports
from yanmen.subsystems.tracing.actions.packing import blocks
from yanmen.subsystems.tracing.kinds import TRAIL_DAYS

PACKED_AT = "packed_at"


def export(*, folder: Path, by: str, now: datetime) -> list[date]:
    """Write the days that were packed since they were last written, and drop those whose trail is over."""
    drop_expired(folder=folder, by=by, now=now)
    last = _last_to_drop(now)
    there = exports.days(folder)
    with connections["loop"].cursor() as cursor:
        cursor.execute("SELECT day, at FROM tracing_packed WHERE day > %s ORDER BY day", [last])
        due = [(day, at) for day, at in cursor.fetchall() if there.get(day, {}).get(PACKED_AT) != at.isoformat()]
    for day, at in due:
        _write(folder, day, {PACKED_AT: at.isoformat(), "by": by})
    return [day for day, _ in due]


def drop_expired(*, folder: Path, by: str, now: datetime) -> int:
    """Remove the days whose trail is over, whoever wrote them. Returns how many."""
    del by
    return exports.drop(folder, _last_to_drop(now))


def _last_to_drop(now: datetime) -> date:
    return local_date(now) - timedelta(days=TRAIL_DAYS + 1)


def _write(folder: Path, day: date, said: dict[str, str]) -> None:
    names = ("place", "person", "arrived", "seconds")
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        parts = [[block[name].astype(np.int64) for name in names] for block in blocks(cursor, day, None)]
    columns = [np.concatenate(each) for each in zip(*parts, strict=True)] or [np.empty(0, np.int64) for _ in names]
    exports.write(folder, day, exports.stays(*columns), said=said)
