"""Screens of follow-up: the day's teams with their load, sharing out, and one team's doors in order."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.access import log_access
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.kinds import TRACER
from yanmen.subsystems.tracing.pages import team_map
from yanmen.subsystems.tracing.pages.help import area_in, day_in
from yanmen.subsystems.tracing.pages.links import EPIDEMIOLOGIST
from yanmen.subsystems.tracing.queries import teams as working

DESK = (TRACER, EPIDEMIOLOGIST)
READERS = (*DESK, "grid_officer")
AREAS, NOBODYS = 400, 100


@page(
    "tracing/teams/", role=READERS, name="tracing.teams", zh="随访组", en="Follow-up teams", methods=("GET", "POST"),
    icon="tasks",
)  # fmt: skip
def teams(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Teams with the load of a day, doors that nobody has, and sharing them out."""
    now, refusal = moment_of(request), None
    day = _day(request)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, scope, day))
            return redirect(request.get_full_path())
        except Refusal as error:
            refusal = error
    found = working.day_of(scope, day, now=now)
    if found.nobodys:
        log_access(scope, "doors of contacts", count=len(found.nobodys), now=now)
    context = {
        "day": found,
        "today": local_date(now),
        "nobodys": found.nobodys[:NOBODYS],
        "map": team_map.picture(scope, found, now=now, wanted=request.GET.get("map", "")),
        "capacity": sum(one.team.capacity for one in found.rounds),
        "may_plan": scope.role != "grid_officer",
        "areas": scope.within(Area.objects.filter(valid_to=None), "code").order_by("code")[:AREAS],
        "sent": request.POST,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "tracing/teams.html", context, status=422 if refusal else 200)


@page(
    "tracing/teams/<int:number>/", role=READERS, name="tracing.team", zh="随访组", en="Follow-up team",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def team(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    """A team's doors of a day in the order to walk them, a household together."""
    now, refusal = moment_of(request), None
    day = _day(request)
    if request.method == "POST":
        try:
            _change(request, scope, number)
            messages.success(request, _("Kept."))
            return redirect("tracing.teams")
        except Refusal as error:
            refusal = error
    found = next((one for one in working.day_of(scope, day, now=now).rounds if one.team.pk == number), None)
    if found is None:
        raise Http404(str(number))
    log_access(scope, "doors of a follow-up team", count=found.people, now=now)
    context = {
        "round": found,
        "day": day,
        "today": local_date(now),
        "may_plan": scope.role != "grid_officer",
        "sent": request.POST,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "tracing/teams_one.html", context, status=422 if refusal else 200)


def _day(request: HttpRequest) -> date:
    today = local_date(moment_of(request))
    try:
        return day_in(request.GET.get("day", ""), "day") or today
    except Refusal:
        return today


def _act(request: HttpRequest, scope: Scope, day: date) -> str:
    _may_plan(scope)
    form = request.POST
    if form.get("act") == "plan":
        done = actions.plan_day(**asked_by(request), day=day)
        text = ngettext("%(n)d door shared out.", "%(n)d doors shared out.", done.given) % {"n": done.given}
        if done.left_over:
            text += " " + ngettext(
                "%(n)d has no team: open another or raise what a team can do.",
                "%(n)d have no team: open another or raise what a team can do.",
                done.left_over,
            ) % {"n": done.left_over}
        return text
    if form.get("act") == "open":
        opened = actions.open_team(
            **asked_by(request), area=area_in(form.get("area", "")), name=form.get("name", "")[:80], **_size(request)
        )
        return _("%(name)s works from now on.") % {"name": opened.name}
    raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=form.get("act", "")[:20])


def _change(request: HttpRequest, scope: Scope, number: int) -> None:
    _may_plan(scope)
    act = request.POST.get("act", "")
    if act == "close":
        actions.close_team(**asked_by(request), team=number)
    elif act == "change":
        actions.change_team(**asked_by(request), team=number, **_size(request))
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])


def _size(request: HttpRequest) -> dict[str, Any]:
    """Capacity and place of a team, as a form states them."""
    found: dict[str, Any] = {}
    for name, read, zh, en in (
        ("capacity", int, "此处应为整数。", "A whole number is expected here."),
        ("longitude", float, "此处应为度数。", "Degrees are expected here."),
        ("latitude", float, "此处应为度数。", "Degrees are expected here."),
    ):
        text = request.POST.get(name, "").strip()[:20]
        try:
            found[name] = read(text) if text or name == "capacity" else None
        except ValueError:
            raise Refusal(zh, en, field=name, value=text) from None
    return found


def _may_plan(scope: Scope) -> None:
    if scope.role == "grid_officer":
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
