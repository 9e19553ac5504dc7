"""The API of reports: the list, one as it was kept, one written now; drafting and publishing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from yanmen.desk.api import Input, allow
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.reports.kinds import written
from yanmen.subsystems.reports import actions, queries

router = Router()
READERS = (COMMAND, INSPECTOR)
Kind = Literal["daily", "situation"]
Language = Literal["zh", "en"]


class ReportOut(Schema):
    """A report and how far it has come; its digest is that of its figures."""

    id: UUID
    kind: str
    area: str
    day: date
    known_at: datetime
    digest: str
    drafted_at: datetime
    drafted_by: str
    published_at: datetime | None


class DraftIn(Input):
    """Which report to draft."""

    kind: Kind
    day: date
    known_at: AwareDatetime | None = None


class PublishIn(Input):
    """The digest of the figures that were reviewed."""

    digest: str = Field(min_length=12, max_length=64)


@router.get("/", response=list[ReportOut], summary="Reports, the latest day first")
@allow(role=READERS)
def listing(request: HttpRequest, kind: Kind | None = None, before: date | None = None) -> list[Any]:
    return list(queries.reports(request.scope, kind=kind or "", before=before))


@router.get("/kept/{number}", response=dict[str, Any], summary="A report as it was kept")
@allow(role=READERS)
def kept(request: HttpRequest, number: UUID, language: Language = "zh") -> dict[str, Any]:
    found = queries.report(request.scope, number)
    if found is None:
        raise Http404(str(number))
    return _told(queries.document_of(found, language))


@router.get("/{kind}/{day}", response=dict[str, Any], summary="A report of a day, written now")
@allow(role=READERS)
def now(
    request: HttpRequest, kind: Kind, day: date, language: Language = "zh", as_known_at: AwareDatetime | None = None
) -> dict[str, Any]:
    known_at = min(as_known_at or request.now, request.now)
    return _told(written(kind, request.scope, day=day, known_at=known_at, language=language))


@router.post("/", response={201: ReportOut}, summary="Draft a report")
@allow(role=COMMAND)
def draft(request: HttpRequest, body: DraftIn) -> Status[Any]:
    return Status(201, actions.draft(scope=request.scope, by=request.scope.by, now=request.now, **body.dict()))


@router.post("/kept/{number}/publish", response=ReportOut, summary="Publish a draft as it was reviewed")
@allow(role=COMMAND)
def publish(request: HttpRequest, number: UUID, body: PublishIn) -> Any:
    return actions.publish(scope=request.scope, report=number, digest=body.digest, by=request.scope.by, now=request.now)


def _told(document: Any) -> dict[str, Any]:
    figures = {
        key: {"label": span.label, "text": span.text, "list": span.href} for key, span in document.figures().items()
    }
    told: dict[str, Any] = document.as_dict() | {"digest": document.digest, "figures": figures}
    return told
