"""The week of the duty roster, hand-overs, and who is on duty now."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.actions import roster as actions
from yanmen.subsystems.command.methods import order_words as words
from yanmen.subsystems.command.pages.fields import HOLDS, LOOKS, moment_in, must_hold, number_in, text_in
from yanmen.subsystems.command.queries import roster as queries

WEEK = timedelta(days=7)


@page(
    "command/roster/",
    role=LOOKS,
    name="command.roster",
    zh="值班表",
    en="Duty roster",
    icon="clock",
    order=16,
    methods=("GET", "POST"),
)
def roster(request: HttpRequest, scope: Scope) -> HttpResponse:
    """A week as a grid: leaders and officers by day, hours with nobody in red."""
    if request.method == "POST":
        must_hold(scope)
        _change(request)
        return redirect(f"{request.path}?week={request.POST.get('week', '')[:10]}")
    now = moment_of(request)
    monday = _monday(request.GET.get("week", ""), local_date(now))
    week = queries.week(scope, monday, now=now)
    context = {
        "week": week, "monday": monday, "before": monday - WEEK, "after": monday + WEEK, "now": now, "words": words, "may": scope.role in HOLDS,
        "gap_hours": {duty: sum(each.hours for each in rows) for duty, rows in week["gaps"].items()},
    }  # fmt: skip
    return render(request, "command/roster.html", context)


@page(
    "command/handover/",
    role=LOOKS,
    name="command.handover",
    zh="交接班",
    en="Hand-over",
    icon="users",
    order=17,
    methods=("GET", "POST"),
)
def handover(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What is open now, the form to hand over with a note, and the hand-overs before."""
    if request.method == "POST":
        must_hold(scope)
        number = number_in(request, "take")
        if number:
            actions.take_over(handover=number, **asked_by(request))
            messages.success(request, _("You have the desk."))
        else:
            actions.hand_over(
                from_name=text_in(request, "from_name", 60), to_name=text_in(request, "to_name", 60), note=text_in(request, "note", 4000),
                **asked_by(request),
            )  # fmt: skip
            messages.success(request, _("Handed over; the next one takes the desk."))
        return redirect("command.handover")
    now = moment_of(request)
    on = [each for each in queries.on_now(scope, now=now) if each.area == scope.area]
    context = {
        "items": queries.open_items(scope, now=now), "rows": queries.handovers(scope), "now": now, "words": words, "on": on,
        "may": scope.role in HOLDS, "by": scope.by,
    }  # fmt: skip
    return render(request, "command/handover.html", context)


@page(
    "command/duty/",
    role=LOOKS,
    name="command.duty",
    zh="现在谁值班",
    en="On duty now",
    icon="user",
    order=18,
    methods=("GET", "POST"),
)
def duty(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Who is on duty above, here and below; a number is shown once, with a reason, and leaves a trace."""
    now, shown = moment_of(request), None
    if request.method == "POST":
        must_hold(scope)
        number = number_in(request, "shift") or 0
        shown = (number, actions.reveal_phone(shift=number, reason=text_in(request, "reason"), **asked_by(request)))
    context = {
        "rows": queries.on_now(scope, now=now),
        "shown": shown,
        "now": now,
        "words": words,
        "may": scope.role in HOLDS,
    }
    answer = render(request, "command/duty.html", context)
    if shown:
        answer["Cache-Control"] = "no-store"
    return answer


def _change(request: HttpRequest) -> None:
    number = number_in(request, "cancel")
    if number:
        actions.take_off(shift=number, **asked_by(request))
        messages.success(request, _("Taken off the roster."))
        return
    begins, ends = moment_in(request, "starts_at"), moment_in(request, "ends_at")
    if begins is None or ends is None:
        raise Refusal("请填写上下班时间。", "Say when the shift begins and ends.", field="starts_at")
    actions.put_on_duty(
        name=text_in(request, "name", 60), duty=text_in(request, "duty", 10), phone=text_in(request, "phone", 30), starts_at=begins, ends_at=ends,
        **asked_by(request),
    )  # fmt: skip
    messages.success(request, _("On the roster."))


def _monday(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        day = today
    return day - timedelta(days=day.weekday())
