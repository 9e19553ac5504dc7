"""A run on the driver's phone: its doors in order, who is picked up and handed over, and the vehicle's disinfection."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import runs, transfers
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.methods.courses import RUN_STATES, TRANSFER_STATES
from yanmen.subsystems.quarantine.methods.words import GROUPS, SPECIAL, VEHICLES
from yanmen.subsystems.quarantine.pages.transfer_fields import numbers, text
from yanmen.subsystems.quarantine.pages.transfers import SEES, TEAM, is_one_of
from yanmen.subsystems.quarantine.queries import transfers as queries

DRIVES = (TEAM, DISPATCHER)
RECEIVES = (*DRIVES, MANAGER, STAFF)


@page(
    "transfers/runs/<int:run>/", role=SEES, name="quarantine.run", zh="转运趟次", en="Run", methods=("GET", "POST"),
    group="quarantine",
)  # fmt: skip
def run(request: HttpRequest, scope: Scope, run: int) -> HttpResponse:
    """One run: depart, pick up door by door, hand over, disinfect."""
    refusal = None
    if request.method == "POST":
        try:
            _act(request, scope, run)
            return redirect("quarantine.run", run=run)
        except Refusal as error:
            refusal = error
    found = queries.run(scope, run)
    if found is None:
        raise Http404
    doors, goals = queries.halts(scope, found)
    ours = scope.includes(found.area)
    aboard = [each for door in doors for each in door.people if each.transfer.state == "picked_up"]
    context = {
        "run": found,
        "state": RUN_STATES[found.state],
        "group": GROUPS[found.group],
        "kind": VEHICLES[found.vehicle.kind],
        "doors": doors,
        "goals": goals,
        "aboard": len(aboard),
        "people": sum(len(door.people) for door in doors),
        "states": TRANSFER_STATES,
        "special": SPECIAL,
        "may_drive": ours and is_one_of(scope, DRIVES),
        "may_receive": is_one_of(scope, RECEIVES),
        "me": getattr(request.user, "name", ""),
        "refusal": refusal,
        "now": request.now,
    }
    return render(request, "quarantine/run.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, scope: Scope, run: int) -> None:
    act, about, chosen = text(request, "act", 20), asked_by(request), numbers(request, "transfers")
    if act in ("pick_up", "arrive", "bring_back"):
        _must_ride(scope, run, chosen)
    if act == "depart" and is_one_of(scope, DRIVES):
        runs.depart(run=run, driver=text(request, "driver", 64), **about)
    elif act == "pick_up" and is_one_of(scope, DRIVES):
        found = queries.run(scope, run)
        transfers.pick_up(transfers=chosen, picked_up_by=found.driver if found else "", **about)
    elif act == "arrive" and is_one_of(scope, RECEIVES):
        transfers.arrive(transfers=chosen, received_by=text(request, "received_by", 64), **about)
    elif act == "bring_back" and is_one_of(scope, DRIVES):
        transfers.bring_back(transfers=chosen, why=text(request, "why", 200), **about)
    elif act == "finish" and is_one_of(scope, DRIVES):
        runs.finish(run=run, **about)
    elif act == "disinfect" and is_one_of(scope, DRIVES):
        runs.disinfected(run=run, disinfected_by=text(request, "disinfected_by", 64), **about)
    elif act == "cancel" and is_one_of(scope, DRIVES):
        runs.cancel_run(run=run, **about)
    else:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act", value=act)


def _must_ride(scope: Scope, run: int, chosen: list[int]) -> None:
    found = queries.run(scope, run)
    riding = {each.pk for each in found.transfers.all()} if found else set()
    other = next((each for each in chosen if each not in riding), None)
    if other is not None:
        raise Refusal("此人不在这一趟上。", "This transfer is not on this run.", field="transfers", value=str(other))
