"""Measures by order: a commander's decision on one person, and its approval by another unit.

An order is a fact; whether it becomes a measure is the policy's to say: its kind stands in the
pack's closed list, it names a document and a clause, it ends, and somebody of another unit
approved it. None of these can be left out, and no order is for more people than one act names.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connections

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.facts import record
from yanmen.loop.named import sql
from yanmen.loop.own_kinds import APPROVED, ORDERED

LOOKED_BACK = dt.timedelta(days=2)
"""Longer than the day between two looks; what was told is not told again."""


def order(
    *,
    person: int,
    area: str,
    kind: str,
    document: str,
    clause: str,
    ends_on: dt.date,
    unit: str,
    by: str,
    now: dt.datetime,
) -> UUID:
    """Propose a measure on one person. Nothing follows until another unit approves it."""
    for field, value, zh, en in (
        ("document", document, "文件编号", "the document"),
        ("clause", clause, "条款", "the clause"),
        ("unit", unit, "提出单位", "the proposing unit"),
    ):
        if not value.strip():
            raise Refusal(f"缺少{zh}，个案决定必须写明。", f"An order must name {en}.", field=field)
    if ends_on <= local_date(now):
        raise Refusal(
            "截止日期须在今天之后。",
            "An order ends on a later day than today.",
            field="ends_on",
            value=ends_on.isoformat(),
        )
    detail = {
        "order": kind,
        "document": document.strip(),
        "clause": clause.strip(),
        "ends_on": ends_on.isoformat(),
        "unit": unit,
    }
    return record(ORDERED.name, person=person, area=area, occurred_at=now, by=by, now=now, detail=detail)


def approve(*, person: int, area: str, rule: str, reason: str, unit: str, by: str, now: dt.datetime) -> UUID:
    """Approve a proposed measure or an order. The policy asks that it be another unit than the proposer's."""
    if not unit.strip():
        raise Refusal("缺少批准单位。", "An approval must name the approving unit.", field="unit")
    detail = {"rule": rule, "reason": reason, "unit": unit}
    return record(APPROVED.name, person=person, area=area, occurred_at=now, by=by, now=now, detail=detail)


def inspect(*, now: dt.datetime, alias: str = "loop") -> int:
    """Tell inspection of orders that somebody approved and policy does not bear. Returns how many alarms are new; safe to repeat."""
    with connections[alias].cursor() as cursor:
        cursor.execute(sql("orders_without_ground"), {"now": now, "since": now - LOOKED_BACK})
        return int(cursor.rowcount)
