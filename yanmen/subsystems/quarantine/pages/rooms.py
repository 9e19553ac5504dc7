"""One room: who has it, its way between two stays, and closing it; several rooms at once from the list of those being made ready."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import rooms as actions
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.methods.courses import ROOM_STATES, STAY_STATES
from yanmen.subsystems.quarantine.methods.housekeeping import ROOM_NOW
from yanmen.subsystems.quarantine.methods.words import FEATURES
from yanmen.subsystems.quarantine.pages.form_fields import chosen, text, whole, words
from yanmen.subsystems.quarantine.pages.sites import KEEPERS, MAY_NOT, found_or_404
from yanmen.subsystems.quarantine.queries import sites as queries
from yanmen.subsystems.quarantine.queries import turnover

ACTS = {
    "strip": {"zh": "已清布草和废物", "en": "Linen and waste are out"},
    "disinfect": {"zh": "已终末消毒", "en": "Disinfected"},
    "inspect": {"zh": "验收合格", "en": "Clean"},
    "fail": {"zh": "验收不合格，重做", "en": "Not clean: again"},
}


@page(
    "quarantine/sites/<int:site>/rooms/<int:room>/", role=(MANAGER, STAFF, DISPATCHER, COMMAND), name="quarantine.room",
    zh="隔离房间", en="Room", methods=("GET", "POST"),
)  # fmt: skip
def room(request: HttpRequest, scope: Scope, site: int, room: int) -> HttpResponse:
    """One room and what may be done to it."""
    refusal, now = None, moment_of(request)
    if request.method == "POST":
        try:
            _act(request, scope, [room])
            messages.success(request, _("Done."))
            return redirect("quarantine.room", site=site, room=room)
        except Refusal as error:
            refusal = error
    house = found_or_404(scope, site)
    found = queries.room(scope, house, room)
    if found is None:
        raise Http404(str(room))
    steps = turnover.steps(scope, found)
    row = next(each for each in queries.rooms_now(scope, [site], now=now) if each["id"] == room)
    context = {
        "site": house,
        "room": found,
        "row": row,
        "turn": next((turn for turn in turnover.turns(scope, now=now, site=house) if turn.room.pk == room), None),
        "steps": steps,
        "names": turnover.signatures(scope, [step.by for step in steps]),
        "guests": queries.guests(scope, found, now=now),
        "acts": ACTS,
        "states": ROOM_STATES,
        "stay_states": STAY_STATES,
        "now_titles": ROOM_NOW,
        "features": FEATURES,
        "may_keep": scope.role in KEEPERS,
        "may_change": scope.role == MANAGER.name,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "quarantine/room.html", context, status=422 if refusal else 200)


@page(
    "quarantine/sites/<int:site>/turnover/", role=(MANAGER, STAFF, COMMAND), name="quarantine.turnover", zh="房间清理周转",
    en="Rooms being made ready", methods=("GET", "POST"),
)  # fmt: skip
def rooms_between(request: HttpRequest, scope: Scope, site: int) -> HttpResponse:
    """Rooms between two stays, with their clocks; several go a step at once."""
    refusal, now = None, moment_of(request)
    if request.method == "POST":
        try:
            _act(request, scope, chosen(request, "rooms"))
            messages.success(request, _("Done."))
            return redirect("quarantine.turnover", site=site)
        except Refusal as error:
            refusal = error
    house = found_or_404(scope, site)
    turns = turnover.turns(scope, now=now, site=house)
    context = {
        "site": house,
        "turns": turns,
        "late": sum(turn.late for turn in turns),
        "names": turnover.signatures(scope, [turn.room.state_by for turn in turns]),
        "states": ROOM_STATES,
        "acts": ACTS,
        "may_keep": scope.role in KEEPERS,
        "picked": chosen(request, "rooms") if refusal else [],
        "refusal": refusal,
        "now": now,
    }
    return render(request, "quarantine/turnover.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, scope: Scope, rooms: list[int]) -> None:
    about, act = asked_by(request) | {"rooms": rooms}, text(request, "act", 20)
    if scope.role != MANAGER.name and not (act in ACTS and scope.role in KEEPERS):
        raise Refusal(*MAY_NOT, field="act")
    if act == "close":
        actions.close_rooms(why=text(request, "why", 200), **about)
    elif act == "reopen":
        actions.reopen_rooms(**about)
    elif act == "change":
        actions.change_rooms(beds=whole(request, "beds"), features=words(request, "features"), **about)
    else:
        actions.step_rooms(act=act, sets=whole(request, "sets", 0), note=text(request, "note", 200), **about)
