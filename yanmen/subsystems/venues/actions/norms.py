"""The policy's numbers on venues, copied to where SQL finds them. The loop's role writes them; requests only read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connections, transaction

from yanmen.loop.policy.norms import Norm
from yanmen.loop.policy.words import plain
from yanmen.subsystems.venues.queries import statements

Row = tuple[str, date, date | None, str]


def keep_norms() -> bool:
    """Bring the copy in line with the packs; True if it was not."""
    wanted = sorted(row for norm in statements.norms().values() for row in _rows(norm))
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SELECT name, valid_from, valid_to, parts::text FROM venues_norm ORDER BY name, valid_from")
        if [(*row[:3], _text(json.loads(row[3]))) for row in cursor.fetchall()] == wanted:
            return False
        cursor.execute("LOCK TABLE venues_norm IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM venues_norm")
        cursor.executemany(
            "INSERT INTO venues_norm (name, valid_from, valid_to, parts) VALUES (%s, %s, %s, %s)", wanted
        )
    return True


def _rows(norm: Norm) -> Iterator[Row]:
    """Each entry until the next one begins; an entry that says `off` leaves a gap."""
    dated = sorted(norm.dated, key=lambda each: each.valid_from)
    for each, following in zip(dated, [*dated[1:], None], strict=True):
        ends = [
            day for day in (each.until and each.until + timedelta(days=1), following and following.valid_from) if day
        ]
        if not each.off:
            yield norm.id, each.valid_from, min(ends, default=None), _text(plain(each.parts))


def _text(parts: object) -> str:
    return json.dumps(parts, ensure_ascii=False, sort_keys=True)
