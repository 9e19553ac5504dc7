"""Shifts of a week: who is on, who is missing, notes for the next shift."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yanmen.base.clock import local_date, start_of
from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.kinds import MANAGER, OFFICER
from yanmen.subsystems.checkpoints.methods.words import DUTIES
from yanmen.subsystems.checkpoints.models import Shift
from yanmen.subsystems.checkpoints.pages.forms import asked_day, common, local_moment, whole


@page(
    "checkpoints/shifts/", role=(OFFICER, MANAGER, COMMAND), name="checkpoints.rota", zh="卡口排班", en="Checkpoint shifts",
    methods=("GET", "POST"), icon="clock", group="checkpoints",
)  # fmt: skip
def rota(request: HttpRequest, scope: Scope) -> HttpResponse:
    """A week of shifts by day; managers plan and fill them, officers leave notes."""
    now: datetime = request.now
    week = asked_day(request, "week", local_date(now))
    week -= timedelta(days=week.weekday())
    refusal = None
    if request.method == "POST":
        try:
            _act(request, scope)
            return redirect(f"{reverse('checkpoints.rota')}?week={week.isoformat()}")
        except Refusal as error:
            refusal = error
    shifts = list(queries.shifts(scope, since=start_of(week), until=start_of(week + timedelta(days=7)))[:500])
    context = {
        "days": _days(week, shifts, now),
        "week": week,
        "before": (week - timedelta(days=7)).isoformat(),
        "after": (week + timedelta(days=7)).isoformat(),
        "missing": sum(max(0, each.needed - each.covered) for each in shifts if each.ends_at > now),
        "posts": list(queries.posts_at(scope, now=now)[:500]),
        "staff": queries.staff(scope, area=scope.area, now=now)[:500] if scope.role == MANAGER.name else [],
        "duties": DUTIES,
        "may_manage": scope.role == MANAGER.name,
        "may_note": scope.role in (OFFICER.name, MANAGER.name),
        "refusal": refusal,
        "sent": request.POST,
        "now": now,
    }
    return render(request, "checkpoints/rota.html", context, status=422 if refusal else 200)


def _days(week: date, shifts: list[Shift], now: datetime) -> list[dict[str, Any]]:
    """The days of the week with their shifts; today is open, or the whole week where there are few."""
    by_day: dict[date, list[dict[str, Any]]] = {week + timedelta(days=step): [] for step in range(7)}
    for each in sorted(shifts, key=lambda each: (each.starts_at, each.post_id)):
        by_day.setdefault(local_date(each.starts_at), []).append(_shift(each, now))
    today, few = local_date(now), len(shifts) <= 14
    return [
        {
            "day": day,
            "today": day == today,
            "open": few or day == today,
            "shifts": rows,
            "missing": sum(row["missing"] for row in rows if not row["over"]),
        }
        for day, rows in sorted(by_day.items())
    ]


def _shift(each: Shift, now: datetime) -> dict[str, Any]:
    """One shift with who is on it and how many are missing."""
    return {
        "shift": each,
        "turns": [(turn, DUTIES.get(turn.duty)) for turn in each.standing],
        "missing": max(0, each.needed - each.covered),
        "duties": [(name, DUTIES.get(name), count) for name, count in each.duties.items() if count],
        "on": each.starts_at <= now < each.ends_at,
        "begun": each.starts_at <= now,
        "over": each.ends_at <= now,
    }


def _act(request: HttpRequest, scope: Scope) -> None:
    act, about = request.POST.get("act", ""), common(request, scope)
    if act == "note" and scope.role in (OFFICER.name, MANAGER.name):
        actions.leave_note(shift=whole(request, "shift"), text=request.POST.get("text", ""), **about)
        return
    if scope.role != MANAGER.name:
        raise Refusal(
            "只有卡口管理员可以排班。", "Only a checkpoint manager plans shifts.", field="act", value=act[:20]
        )
    if act == "plan":
        duties = {name: whole(request, name, default=0) for name in DUTIES}
        actions.plan_shift(
            post=whole(request, "post"),
            starts_at=local_moment(request, "starts_at"),
            ends_at=local_moment(request, "ends_at"),
            duties={name: count for name, count in duties.items() if count},
            **about,
        )
    elif act == "take":
        account, duty = whole(request, "account"), request.POST.get("duty", "")
        actions.take_turn(shift=whole(request, "shift"), account=account, duty=duty, **about)
    elif act == "release":
        actions.release_turn(turn=whole(request, "turn"), **about)
    elif act == "drop":
        actions.drop_shift(shift=whole(request, "shift"), **about)
    else:
        raise Refusal("请选择操作。", "Choose what to do.", field="act", value=act[:20])
