"""Needs of the weak: medicine, dialysis, food; who owes what by when."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.ids import uuid7, uuid7s
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry import people
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.methods import answers
from yanmen.subsystems.grid.methods.words import NEEDS
from yanmen.subsystems.grid.pages.common import EVERYBODY, number_in, text_in
from yanmen.subsystems.grid.queries.needs import Need, needs_told, open_needs

SHOWN = 300


@page(
    "grid/needs/",
    role=EVERYBODY,
    name="grid.needs",
    zh="居家需求",
    en="Needs at home",
    methods=("GET", "POST"),
    icon="bell",
)
def needs(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Every need that nobody has met, the overdue first; how soon others were; meeting one, and taking one by telephone."""
    now, refusal = moment_of(request), None
    if request.method == "POST":
        try:
            _act(request, scope)
            messages.success(request, _("Kept."))
            return redirect("grid.needs")
        except Refusal as error:
            refusal = error
    found = open_needs(scope, now=now)
    if found:
        log_access(scope, "needs at home", count=len(found), now=now)
    context = {
        "needs": _fresh(found[:SHOWN], now), "many": len(found), "urgent": sum(need.urgent for need in found),
        "late": sum(need.late(now) for need in found),
        "told": needs_told(scope, now=now), "kinds": NEEDS, "sent": request.POST, "refusal": refusal, "now": now,
        "fresh": uuid7(now), "may_act": scope.role != "command.staff",
    }  # fmt: skip
    return render(request, "grid/needs.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, scope: Scope) -> None:
    now = moment_of(request)
    if scope.role == "command.staff":
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    if request.POST.get("act") == "met":
        said = {"told": text_in(request, "told", 40), "how": text_in(request, "how")}
        person, kind = number_in(request, "person") or 0, answers.NEED_MET
    else:
        found = people.search(scope, text_in(request, "who", 40), limit=2)
        if len(found) != 1:
            raise Refusal(
                "请填写能确定一个人的编号、证件号或电话。",
                "Give a number, document or telephone that means one person.",
                field="who",
            )
        person, kind = found[0].pk, answers.NEED_TOLD
        said = {name: text_in(request, name) for name in ("need", "urgent", "text")}
    try:
        fresh = actions.Answer(UUID(text_in(request, "id", 40)), kind, person, now, said)
    except ValueError:
        raise Refusal("表单不完整，请刷新页面。", "The form is incomplete. Load the page again.", field="id") from None
    actions.answer(**asked_by(request), said=[fresh])


def _fresh(needs: list[Need], now: datetime) -> list[dict[str, Any]]:
    """Needs, each with the id that its answer will have: pressing twice is answering once."""
    ids = uuid7s(now, len(needs))
    return [{**vars(need), "title": need.title, "fresh": fresh} for need, fresh in zip(needs, ids, strict=True)]
