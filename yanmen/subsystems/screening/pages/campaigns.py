"""Campaigns: plan and run one round by round, how far each part is, and who is missing at which door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.desk.templatetags.desk import own_name
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.registry.export import export
from yanmen.registry.importing import Column, Importer
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import MANAGER, SAMPLING
from yanmen.subsystems.screening.methods.courses import CAMPAIGN, CAMPAIGN_STATES
from yanmen.subsystems.screening.methods.words import GROUPS
from yanmen.subsystems.screening.models import Campaign, Round
from yanmen.subsystems.screening.pages.fields import area_code, areas_of, as_local, local_moment, text, whole
from yanmen.subsystems.screening.queries import campaigns as queries
from yanmen.subsystems.screening.queries.looking import pool_sizes

READERS = (MANAGER, SAMPLING, COMMAND, "grid_officer")
MISSING = Importer(
    kind="missing",
    zh="应检未检人员",
    en="People not sampled",
    columns=(
        Column("person", "人员编号", "Person"),
        Column("name", "姓名", "Name"),
        Column("area", "地区代码", "Area code"),
        Column("area_name", "地区", "Area"),
        Column("address", "住址", "Address"),
    ),
)


@page(
    "screening/campaigns/", role=READERS, name="screening.campaigns", zh="核酸检测行动", en="Testing campaigns", icon="flag",
    group="screening",
)  # fmt: skip
def campaigns(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Campaigns that concern the asker's areas, each with how far its last round is."""
    over = request.GET.get("over") == "1"
    rows = []
    for one in queries.campaigns(scope, over=over):
        last = next(reversed(queries.rounds(scope, one)), None)
        rows.append((one, last, queries.progress(queries.parts(scope, last)) if last else None))
    context = {"rows": rows, "over": over, "states": CAMPAIGN_STATES, "may_plan": scope.role == MANAGER.name}
    return render(request, "screening/campaigns.html", context)


@page(
    "screening/campaigns/new/", role=MANAGER, name="screening.new_campaign", zh="计划检测行动", en="Plan a campaign",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def new_campaign(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Plan a campaign; the guide in force bounds hours and sizes."""
    refusal, now = None, moment_of(request)
    if request.method == "POST":
        try:
            made = actions.plan_campaign(
                scope=scope, area=area_code(request), name_zh=text(request, "name_zh"), name_en=text(request, "name_en"),
                basis=text(request, "basis", 200), pools=_pools(request), within_hours=whole(request, "within_hours"),
                starts_at=local_moment(request, "starts_at") or now, by=scope.by, now=now,
            )  # fmt: skip
            messages.success(request, _("Planned. Start it to open the first round."))
            return redirect("screening.campaign", number=made.pk)
        except Refusal as error:
            refusal = error
    form = request.POST or {"starts_at": as_local(now), "general": "10", "key": "1"}
    context = {
        "form": form,
        "refusal": refusal,
        "groups": GROUPS,
        "sizes": [str(size) for size in pool_sizes(now.date())],
        "areas": areas_of(scope),
    }
    return render(request, "screening/new_campaign.html", context, status=422 if refusal else 200)


@page(
    "screening/campaigns/<int:number>/", role=READERS, name="screening.campaign", zh="检测行动", en="Campaign",
    methods=("GET", "POST"),
)  # fmt: skip
def campaign(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    """One campaign: its rounds, the parts of one in their order, and what may be done."""
    refusal = None
    if request.method == "POST":
        try:
            return _act(request, scope, number)
        except Refusal as error:
            refusal = error
    found = queries.campaign(scope, number)
    if found is None:
        raise Http404(str(number))
    context = _told(request, scope, found) | {"refusal": refusal}
    return render(request, "screening/campaign.html", context, status=422 if refusal else 200)


@page(
    "screening/rounds/<int:number>/missing/",
    role=READERS,
    name="screening.missing",
    zh="应检未检",
    en="Not sampled in a round",
)
def missing(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    """Who is missing, door by door; a file for those who go there."""
    found, now = queries.round_of(scope, number), moment_of(request)
    if found is None:
        raise Http404(str(number))
    if request.GET.get("form") in ("csv", "xlsx"):
        return _file(request, scope, found, request.GET["form"], now)
    doors, after = queries.households(scope, found, after=request.GET.get("after", "")[:300])
    if doors:
        log_access(scope, "people not sampled in a round", count=sum(len(door.people) for door in doors), now=now)
    context = {
        "round": found,
        "doors": doors,
        "after": after,
        "counts": queries.missing_counts(scope, found),
        "people": queries.people_of(scope, max(scope.area, found.area, key=len)),
    }
    return render(request, "screening/missing.html", context)


def _told(request: HttpRequest, scope: Scope, found: Campaign) -> dict[str, Any]:
    rounds = queries.rounds(scope, found)
    asked = request.GET.get("round", "")
    chosen = next((one for one in rounds if str(one.number) == asked), rounds[-1] if rounds else None)
    parts = queries.parts(scope, chosen) if chosen else []
    manages = scope.role == MANAGER.name and scope.includes(found.area)
    return {
        "campaign": found,
        "states": CAMPAIGN_STATES,
        "groups": GROUPS,
        "pools": [(GROUPS[name], size) for name, size in found.pools.items()],
        "rounds": rounds,
        "round": chosen,
        "late": chosen is not None and chosen.closed_at is None and chosen.closes_at <= moment_of(request),
        "begun": chosen is not None and chosen.opens_at <= moment_of(request),
        "parts": parts,
        "total": queries.progress(parts),
        "chart": {
            "names": [own_name(part.area) for part, _p in parts[:12]],
            "series": [{"name": _("Sampled, %"), "values": [done.percent for _p, done in parts[:12]]}],
        },
        "may": {act for act in ("start", "end", "cancel") if manages and CAMPAIGN.can(found.state, act)},
        "may_close": manages and chosen is not None and chosen.closed_at is None and found.state == "running",
        "may_add": manages and found.state == "running" and all(one.closed_at for one in rounds),
        "opens_at": as_local(moment_of(request)),
    }


def _act(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    now = moment_of(request)
    about: dict[str, Any] = {"scope": scope, "by": scope.by, "now": now}
    if scope.role != MANAGER.name:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    act = request.POST.get("act", "")
    if act == "start":
        actions.start_campaign(campaign=number, **about)
        messages.success(request, _("Started: the first round is open."))
    elif act == "end":
        actions.end_campaign(campaign=number, **about)
        messages.success(request, _("Ended."))
    elif act == "cancel":
        actions.cancel_campaign(campaign=number, **about)
        messages.success(request, _("Called off."))
    elif act == "add_round":
        actions.add_round(campaign=number, opens_at=local_moment(request, "opens_at") or now, **about)
        messages.success(request, _("The next round is listed."))
    elif act == "close_round":
        people = actions.close_round(round=whole(request, "round") or 0, **about)
        said = ngettext(
            "Closed. %(n)d person was not sampled and is work for the grid.",
            "Closed. %(n)d people were not sampled and are work for the grid.",
            people,
        )
        messages.success(request, said % {"n": people})
    elif act == "change_part":
        actions.change_part(part=whole(request, "part") or 0, group=text(request, "group", 40), **about)
        messages.success(request, _("Done."))
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    return redirect("screening.campaign", number=number)


def _pools(request: HttpRequest) -> dict[str, int]:
    found = {name: whole(request, name) for name in GROUPS}
    return {name: size for name, size in found.items() if size is not None}


def _file(request: HttpRequest, scope: Scope, found: Round, form: str, now: datetime) -> HttpResponse:
    language = get_language() or "zh"
    rows = [
        [str(row["person"]), row["name"], row["area"], own_name(row["area"]), row["address"]]
        for row in queries.missing_people(scope, found)
    ]
    body = export(MISSING, rows, scope=scope, now=now, form=form, language=language, reason=f"round {found.pk}")
    kinds = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    answer = HttpResponse(body, content_type=kinds[form])
    answer["Content-Disposition"] = f'attachment; filename="not-sampled-{found.pk}.{form}"'
    return answer
