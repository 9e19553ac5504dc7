"""Screens of daily reports: those taken in, one of them, and the infections that wait for their village."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.methods.report import KINDS as FIGURES
from yanmen.subsystems.cases.methods.report import BulletinError
from yanmen.subsystems.cases.methods.words import KINDS, SETTINGS
from yanmen.subsystems.cases.pages.forms import day_of

CLERKS = (EPIDEMIOLOGIST, "command.staff", "data.clerk")
MOST_BYTES = 2_000_000


@page(
    "bulletins/", role=(*CLERKS, REPORTER), name="cases.bulletins", zh="每日通报", en="Daily reports",
    methods=("GET", "POST"), icon="upload",
)  # fmt: skip
def bulletins(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Daily reports taken in, and the door for the next one."""
    refusal: Exception | None = None
    now: datetime = request.now
    if request.method == "POST":
        try:
            if "case" in request.POST:
                _locate(request, scope, now)
                return redirect("cases.bulletins")
            return redirect("cases.bulletin", bulletin=_take_in(request, scope))
        except (Refusal, BulletinError) as error:
            refusal = error
    before = day_of(request.GET.get("before", ""))
    rows = list(queries.bulletins(scope, before=before))
    context = {
        "rows": rows,
        "refusal": refusal,
        "problems": getattr(refusal, "problems", ()),
        "text": request.POST.get("text", ""),
        "unlocated": queries.unlocated(scope, since=now - queries.WINDOW, limit=50),
        "kinds": KINDS,
        "settings": SETTINGS,
        "may_locate": scope.role == EPIDEMIOLOGIST.name,
        "may_add": scope.role in {getattr(role, "name", role) for role in CLERKS},
    }
    return render(request, "cases/bulletins.html", context, status=422 if refusal else 200)


@page(
    "bulletins/<int:bulletin>/", role=(*CLERKS, REPORTER), name="cases.bulletin", zh="每日通报", en="Daily report",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def bulletin(request: HttpRequest, scope: Scope, bulletin: int) -> HttpResponse:
    """One report: every figure, headline against places; and taking it back."""
    found = queries.bulletin(scope, bulletin)
    if found is None:
        raise Http404(str(bulletin))
    refusal = None
    if request.method == "POST":
        try:
            actions.withdraw_bulletin(
                scope=scope, bulletin=bulletin, reason=request.POST.get("reason", "")[:400], by=scope.by,
                now=request.now,
            )  # fmt: skip
            return redirect("cases.bulletin", bulletin=bulletin)
        except Refusal as error:
            refusal = error
    kinds: dict[str, dict[str, Any]] = {}
    for item in queries.items(scope, found):
        zh, en = FIGURES[item.kind]
        row = kinds.setdefault(item.kind, {"title": {"zh": zh, "en": en}, "headline": 0, "items": []})
        if item.headline:
            row["headline"] = item.count
        else:
            row["items"].append(item)
    may_withdraw = found.withdrawn_at is None and scope.includes(found.area) and scope.role != REPORTER.name
    context = {"bulletin": found, "figures": kinds.values(), "refusal": refusal, "may_withdraw": may_withdraw}
    return render(request, "cases/bulletin.html", context, status=422 if refusal else 200)


def _locate(request: HttpRequest, scope: Scope, now: datetime) -> None:
    if scope.role != EPIDEMIOLOGIST.name:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="case")
    form = request.POST
    actions.locate(
        scope=scope, case=form.get("case", ""), area=form.get("area", "").strip(), setting=form.get("setting", ""),
        by=scope.by, now=now,
    )  # fmt: skip


def _take_in(request: HttpRequest, scope: Scope) -> int:
    if scope.role == REPORTER.name:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="text")
    upload = request.FILES.get("file")
    if upload is not None and (upload.size or 0) > MOST_BYTES:
        raise Refusal("文件超过2MB。", "The file is larger than 2 MB.", field="file", value=str(upload.size))
    name, content = (str(upload.name), upload.read()) if upload else ("text.txt", request.POST.get("text", "").encode())
    year = request.POST.get("year", "")
    done = actions.import_file(
        scope=scope, name=name, content=content, year=int(year) if year.isdigit() else None, by=scope.by,
        now=request.now,
    )  # fmt: skip
    return done[-1].bulletin.pk
