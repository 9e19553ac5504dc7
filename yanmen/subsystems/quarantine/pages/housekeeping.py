"""Linen, medical waste and staff of a site; what does not balance; and which rooms can open by when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import linen as linen_actions
from yanmen.subsystems.quarantine.actions import staff as staff_actions
from yanmen.subsystems.quarantine.actions import waste as waste_actions
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.methods.housekeeping import (
    DUTIES,
    LINEN_PLACES,
    LINEN_TITLES,
    WASTE_KINDS,
    WASTE_STATES,
)
from yanmen.subsystems.quarantine.methods.words import ZONES
from yanmen.subsystems.quarantine.pages.form_fields import amount, text, whole, words
from yanmen.subsystems.quarantine.pages.sites import KEEPERS, MAY_NOT, found_or_404
from yanmen.subsystems.quarantine.queries import activation as opening
from yanmen.subsystems.quarantine.queries import conservation, turnover
from yanmen.subsystems.quarantine.queries import linen as linens
from yanmen.subsystems.quarantine.queries import staff as staffing
from yanmen.subsystems.quarantine.queries import waste as wastes

HOUSE = (MANAGER, STAFF, COMMAND)


@page(
    "quarantine/sites/<int:site>/linen/", role=HOUSE, name="quarantine.linen", zh="布草", en="Linen", methods=("GET", "POST")
)  # fmt: skip
def linen(request: HttpRequest, scope: Scope, site: int) -> HttpResponse:
    """Where the linen is, and moving it."""
    refusal = None
    if request.method == "POST":
        try:
            _keeper(scope)
            linen_actions.move_linen(
                site=site, act=text(request, "act", 20), sets=whole(request, "sets"), partner=text(request, "partner"),
                note=text(request, "note", 200), **asked_by(request),
            )  # fmt: skip
            messages.success(request, _("Done."))
            return redirect("quarantine.linen", site=site)
        except Refusal as error:
            refusal = error
    house, now = found_or_404(scope, site), moment_of(request)
    moves = linens.moves(scope, house)
    context = {
        "site": house,
        "holdings": [(name, LINEN_PLACES[name], count) for name, count in linens.holdings(scope, house).items()],
        "overdue": linens.overdue(scope, house, now=now),
        "moves": moves,
        "names": turnover.signatures(scope, [move.by for move in moves]),
        "acts": LINEN_TITLES,
        "form": request.POST if refusal else {},
        "may_keep": scope.role in KEEPERS,
        "refusal": refusal,
    }
    return render(request, "quarantine/linen.html", context, status=422 if refusal else 200)


@page(
    "quarantine/sites/<int:site>/waste/", role=HOUSE, name="quarantine.waste", zh="医疗废物", en="Medical waste",
    methods=("GET", "POST"),
)  # fmt: skip
def waste(request: HttpRequest, scope: Scope, site: int) -> HttpResponse:
    """Bags that somebody holds, with their clocks; loads; sealing, weighing, taking, loading."""
    refusal = None
    if request.method == "POST":
        try:
            _keeper(scope)
            _waste_act(request, site)
            messages.success(request, _("Done."))
            return redirect("quarantine.waste", site=site)
        except Refusal as error:
            refusal = error
    house, now = found_or_404(scope, site), moment_of(request)
    held, loads = wastes.held(scope, house, now=now), wastes.loads(scope, house, now=now)
    signed = [each for bag in held for each in (bag.bag.sealed_by, bag.bag.weighed_by, bag.bag.taken_by)]
    context = {
        "site": house,
        "counted": wastes.counted(scope, house),
        "held": held,
        "late": sum(bag.late for bag in held),
        "loads": loads,
        "names": turnover.signatures(scope, [*signed, *(load.loaded_by for load, _late in loads)]),
        "states": WASTE_STATES,
        "kinds": WASTE_KINDS,
        "form": request.POST if refusal else {},
        "picked": words(request, "codes") if refusal else [],
        "may_keep": scope.role in KEEPERS,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "quarantine/waste.html", context, status=422 if refusal else 200)


@page(
    "quarantine/sites/<int:site>/staff/", role=HOUSE, name="quarantine.loop_staff", zh="闭环工作人员", en="Staff in the closed loop",
    methods=("GET", "POST"),
)  # fmt: skip
def staff(request: HttpRequest, scope: Scope, site: int) -> HttpResponse:
    """Who works in which zone, whose cycle ends when, and what those who left owe."""
    refusal = None
    if request.method == "POST":
        try:
            if scope.role != MANAGER.name:
                raise Refusal(*MAY_NOT, field="act")
            _staff_act(request, site)
            messages.success(request, _("Done."))
            return redirect("quarantine.loop_staff", site=site)
        except Refusal as error:
            refusal = error
    house, now = found_or_404(scope, site), moment_of(request)
    working = staffing.working(scope, house, now=now)
    context = {
        "site": house,
        "working": working,
        "by_zone": [(name, title, sum(one.cycle.zone == name for one in working)) for name, title in ZONES.items()],
        "over": sum(one.over for one in working),
        "gone": staffing.gone(scope, house, now=now),
        "zones": ZONES,
        "duties": DUTIES,
        "form": request.POST if refusal else {},
        "may_change": scope.role == MANAGER.name,
        "refusal": refusal,
    }
    return render(request, "quarantine/staff.html", context, status=422 if refusal else 200)


@page(
    "quarantine/activation/", role=(MANAGER, DISPATCHER, COMMAND), name="quarantine.activation", zh="房间储备与分级启用",
    en="Rooms in reserve", icon="scale", order=42,
)  # fmt: skip
def activation(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Rooms that are free, and what can open by when, against what the norms ask."""
    now = moment_of(request)
    lines = opening.activation(scope, now=now)
    context = {"own": lines[0] if lines else None, "lines": lines[1:], "norms": opening.in_force(scope, now=now)}
    return render(request, "quarantine/activation.html", context)


@page(
    "quarantine/balance/", role=(MANAGER, COMMAND, "inspector"), name="quarantine.balance", zh="隔离点盘点",
    en="What does not balance", icon="ledger", order=46,
)  # fmt: skip
def balance(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Faults of rooms, linen and waste in the asker's areas, and what is past its clock."""
    now = moment_of(request)
    context = {
        "faults": conservation.balance(scope, now=now),
        "turns": turnover.late_turns(scope, now=now),
        "bags": wastes.late_bags(scope, now=now),
        "staff": staffing.overdue(scope, now=now) if scope.sees_people else 0,
        "states": WASTE_STATES,
        "may_open": scope.role != "inspector",
        "now": now,
    }
    return render(request, "quarantine/house_balance.html", context)


def _keeper(scope: Scope) -> None:
    if scope.role not in KEEPERS:
        raise Refusal(*MAY_NOT, field="act")


def _waste_act(request: HttpRequest, site: int) -> None:
    about, act, codes = asked_by(request), text(request, "act", 20), words(request, "codes")
    if act == "seal":
        labels = text(request, "labels", 20_000).replace(",", " ").replace("，", " ").split()
        waste_actions.seal_bags(
            site=site, codes=labels, kind=text(request, "kind", 20), room=text(request, "room", 20),
            layers=whole(request, "layers", 2), **about,
        )  # fmt: skip
    elif act == "weigh":
        waste_actions.weigh_bag(code=text(request, "code", 40), kg=amount(request, "kg"), **about)
    elif act in ("take", "give_back"):
        (waste_actions.take_bags if act == "take" else waste_actions.give_back_bags)(codes=codes, **about)
    elif act == "load":
        said = {name: text(request, name) for name in ("manifest", "plate", "carrier", "plant")}
        waste_actions.load_bags(site=site, codes=codes, **(about | said))
    elif act == "dispose":
        waste_actions.dispose_load(
            load=whole(request, "load"), received_bags=whole(request, "received_bags"), received_kg=amount(request, "received_kg"),
            receipt=text(request, "receipt"), **about,
        )  # fmt: skip
    elif act == "lose":
        waste_actions.lose_bag(code=text(request, "code", 40), why=text(request, "why", 200), **about)
    elif act == "find":
        waste_actions.find_bag(code=text(request, "code", 40), **about)
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act)


def _staff_act(request: HttpRequest, site: int) -> None:
    about, act = asked_by(request), text(request, "act", 20)
    placed = about | {"zone": text(request, "zone", 40), "duty": text(request, "duty", 40)}
    if act == "enter":
        staff_actions.enter_loop(site=site, who=text(request, "who", 40), **placed)
    elif act == "change":
        staff_actions.change_zone(cycle=whole(request, "cycle"), **placed)
    elif act == "leave":
        staff_actions.leave_loop(cycle=whole(request, "cycle"), **about)
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act)
