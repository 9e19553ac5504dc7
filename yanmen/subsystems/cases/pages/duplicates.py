"""Reports that may be one case, side by side; merging them, and undoing a merge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.diseases import disease_title
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST
from yanmen.subsystems.cases.pages.fields import Title, said, text_of

REASONS: Mapping[str, Title] = {
    "person": said("登记册中为同一人", "One person in the register"),
    "birth": said("姓名、性别、出生日期相同", "Same name, sex and date of birth"),
    "near": said("姓名、县区相同，时间相近", "Same name and county, about the same time"),
}


@page(
    "cases/duplicates/", role=EPIDEMIOLOGIST, name="cases.duplicates", zh="疑似重复报告", en="Possible duplicates",
    methods=("GET", "POST"), icon="diff",
)  # fmt: skip
def duplicates(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Pairs of reports, the likeliest first; merges in force with their undoing."""
    now, refusal = moment_of(request), None
    if request.method == "POST":
        try:
            messages.success(request, _act(request))
            return redirect("cases.duplicates")
        except Refusal as error:
            refusal = error
    pairs = queries.duplicates(scope, now=now)
    if pairs:
        log_access(scope, "possible duplicates", count=2 * len(pairs), now=now)
    context = {
        "pairs": [_shown(row) for row in pairs],
        "merges": queries.merges(scope),
        "refusal": refusal,
    }
    return render(request, "cases/duplicates.html", context, status=422 if refusal else 200)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {
        "why": [REASONS.get(name, said(name, name)) for name in row["reasons"]],
        "disease_title": disease_title(row["disease"]),
        "percent": round(100 * row["score"]),
    }


@transaction.atomic
def _act(request: HttpRequest) -> str:
    form, asked = request.POST, asked_by(request)
    case, reason = text_of(form, "case", 60), text_of(form, "reason")
    if form.get("act") == "merge":
        actions.merge(case=case, into=text_of(form, "into", 60), reason=reason, **asked)
        return _("Merged. It can be undone below.")
    if form.get("act") == "unmerge":
        actions.unmerge(case=case, reason=reason, **asked)
        return _("Undone: both reports stand again.")
    raise Refusal("没有这一操作。", "There is no such act.", field="act")
