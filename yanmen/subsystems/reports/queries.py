"""Reports that were written, as they were and as they would be now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from yanmen.base.area_codes import Level, level_of
from yanmen.desk.reports.document import Change, Document, changes, from_dict
from yanmen.desk.reports.kinds import LANGUAGES, written
from yanmen.loop.modes import areas_in_emergency, numbers_in
from yanmen.registry.scope import Scope
from yanmen.subsystems.reports.models import Report

NORM, DESK = "reports.drafting", "reports"
PAGE = 50


@dataclass(frozen=True)
class Drafting:
    """At which hour which reports of the day before are drafted."""

    hour: int
    kinds: tuple[str, ...]


def reports(
    scope: Scope, *, kind: str = "", before: date | None = None, limit: int = PAGE, offset: int = 0
) -> QuerySet[Report]:
    """Reports of the asker's area and below, and what those above it published; the latest day first."""
    found = Report.objects.filter(kind=kind) if kind else Report.objects.all()
    found = found.filter(day__lt=before) if before else found
    rows: QuerySet[Report] = _readable(scope, found).defer("content").order_by("-day", "-drafted_at", "pk")
    return rows[offset : offset + limit]


def report(scope: Scope, number: UUID) -> Report | None:
    """One report."""
    return _readable(scope, Report.objects.filter(pk=number)).first()


def draft_of(scope: Scope, *, kind: str, day: date) -> Report | None:
    """The draft of a day that waits, or what was last published of it."""
    rows = Report.objects.filter(area=scope.area, kind=kind, day=day).order_by("published_at", "-drafted_at")
    waiting = rows.filter(published_at=None).first()
    return waiting or rows.order_by("-published_at").first()


def document_of(found: Report, language: str) -> Document:
    """A report as it was kept."""
    return from_dict(found.content[language])


def contents(scope: Scope, *, kind: str, day: date, known_at: datetime) -> Mapping[str, Document]:
    """The report in each language, written now."""
    return {
        language: written(kind, scope, day=day, known_at=known_at, language=language) for language in LANGUAGES
    }  # fmt: skip


def corrected(scope: Scope, found: Report, *, language: str, now: datetime) -> list[Change]:
    """What the report would say differently, were it written with what is known now."""
    again = written(found.kind, _of(scope, found), day=found.day, known_at=now, language=language)
    return changes(document_of(found, language), again)


def drafting(scope: Scope, day: date) -> Drafting:
    """What the norm says of the asker's area on a day, by its mode; nothing is drafted where there is none."""
    said = numbers_in(scope.area, NORM, day)
    if level_of(scope.area) is Level.PROVINCE:
        kinds = said.get("kinds", ())
    else:
        kinds = said.get("own_kinds", ()) if scope.area in own_drafting(scope) else ()
    return Drafting(int(said.get("hour", 24)), tuple(kinds))


def own_drafting(scope: Scope) -> list[str]:
    """Areas of the asker's that themselves stand in emergency: what the norm says of them is drafted for each."""
    return [area for area in areas_in_emergency(DESK) if scope.includes(area)]


def _of(scope: Scope, found: Report) -> Scope:
    return scope.narrowed(found.area) if scope.includes(found.area) else scope


def _readable(scope: Scope, found: QuerySet[Report]) -> QuerySet[Report]:
    inside: QuerySet[Report] = scope.within(found, "area")
    above = [scope.area[:width] for width in (2, 4, 6, 9) if width < len(scope.area)]
    return inside | found.filter(area__in=above, published_at__isnull=False)
