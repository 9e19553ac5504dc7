"""The way to the laboratory on screens: packing at the site, the courier's board, receiving at the laboratory."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import COURIER, LABORATORY, MANAGER, REVIEWER, SAMPLING
from yanmen.subsystems.screening.methods.courses import BOX, BOX_STATES
from yanmen.subsystems.screening.methods.words import CONDITIONS, FINDINGS
from yanmen.subsystems.screening.models import Box
from yanmen.subsystems.screening.queries import transport as queries

SITE, CARRIES, BENCH = (SAMPLING, MANAGER), (COURIER, MANAGER), (LABORATORY, REVIEWER)
SHOWN = 60
IN_THE_BOX = {"zh": "已装箱", "en": "In the box"}
SITE_ACTS = {"close": actions.close_box, "reopen": actions.reopen_box, "send": actions.send_box, "recall": actions.recall_box, "discard": actions.discard_box}  # fmt: skip
BENCH_ACTS = {"receive": actions.receive_box, "missing": actions.mark_missing, "reconcile": actions.reconcile_box, "find": actions.find_box}  # fmt: skip


@page(
    "screening/boxes/", role=(*SITE, "command.staff"), name="screening.boxes", zh="装箱送检", en="Boxes to send",
    methods=("GET", "POST"), icon="case", order=42,
)  # fmt: skip
def boxes(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Boxes being packed and on their way, tubes in no box, and a new box."""
    refusal = None
    if request.method == "POST":
        try:
            made = actions.create_box(
                site=_whole(request, "site"), laboratory=_whole(request, "laboratory"),
                code=request.POST.get("code", ""), **asked_by(request),
            )  # fmt: skip
            return redirect("screening.box", box=made.pk)
        except Refusal as error:
            refusal = error
    now = request.now
    sites = queries.sites(scope, now=now)
    loose = queries.unboxed_by_site(scope, now=now)
    named = {each.pk: each for each in sites}
    context = {
        "packing": queries.packing(scope)[:SHOWN],
        "away": scope.within(queries.boxes(scope), "area").exclude(state__in=(*queries.PACKING, "discarded"))[:SHOWN],
        "loose": [(named.get(site or 0), count, oldest) for site, (count, oldest) in loose.items()],
        "loose_total": sum(count for count, _ in loose.values()),
        "sites": sites,
        "laboratories": queries.laboratories(scope, now=now) if sites else [],
        "may_pack": _is(scope, SITE),
        "states": BOX_STATES,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "screening/boxes.html", context, status=422 if refusal else 200)


@page(
    "screening/boxes/<int:box>/", role=(*SITE, COURIER, *BENCH, "command.staff"), name="screening.box", zh="转运箱",
    en="Box", methods=("GET", "POST"), group="screening",
)  # fmt: skip
def box(request: HttpRequest, scope: Scope, box: int) -> HttpResponse:
    """One box: at the site it is packed by scanning, at the laboratory it is counted by scanning."""
    refusal, verdict = None, None
    if request.method == "POST":
        try:
            verdict = _act(request, scope, box)
            if verdict is None:
                return redirect("screening.box", box=box)
        except Refusal as error:
            refusal = error
    found = queries.box(scope, box)
    if found is None:
        raise Http404
    return render(request, "screening/box.html", _box(request, scope, found) | {"refusal": refusal, "verdict": verdict}, status=422 if refusal else 200)  # fmt: skip


@page(
    "screening/transport/", role=(*CARRIES, "command.staff"), name="screening.transport", zh="样本转运", en="Carrying boxes",
    methods=("GET", "POST"), icon="arrow", order=43,
)  # fmt: skip
def transport(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Boxes to collect, by laboratory, and vehicles on their way with their clocks."""
    refusal = None
    if request.method == "POST":
        try:
            actions.depart(
                boxes=[int(each) for each in request.POST.getlist("boxes")[:200] if each.isdecimal()],
                vehicle=request.POST.get("vehicle", ""), courier=request.POST.get("courier", ""), **asked_by(request),
            )  # fmt: skip
            return redirect("screening.transport")
        except Refusal as error:
            refusal = error
    now = request.now
    waiting: dict[int, list[Box]] = {}
    for each in queries.to_collect(scope)[: queries.MOST]:
        waiting.setdefault(each.laboratory_id, []).append(each)
    context = {
        "waiting": [(rows[0].laboratory, rows) for rows in waiting.values()],
        "trips": [(trip, trip.due_at < now) for trip in queries.trips(scope)[:SHOWN]],
        "may_carry": _is(scope, CARRIES),
        "me": getattr(request.user, "name", ""),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "screening/transport.html", context, status=422 if refusal else 200)


@page(
    "screening/receiving/", role=BENCH, name="screening.receiving", zh="样本签收", en="Receiving boxes",
    methods=("GET", "POST"), icon="download", order=44,
)  # fmt: skip
def receiving(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Scan a box to receive it; boxes that are coming and boxes being counted."""
    refusal = None
    if request.method == "POST":
        try:
            found = queries.box(scope, request.POST.get("code", "")[:40])
            if found is None:
                raise Refusal("没有发往本机构的这一箱，请核对箱号。", "No box of this number comes to you. Check the label.", field="code", value=request.POST.get("code", "")[:40])  # fmt: skip
            if found.state in ("in_transit", "lost"):
                step = actions.receive_box if found.state == "in_transit" else actions.find_box
                step(box=found.pk, **asked_by(request))
            return redirect("screening.box", box=found.pk)
        except Refusal as error:
            refusal = error
    now = request.now
    rows = list(queries.incoming(scope)[: queries.MOST])
    context = {
        "coming": [(each, each.trip is not None and each.trip.due_at < now) for each in rows if each.state == "in_transit"],
        "counting": [(each, queries.counted(scope, each)) for each in rows if each.state == "received"],
        "refusal": refusal,
        "now": now,
    }  # fmt: skip
    return render(request, "screening/receiving.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, scope: Scope, box: int) -> dict[str, Any] | None:
    """One act on a box; a scan answers with its verdict, everything else with the page anew."""
    act = request.POST.get("act", "")
    about = {"box": box} | asked_by(request)
    if act == "scan" and _is(scope, SITE):
        tube, findings = actions.pack_tube(
            tube=request.POST.get("tube", ""), rack=request.POST.get("rack", ""), typed="typed" in request.POST, **about
        )
        said = [FINDINGS[each] for each in findings]
        return {"tube": tube, "sign": "warn" if findings else "good", "title": IN_THE_BOX, "findings": said}
    if act in ("found", "damaged") and _is(scope, BENCH):
        condition = "damaged" if act == "damaged" else "received"
        return _counted(actions.receive_tube(tube=request.POST.get("tube", ""), condition=condition, **about))
    if act == "temperature":
        actions.record_temperature(celsius=_decimal(request, "celsius"), **about)
    elif act == "take_out" and _is(scope, SITE):
        actions.take_out(tube=request.POST.get("tube", ""), **about)
    elif act in SITE_ACTS and _is(scope, SITE):
        SITE_ACTS[act](**about)
    elif act in BENCH_ACTS and _is(scope, BENCH):
        BENCH_ACTS[act](**about)
    elif act == "lose" and _is(scope, (*CARRIES, *BENCH)):
        actions.lose_box(**about)
    else:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act", value=act[:20])
    return None


def _counted(seen: actions.Scanned) -> dict[str, Any]:
    sign = "good" if seen.condition == "received" else "bad" if seen.condition == "damaged" else "warn"
    again = {"zh": "（已扫过）", "en": " (scanned before)"} if seen.again else {"zh": "", "en": ""}
    title = CONDITIONS[seen.condition]
    return {
        "tube": seen.tube,
        "sign": sign,
        "title": {name: title[name] + again[name] for name in ("zh", "en")},
        "findings": [FINDINGS[each] for each in seen.findings if each != seen.condition],
    }


def _box(request: HttpRequest, scope: Scope, found: Box) -> dict[str, Any]:
    now = request.now
    ours, theirs = scope.includes(found.area) and _is(scope, SITE), scope.includes(found.lab_area) and _is(scope, BENCH)
    rows = list(queries.contents(scope, found)[: found.capacity + queries.MOST])
    can = {act for act in ("close", "reopen", "send", "recall", "discard") if ours and BOX.can(found.state, act)}
    can |= {act for act in ("receive", "reconcile", "find") if theirs and BOX.can(found.state, act)}
    can |= {"lose"} if BOX.can(found.state, "lose") and _is(scope, (*CARRIES, *BENCH)) else set()
    return {
        "box": found,
        "state": BOX_STATES[found.state],
        "tubes": rows,
        "listed": sum(each.condition != "unexpected" for each in rows),
        "people": sum(each.members for each in rows),
        "counted": queries.counted(scope, found),
        "conditions": CONDITIONS,
        "temperatures": queries.temperatures(scope, found),
        "may_pack": ours and found.state == "draft",
        "may_take_out": ours and found.state in queries.PACKING,
        "may_count": theirs and found.state == "received",
        "may_measure": found.state not in ("reconciled", "discarded") and _is(scope, (*SITE, COURIER, *BENCH)),
        "can": can,
        "late": found.state == "in_transit" and found.trip is not None and found.trip.due_at < now,
        "now": now,
    }


def _is(scope: Scope, roles: tuple[Any, ...]) -> bool:
    return scope.role in {each if isinstance(each, str) else each.name for each in roles}


def _whole(request: HttpRequest, field: str) -> int:
    text = request.POST.get(field, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _decimal(request: HttpRequest, field: str) -> float:
    text = request.POST.get(field, "").strip().replace("−", "-")
    try:
        return float(text)
    except ValueError:
        raise Refusal("温度应为数字。", "A temperature is a number.", field=field, value=text[:20]) from None
