"""The list of posts with their positions, one post, and its passes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.kinds import MANAGER, OFFICER
from yanmen.subsystems.checkpoints.methods.positions import positions
from yanmen.subsystems.checkpoints.methods.words import DIRECTIONS, KINDS, SHOWN
from yanmen.subsystems.checkpoints.models import Post
from yanmen.subsystems.checkpoints.pages.forms import code, common, decimal, whole

STAFF = (OFFICER, MANAGER, COMMAND)


@page(
    "checkpoints/", role=STAFF, name="checkpoints.list", zh="卡口", en="Checkpoints", methods=("GET", "POST"),
    icon="gate", group="checkpoints",
)  # fmt: skip
def posts(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Posts that are open, where they stand, and what they lack; managers open further ones."""
    refusal = None
    if request.method == "POST":
        try:
            return redirect("checkpoints.post", post=_open(request, scope).pk)
        except Refusal as error:
            refusal = error
    now = request.now
    found = list(queries.posts_at(scope, now=now)[:500])
    on = {turn.shift.post_id for turn in queries.on_now(scope, now=now)}
    context = {
        "posts": [(post, post.pk in on) for post in found],
        "map": positions([(post.pk, post.place.longitude, post.place.latitude) for post in found]),
        "uncovered": list(queries.uncovered(scope, now=now)[:6]),
        "uncovered_count": queries.uncovered(scope, now=now).count(),
        "outgoing": queries.outgoing(scope).count(),
        "overdue": sum(1 for each in queries.outgoing(scope) if each.due_at < now),
        "on_now": len(on),
        "kinds": KINDS,
        "directions": DIRECTIONS,
        "may_manage": scope.role == MANAGER.name,
        "refusal": refusal,
        "sent": request.POST,
    }
    return render(request, "checkpoints/list.html", context, status=422 if refusal else 200)


@page(
    "checkpoints/posts/<int:post>/", role=STAFF, name="checkpoints.post", zh="卡口", en="Checkpoint",
    methods=("GET", "POST"), group="checkpoints",
)  # fmt: skip
def post(request: HttpRequest, scope: Scope, post: int) -> HttpResponse:
    """One post: who passed by hour, what was shown, who is on, who must be handed over."""
    found = _found(scope, post)
    refusal = None
    if request.method == "POST":
        try:
            _act(request, scope, found)
            return redirect("checkpoints.post", post=post)
        except Refusal as error:
            refusal = error
    now = request.now
    hours = queries.by_hour(scope, post=post, now=now)
    context = {
        "post": found,
        "kind": KINDS[found.kind],
        "direction": DIRECTIONS[found.direction],
        "open": found.open_from <= now and (found.open_to is None or found.open_to > now),
        "chart": _chart(hours),
        "people": sum(hour["people"] for hour in hours),
        "arrivals": sum(hour["arrivals"] for hour in hours),
        "verdicts": [row | {"title": SHOWN.get(row["shown"], row["shown"])} for row in queries.verdicts(scope, post=post, now=now)],
        "on_now": list(queries.on_now(scope, now=now, post=post)),
        "notes": list(queries.notes(scope, post=post, limit=5)),
        "met": queries.met(scope, post=post, area=found.area, now=now)[:100],
        "outgoing": list(queries.outgoing(scope, post=post)[:50]),
        "staffing": _staffing(scope, found, now),
        "may_manage": scope.role == MANAGER.name,
        "may_act": scope.role in (OFFICER.name, MANAGER.name),
        "now": now,
        "refusal": refusal,
    }  # fmt: skip
    return render(request, "checkpoints/post.html", context, status=422 if refusal else 200)


@page(
    "checkpoints/posts/<int:post>/passes/", role=(OFFICER, MANAGER), name="checkpoints.passes", zh="通行记录",
    en="Passes", group="checkpoints",
)  # fmt: skip
def passes(request: HttpRequest, scope: Scope, post: int) -> HttpResponse:
    """Passes of a post, latest first, by key. Names and plates are masked."""
    found = _found(scope, post)
    after = request.GET.get("after", "")
    rows = queries.passes(scope, post=post, now=request.now, after=after if _is_key(after) else "")
    context = {"post": found, "page": rows, "directions": DIRECTIONS, "shown": SHOWN}
    return render(request, "checkpoints/passes.html", context)


def _found(scope: Scope, number: int) -> Post:
    found = queries.post(scope, number)
    if found is None:
        raise Http404(str(number))
    return found


def _open(request: HttpRequest, scope: Scope) -> Post:
    if scope.role != MANAGER.name:
        raise Refusal("只有卡口管理员可以设卡。", "Only a checkpoint manager opens posts.", field="act")
    form = request.POST
    return actions.open_post(
        name_zh=form.get("name_zh", "")[:80],
        name_en=form.get("name_en", "")[:80],
        area=code(request, "area") or scope.area,
        kind=form.get("kind", ""),
        direction=form.get("direction", "in"),
        lanes=whole(request, "lanes", default=1),
        longitude=decimal(request, "longitude"),
        latitude=decimal(request, "latitude"),
        **common(request, scope),
    )


def _act(request: HttpRequest, scope: Scope, found: Post) -> None:
    act = request.POST.get("act", "")
    if act == "close" and scope.role == MANAGER.name:
        actions.close_post(post=found.pk, **common(request, scope))
    elif act == "lanes" and scope.role == MANAGER.name:
        actions.change_post(post=found.pk, lanes=whole(request, "lanes"), **common(request, scope))
    elif act == "hand_over" and scope.role in (OFFICER.name, MANAGER.name):
        actions.open_hand_over(
            post=found.pk,
            person=whole(request, "person"),
            owed=request.POST.get("owed", ""),
            rule=request.POST.get("rule", "")[:80],
            to_area=code(request, "to_area"),
            **common(request, scope),
        )
    else:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act", value=act[:20])


def _chart(hours: list[dict[str, Any]]) -> dict[str, Any]:
    """Vehicles and people of the last day, for the bar chart."""
    return {
        "days": [hour["hour"].astimezone(BEIJING).strftime("%H:00") for hour in hours],
        "series": [
            {"name": _("People passing"), "values": [hour["people"] for hour in hours]},
            {"name": _("Vehicles or on foot"), "values": [hour["arrivals"] for hour in hours], "line": True},
        ],
        "total": sum(hour["people"] for hour in hours),
    }


def _staffing(scope: Scope, found: Post, now: Any) -> dict[str, Any] | None:
    need = queries.staffing(scope, found, now=now)
    if need is None:
        return None
    busiest = max(range(24), key=lambda hour: (need.hours[hour].servers, need.hours[hour].arrivals))
    return {
        "rows": [(f"{hour:02d}:00", need.hours[hour], need.staff[hour]) for hour in range(24)],
        "busiest": f"{busiest:02d}:00",
        "lanes": need.hours[busiest].servers,
        "staff": need.staff[busiest],
        "days": need.days,
        "numbers": need.numbers,
        "short": need.hours[busiest].servers > found.lanes,
    }


def _is_key(text: str) -> bool:
    moment, _sep, key = text.partition("_")
    try:
        datetime.fromisoformat(moment)
        UUID(key)
    except ValueError:
        return False
    return True
