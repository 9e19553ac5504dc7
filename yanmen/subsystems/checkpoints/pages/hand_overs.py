"""Hand-overs at both ends: what leaves our posts, what comes to us, and the next step of each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.kinds import MANAGER, OFFICER, RECEIVER
from yanmen.subsystems.checkpoints.methods.handing_over import ACTS, COURSE, ENDED, STATES
from yanmen.subsystems.checkpoints.models import HandOver
from yanmen.subsystems.checkpoints.pages.forms import common, whole

OURS, THEIRS = ("assign", "depart", "refuse"), ("receive", "refuse")


@page(
    "checkpoints/hand-overs/", role=(OFFICER, MANAGER, RECEIVER, COMMAND), name="checkpoints.hand_overs", zh="首站移交",
    en="Hand-overs", methods=("GET", "POST"), icon="arrow", group="checkpoints",
)  # fmt: skip
def hand_overs(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Open hand-overs from here and to here with their clocks, and what ended lately."""
    refusal = None
    if request.method == "POST":
        try:
            _act(request, scope)
            return redirect("checkpoints.hand_overs")
        except Refusal as error:
            refusal = error
    now = request.now
    context = {
        "incoming": [_row(each, scope, now) for each in queries.incoming(scope)[:100]],
        "outgoing": [_row(each, scope, now) for each in queries.outgoing(scope)[:100]],
        "ended": [_row(each, scope, now) for each in queries.hand_overs(scope).filter(state__in=ENDED)[:30]],
        "refusal": refusal,
        "now": now,
    }
    return render(request, "checkpoints/hand_overs.html", context, status=422 if refusal else 200)


def _row(each: HandOver, scope: Scope, now: Any) -> dict[str, Any]:
    """One hand-over as the asker sees it, with the acts that are theirs now."""
    mine: tuple[str, ...] = OURS if scope.includes(each.area) and scope.role in (OFFICER.name, MANAGER.name) else ()
    theirs: tuple[str, ...] = THEIRS if scope.includes(each.to_area) and scope.role == RECEIVER.name else ()
    if each.departed_at is not None:
        mine = ()
    acts = [name for name in dict.fromkeys((*mine, *theirs)) if COURSE.can(each.state, name)]
    return {
        "one": each,
        "state": STATES[each.state],
        "late": each.ended_at is None and each.due_at < now,
        "acts": [(name, ACTS[name]) for name in acts if name not in ("assign", "refuse")],
        "may_assign": "assign" in acts,
        "may_refuse": "refuse" in acts,
        "kind": each.reasons[0]["kind"] if each.reasons else "",
    }


def _act(request: HttpRequest, scope: Scope) -> None:
    act = request.POST.get("act", "")
    about = common(request, scope) | {"hand_over": whole(request, "hand_over")}
    staff = scope.role in (OFFICER.name, MANAGER.name)
    if act == "assign" and staff:
        actions.assign_vehicle(vehicle=request.POST.get("vehicle", ""), escort=request.POST.get("escort", ""), **about)
    elif act == "depart" and staff:
        actions.depart(**about)
    elif act == "receive" and scope.role == RECEIVER.name:
        actions.receive(note=request.POST.get("note", ""), **about)
    elif act == "refuse" and (staff or scope.role == RECEIVER.name):
        actions.refuse(reason=request.POST.get("reason", "")[:200], **about)
    else:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act", value=act[:20])
