"""Who waits for a room, with clocks; a plan in one click beside first come first served; adopted in one step, or a room by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import errands
from yanmen.subsystems.quarantine.actions import planning as plans
from yanmen.subsystems.quarantine.actions.stays import take_room
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER
from yanmen.subsystems.quarantine.methods.rooms import NO_ROOM
from yanmen.subsystems.quarantine.methods.words import GROUPS, SITE_KINDS, SPECIAL
from yanmen.subsystems.quarantine.pages.errands import card
from yanmen.subsystems.quarantine.queries import conflicts, free_rooms, planning
from yanmen.subsystems.quarantine.queries.waiting import CHECK, ROOM, Waiting, waiting

PLANNERS = (DISPATCHER.name, "command.staff")
SHOWN, ROOMS_SHOWN = 200, 300
TITLES = {
    "people": {"zh": "有房人数", "en": "People with a room"},
    "rooms": {"zh": "所用房间", "en": "Rooms used"},
    "wasted_beds": {"zh": "空余床位", "en": "Beds left empty"},
    "km": {"zh": "总里程（公里）", "en": "Kilometres in all"},
    "mean_km": {"zh": "人均里程（公里）", "en": "Kilometres a person"},
    "farthest_km": {"zh": "最远一人（公里）", "en": "Kilometres of the farthest"},
    "site_sources": {"zh": "各隔离点来源数合计", "en": "Sources, over the sites"},
    "floor_sources": {"zh": "各楼层来源数合计", "en": "Sources, over the floors"},
    "mixed_floors": {"zh": "混住楼层", "en": "Floors with several sources"},
}


@page(
    "quarantine/waiting/", role=(DISPATCHER, MANAGER, "command.staff"), name="quarantine.waiting", zh="待分配房间",
    en="Waiting for a room", methods=("GET", "POST"), icon="home",
)  # fmt: skip
def rooms_wanted(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Everybody who needs a room and has none; the plan made last; what stands in the way of stays."""
    now, refusal = moment_of(request), None
    if request.method == "POST":
        try:
            messages.success(request, _act(request, scope))
            return redirect("quarantine.waiting")
        except Refusal as error:
            refusal = error
    wait = waiting(scope, now=now)
    if wait:
        log_access(scope, "people waiting for a room", count=len(wait), now=now)
    context = _figures(wait, now) | {
        "waiting": sorted(wait, key=lambda each: (each.due_at is None, each.due_at, each.since))[:SHOWN],
        "more": max(0, len(wait) - SHOWN), "plan": _plan(scope, wait), "conflicts": conflicts.open_conflicts(scope),
        "conflict_titles": conflicts.TITLES, "special": SPECIAL, "kinds": SITE_KINDS, "groups": GROUPS,
        "may_plan": scope.role in PLANNERS, "errand": card(request, scope, "rooms"), "free": _free(scope, now), "refusal": refusal, "now": now,
    }  # fmt: skip
    return render(request, "quarantine/waiting.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, scope: Scope) -> str:
    if scope.role not in PLANNERS:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    form = request.POST
    if form.get("act") == "plan":
        errands.ask(kind="rooms", **asked_by(request))
        return _("The plan is being made. It appears below; you can go on working meanwhile.")
    if form.get("act") == "adopt":
        done = plans.adopt(**asked_by(request), plan=_number(form.get("plan", ""), "plan"))
        return ngettext("%(n)d person has a room.", "%(n)d people have rooms.", done.people) % {"n": done.people}
    if form.get("act") == "take":
        people = [_number(each, "people") for each in form.getlist("people")[:50]]
        found = take_room(**asked_by(request), people=people, room=_number(form.get("room", ""), "room"))
        return _("Room %(room)s is given.") % {"room": found[0].room.number}
    raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=form.get("act", "")[:20])


def _figures(wait: list[Waiting], now: datetime) -> dict[str, int]:
    return {
        "need_room": sum(each.need == ROOM for each in wait),
        "need_check": sum(each.need == CHECK for each in wait),
        "late": sum(each.due_at is not None and each.due_at < now for each in wait),
    }


def _plan(scope: Scope, wait: list[Waiting]) -> dict[str, Any] | None:
    """The plan made last: its figures beside the baseline's, and who has no room and why."""
    found = planning.latest_plan(scope)
    if found is None:
        return None
    names = {each.person: each.known.name for each in wait}
    told = found.figures
    return {
        "row": found,
        "lines": [(title, told["plan"].get(name), told["greedy"].get(name)) for name, title in TITLES.items()],
        "gap": None if told.get("gap") is None else f"{told['gap']:.2%}",
        "seconds": told.get("seconds"),
        "left": [(names.get(int(person), person), NO_ROOM[why]) for person, why in found.left.items()][:SHOWN],
        "left_more": max(0, len(found.left) - SHOWN),
    }


def _free(scope: Scope, now: datetime) -> list[tuple[int, str]]:
    """Free rooms to choose by hand."""
    rooms = free_rooms.free_rooms(scope, at=now)
    return free_rooms.named(scope, [each.number for each in rooms[:ROOMS_SHOWN]])


def _number(text: str, field: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 18:
        raise Refusal("请从列表中选择。", "Choose from the list.", field=field, value=text[:20])
    return int(text)
