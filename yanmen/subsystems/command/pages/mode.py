"""Modes of areas: the board, the form with its pre-flight list and what a switch would change, approval, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, day_said, moment_of
from yanmen.desk.pages import page
from yanmen.desk.readiness import FAIL, ready
from yanmen.desk.readiness import checks as known_checks
from yanmen.desk.words import word
from yanmen.loop.modes import EVERY, Change, changed_numbers
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.actions import mode as actions
from yanmen.subsystems.command.pages.fields import no_such_act, number_in
from yanmen.subsystems.command.queries import mode as queries

READERS = (COMMAND, INSPECTOR)
COVID = "covid19"
FIELDS = ("starts_on", "ends_on", "apart_days", "document", "clause", "unit", "unready_reason")


@page(
    "command/modes/",
    role=READERS,
    name="command.modes",
    zh="平战转换",
    en="Modes",
    methods=("GET", "POST"),
    icon="diff",
    order=20,
)
def modes(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Areas by desks with their mode; what waits for approval; what was switched, by whom, under which document."""
    now, refusal = moment_of(request), None
    if request.method == "POST":
        try:
            messages.success(request, _act(request, scope))
            return redirect("command.modes")
        except Refusal as error:
            refusal = error
    told = queries.proposals(scope, now=now)
    steps: dict[str, list[queries.Proposal]] = {}
    for each in told:
        steps.setdefault(each.switch, []).append(each)
    context = {
        "rows": queries.board(scope, now=now), "desks": [queries.title_of(one) for one in queries.desks(local_date(now))],
        "switches": [_switch(key, each, scope) for key, each in steps.items()], "refusal": refusal,
        "may": scope.role == COMMAND.name, "unit": queries.unit_of(scope),
    }  # fmt: skip
    return render(request, "command/modes.html", context, status=422 if refusal else 200)


@page(
    "command/modes/switch/",
    role=COMMAND,
    name="command.switch",
    zh="提出平转应急",
    en="Propose a switch",
    methods=("GET", "POST"),
    nav=False,
)
def switch(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Is everything ready, what would change, and the proposal itself."""
    now, refusal = moment_of(request), None
    if request.method == "POST":
        try:
            _propose(request)
            messages.success(request, _("Proposed. Another unit has to approve it."))
            return redirect("command.modes")
        except Refusal as error:
            refusal = error
    sent = request.POST or request.GET
    known = queries.desks(local_date(now))
    desk = sent.get("desk", EVERY) if sent.get("desk") in known else EVERY
    checks = ready(scope, now=now)
    context = {
        "checks": checks, "failing": sum(one.state == FAIL for one in checks), "desk": desk,
        "desks": [(one, queries.title_of(one)) for one in known],
        "changes": [_changed(one) for one in changed_numbers(local_date(now), desk)], "effects": list(queries.effects(scope, desk, now=now)),
        "areas": [scope.area, *Area.objects.filter(valid_to=None, parent__code=scope.area).order_by("code").values_list("code", flat=True)],
        "chosen": sent.getlist("area"), "today": local_date(now), "later": local_date(now) + timedelta(days=14),
        "sent": {name: sent.get(name, "") for name in FIELDS}, "refusal": refusal, "unit": queries.unit_of(scope),
        "renewing": queries.proposal(scope, sent.get("renews", ""), now=now) if sent.get("renews") else None,
    }  # fmt: skip
    return render(request, "command/switch.html", context, status=422 if refusal else 200)


def _changed(one: Change) -> dict[str, Any]:
    """A number of a norm in peace and in emergency, as words where it is one or several."""
    return {"change": one} | {
        name: [word(each) for each in (value if isinstance(value, list) else [value])]
        for name, value in (("peace", one.peace), ("emergency", one.emergency))
    }


def _switch(key: str, steps: list[queries.Proposal], scope: Scope) -> dict[str, Any]:
    steps = sorted(steps, key=lambda each: (each.starts_on, each.area))
    states = {each.state for each in steps}
    return {
        "key": key, "unready": [one for one in known_checks() if one.name in steps[0].unready.split(", ")], "first": steps[0], "steps": steps, "open": bool(states & set(queries.OPEN)),
        "waiting": "waiting" in states and steps[0].by != scope.by, "waits": "waiting" in states, "on": "on" in states,
    }  # fmt: skip


def _act(request: HttpRequest, scope: Scope) -> str:
    if scope.role != COMMAND.name:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    sent = {
        name: request.POST.get(name, "").strip()[:300]
        for name in ("act", "switch", "document", "reason", "unit", "area")
    }
    if sent["act"] == "approve":
        many = actions.approve(**asked_by(request), switch=sent["switch"], unit=sent["unit"])
        return _("Approved: %(n)d areas.") % {"n": many}
    if sent["act"] == "undo":
        told = actions.undo(
            **asked_by(request),
            switch=sent["switch"],
            document=sent["document"],
            reason=sent["reason"],
            unit=sent["unit"],
            area=sent["area"],
        )
        return _("%(done)d reversed, %(staged)d cancelled before they switched.") % {
            "done": told["reversed"], "staged": told["cancelled"],
        }  # fmt: skip
    raise no_such_act(sent["act"])


def _propose(request: HttpRequest) -> None:
    sent = request.POST
    about: dict[str, Any] = {
        "document": sent.get("document", "")[:200], "clause": sent.get("clause", "")[:200],
        "unit": sent.get("unit", "")[:100], "unready_reason": sent.get("unready_reason", "")[:500],
        "ends_on": day_said(sent.get("ends_on", ""), "ends_on"),
    }  # fmt: skip
    if sent.get("renews"):
        actions.renew(**asked_by(request), proposal=sent["renews"], **about)
        return
    actions.propose(
        **asked_by(request), areas=[code[:12] for code in sent.getlist("area")], desk=sent.get("desk", EVERY), disease=COVID,
        starts_on=day_said(sent.get("starts_on", ""), "starts_on"), apart_days=number_in(request, "apart_days") or 0, **about,
    )  # fmt: skip
