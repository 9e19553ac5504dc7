"""What answers, edits and settlements share: how many at once, how old they may be, one after another at a door, sealing, the fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.registry.vault import ring
from yanmen.subsystems.grid.kinds import RESIDENCE_TOLD
from yanmen.subsystems.grid.methods.fields import LIVES_HERE
from yanmen.subsystems.grid.methods.merging import IN_FORCE
from yanmen.subsystems.grid.models import Edit
from yanmen.subsystems.grid.queries import fields

NORM = "grid.offline"
LOCK = 7342
MOST = 500
CREATED, REPEATED, REFUSED = "created", "repeated", "refused"
CLOCKS_DIFFER = timedelta(minutes=5)


def too_many(said: Sequence[Any], field: str) -> None:
    """Refuse more than are taken at once."""
    if len(said) > MOST:
        raise Refusal(
            f"一次至多{MOST}条，请分批提交。", f"Send at most {MOST} at once.", field=field, value=str(len(said))
        )


def check_moment(moment: datetime, field: str, *, now: datetime) -> None:
    """Refuse what was said in the future, or longer ago than may be handed over."""
    days = int(numbers(NORM, local_date(now)).get("oldest_days", 0))
    if not now - timedelta(days=days) <= moment <= now + CLOCKS_DIFFER:
        raise Refusal(
            f"登记时间应在最近{days}天内且不晚于现在。请核对手机时间。",
            f"What is handed over is of the last {days} days and not of the future. Check the clock of the telephone.",
            field=field,
            value=moment.isoformat(),
        )


def lock(scope: Scope, doors: set[int]) -> None:
    """Hold these doors until the end of the transaction, in one order for everybody: edits of a door come one after another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, number) FROM unnest(%s::int[]) AS number",
            [LOCK, sorted({each % 2**31 for each in doors})],
        )


def tell_residence(rows: Sequence[Edit], areas: Mapping[int, str], *, by: str, now: datetime) -> None:
    """Whether somebody lives there matters to others: it is a fact, under the id of the edit that came into force."""
    told = [
        {
            "id": row.key, "person": row.person_id, "place": None, "area": areas[row.person_id], "occurred_at": min(row.said_at, now),
            "detail": {"lives_here": row.value}, "corrects": None,
        }
        for row in rows
        if row.field == LIVES_HERE and row.outcome in IN_FORCE and row.person_id is not None
    ]  # fmt: skip
    if told:
        facts.record_many(RESIDENCE_TOLD.name, told, by=by, now=now)


def sealed(row: Edit, clear: str, *, hide: bool) -> Edit:
    """The row with its value, sealed where it is secret."""
    if hide and clear:
        row.sealed, row.digest = ring().seal(clear, fields.context(row.key)), ring().blind_index(clear, "phone")
    else:
        row.value = clear
    return row
