"""One guest: their days, their timeline, what is recorded of them, and their release; the paper they take with them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.clock import BEIJING, local_date
from yanmen.base.refusals import Refusal
from yanmen.desk import printing
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.loop import reading
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.actions import days as actions
from yanmen.subsystems.quarantine.actions import leaving, releasing
from yanmen.subsystems.quarantine.actions import stays as staying
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.methods import words
from yanmen.subsystems.quarantine.methods.courses import OPEN_TRANSFER, STAY_STATES
from yanmen.subsystems.quarantine.models import Transfer
from yanmen.subsystems.quarantine.pages.form_fields import text
from yanmen.subsystems.quarantine.queries import days, release
from yanmen.subsystems.quarantine.queries.guests import Guest, guest

KEEPERS = (MANAGER.name, STAFF.name)
GIVES = (MANAGER.name, DISPATCHER.name)
OTHERWISE = ("hospital", "died", "absconded", "home", "corrected")
"""Ways of leaving that are no release; to another site somebody goes by a room there and a transfer."""
SEES = (MANAGER, STAFF, DISPATCHER, COMMAND)
MAY_NOT = ("您当前的角色不能进行此操作。", "Your role cannot do this here.")
NOTE = Path(__file__).parents[1] / "print" / "release_note.typ"
SHOWN = 80


@page(
    "quarantine/stays/<int:stay>/", role=SEES, name="quarantine.stay", zh="隔离人员", en="Guest",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def stay(request: HttpRequest, scope: Scope, stay: int) -> HttpResponse:
    """Their day plan, timeline and release; what is recorded of them during the day."""
    now, refusal = moment_of(request), None
    found = _found(scope, stay, now)
    if request.method == "POST":
        try:
            _keep(request, stay)
            messages.success(request, _("Kept."))
            return redirect(request.path)
        except Refusal as error:
            refusal = error
    log_access(scope, "guest of a quarantine site", person=found.stay.person_id, now=now)
    begun = found.stay.assigned_at
    context = {
        "guest": found,
        "stay": found.stay,
        "state": STAY_STATES[found.stay.state],
        "days": days.plan(found, now=now),
        "today": local_date(now),
        "held": found.serving(local_date(now)),
        "leaves": days.leaves_on(found, today=local_date(now)),
        "checklist": release.checklist(found, now=now) if found.stay.state == "admitted" else None,
        "test_states": release.STATES,
        "signed": found.of(kinds.RELEASE_CHECKED.name)[-1:],
        "unseen": days.unseen(found),
        "care": days.care_due(found, now=now),
        "meals": days.meals(now=now),
        "standing": days.standing_needs(found),
        "ride": Transfer.objects.filter(person=found.stay.person_id, state__in=OPEN_TRANSFER).first(),
        "story": [each for each in reading.timeline(scope, found.stay.person_id) if each["at"] >= begun][:SHOWN],
        "words": words,
        "may_keep": scope.role in KEEPERS and found.stay.state == "admitted" and scope.includes(found.stay.area),
        "may_release": scope.role == MANAGER.name and scope.includes(found.stay.area),
        "may_cancel": scope.role in GIVES and found.stay.state == "assigned",
        "leavings": {name: words.LEAVINGS[name] for name in OTHERWISE},
        "sent": request.POST,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "quarantine/stay.html", context, status=422 if refusal else 200)


@page(
    "quarantine/stays/<int:stay>/release.pdf", role=SEES, name="quarantine.release_note", zh="解除隔离通知单",
    en="Release note", nav=False,
)  # fmt: skip
def release_note(request: HttpRequest, scope: Scope, stay: int) -> HttpResponse:
    """The paper somebody takes with them: since when they stayed, the tests, and what applies afterwards."""
    now = moment_of(request)
    found = _found(scope, stay, now)
    signed = found.of(kinds.RELEASE_CHECKED.name)
    if not signed:
        raise Refusal(
            "尚未核对解除条件，不能出具通知单。", "The release was not checked yet, so there is no note.", field="stay"
        )
    log_access(scope, "release note", person=found.stay.person_id, now=now)
    return printing.answer(NOTE, _note(found, signed[-1], now), name=f"release-{stay}")


def _found(scope: Scope, number: int, now: datetime) -> Guest:
    found = guest(scope, number, now=now)
    if found is None:
        raise Http404(str(number))
    return found


def _only(scope: Scope, roles: tuple[str, ...]) -> None:
    if scope.role not in roles:
        raise Refusal(*MAY_NOT, field="act")


def _keep(request: HttpRequest, stay: int) -> None:
    """What the forms of the page say."""
    about = asked_by(request) | {"stay": stay}
    act, note = text(request, "act", 20), text(request, "note", 200)
    _only(request.scope, GIVES if act == "cancel" else KEEPERS)
    if act == "check":
        taken = actions.record_checks(readings=[reading_of(request, stay)], **asked_by(request))
        for _number, refusal in taken.rejected:
            raise refusal
    elif act == "look":
        actions.look(judged=text(request, "judged", 20), note=note, **about)
    elif act == "care":
        actions.care(about=text(request, "about", 20), well=text(request, "well") == "1", note=note, **about)
    elif act == "need":
        actions.tell_stay_need(
            need=text(request, "need", 20), text=note, urgent=text(request, "urgent") == "1", **about
        )
    elif act == "met":
        actions.meet_stay_need(told=text(request, "told", 40), how=note, **about)
    elif act == "cancel":
        staying.cancel(why=note, **about)
    elif act == "leave":
        _only(request.scope, (MANAGER.name,))
        leaving.leave(why=text(request, "why", 20), to=text(request, "to", 80), note=note, **about)
    elif act in ("release", "home", "go"):
        _only(request.scope, (MANAGER.name,))
        _release(request, act, stay)
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act)


def _release(request: HttpRequest, act: str, stay: int) -> None:
    if act == "release":
        releasing.check_release(stay=stay, journey=text(request, "journey", 20), **asked_by(request))
    elif act == "home":
        releasing.ask_journey_home(stays=[stay], **asked_by(request))
    else:
        releasing.let_go(stay=stay, **asked_by(request))


def reading_of(request: HttpRequest, stay: int, *, suffix: str = "") -> actions.Reading:
    """A temperature and symptoms of a form."""
    said = text(request, f"celsius{suffix}", 8).replace("，", ".").replace(",", ".")
    try:
        celsius = float(said) if said else None
    except ValueError:
        raise Refusal(
            "体温应为数字，如36.5。", "A temperature is a number such as 36.5.", field="celsius", value=said
        ) from None
    symptoms = tuple(each[:20] for each in request.POST.getlist(f"symptoms{suffix}")[:20])
    return actions.Reading(stay=stay, celsius=celsius, symptoms=symptoms)


def _note(found: Guest, signed: Any, now: datetime) -> dict[str, Any]:
    listed = release.checklist(found, now=signed["at"])
    stay = found.stay
    held = found.serving(local_date(signed["at"]))
    through = local_date(stay.ended_at or signed["at"])
    lines = [
        _line("姓名", "Name", found.name),
        _line("隔离点", "Site", " · ".join(filter(None, (stay.site.place.name_zh, stay.site.place.name_en)))),
        _line("房间", "Room", stay.room.number),
        _line("入住", "Came", _day(stay.admitted_at or stay.assigned_at)),
        _line("解除", "Released", through.isoformat()),
    ]
    if held:
        lines.append(_line("第0天", "Day 0", held[0].count_from.isoformat()))
    tests = [each for each in days.tests(found, now=signed["at"]) if each.sampled_at]
    return {
        "title": {"zh": "解除隔离医学观察通知单", "en": "Release from quarantine"},
        "number": signed["detail"].get("papers", ""),
        "printed": _moment(now),
        "lines": lines,
        "tests_title": {"zh": "检测", "en": "Tests"},
        "tests": [[_moment(each.sampled_at), release.STATES[each.state]] for each in tests if each.sampled_at],
        "checks": [{"zh": each.zh, "en": each.en, "because": each.because} for each in listed.lines],
        "after_title": {"zh": "离开后", "en": "What applies afterwards"},
        "after": _after(listed),
        "journey": words.HOW_HOME.get(signed["detail"].get("journey", ""), {"zh": "", "en": ""}),
        "journey_title": {"zh": "返家方式", "en": "The way home"},
        "signatures": [{"zh": "隔离点负责人", "en": "For the site"}, {"zh": "本人", "en": "The person"}],
    }


def _after(listed: release.Checklist) -> dict[str, str]:
    if not listed.next_zh:
        return {
            "zh": "没有其他在册措施。请做好个人防护。",
            "en": "No other measure is in force. Please keep protecting yourself.",
        }
    until = listed.next_on.isoformat() if listed.next_on else "–"
    return {
        "zh": f"{listed.next_zh}，至{until}（含）。期间按要求检测；如有发热或症状，立即联系社区。",
        "en": f"{listed.next_en}, through {until}. Tests as asked meanwhile; with fever or symptoms call your community at once.",
    }


def _line(zh: str, en: str, said: str) -> dict[str, Any]:
    return {"name": {"zh": zh, "en": en}, "text": said}


def _day(moment: datetime) -> str:
    return local_date(moment).isoformat()


def _moment(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
