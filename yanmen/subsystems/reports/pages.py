"""Screens of reports: the list, a preview written now, a report as it was kept and what it would say now, and files."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import get_language

from yanmen.base.clock import BEIJING, local_date
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, day_said, moment_asked, moment_of
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.pages import page
from yanmen.desk.reports.document import Block, Document, Picture
from yanmen.desk.reports.forms import TYPES, file_name, in_form
from yanmen.desk.reports.kinds import LANGUAGES, kind_named, written
from yanmen.desk.reports.kinds import REPORTS as KINDS
from yanmen.registry.scope import Scope
from yanmen.subsystems.reports import actions, queries

READERS = (COMMAND, INSPECTOR)
FORMS = ("pdf", "docx", "txt")


@page(
    "reports/", role=READERS, name="reports.list", zh="疫情报告", en="Reports", methods=("GET", "POST"), icon="file",
    group="watch", order=5,
)  # fmt: skip
def listing(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Reports by day, and the door to draft one."""
    if request.method == "POST":
        return _draft(request, scope)
    kind = request.GET.get("kind", "")
    before = parse_date(request.GET.get("before", "") or "-")
    rows = list(queries.reports(scope, kind=kind if kind in KINDS else "", before=before, limit=queries.PAGE + 1))
    context = {
        "rows": rows[: queries.PAGE], "more": rows[queries.PAGE - 1].day if len(rows) > queries.PAGE else None,
        "kinds": KINDS, "kind": kind, "yesterday": local_date(moment_of(request)) - timedelta(days=1),
        "may_draft": scope.role == COMMAND.name, "drafting": queries.drafting(scope, local_date(moment_of(request))),
    }  # fmt: skip
    return render(request, "reports/list.html", context)


@page(
    "reports/<slug:kind>/<str:day>/", role=READERS, name="reports.preview", zh="报告预览", en="Preview of a report",
    nav=False,
)  # fmt: skip
def preview(request: HttpRequest, scope: Scope, kind: str, day: str) -> HttpResponse:
    """The report of a day, written now, as known at a moment."""
    known_at = moment_asked(request, "as_known_at")
    document = _written(scope, kind, day, known_at, _language(request))
    context = _shown(document) | {
        "found": None, "kind": kind_named(kind), "may_draft": scope.role == COMMAND.name,
        "known_at": known_at.astimezone(BEIJING).isoformat(timespec="minutes")[:16], "forms": FORMS, "languages": LANGUAGES,
        "asked": request.GET.get("as_known_at", ""),
    }  # fmt: skip
    return render(request, "reports/report.html", context)


@page(
    "reports/<slug:kind>/<str:day>/<slug:language>.<slug:form>", role=READERS, name="reports.file", zh="报告文件",
    en="Report as a file", nav=False,
)  # fmt: skip
def file(request: HttpRequest, scope: Scope, kind: str, day: str, language: str, form: str) -> HttpResponse:
    """The report of a day as PDF, Word or text, written now."""
    if language not in LANGUAGES:
        raise Http404(language)
    return _file(request, _written(scope, kind, day, moment_asked(request, "as_known_at"), language), form)


@page(
    "reports/<uuid:number>/", role=READERS, name="reports.report", zh="报告", en="Report", methods=("GET", "POST"),
    nav=False,
)  # fmt: skip
def report(request: HttpRequest, scope: Scope, number: UUID) -> HttpResponse:
    """A report as it was kept, and what it would say differently now."""
    found = queries.report(scope, number)
    if found is None:
        raise Http404(str(number))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _allow(scope)
            actions.publish(report=number, digest=request.POST.get("digest", ""), **asked_by(request))
            return redirect("reports.report", number=number)
        except Refusal as error:
            refusal = error
    language = _language(request)
    changes = queries.corrected(scope, found, language=language, now=moment_of(request))
    context = _shown(queries.document_of(found, language)) | {
        "found": found, "kind": kind_named(found.kind), "changes": changes, "refusal": refusal, "forms": FORMS,
        "languages": LANGUAGES, "may_draft": scope.role == COMMAND.name and scope.area == found.area,
        "may_publish": scope.role == COMMAND.name and scope.includes(found.area) and found.published_at is None,
    }  # fmt: skip
    return render(request, "reports/report.html", context, status=422 if refusal else 200)


@page(
    "reports/<uuid:number>/<slug:language>.<slug:form>", role=READERS, name="reports.kept", zh="报告文件",
    en="Report as a file", nav=False,
)  # fmt: skip
def kept(request: HttpRequest, scope: Scope, number: UUID, language: str, form: str) -> HttpResponse:
    """A report as it was kept, as PDF, Word or text."""
    found = queries.report(scope, number)
    if found is None or language not in LANGUAGES:
        raise Http404(str(number))
    return _file(request, queries.document_of(found, language), form)


def _draft(request: HttpRequest, scope: Scope) -> HttpResponse:
    _allow(scope)
    made = actions.draft(
        kind=request.POST.get("kind", ""), day=day_said(request.POST.get("day", ""), "day"), **asked_by(request)
    )  # fmt: skip
    return redirect("reports.report", number=made.pk)


def _allow(scope: Scope) -> None:
    if scope.role != COMMAND.name:
        raise Refusal(
            "督查员可以查看报告，不能起草或发布。",
            "Inspectors read reports; they neither draft nor publish them.",
            field="report",
        )


def _written(scope: Scope, kind: str, day: str, known_at: datetime, language: str) -> Document:
    return written(kind, scope, day=day_said(day, "day"), known_at=known_at, language=language)


def _language(request: HttpRequest) -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def _file(request: HttpRequest, document: Document, form: str) -> HttpResponse:
    content = in_form(document, form, address=request.build_absolute_uri("/"))
    response = HttpResponse(content, content_type=TYPES[form])
    shown = "inline" if form in ("pdf", "txt") else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{file_name(document, form)}"'
    return response


def _shown(document: Document) -> dict[str, Any]:
    """The document with its blocks named for the template; pictures side by side form a row."""
    blocks: list[dict[str, Any]] = []
    for block in document.blocks:
        if isinstance(block, Picture) and block.share:
            if not blocks or blocks[-1]["name"] != "pictures":
                blocks.append({"name": "pictures", "pictures": []})
            blocks[-1]["pictures"].append(block)
        else:
            blocks.append({"name": _name(block), "block": block})
    return {"document": document, "blocks": blocks}


def _name(block: Block) -> str:
    return type(block).__name__.lower()
