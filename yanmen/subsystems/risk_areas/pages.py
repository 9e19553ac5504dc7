"""Screens of risk areas: zones and what is found about them, the key-area list, who has acknowledged it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.refusals import Refusal
from yanmen.desk.pages import ANY, page
from yanmen.desk.templatetags.desk import chinese
from yanmen.desk.wall_panels import panel
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.scope import Scope
from yanmen.subsystems.risk_areas import actions, queries
from yanmen.subsystems.risk_areas.kinds import RECEIVER
from yanmen.subsystems.risk_areas.methods.files import TYPES, as_file
from yanmen.subsystems.risk_areas.methods.key_list import TIERS, digest_of

NEWEST = 4
"""Areas that the wall names."""


@page(
    "risk-areas/", role=(COMMAND, RECEIVER, "sampling", "cases.epidemiologist"), name="risk_areas.zones", zh="风险区",
    en="Risk zones", methods=("GET", "POST"), icon="map",
)  # fmt: skip
def zones(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Zones in force, and what may be recorded about an area. Tiers follow from facts; no form sets one."""
    refusal = None
    if request.method == "POST":
        try:
            _find(request, scope)
            return redirect("risk_areas.zones")
        except Refusal as error:
            refusal = error
    found = queries.zones(scope)
    context = {
        "zones": found,
        "tiers": TIERS,
        "refusal": refusal,
        "sent": request.POST,
        "may_command": scope.role == COMMAND.name,
        "may_test": scope.role in (COMMAND.name, "sampling"),
    }
    return render(request, "risk_areas/zones.html", context, status=422 if refusal else 200)


@page(
    "key-areas/",
    role=ANY,
    name="risk_areas.lists",
    zh="重点地区清单",
    en="Key areas",
    methods=("GET", "POST"),
    icon="flag",
)
def lists(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The newest list, what it owes an acknowledgement, and the versions before."""
    refusal = None
    if request.method == "POST":
        try:
            return _publish_or_acknowledge(request, scope)
        except Refusal as error:
            refusal = error
    now: datetime = request.now  # type: ignore[attr-defined]
    newest = queries.latest(scope)
    context = _version(scope, newest) | {
        "newest": newest,
        "versions": list(queries.lists(scope, limit=20)),
        "mine": [row for row in queries.to_acknowledge(scope)[:200] if scope.area.startswith(row.area)],
        "overdue": list(queries.overdue(scope, now=now)[:100]),
        "changed_since": newest is not None and scope.area == newest.area and _differs(scope, newest),
        "may_publish": scope.role == COMMAND.name,
        "may_acknowledge": scope.role in (COMMAND.name, RECEIVER.name),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "risk_areas/lists.html", context, status=422 if refusal else 200)


@page("key-areas/<int:pk>/", role=ANY, name="risk_areas.list", zh="重点地区清单", en="Key areas", nav=False)
def one_list(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One version: its areas, what it changed, and what became of it at each receiver."""
    found = queries.key_area_list(scope, pk)
    if found is None:
        raise Http404(str(pk))
    if (form := request.GET.get("form")) in TYPES:
        return _file(request, scope, found, str(form))
    deliveries = list(queries.deliveries(scope, found)) if scope.role in (COMMAND.name, RECEIVER.name) else []
    context = _version(scope, found) | {"newest": found, "deliveries": deliveries, "now": request.now}  # type: ignore[attr-defined]
    return render(request, "risk_areas/list.html", context)


@page(
    "key-areas/receivers/", role=COMMAND, name="risk_areas.receivers", zh="清单接收单位", en="Receivers of the list",
    methods=("GET", "POST"), icon="users", nav=False,
)  # fmt: skip
def receivers(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Who gets every version; adding and closing."""
    refusal = None
    if request.method == "POST":
        try:
            _change_receivers(request, scope)
            return redirect("risk_areas.receivers")
        except Refusal as error:
            refusal = error
    context = {"receivers": list(queries.receivers(scope)), "refusal": refusal, "sent": request.POST}
    return render(request, "risk_areas/receivers.html", context, status=422 if refusal else 200)


def _find(request: HttpRequest, scope: Scope) -> None:
    form, now = request.POST, request.now  # type: ignore[attr-defined]
    area = form.get("area", "").split(" ")[0].strip()
    act = form.get("act", "")
    about: dict[str, Any] = {"area": area, "by": scope.by, "now": now}
    if (act != "full_test" and scope.role != COMMAND.name) or (
        act == "full_test" and scope.role not in (COMMAND.name, "sampling")
    ):
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    if act != "spread":
        scope.require(area)
    if act == "wide_spread":
        actions.find_wide_spread(**about, document=form.get("document", "")[:200], note=form.get("note", "")[:400])
    elif act == "spread":
        actions.report_spread(
            **about, last_case_on=_day(form.get("last_case_on", "")), source=form.get("source", "")[:200]
        )
    elif act == "draw":
        actions.draw(**about, boundary=form.get("boundary", "")[:2000], document=form.get("document", "")[:200])
    elif act == "full_test":
        numbers: dict[str, Any] = {
            name: _number(name, form.get(name, "")) for name in ("persons", "positives", "pending")
        }
        actions.complete_full_test(**about, **numbers)
    else:
        raise Refusal("请选择要登记的事项。", "Choose what to record.", field="act", value=act[:20])


def _publish_or_acknowledge(request: HttpRequest, scope: Scope) -> HttpResponse:
    now: datetime = request.now  # type: ignore[attr-defined]
    delivery = request.POST.get("delivery", "")
    if delivery.isdigit() and scope.role in (COMMAND.name, RECEIVER.name):
        actions.acknowledge(scope=scope, delivery=int(delivery), by=scope.by, now=now)
    elif scope.role == COMMAND.name:
        actions.publish(scope=scope, by=scope.by, now=now, note=request.POST.get("note", "")[:200])
    else:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    return redirect("risk_areas.lists")


def _change_receivers(request: HttpRequest, scope: Scope) -> None:
    form, now = request.POST, request.now  # type: ignore[attr-defined]
    if form.get("close", "").isdigit():
        actions.close_receiver(scope=scope, receiver=int(form["close"]), by=scope.by, now=now)
        return
    within = form.get("acknowledge_within", "")
    actions.add_receiver(
        scope=scope, area=form.get("area", "").split(" ")[0].strip(), name_zh=form.get("name_zh", "")[:80],
        name_en=form.get("name_en", "")[:80], url=form.get("url", "")[:500], key=form.get("key", "")[:200],
        acknowledge_within=_number("acknowledge_within", within) or None, by=scope.by, now=now,
    )  # fmt: skip


def _version(scope: Scope, found: Any) -> dict[str, Any]:
    if found is None:
        return {"entries": [], "changes": None, "tiers": TIERS}
    return {
        "entries": queries.entries(scope, found),
        "changes": queries.changes_of(scope, found),
        "tiers": TIERS,
    }


def _differs(scope: Scope, newest: Any) -> bool:
    return digest_of(queries.entries_now(scope)) != str(newest.digest)


def _file(request: HttpRequest, scope: Scope, found: Any, form: str) -> HttpResponse:
    language = "zh" if chinese() else "en"
    stamp = f"v{found.version} {found.published_at.isoformat()} {found.digest[:12]} by={scope.by} area={scope.area}"
    answer = HttpResponse(
        as_file(queries.rows_of(scope, found, language), form=form, language=language, stamp=stamp),
        content_type=TYPES[form],
    )
    answer["Content-Disposition"] = f'attachment; filename="key-areas-{found.area}-v{found.version}.{form}"'
    return answer


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "日期应写成2022-10-07。", "Write the day as 2022-10-07.", field="last_case_on", value=text[:20]
        ) from None


def _number(field: str, text: str) -> int:
    if text.strip() == "":
        return 0
    if not text.strip().isdigit():
        raise Refusal("此处应为非负整数。", "A whole number is expected here.", field=field, value=text[:20])
    return int(text)


@panel(
    name="risk", zh="风险区", en="Risk areas", order=45, width=3, role=(COMMAND, INSPECTOR), page="risk_areas.lists",
    source=("由事实计算的风险等级；清单签收", "tiers computed from facts; acknowledgements of the list"),
    nothing=("本辖区没有风险区。", "No area carries a tier here."),
)  # fmt: skip
def risk_panel(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """How many areas carry a tier, the newest of them, and who has not acknowledged the list."""
    found = queries.tiers_now(scope, newest=NEWEST)
    if not found["newest"]:
        return None
    return found | {"list": queries.latest(scope), "waiting": queries.overdue(scope, now=now).count()}
