"""The import page: choose a kind, see what would happen line by line, apply, keep the receipt."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from yanmen.base.refusals import Refusal
from yanmen.desk.errors import refusal, refusal_of
from yanmen.desk.imports import OFFERS, Offer, offer, offers_for, run_text
from yanmen.desk.kinds import DATA_CLERK
from yanmen.desk.pages import ANY, page
from yanmen.desk.refusals import SAID, computed_among, refuse
from yanmen.registry.importing import Receipt, apply, preview, read_sheet, receipt_of, template_of
from yanmen.registry.models import ImportBatch
from yanmen.registry.people_files import PEOPLE
from yanmen.registry.place_files import HOUSEHOLDS, ORGANISATIONS, PLACES
from yanmen.registry.scope import Scope
from yanmen.registry.tables import read_table

for _importer in (PEOPLE, PLACES, ORGANISATIONS, HOUSEHOLDS):
    offer(_importer, role=DATA_CLERK)

LARGEST = 20 * 1024 * 1024
SHOWN = 200


@page("import/", role=ANY, name="desk.imports", zh="导入", en="Import", icon="upload", group="data")
def imports(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What this role may bring in, and what was brought in lately."""
    batches = scope.within(ImportBatch.objects, "area").order_by("-at", "-pk")[:20]
    return render(
        request,
        "desk/imports.html",
        {"offers": offers_for(scope), "batches": [(one, OFFERS.get(one.kind.partition(":")[0])) for one in batches]},
    )


@page(
    "import/<str:kind>/",
    role=ANY,
    name="desk.import",
    zh="导入文件",
    en="Import a file",
    icon="upload",
    methods=("GET", "POST"),
)
def bring_in(request: HttpRequest, scope: Scope, kind: str) -> HttpResponse:
    """Preview first; apply the same content after."""
    one = next((found for found in offers_for(scope) if found.kind == kind), None)
    if one is None:
        raise Http404
    context: dict[str, Any] = {"offer": one, "columns": _columns(one), "text": request.POST.get("text", "")}
    if request.method == "GET":
        return render(request, "desk/import.html", context)
    content = _content(request, one)
    digest = hashlib.sha256(content).hexdigest()
    applying = request.POST.get("act") == "apply"
    try:
        if (asked := _computed(one, content, request)) is not None:
            return asked
        if applying and request.POST.get("seen", digest) != digest:
            raise Refusal(
                "文件与预览时不同，请重新预览。",
                "The file is not the one you previewed. Preview it again.",
                field="file",
            )
        receipt = _run(one, content, request, scope, applying=applying)
    except Refusal as fault:
        return render(request, "desk/import.html", {**context, "fault": refusal_of(fault)}, status=422)
    if receipt.batch is not None and (applying or receipt.repeated):
        where = reverse("desk.receipt", args=[receipt.batch]) + ("?again=1" if receipt.repeated else "")
        return HttpResponseClientRedirect(where) if request.htmx else redirect(where)  # type: ignore[attr-defined]
    return render(
        request,
        "desk/import.html",
        {**context, "receipt": receipt, "rows": _shown(receipt), "digest": digest, "applied": applying},
    )


@page("import/receipt/<int:number>/", role=ANY, name="desk.receipt", zh="导入回执", en="Import receipt", icon="file")
def receipt(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    """What became of every line of a file."""
    batch = scope.within(ImportBatch.objects, "area").filter(pk=number).first()
    if batch is None:
        raise Http404
    told = receipt_of(batch)
    context = {
        "batch": batch,
        "columns": _columns(OFFERS.get(batch.kind.partition(":")[0])),
        "receipt": told,
        "rows": _shown(told),
        "offer": OFFERS.get(batch.kind.partition(":")[0]),
        "again": request.GET.get("again"),
    }
    return render(request, "desk/receipt.html", context)


@page("import/template/<str:kind>/", role=ANY, name="desk.template", zh="导入模板", en="Import template", nav=False)
def template(request: HttpRequest, scope: Scope, kind: str) -> HttpResponse:
    """An empty sheet with the headings that the importer reads."""
    one = next((found for found in offers_for(scope) if found.kind == kind and found.importer), None)
    if one is None or one.importer is None:
        raise Http404
    language = "en" if request.LANGUAGE_CODE.startswith("en") else "zh"  # type: ignore[attr-defined]
    content = "\ufeff" + ",".join(template_of(one.importer, language)) + "\r\n"
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response


def _content(request: HttpRequest, one: Offer) -> bytes:
    if one.text is not None and request.POST.get("text", "").strip():
        return request.POST["text"].encode()
    upload = request.FILES.get("file")
    if upload is None:
        raise Refusal("请选择文件或粘贴文本。", "Choose a file, or paste the text.", field="file")
    if upload.size and upload.size > LARGEST:
        raise Refusal(
            "文件超过 20 MB，请分成几个。",
            "The file is larger than 20 MB. Split it.",
            field="file",
            value=upload.name or "",
        )
    return bytes(upload.read())


def _computed(one: Offer, content: bytes, request: HttpRequest) -> HttpResponse | None:
    """A column that sets a colour, a tier or a verdict: refused, and an alarm that stands."""
    if one.importer is None:
        return None
    table = read_table(content, _name(request))
    names = computed_among(table.header)
    if not names:
        return None
    scope: Scope = request.scope  # type: ignore[attr-defined]
    refuse(names, actor=scope.by, door=request.path, count=len(table.lines), now=request.now)  # type: ignore[attr-defined]
    told = refusal(*SAID[:2], field=", ".join(names), remedy_zh=SAID[2], remedy_en=SAID[3])
    return render(request, "desk/refused.html", {"refusal": told}, status=403)


def _run(one: Offer, content: bytes, request: HttpRequest, scope: Scope, *, applying: bool) -> Receipt:
    now = request.now  # type: ignore[attr-defined]
    if one.importer is None:
        return run_text(one, _decoded(content), scope=scope, now=now, dry=not applying)
    sheet = read_sheet(one.importer, content, _name(request), now=now)
    return (apply if applying else preview)(one.importer, sheet, scope=scope, now=now)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(
        "文本编码无法识别，请另存为 UTF-8。", "The encoding is unknown. Save the text as UTF-8.", field="file"
    )


def _name(request: HttpRequest) -> str:
    upload = request.FILES.get("file")
    return upload.name or "" if upload else ""


def _columns(one: Offer | None) -> dict[str, Any]:
    return {column.name: column for column in one.importer.columns} if one and one.importer else {}


def _shown(receipt: Receipt) -> list[Any]:
    """Rejected lines first: they are what somebody must do something about."""
    return sorted(receipt.rows, key=lambda row: (row.outcome != "rejected", row.line))[:SHOWN]
