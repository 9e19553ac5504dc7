"""What people find out about areas: facts that rules draw zones from, and facts that let zones end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import areas
from yanmen.subsystems.risk_areas import kinds


def find_wide_spread(*, area: str, document: str, by: str, now: datetime, note: str = "") -> UUID:
    """Record the finding that spread in an area is wide; it needs the document it was made in."""
    if not document.strip():
        raise Refusal(
            "请写明判定所依据的文件或会议纪要编号。",
            "Name the document or minutes in which this was found.",
            field="document",
        )
    return _record(kinds.WIDE_SPREAD_FOUND.name, area, {"document": document, "note": note}, by=by, now=now)


def report_spread(*, area: str, last_case_on: date, source: str, by: str, now: datetime) -> UUID:
    """Record that an area, of another province as well, has community spread; it needs a source."""
    if not source.strip():
        raise Refusal("请写明消息来源。", "Name the source of this report.", field="source")
    if last_case_on > local_date(now):
        raise Refusal(
            "末例日期在将来，请核对。", "The last case lies ahead. Check the day.", field="last_case_on",
            value=last_case_on.isoformat(),
        )  # fmt: skip
    detail = {"last_case_on": last_case_on.isoformat(), "source": source}
    return _record(kinds.SPREAD_REPORTED.name, area, detail, by=by, now=now)


def draw(*, area: str, boundary: str, document: str, by: str, now: datetime, residents: int | None = None) -> UUID:
    """Record where the boundary of a zone runs on the ground, under which document, and how many live inside."""
    for field, value in (("boundary", boundary), ("document", document)):
        if not value.strip():
            raise Refusal("此项必填。", "This is needed.", field=field)
    detail = {"boundary": boundary, "document": document, "residents": residents}
    return _record(kinds.DRAWN.name, area, detail, by=by, now=now)


def complete_full_test(
    *,
    area: str,
    persons: int,
    positives: int,
    by: str,
    now: datetime,
    pending: int = 0,
    at: datetime | None = None,
) -> UUID:
    """Record a full test of an area: how many were tested, how many are positive, how many results are outstanding."""
    if min(persons, positives, pending) < 0 or positives + pending > persons or persons == 0:
        raise Refusal(
            "人数不符：阳性数与待出结果数之和不能超过检测人数，检测人数应大于0。",
            "The numbers do not fit: positives and outstanding results cannot exceed the people tested, who are more than none.",
            field="persons",
            value=str(persons),
        )
    detail = {"persons": persons, "positives": positives, "pending": pending}
    return _record(kinds.FULL_TEST_COMPLETED.name, area, detail, by=by, now=now, at=at)


def _record(
    kind: str, area: str, detail: dict[str, Any], *, by: str, now: datetime, at: datetime | None = None
) -> UUID:
    said = {name: value for name, value in detail.items() if value not in (None, "")}
    return facts.record(kind, area=areas.area(area).code, occurred_at=at or now, by=by, now=now, detail=said)
