"""Writing a report down, and publishing it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.reports import kinds, queries
from yanmen.subsystems.reports.models import Report


@transaction.atomic
def draft(*, scope: Scope, kind: str, day: date, known_at: datetime | None = None, by: str, now: datetime) -> Report:
    """Write the report of a day in both languages and keep it as a draft; a draft that waits is written over."""
    if day > local_date(now):
        raise Refusal("报告日期在将来。", "The day of the report lies ahead.", field="day", value=day.isoformat())
    known = min(known_at or now, now)
    told = queries.contents(scope, kind=kind, day=day, known_at=known)
    content = {language: document.as_dict() for language, document in told.items()}
    kept = {"known_at": known, "digest": told["zh"].digest, "content": content, "drafted_at": now, "drafted_by": by}
    waiting = Report.objects.select_for_update().filter(area=scope.area, kind=kind, day=day, published_at=None).first()
    if waiting:
        Report.objects.filter(pk=waiting.pk).update(**kept)
        waiting.refresh_from_db()
        return waiting
    made = Report.objects.create(id=uuid7(now), kind=kind, area=scope.area, day=day, **kept)
    _record(kinds.DRAFTED.name, made, by=by, now=now)
    return made


@transaction.atomic
def publish(*, scope: Scope, report: UUID, digest: str, by: str, now: datetime) -> Report:
    """Publish a draft as it was read: from now on it stays as it is. `digest` is that of the figures that were reviewed."""
    waiting = scope.within(Report.objects.select_for_update(), "area").filter(pk=report, published_at=None)
    found: Report | None = waiting.first()
    if found is None:
        raise Refusal(
            "没有待发布的这份报告，可能已经发布。", "No such report waits: it may have been published already.",
            field="report", value=str(report),
        )  # fmt: skip
    if found.digest != digest:
        raise Refusal(
            "报告已重新起草，数字有变。请重新审阅后再发布。",
            "The report was drafted again with other figures. Read it again, then publish.",
            field="digest",
            value=digest[:12],
        )
    Report.objects.filter(pk=found.pk).update(published_at=now, published_by=by)
    found.published_at, found.published_by = now, by
    _record(kinds.PUBLISHED.name, found, by=by, now=now)
    return found


def _record(kind: str, report: Report, *, by: str, now: datetime) -> None:
    detail: dict[str, Any] = {
        "report": str(report.pk), "report_kind": report.kind, "report_day": report.day.isoformat(), "digest": report.digest,
    }  # fmt: skip
    facts.record(kind, area=report.area, occurred_at=now, detail=detail, by=by, now=now)
