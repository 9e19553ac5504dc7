"""Sampling sites and laboratories: the register, hours and desks, and how busy each site is now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.imports import offer
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import LABORATORY, MANAGER, SAMPLING
from yanmen.subsystems.screening.methods.hours import read_hours, write_hours
from yanmen.subsystems.screening.methods.words import LOADS, SITES
from yanmen.subsystems.screening.models import Site
from yanmen.subsystems.screening.pages.fields import area_code, areas_of, decimal, text, whole
from yanmen.subsystems.screening.queries import sites as queries

READERS = (MANAGER, SAMPLING, COMMAND, "grid_officer")
MAY_NOT = ("您当前的角色不能进行此操作。", "Your role cannot do this here.")
offer(actions.SITES, role=MANAGER)
offer(actions.LABORATORIES, role=MANAGER)


@page(
    "screening/sites/",
    role=READERS,
    name="screening.sites",
    zh="采样点",
    en="Sampling sites",
    icon="map",
    group="screening",
)
def sites(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Sites of the asker's areas with their hours and their load of the last hour."""
    asked, now = request.GET, moment_of(request)
    kind, closed, after = asked.get("kind", ""), asked.get("closed") == "1", asked.get("after", "")
    rows = queries.sites(
        scope, now=now, kind=kind if kind in SITES else "", text=asked.get("q", "").strip()[:80], closed=closed,
        after=int(after) if after.isdigit() else 0,
    )  # fmt: skip
    context = {
        "rows": [(row, write_hours(row.hours), load) for row, load in rows],
        "after": rows[-1][0].pk if len(rows) == queries.PAGE else None,
        "closed": closed,
        "kind": kind,
        "q": asked.get("q", ""),
        "kinds": SITES,
        "loads": LOADS,
        "counts": queries.counts(scope, now=now),
        "may_register": scope.role == MANAGER.name,
    }
    return render(request, "screening/sites.html", context)


@page(
    "screening/sites/new/", role=MANAGER, name="screening.new_site", zh="登记采样点", en="Register a sampling site",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def new_site(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Register a site."""
    refusal = None
    if request.method == "POST":
        try:
            made = actions.open_site(area=area_code(request), **_place(request), **_site(request), **asked_by(request))
            messages.success(request, _("Registered."))
            return redirect("screening.site", place=made.pk)
        except Refusal as error:
            refusal = error
    context = {"form": request.POST or {"desks": "1"}, "refusal": refusal, "kinds": SITES, "areas": areas_of(scope)}
    return render(request, "screening/new_site.html", context, status=422 if refusal else 200)


@page(
    "screening/sites/<int:place>/",
    role=READERS,
    name="screening.site",
    zh="采样点",
    en="Sampling site",
    methods=("GET", "POST"),
)
def site(request: HttpRequest, scope: Scope, place: int) -> HttpResponse:
    """One site: its hours, its last hours, and what may be changed."""
    refusal, now = None, moment_of(request)
    if request.method == "POST":
        try:
            return _change_site(request, scope, place)
        except Refusal as error:
            refusal = error
    found = queries.site(scope, place)
    if found is None:
        raise Http404(str(place))
    [(_row, load)] = queries.with_load(scope, [found], now=now)
    hours = queries.by_hour(scope, found, now=now)
    context = {
        "site": found,
        "load": load,
        "loads": LOADS,
        "kinds": SITES,
        "hours": write_hours(found.hours),
        "closed": found.open_to is not None and found.open_to <= now,
        "chart": {
            "days": [hour for hour, _n in hours],
            "series": [{"name": _("People sampled"), "values": [n for _h, n in hours]}],
        },
        "form": request.POST if refusal else _form(found),
        "may_change": scope.role == MANAGER.name,
        "may_report": scope.role in (MANAGER.name, SAMPLING.name),
        "refusal": refusal,
    }
    return render(request, "screening/site.html", context, status=422 if refusal else 200)


@page(
    "screening/sites/laboratories/", role=(MANAGER, COMMAND, LABORATORY), name="screening.laboratories", zh="检测实验室",
    en="Laboratories", methods=("GET", "POST"), icon="lab", group="screening",
)  # fmt: skip
def laboratories(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Laboratories and what each can do in a day; the manager registers, changes and closes them."""
    refusal, now = None, moment_of(request)
    if request.method == "POST":
        try:
            return _change_laboratory(request, scope)
        except Refusal as error:
            refusal = error
    closed = request.GET.get("closed") == "1"
    context = {
        "rows": queries.laboratories(scope, now=now, closed=closed),
        "closed": closed,
        "form": request.POST if refusal else {},
        "areas": areas_of(scope),
        "may_change": scope.role == MANAGER.name,
        "refusal": refusal,
    }
    return render(request, "screening/laboratories.html", context, status=422 if refusal else 200)


def _change_site(request: HttpRequest, scope: Scope, place: int) -> HttpResponse:
    about = asked_by(request) | {"place": place}
    act = request.POST.get("act", "")
    if scope.role != MANAGER.name and not (act == "queue" and scope.role == SAMPLING.name):
        raise Refusal(*MAY_NOT, field="act")
    if act == "queue":
        actions.report_queue(**about, people=_waiting(request))
    elif act == "change":
        actions.change_site(**about, **_place(request), **_site(request))
    elif act in ("close", "reopen"):
        (actions.close_site if act == "close" else actions.reopen_site)(**about)
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    messages.success(request, _("Done."))
    return redirect("screening.site", place=place)


def _waiting(request: HttpRequest) -> int:
    people = whole(request, "people")
    if people is None:
        raise Refusal(
            "请填写排队人数，没有人排队请填0。", "Say how many people wait; 0 where nobody does.", field="people"
        )
    return people


def _change_laboratory(request: HttpRequest, scope: Scope) -> HttpResponse:
    about = asked_by(request)
    if scope.role != MANAGER.name:
        raise Refusal(*MAY_NOT, field="act")
    act = request.POST.get("act", "")
    if act == "open":
        actions.open_laboratory(area=area_code(request), **_place(request), **_laboratory(request), **about)
    elif act == "change":
        actions.change_laboratory(place=whole(request, "place") or 0, **_laboratory(request), **about)
    elif act in ("close", "reopen"):
        change = actions.close_laboratory if act == "close" else actions.reopen_laboratory
        change(place=whole(request, "place") or 0, **about)
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    messages.success(request, _("Done."))
    return redirect("screening.laboratories")


def _place(request: HttpRequest) -> dict[str, Any]:
    texts = {"name_zh": 80, "name_en": 80, "address": 200}
    found: dict[str, Any] = {name: text(request, name, most) for name, most in texts.items()}
    return found | {name: decimal(request, name) for name in ("longitude", "latitude")}


def _site(request: HttpRequest) -> dict[str, Any]:
    hours = read_hours(text(request, "hours", 200))
    return {"kind": text(request, "kind", 40), "desks": whole(request, "desks") or 0, "hours": hours}


def _laboratory(request: HttpRequest) -> dict[str, Any]:
    return {"tubes_a_day": whole(request, "tubes_a_day") or 0, "hours_a_run": decimal(request, "hours_a_run") or 0}


def _form(found: Site) -> dict[str, str]:
    place = {name: getattr(found.place, name) for name in ("name_zh", "name_en", "address", "longitude", "latitude")}
    own = {"kind": found.kind, "desks": found.desks, "hours": write_hours(found.hours)}
    return {name: "" if value is None else str(value) for name, value in (place | own).items()}
