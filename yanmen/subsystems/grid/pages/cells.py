"""Grids: who walks which doors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.accounts import holders
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.kinds import WORKER
from yanmen.subsystems.grid.pages.common import LEADERS, area_in, number_in, text_in
from yanmen.subsystems.grid.queries import day as days

AREAS = 400


@page(
    "grid/cells/",
    role=LEADERS,
    name="grid.cells",
    zh="网格与门户",
    en="Grids and doors",
    methods=("GET", "POST"),
    icon="map",
)
def cells(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Grids with their workers and doors; making doors from the register, opening and closing grids."""
    now, refusal = moment_of(request), None
    if request.method == "POST":
        try:
            messages.success(request, _act(request, scope))
            return redirect("grid.cells")
        except Refusal as error:
            refusal = error
    found = days.open_cells(scope)
    context = {
        "cells": found,
        "names": days.workers(scope, [number for cell in found for number in cell.deputies]),
        "doors": days.doors(scope).count(),
        "nobodys": days.doors(scope).filter(cell=None).count(),
        "able": holders(WORKER, scope.area, now),
        "areas": scope.within(Area.objects.filter(valid_to=None), "code").order_by("code")[:AREAS],
        "sent": request.POST,
        "refusal": refusal,
    }
    return render(request, "grid/cells.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, scope: Scope) -> str:
    act, about = request.POST.get("act", ""), asked_by(request)
    cell = number_in(request, "cell") or 0
    if act == "doors":
        made = actions.register_doors(**about, area=area_in(request, scope.area))
        return ngettext("%(n)d door made.", "%(n)d doors made.", made) % {"n": made}
    people: dict[str, Any] = {"worker": number_in(request, "worker"), "deputies": _numbers(request)}
    if act == "open":
        actions.open_cell(**about, area=area_in(request, scope.area), name=text_in(request, "name", 81), **people)
    elif act == "change":
        actions.change_cell(**about, cell=cell, **people)
    elif act == "give":
        given = actions.give_doors(**about, cell=cell, text=text_in(request, "text", 2000))
        return ngettext("%(n)d door given.", "%(n)d doors given.", given) % {"n": given}
    elif act == "close":
        actions.close_cell(**about, cell=cell)
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    return _("Kept.")


def _numbers(request: HttpRequest) -> list[int]:
    return [int(each) for each in request.POST.getlist("deputies") if each.isascii() and each.isdigit()]
