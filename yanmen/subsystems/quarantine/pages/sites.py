"""Sites: the list with their capacity, the floor plan of one, its set-up, its inspection."""

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
from yanmen.subsystems.quarantine.actions import rooms as room_actions
from yanmen.subsystems.quarantine.actions import sites as actions
from yanmen.subsystems.quarantine.actions.site_files import ROOMS, SITES
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.methods.courses import SITE, SITE_STATES
from yanmen.subsystems.quarantine.methods.housekeeping import ITEMS, ROOM_NOW, ROOM_SIGNS
from yanmen.subsystems.quarantine.methods.words import FEATURES, SITE_KINDS, ZONES
from yanmen.subsystems.quarantine.models import Site
from yanmen.subsystems.quarantine.pages.form_fields import area_code, areas_of, degrees, text, whole, words
from yanmen.subsystems.quarantine.queries import findings, inspections, turnover
from yanmen.subsystems.quarantine.queries import sites as queries

READERS = (MANAGER, STAFF, DISPATCHER, COMMAND)
KEEPERS = (MANAGER.name, STAFF.name)
MAY_NOT = ("您当前的角色不能进行此操作。", "Your role cannot do this here.")
offer(SITES, role=MANAGER)
offer(ROOMS, role=MANAGER)


@page(
    "quarantine/sites/", role=READERS, name="quarantine.sites", zh="集中隔离点", en="Quarantine sites", icon="home", order=40
)  # fmt: skip
def sites(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Sites of the asker's areas, each with what its rooms are now."""
    asked, now = request.GET, moment_of(request)
    kind, state, after = asked.get("kind", ""), asked.get("state", ""), asked.get("after", "")
    rows = queries.sites(
        scope, text=asked.get("q", "").strip()[:80], kind=kind if kind in SITE_KINDS else "",
        state=state if state in SITE_STATES else "", closed=state == "closed", after=int(after[:15]) if after.isdecimal() else 0,
    )  # fmt: skip
    counted = queries.capacities(scope, [row.pk for row in rows], now=now)
    context = {
        "rows": [(row, counted[row.pk]) for row in rows],
        "after": rows[-1].pk if len(rows) == queries.PAGE else None,
        "total": _sum(counted.values()),
        "kinds": SITE_KINDS,
        "states": SITE_STATES,
        "now_titles": ROOM_NOW,
        "kind": kind,
        "state": state,
        "q": asked.get("q", ""),
        "may_register": scope.role == MANAGER.name,
    }
    return render(request, "quarantine/sites.html", context)


@page(
    "quarantine/sites/new/", role=MANAGER, name="quarantine.new_site", zh="登记隔离点", en="Register a quarantine site",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def new_site(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Register a site."""
    refusal = None
    if request.method == "POST":
        try:
            made = actions.register_site(area=area_code(request), **_about(request), **asked_by(request))
            messages.success(request, _("Registered. Give it floors and rooms, and have it inspected."))
            return redirect("quarantine.setup", site=made.pk)
        except Refusal as error:
            refusal = error
    context = {
        "form": request.POST or {"ready_hours": "24"},
        "refusal": refusal,
        "kinds": SITE_KINDS,
        "areas": areas_of(scope),
    }
    return render(request, "quarantine/new_site.html", context, status=422 if refusal else 200)


@page(
    "quarantine/sites/<int:site>/", role=READERS, name="quarantine.site", zh="隔离点房态", en="Floor plan",
    methods=("GET", "POST"),
)  # fmt: skip
def site(request: HttpRequest, scope: Scope, site: int) -> HttpResponse:
    """The floor plan of a site, who is to come, and which rooms are being made ready."""
    refusal, now = None, moment_of(request)
    if request.method == "POST":
        try:
            _only(scope, (MANAGER.name,))
            actions.move_site(site=site, act=text(request, "act", 20), **asked_by(request))
            messages.success(request, _("Done."))
            return redirect("quarantine.site", site=site)
        except Refusal as error:
            refusal = error
    found = found_or_404(scope, site)
    rows = queries.rooms_now(scope, [site], now=now)
    floors = queries.floors(scope, found)
    context = {
        "site": found,
        "floors": [(floor, [row for row in rows if row["floor"] == floor.pk]) for floor in floors],
        "capacity": queries.capacities(scope, [site], now=now)[site],
        "leaving": [row for row in rows if row["now"] == "leaving"],
        "due": queries.arrivals_due(scope, found, now=now),
        "turns": turnover.turns(scope, now=now, site=found),
        "last": inspections.last(scope, found),
        "findings": len(findings.findings(scope, now=now, site=site)),
        "acts": [act for act in SITE.steps[found.state] if act in ("open", "wind_down", "close", "give_up")],
        "may_change": scope.role == MANAGER.name,
        "may_keep": scope.role in KEEPERS,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "quarantine/site.html", context | _titles(), status=422 if refusal else 200)


@page(
    "quarantine/sites/<int:site>/setup/", role=MANAGER, name="quarantine.setup", zh="楼层房间与登记", en="Floors, rooms, register",
    methods=("GET", "POST"),
)  # fmt: skip
def setup(request: HttpRequest, scope: Scope, site: int) -> HttpResponse:
    """Floors and rooms in one act, the zone of each floor, and what is said about the site."""
    refusal, now = None, moment_of(request)
    if request.method == "POST":
        try:
            messages.success(request, _set_up(request, site))
            return redirect("quarantine.setup", site=site)
        except Refusal as error:
            refusal = error
    found = found_or_404(scope, site)
    rows = queries.rooms_now(scope, [site], now=now)
    context = {
        "site": found,
        "floors": [
            (floor, [row for row in rows if row["floor"] == floor.pk]) for floor in queries.floors(scope, found)
        ],
        "form": request.POST if refusal else _form(found),
        "act": request.POST.get("act", "") if refusal else "",
        "chosen": request.POST.getlist("features") if refusal else ["bathroom", "window"],
        "refusal": refusal,
    }
    return render(request, "quarantine/setup.html", context | _titles(), status=422 if refusal else 200)


@page(
    "quarantine/sites/<int:site>/inspection/", role=(MANAGER, COMMAND), name="quarantine.inspection", zh="启用前验收",
    en="Inspection before opening", methods=("GET", "POST"),
)  # fmt: skip
def inspection(request: HttpRequest, scope: Scope, site: int) -> HttpResponse:
    """What the norm asks of the site, item by item, and what was found before."""
    refusal, now = None, moment_of(request)
    found = found_or_404(scope, site)
    asked = inspections.asked(scope, found.kind, now=now)
    if request.method == "POST":
        try:
            answers = {item: request.POST.get(item) for item in asked}
            holds = {item: answer == "yes" for item, answer in answers.items() if answer in ("yes", "no")}
            made = actions.inspect_site(site=site, holds=holds, note=text(request, "note", 500), **asked_by(request))
            messages.success(request, _("Passed.") if made.passed else _("Written down: the site has not passed."))
            return redirect("quarantine.inspection", site=site)
        except Refusal as error:
            refusal = error
    past = inspections.of_site(scope, found)
    context = {
        "site": found,
        "asked": [(item, ITEMS[item], request.POST.get(item, "")) for item in asked],
        "past": past,
        "names": turnover.signatures(scope, [one.by for one in past]),
        "items": ITEMS,
        "norm": inspections.in_force(scope, now=now),
        "note": request.POST.get("note", ""),
        "refusal": refusal,
    }
    return render(request, "quarantine/inspection.html", context | _titles(), status=422 if refusal else 200)


def found_or_404(scope: Scope, site: int) -> Site:
    """A site of the asker's, or no page."""
    found = queries.site(scope, site)
    if found is None:
        raise Http404(str(site))
    return found


def _only(scope: Scope, roles: tuple[str, ...]) -> None:
    if scope.role not in roles:
        raise Refusal(*MAY_NOT, field="act")


def _set_up(request: HttpRequest, site: int) -> str:
    about, act = asked_by(request), text(request, "act", 20)
    if act == "rooms":
        made = room_actions.add_rooms(
            site=site, floors=text(request, "floors"), rooms=text(request, "rooms", 200), beds=whole(request, "beds", 1),
            features=words(request, "features"), zone=text(request, "zone", 40), **about,
        )  # fmt: skip
        return _("%(floors)s floors and %(rooms)s rooms were made; %(known)s rooms were there already.") % vars(made)
    if act == "zone":
        room_actions.zone_floor(floor=whole(request, "floor"), zone=text(request, "zone", 40), **about)
        return _("Done.")
    if act == "change":
        actions.change_site(site=site, **_about(request), **about)
        return _("Done.")
    raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act)


def _about(request: HttpRequest) -> dict[str, Any]:
    return {
        "name_zh": text(request, "name_zh"), "name_en": text(request, "name_en"), "address": text(request, "address", 200),
        "longitude": degrees(request, "longitude"), "latitude": degrees(request, "latitude"), "kind": text(request, "kind", 40),
        "ready_hours": whole(request, "ready_hours", 24), "phone": text(request, "phone", 20),
        "languages": [part.strip()[:20] for part in text(request, "languages", 200).replace("、", ",").replace("，", ",").split(",") if part.strip()],
        "dialysis": request.POST.get("dialysis") == "1",
    }  # fmt: skip


def _form(found: Site) -> dict[str, str]:
    place = {name: getattr(found.place, name) for name in actions.PLACE_FIELDS}
    own = {"kind": found.kind, "ready_hours": found.ready_hours, "phone": found.phone, "languages": ", ".join(found.languages), "dialysis": "1" if found.dialysis else ""}  # fmt: skip
    return {name: "" if value is None else str(value) for name, value in (place | own).items()}


def _titles() -> dict[str, Any]:
    return {
        "kinds": SITE_KINDS,
        "states": SITE_STATES,
        "zones": ZONES,
        "features": FEATURES,
        "now_titles": ROOM_NOW,
        "signs": ROOM_SIGNS,
    }


def _sum(many: Any) -> queries.Capacity:
    whole = queries.Capacity()
    for one in many:
        whole.people += one.people
        whole.free_beds += one.free_beds
        for name, count in one.rooms.items():
            whole.rooms[name] += count
    return whole
