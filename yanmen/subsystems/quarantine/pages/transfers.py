"""The board of transfers: by state with clocks, both approvals, vehicles and runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by
from yanmen.desk.pages import page
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import errands, requests, run_plans, runs, transfers, vehicles
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.methods.courses import RUN_STATES, TRANSFER_STATES
from yanmen.subsystems.quarantine.methods.words import GROUPS, SITE_KINDS, SPECIAL, VEHICLES
from yanmen.subsystems.quarantine.models import Site
from yanmen.subsystems.quarantine.pages.errands import card
from yanmen.subsystems.quarantine.pages.transfer_fields import decimal, numbers, person_numbers, text, whole
from yanmen.subsystems.quarantine.queries import transfers as queries
from yanmen.subsystems.quarantine.queries.run_plans import offers

TEAM = "transfer_team"
SEES = (DISPATCHER, MANAGER, STAFF, TEAM, "command.staff")
PLANS = (DISPATCHER, TEAM)
APPROVES = (DISPATCHER, MANAGER)
ASKS = (DISPATCHER, MANAGER, TEAM)
SINCE = timedelta(hours=24)
SITES = 400
NEEDS = SPECIAL | {"negative_pressure": {"zh": "负压转运", "en": "Negative pressure"}}


@page(
    "transfers/", role=SEES, name="quarantine.transfers", zh="隔离转运", en="Transfers", methods=("GET", "POST"),
    icon="arrow", order=61,
)  # fmt: skip
def board(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Open transfers by state, what is late, runs under way, vehicles; approving, asking, planning."""
    refusal = None
    if request.method == "POST":
        try:
            _act(request, scope)
            return redirect("quarantine.transfers")
        except Refusal as error:
            refusal = error
    now = request.now
    columns = queries.board(scope, now=now)
    busy = {run.vehicle_id: run for run in queries.runs(scope, states=("out", "disinfecting"))}
    context = {
        "columns": columns,
        "total": sum(each.count for each in columns),
        "late": sum(each.late for each in columns),
        "waiting": next(each.count for each in columns if each.state == "approved"),
        "ended": queries.ended(scope, since=now - SINCE),
        "errand": card(request, scope, "runs"),
        "offers": offers(scope, now=now),
        "runs": queries.runs(scope)[: queries.MOST],
        "vehicles": [(each, busy.get(each.pk)) for each in queries.vehicles(scope)],
        "sites": Site.objects.filter(state="open").select_related("place").order_by("area", "pk")[:SITES],
        "states": TRANSFER_STATES,
        "run_states": RUN_STATES,
        "site_kinds": SITE_KINDS,
        "groups": GROUPS,
        "needs": NEEDS,
        "kinds": VEHICLES,
        "may_plan": is_one_of(scope, PLANS),
        "may_approve": is_one_of(scope, APPROVES),
        "may_ask": is_one_of(scope, ASKS),
        "areas": scope.within(Area.objects.filter(valid_to=None), "code").order_by("code")[:SITES],
        "given": request.POST if refusal else {},
        "refusal": refusal,
        "now": now,
    }
    return render(request, "quarantine/transfers.html", context, status=422 if refusal else 200)


def is_one_of(scope: Scope, roles: tuple[Any, ...]) -> bool:
    """Whether the asker holds one of these roles."""
    return scope.role in {each if isinstance(each, str) else each.name for each in roles}


def _act(request: HttpRequest, scope: Scope) -> None:
    """One act of the board."""
    act, about = text(request, "act", 20), asked_by(request)
    chosen = numbers(request, "transfers")
    if act == "approve" and is_one_of(scope, APPROVES):
        done = transfers.approve(transfers=chosen, **about)
        messages.success(request, ngettext("%(n)d transfer approved.", "%(n)d transfers approved.", len(done)) % {"n": len(done)})  # fmt: skip
    elif act == "refuse" and is_one_of(scope, APPROVES):
        transfers.refuse(transfers=chosen, why=text(request, "why", 200), **about)
    elif act == "cancel" and is_one_of(scope, (*APPROVES, *ASKS)):
        transfers.cancel(transfers=chosen, why=text(request, "why", 200), **about)
    elif act == "plan" and is_one_of(scope, PLANS):
        errands.ask(kind="runs", adopts=True, **about)
        messages.success(request, _("The plan is being made. It appears below; you can go on working meanwhile."))
    elif act == "adopt" and is_one_of(scope, PLANS):
        _adopt(request, about)
    elif act == "lose" and is_one_of(scope, PLANS):
        _lose(request, about)
    elif act == "run" and is_one_of(scope, PLANS):
        runs.put_on_run(vehicle=whole(request, "vehicle"), transfers=chosen, **about)
    elif act == "request" and is_one_of(scope, ASKS):
        _request(request, about)
    elif act == "vehicle" and is_one_of(scope, PLANS):
        vehicles.register_vehicle(
            area=text(request, "area", 40).split(" ")[0], plate=text(request, "plate", 20), kind=text(request, "kind", 20),
            seats=whole(request, "seats"), longitude=decimal(request, "longitude"), latitude=decimal(request, "latitude"),
            **about,
        )  # fmt: skip
    elif act == "close" and is_one_of(scope, PLANS):
        vehicles.close_vehicle(vehicle=whole(request, "vehicle"), **about)
    else:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act", value=act)


def _adopt(request: HttpRequest, about: dict[str, Any]) -> None:
    done = run_plans.adopt_kept(plan=whole(request, "plan"), **about)
    messages.success(request, _("%(people)d people on %(runs)d runs.") % {"people": done.people, "runs": done.runs})


def _lose(request: HttpRequest, about: dict[str, Any]) -> None:
    freed = vehicles.lose_vehicle(vehicle=whole(request, "vehicle"), **about)
    said = ngettext(
        "The vehicle is out of use. %(n)d person waits for another.",
        "The vehicle is out of use. %(n)d people wait for another.",
        freed,
    )
    messages.success(request, said % {"n": freed})


def _request(request: HttpRequest, about: dict[str, Any]) -> None:
    group = text(request, "group", 20)
    site = whole(request, "to_place")
    made = requests.request_transfers(
        people=person_numbers(request, "people"), to_place=site or None, group=group,
        needs=[each for each in request.POST.getlist("needs") if each in NEEDS], **about,
    )  # fmt: skip
    messages.success(request, ngettext("%(n)d transfer asked for.", "%(n)d transfers asked for.", len(made)) % {"n": len(made)})  # fmt: skip
