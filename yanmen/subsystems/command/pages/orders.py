"""The board of orders, one order as a tree of units, and the form of a new one with its count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.actions import orders as actions
from yanmen.subsystems.command.actions import receipts
from yanmen.subsystems.command.methods import order_words as words
from yanmen.subsystems.command.methods.targets import LENGTH_OF, TARGETS
from yanmen.subsystems.command.models import Order
from yanmen.subsystems.command.models.orders import STEPS
from yanmen.subsystems.command.pages.fields import (
    GIVES,
    HOLDS,
    LOOKS,
    choices,
    moment_in,
    must_hold,
    no_such_act,
    number_in,
    target_in,
    text_in,
)
from yanmen.subsystems.command.queries import orders as queries
from yanmen.subsystems.command.queries import roster, targets

SHOWS = ("open", "closed", "below")
PLACES = {
    "quarantine_site": {"zh": "集中隔离点", "en": "Quarantine sites"}, "hospital": {"zh": "医院", "en": "Hospitals"},
    "school": {"zh": "学校", "en": "Schools"}, "market": {"zh": "市场", "en": "Markets"},
    "checkpoint": {"zh": "卡口", "en": "Checkpoints"}, "station": {"zh": "车站", "en": "Stations"},
}  # fmt: skip
TIERS = ("high", "medium", "low")


@page("command/", role=(COMMAND, INSPECTOR), name="command.orders", zh="指令", en="Orders", icon="flag", order=12)
def board(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Orders by state, with the coverage of everything below and the hop that holds them up."""
    now = moment_of(request)
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    rows = queries.board(scope, now=now, show=show)
    late = [each for each in queries.late(scope, now=now) if each.told_to(scope.area)]
    for row in rows:
        row["parts"] = _parts(row, row["target_count"])
    context = {
        "rows": rows, "show": show, "now": now, "words": words, "late": len(late), "may_give": scope.role in GIVES,
        "open": sum(1 for row in rows if row["state"] == "open"), "to_verify": sum(row["done"] for row in rows),
    }  # fmt: skip
    return render(request, "command/board.html", context)


@page(
    "command/orders/<int:order>/", role=LOOKS, name="command.order", zh="指令详情", en="Order", methods=("GET", "POST"), nav=False,
)  # fmt: skip
def detail(request: HttpRequest, scope: Scope, order: int) -> HttpResponse:
    """One order: what it says, its tree by level and state, its units with what they claim and what the facts say."""
    found = queries.order(scope, order)
    if found is None:
        raise Http404(str(order))
    if request.method == "POST":
        must_hold(scope)
        _act(request, scope, found)
        return redirect("command.order", order=order)
    now = moment_of(request)
    state, after = request.GET.get("state", ""), request.GET.get("after", "")[:12]
    state = state if state in (*words.STATES, "late") else ""
    rows = queries.units(scope, found, now=now, state=state, after=after)
    levels = queries.levels(scope, found, now=now)
    for row in levels:
        row["title"], row["parts"] = words.LEVEL_TITLES[row["digits"]], _parts(row["states"], row["units"])
        row |= {name: round(row[name] / 60) for name in ("received", "accepted", "done") if row[name] is not None}
        row["late_wide"] = 100 * row["late"] / row["units"] if row["units"] else 0
    whole = scope.includes(found.area)
    context: dict[str, Any] = {
        "order": found, "rows": rows, "levels": levels, "now": now, "words": words, "state": state, "target": TARGETS[found.target["kind"]],
        "next": rows[-1]["area"] if len(rows) == queries.SHOWN else "", "may_answer": scope.area == found.area and scope.role in HOLDS,
        "may_recall": scope.area == found.area and scope.role in GIVES and found.state == "open", "whole": whole,
        "own": queries.own_receipt(scope, found), "steps": [*STEPS, "late"], "places": PLACES,
    }  # fmt: skip
    if whole:
        since = targets.since(scope, found)
        context |= {
            "coverage": queries.coverage(scope, found, now=now), "more": since["more"], "gone": since["gone"],
            "more_named": targets.named(scope, since["more"]), "gone_named": targets.named(scope, since["gone"]),
        }  # fmt: skip
    return render(request, "command/order.html", context)


@page(
    "command/orders/new/", role=COMMAND, name="command.new_order", zh="下达指令", en="Give an order", methods=("GET", "POST"), nav=False,
)  # fmt: skip
def new_order(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The form; a refusal leaves what was written."""
    refusal = None
    if request.method == "POST":
        try:
            made = _issue(request, scope)
        except Refusal as fault:
            refusal = fault
        else:
            messages.success(request, _("The order was given to %(n)d units.") % {"n": made.target_count})
            return redirect("command.order", order=made.pk)
    replaced = request.GET.get("replaces", "")
    old = queries.order(scope, int(replaced)) if replaced.isdecimal() and len(replaced) < 16 else None
    context = {
        "refusal": refusal, "form": request.POST, "targets": TARGETS, "levels": [each for each, n in LENGTH_OF.items() if n > len(scope.area)],
        "places": PLACES, "tiers": TIERS, "words": words, "old": old, "chosen": _chosen(request, old), **choices(scope),
    }  # fmt: skip
    return render(request, "command/new_order.html", context, status=422 if refusal else 200)


@page(
    "command/orders/count/",
    role=COMMAND,
    name="command.count",
    zh="单位数",
    en="How many units",
    methods=("POST",),
    nav=False,
)
def count(request: HttpRequest, scope: Scope) -> HttpResponse:
    """How many units the form names at this moment, and the first of them."""
    try:
        found = targets.counted(scope, target_in(request))
    except Refusal as fault:
        return render(request, "command/count.html", {"refusal": fault})
    return render(request, "command/count.html", {"count": len(found), "named": targets.named(scope, found)})


@page("command/late/", role=LOOKS, name="command.late", zh="指令逾期", en="Late hops of orders", icon="alert", order=14)
def late(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Hops that have come up to the asker, with who is on duty where they are."""
    now = moment_of(request)
    found = queries.late(scope, now=now)
    told = [each for each in found if each.told_to(scope.area)]
    whole = request.GET.get("show") == "all"
    rows = (found if whole else told)[: queries.SHOWN]
    duty = {area: roster.on_duty(scope, area, now=now) for area in sorted({each.reached for each in rows})[:20]}
    context = {
        "rows": rows,
        "told": len(told),
        "all": len(found),
        "whole": whole,
        "now": now,
        "words": words,
        "duty": duty,
    }
    return render(request, "command/late.html", context)


def _issue(request: HttpRequest, scope: Scope) -> Order:
    end_by, end_kind = text_in(request, "end_by", 10), ""
    if end_by:
        end_kind = text_in(request, "end_task" if end_by == "tasks" else "end_fact", 80)
    number = number_in(request, "replaces")
    return actions.issue(
        target=target_in(request), counted=number_in(request, "counted"), title=text_in(request, "title"), text=text_in(request, "text", 4000), document=text_in(request, "document"),
        urgency=text_in(request, "urgency", 10), due_at=moment_in(request, "due_at"), clauses=request.POST.get("clauses", "")[:4000].split("\n"),
        end={"by": end_by, "kind": end_kind} if end_by else None, replaces=queries.order(scope, number) if number else None, **asked_by(request),
    )  # fmt: skip


def _chosen(request: HttpRequest, old: Order | None) -> Mapping[str, Any]:
    """What the form shows as the target: what was written, or that of the order it replaces."""
    return target_in(request) if request.method == "POST" else old.target if old else {}


def _act(request: HttpRequest, scope: Scope, order: Order) -> None:
    act = request.POST.get("act", "")
    if act == "verify":
        many = receipts.verify(order=order, units=request.POST.getlist("units")[:2000], **asked_by(request))
        messages.success(request, _("Verified: %(n)d.") % {"n": many})
    elif act == "return":
        receipts.send_back(
            order=order, unit=text_in(request, "unit", 12), reason=text_in(request, "reason", 400), **asked_by(request)
        )
        messages.success(request, _("Sent back; the unit owes it again."))
    elif act == "recall" and scope.role in GIVES:
        many = actions.recall(order=order, why=text_in(request, "why", 400), **asked_by(request))
        messages.success(request, _("Recalled from %(n)d units.") % {"n": many})
    else:
        raise no_such_act(act)


def _parts(counts: Any, whole: int) -> list[dict[str, Any]]:
    """The states of some units as stretches of a bar, in percent."""
    found, at = [], 0.0
    for state in (*STEPS, "recalled"):
        many = counts.get(state) or 0
        if many and whole:
            wide = 100 * many / whole
            found.append({"state": state, "title": words.STATES[state], "many": many, "at": at, "wide": wide})
            at += wide
    return found
