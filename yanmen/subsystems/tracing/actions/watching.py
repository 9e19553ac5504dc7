"""Looking at cases by itself: those that something new touches, at once; every open one again and again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.db import connections, transaction

from yanmen.subsystems.tracing.actions.finding import Found, find
from yanmen.subsystems.tracing.kinds import TRAIL_DAYS
from yanmen.subsystems.tracing.queries.statements import statement

MOST = 100
"""Open cases a look, besides those touched. Registers change without a fact: of a hundred open cases none waits longer than a minute."""

LATE = timedelta(minutes=5)
"""Facts carry the moment at which their act began, and are seen when it ends: each look goes back so far."""

_LOCK = 7413
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
logger = logging.getLogger("yanmen.tracing")


def find_due(*, by: str, now: datetime, most: int = MOST) -> list[Found]:
    """Reconcile the cases that are due. One worker at a time; a case that fails does not keep the others waiting."""
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SELECT max(looked_at) FROM tracing_finding WHERE looked_at <= %s", [now])
        (last,) = cursor.fetchone()
        about = {
            "since": (last or _EVER) - LATE,
            "open_since": now - timedelta(days=TRAIL_DAYS),
            "most": most,
            "by": by,
        }
        cursor.execute(statement("find_due"), about)
        done = []
        for (key,) in cursor.fetchall():
            try:
                done.append(find(case=key, by=by, now=now))
            except ValueError:
                logger.exception("The contacts of case %s could not be found; it is looked at again in a minute.", key)
        cursor.executemany(
            "INSERT INTO tracing_finding (case_key, looked_at) VALUES (%s, %s)"
            " ON CONFLICT (case_key) DO UPDATE SET looked_at = excluded.looked_at",
            [(each.case, now) for each in done],
        )
        cursor.execute("DELETE FROM tracing_finding WHERE looked_at < %s", [now - 2 * timedelta(days=TRAIL_DAYS)])
    return done
