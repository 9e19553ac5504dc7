"""Looking at bindings that came in: each tube gets its row, and what may be wrong with it becomes a finding.

A finding asks somebody to look; it changes nobody's status. Looking twice changes nothing, and bindings that an edge
delivered behind an earlier look are found by the next ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.models import Finding
from yanmen.subsystems.screening.queries.looking import pool_sizes
from yanmen.subsystems.screening.queries.statements import BINDINGS, statement

SETTLED = timedelta(seconds=10)
"""A binding carries the moment at which the edge took it, and is to be seen a little later."""
BEHIND = timedelta(minutes=15)
DELIVERED = timedelta(days=15)
"""No edge takes a record older than this."""
_LOCK = 7405
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Looked:
    """What a look saw."""

    bindings: int = 0
    tubes: int = 0
    findings: int = 0


def look(*, by: str, now: datetime) -> Looked:
    """Look at every binding since the last look."""
    policy = numbers(BINDINGS, local_date(now))
    if not policy:
        return Looked()
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return Looked()
        cursor.execute("SELECT max(up_to) FROM screening_look")
        last, to = cursor.fetchone()[0] or _EVER, now - SETTLED
        if to <= last:
            return Looked()
        found = _look(cursor, policy, last, to, by=by, now=now)
        cursor.execute(
            "INSERT INTO screening_look (up_to, at, bindings) VALUES (%s, %s, %s)", [to, now, found.bindings]
        )
        return found


def _look(cursor: Any, policy: Mapping[str, Any], last: datetime, to: datetime, *, by: str, now: datetime) -> Looked:
    about = {
        "now": now,
        "by": by,
        "from": last,
        "again": max(last - BEHIND, _EVER),
        "to": to,
        "oldest": local_date(max(last, now - DELIVERED) - DELIVERED),
        "capacity": max(pool_sizes(local_date(now))),
        "twice": timedelta(minutes=policy["person_twice_minutes"]),
        "tube": timedelta(hours=policy["tube_hours"]),
        "sites": timedelta(minutes=policy["two_sites_minutes"]),
        "km": policy["far_apart_km"],
    }
    cursor.execute(statement("look_bindings"), about)
    cursor.execute("SELECT count(*), min(first_at) FROM looked_tube")
    tubes, first_at = cursor.fetchone()
    if not tubes:
        return Looked()
    cursor.execute(statement("look_tubes"), about)
    near = max(about["oldest"], local_date(first_at - about["twice"]) - timedelta(days=1))
    cursor.execute(statement("look_findings"), {**about, "near": near})
    return Looked(*cursor.fetchone())


def look_back(*, by: str, now: datetime) -> int:
    """Look at tubes that time or a later result puts in doubt: few people in them, or nobody positive. Returns how many."""
    policy = numbers(BINDINGS, local_date(now))
    if not policy:
        return 0
    about = {
        "now": now,
        "by": by,
        "since": now - DELIVERED,
        "oldest": local_date(now - DELIVERED) - timedelta(days=1),
        "left": now - timedelta(minutes=policy["underfull_minutes"]),
        "share": policy["underfull_share"],
    }
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        found = 0
        for name in ("underfull", "nobody_positive"):
            cursor.execute(statement(name), about)
            found += cursor.rowcount
        return found


@transaction.atomic
def resolve_finding(*, scope: Scope, finding: int, note: str, by: str, now: datetime) -> Finding:
    """Somebody says what became of a finding; what was found stays."""
    found: Finding | None = scope.within(Finding.objects.select_for_update(), "area").filter(pk=finding).first()
    if found is None:
        raise Refusal(
            "您的辖区内没有这条核查事项。",
            "There is no such finding in your area.",
            field="finding",
            value=str(finding),
        )
    if found.resolved_at is not None:
        raise Refusal("这条核查事项已办结。", "This finding was settled already.", field="finding", value=str(finding))
    if not note.strip():
        raise Refusal("请写明核查结果。", "Say what became of it.", field="note")
    found.resolved_at, found.resolved_by, found.note = now, by, note.strip()[:500]
    found.save(update_fields=["resolved_at", "resolved_by", "note"])
    return found
