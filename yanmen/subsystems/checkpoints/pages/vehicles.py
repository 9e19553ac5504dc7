"""Looking up a vehicle: who rode in it, and where it passed. It needs a reason and leaves a trace."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import actions
from yanmen.subsystems.checkpoints.kinds import MANAGER
from yanmen.subsystems.checkpoints.methods.words import DIRECTIONS
from yanmen.subsystems.checkpoints.pages.forms import common


@page(
    "checkpoints/vehicles/", role=MANAGER, name="checkpoints.vehicles", zh="车辆查询", en="Vehicles",
    methods=("GET", "POST"), icon="search", group="checkpoints",
)  # fmt: skip
def vehicles(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Passes of a plate, a group at a time, with everybody who rode along."""
    refusal, groups = None, None
    if request.method == "POST":
        try:
            rows = actions.look_up_vehicle(
                vehicle=request.POST.get("vehicle", ""),
                reason=request.POST.get("reason", "")[:200],
                **common(request, scope),
            )
            groups = [list(group) for _, group in groupby(rows, key=lambda row: row.group or row.id)]
        except Refusal as error:
            refusal = error
    context = {"groups": groups, "sent": request.POST, "refusal": refusal, "directions": DIRECTIONS}
    return render(request, "checkpoints/vehicles.html", context, status=422 if refusal else 200)
