"""Screens of line lists: bring one in after a look at what would happen, its receipt, its refused lines; and hand one out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.diseases import DISEASES, disease_title
from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import actions
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST
from yanmen.subsystems.cases.methods.line_list_dates import ORDERS
from yanmen.subsystems.cases.methods.line_list_diseases import NAMES
from yanmen.subsystems.cases.methods.line_list_out import HEADINGS
from yanmen.subsystems.cases.methods.words import KINDS
from yanmen.subsystems.cases.queries import line_lists as lists

ROLES = (EPIDEMIOLOGIST, "data.clerk")
LARGEST = 5 * 1024 * 1024
SHOWN = 50
FORMS = {
    "csv": {"zh": "CSV", "en": "CSV"},
    "xlsx": {"zh": "Excel", "en": "Excel"},
    "fhir": {"zh": "FHIR R4", "en": "FHIR R4"},
    "godata": {"zh": "Go.Data", "en": "Go.Data"},
}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "fhir": "application/fhir+json",
    "godata": "application/zip",
}
COURSES = {
    "cases.admitted": {"zh": "收治", "en": "Admissions"},
    "cases.discharged": {"zh": "出院", "en": "Discharges"},
    "cases.died": {"zh": "死亡", "en": "Deaths"},
}
OTHER_FIELDS = {
    "area": ("地区", "Area"),
    "list_source": ("清单来源", "Source of the list"),
    "kind": ("病例类型", "Kind"),
    "person.sex": ("性别", "Sex"),
    "person.born_on": ("出生日期", "Date of birth"),
}


@page(
    "cases/line-lists/", role=ROLES, name="cases.line_lists", zh="病例清单", en="Line lists", methods=("GET", "POST"), icon="upload",
)  # fmt: skip
def line_lists(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Lists that were brought in, the door for the next one, and the way out."""
    refusal = None
    if request.method == "POST":
        try:
            return redirect("cases.line_list", file=_upload(request, scope).pk)
        except Refusal as error:
            refusal = error
    context = {
        "files": list(lists.files(scope)[: lists.SHOWN]),
        "refusal": refusal,
        "sent": request.POST,
        "kinds": KINDS,
        "orders": ORDERS,
        "diseases": {code: disease_title(code) for code in DISEASES | NAMES},
        "forms": FORMS,
        "largest": LARGEST // 1024 // 1024,
    }
    return render(request, "cases/line_lists.html", context, status=422 if refusal else 200)


@page(
    "cases/line-lists/<uuid:file>/", role=ROLES, name="cases.line_list", zh="病例清单", en="Line list", methods=("GET", "POST"),
    nav=False,
)  # fmt: skip
def line_list(request: HttpRequest, scope: Scope, file: UUID) -> HttpResponse:
    """What a waiting list would do, line by line and column by column; afterwards, what it did."""
    row = lists.file(scope, file)
    if row is None:
        raise Http404(str(file))
    refusal, told = None, row.told
    about: dict[str, Any] = {"scope": scope, "file": file, "by": scope.by, "now": request.now}
    try:
        if request.method == "POST":
            actions.apply_file(**about)
            return redirect("cases.line_list", file=file)
        if row.applied_at is None:
            _, found, stored = actions.preview_file(**about)
            told = actions.told(found, stored)
    except Refusal as error:
        refusal = error
    context = {
        "file": row,
        "asked": _asked(row.asked),
        "told": told,
        "corrected_lines": told.get("corrected_lines", len(told.get("corrected", ()))),
        "faults": [one | {"remedy": _both(one, "remedy_")} for one in told.get("faults", ())],
        "courses": [
            (title, told["courses"][kind])
            for kind, title in COURSES.items()
            if any(told.get("courses", {}).get(kind, {}).values())
        ],
        "corrected": _corrected(told.get("corrected", {})),
        "refusal": refusal,
    }
    return render(request, "cases/line_list.html", context, status=422 if refusal else 200)


@page(
    "cases/line-lists/<uuid:file>/refused/",
    role=ROLES,
    name="cases.line_list_refused",
    zh="拒绝的行",
    en="Refused lines",
    nav=False,
)
def refused(request: HttpRequest, scope: Scope, file: UUID) -> HttpResponse:
    """The refused lines of an applied list as CSV, each with its reason: correct them and send them again."""
    row = lists.file(scope, file)
    if row is None or not row.refused:
        raise Http404(str(file))
    now: datetime = request.now
    return _download(
        actions.refused_lines(scope=scope, file=row, by=scope.by, now=now), "csv", f"refused-{row.batch}.csv"
    )


@page(
    "cases/line-lists/export/", role=ROLES, name="cases.line_list_export", zh="导出病例清单", en="Export a line list", methods=("POST",),
    nav=False,
)  # fmt: skip
def export(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The cases of the own area as a file; who took it and why is logged."""
    form = request.POST.get("form", "")
    if form not in FORMS:
        raise Http404(form)
    now: datetime = request.now
    language = "en" if request.LANGUAGE_CODE.startswith("en") else "zh"
    content = actions.export_line_list(
        scope=scope, form=form, by=scope.by, now=now, disease=request.POST.get("disease", "")[:40], language=language,
        reason=request.POST.get("reason", "")[:200],
    )  # fmt: skip
    return _download(content, form, f"cases-{scope.area}-{now:%Y%m%d}.{actions.ENDINGS[form]}")


def _upload(request: HttpRequest, scope: Scope) -> Any:
    upload = request.FILES.get("file")
    if upload is None:
        raise Refusal("请选择文件。", "Choose a file.", field="file")
    size, name = upload.size or 0, str(upload.name)
    if size > LARGEST:
        told, most = f"{size / 1024 / 1024:.1f} MB", LARGEST // 1024 // 1024
        raise Refusal(
            f"{name} 有 {told}，网页最多收 {most} MB，什么也没有导入。请按行拆开，或请管理员用命令 yanmen import linelist 导入（最大 64 MB）。",
            f"{name} has {told}; this page takes {most} MB and nothing was brought in. Split it by lines, or have the operator "
            "import it with the command yanmen import linelist (64 MB at most).",
            field="file", value=told,
        )  # fmt: skip
    form = request.POST
    asked = {
        "kind": form.get("kind", "") if form.get("kind") in KINDS else "",
        "disease": form.get("disease", "")[:40],
        "source": form.get("source", "").strip()[:80],
        "dates": form.get("dates", "") if form.get("dates") in ORDERS else "",
    }
    return actions.upload(
        scope=scope, name=name, content=upload.read(), asked=asked, by=scope.by, now=request.now
    )  # fmt: skip


def _asked(asked: Mapping[str, str]) -> list[Any]:
    """What the sender said of the list."""
    said = [
        asked.get("disease") and disease_title(asked["disease"]),
        KINDS.get(asked.get("kind", "")),
        asked.get("source") and {"zh": f"来源：{asked['source']}", "en": f"Source: {asked['source']}"},
    ]
    return [one for one in said if one]


def _corrected(corrected: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    titles = {**HEADINGS, **OTHER_FIELDS}
    return [
        (line, [{"title": _pair(titles.get(one["field"], (one["field"],) * 2)), **one} for one in changes])
        for line, changes in list(corrected.items())[:SHOWN]
    ]


def _both(one: Mapping[str, Any], start: str) -> dict[str, Any]:
    return {"zh": one[f"{start}zh"], "en": one[f"{start}en"]}


def _pair(titles: tuple[str, ...]) -> dict[str, str]:
    return {"zh": titles[0], "en": titles[-1].replace("_", " ").capitalize()}


def _download(content: bytes, form: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
