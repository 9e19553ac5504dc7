"""Screens of screening: who is to be sampled now, and samples that wait for a result."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening import actions, queries
from yanmen.subsystems.screening.kinds import LABORATORY, SAMPLING
from yanmen.subsystems.screening.methods.words import RESULTS


@page(
    "screening/", role=(SAMPLING, "grid_officer"), name="screening.owed", zh="待采样人员", en="People to be tested",
    methods=("GET", "POST"), icon="check",
)  # fmt: skip
def owed(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Soonest due first; one button records the sample."""
    refusal = None
    if request.method == "POST":
        try:
            person = int(request.POST.get("person", "")) if request.POST.get("person", "").isdigit() else 0
            actions.record_sample(scope=scope, person=person, by=scope.by, now=request.now)
            return redirect("screening.owed")
        except Refusal as error:
            refusal = error
    rows = queries.owed(scope, now=request.now)
    status = 422 if refusal else 200
    return render(request, "screening/owed.html", {"rows": rows, "refusal": refusal}, status=status)


@page(
    "screening/results/", role=LABORATORY, name="screening.results", zh="待出结果样本", en="Samples without a result",
    methods=("GET", "POST"), icon="list",
)  # fmt: skip
def results(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Oldest first; a result needs its sample."""
    refusal = None
    if request.method == "POST":
        try:
            _report(request, scope)
            return redirect("screening.results")
        except Refusal as error:
            refusal = error
    rows, after = queries.awaiting_result(scope, now=request.now, after=request.GET.get("after", ""))
    context = {"rows": rows, "after": after, "results": RESULTS, "refusal": refusal}
    return render(request, "screening/results.html", context, status=422 if refusal else 200)


def _report(request: HttpRequest, scope: Scope) -> None:
    ct = request.POST.get("ct", "").strip()
    try:
        number = float(ct) if ct else None
    except ValueError:
        raise Refusal("Ct值应为数字。", "A Ct is a number.", field="ct", value=ct[:20]) from None
    actions.record_result(
        scope=scope, sample=request.POST.get("sample", "")[:40], result=request.POST.get("result", ""), ct=number,
        by=scope.by, now=request.now,
    )  # fmt: skip
