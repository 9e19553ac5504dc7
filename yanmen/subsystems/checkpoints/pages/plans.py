"""Plans of posts: taken in from the file that `yanmen checkpoints plan --json` writes, and turned into posts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.kinds import MANAGER
from yanmen.subsystems.checkpoints.methods.drawing import draw
from yanmen.subsystems.checkpoints.methods.plan import proof_lines
from yanmen.subsystems.checkpoints.methods.plan_files import MOST_BYTES
from yanmen.subsystems.checkpoints.methods.words import KINDS
from yanmen.subsystems.checkpoints.models import SitingPlan
from yanmen.subsystems.checkpoints.pages.forms import code, common

STAFF = (MANAGER, COMMAND)


@page(
    "checkpoints/plans/", role=STAFF, name="checkpoints.plans", zh="设卡方案", en="Plans of posts",
    methods=("GET", "POST"), icon="map", group="checkpoints",
)  # fmt: skip
def plans(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Plans that were taken in, and the form for a further one."""
    refusal = None
    if request.method == "POST":
        try:
            return redirect("checkpoints.plan", plan=_add(request, scope).pk)
        except Refusal as error:
            refusal = error
    rows = [(each, len(each.document["posts"]), proof_lines(each.document)) for each in queries.plans(scope)[:100]]
    context = {"plans": rows, "refusal": refusal, "may_manage": scope.role == MANAGER.name, "sent": request.POST}
    return render(request, "checkpoints/plans.html", context, status=422 if refusal else 200)


@page(
    "checkpoints/plans/<int:plan>/", role=STAFF, name="checkpoints.plan", zh="设卡方案", en="Plan of posts",
    methods=("GET", "POST"), group="checkpoints",
)  # fmt: skip
def plan(request: HttpRequest, scope: Scope, plan: int) -> HttpResponse:
    """One plan: its map, its proof, its posts, and which of them are open."""
    found = _found(scope, plan)
    refusal = None
    if request.method == "POST":
        try:
            _open(request, scope, found)
            return redirect("checkpoints.plan", plan=plan)
        except Refusal as error:
            refusal = error
    opened = dict(found.opened.values_list("number", "post"))
    zh, en = proof_lines(found.document)
    context = {
        "plan": found,
        "proof": {"zh": zh, "en": en},
        "rows": [(row, KINDS[row["kind"]], opened.get(row["number"])) for row in found.document["posts"]],
        "left": len(found.document["posts"]) - len(opened),
        "lanes": sum(row["lanes"] for row in found.document["posts"]),
        "timed": any(row.get("minutes") is not None for row in found.document["posts"]),
        "refusal": refusal,
        "may_manage": scope.role == MANAGER.name,
    }
    return render(request, "checkpoints/plan.html", context, status=422 if refusal else 200)


@page(
    "checkpoints/plans/<int:plan>/map.svg", role=STAFF, name="checkpoints.plan_map", zh="设卡方案图", en="Map of the plan",
    group="checkpoints",
)  # fmt: skip
def plan_map(request: HttpRequest, scope: Scope, plan: int) -> HttpResponse:
    """The drawing of a plan."""
    found = _found(scope, plan)
    return HttpResponse(draw(found.document, title=found.name), content_type="image/svg+xml; charset=utf-8")


def _found(scope: Scope, number: int) -> SitingPlan:
    found = queries.plan(scope, number)
    if found is None:
        raise Http404(str(number))
    return found


def _add(request: HttpRequest, scope: Scope) -> SitingPlan:
    _only_managers(scope)
    file: Any = request.FILES.get("file")
    if file is None or file.size > MOST_BYTES:
        raise Refusal(
            "请选择方案文件（JSON）。", "Choose the file of the plan (JSON).", field="file", value=str(file or "")
        )
    name = request.POST.get("name", "")[:80]
    area = code(request, "area") or scope.area
    return actions.add_plan(area=area, name=name, content=file.read(), **common(request, scope))


def _open(request: HttpRequest, scope: Scope, found: SitingPlan) -> None:
    _only_managers(scope)
    numbers = [
        int(each) for each in request.POST.getlist("number") if each.isascii() and each.isdecimal() and len(each) < 6
    ]
    if not numbers:
        raise Refusal("请选择要启用的卡口。", "Choose which posts to open.", field="number")
    area = code(request, "area") or found.area
    actions.open_planned(plan=found.pk, numbers=numbers, area=area, **common(request, scope))


def _only_managers(scope: Scope) -> None:
    if scope.role != MANAGER.name:
        raise Refusal("只有卡口管理员可以设卡。", "Only a checkpoint manager opens posts.", field="act")
