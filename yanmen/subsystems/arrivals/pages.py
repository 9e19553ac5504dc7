"""Screens of arrivals: the list by stage, the declaration form, the station phone, one journey."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yanmen.base.refusals import Refusal
from yanmen.desk.imports import offer
from yanmen.desk.pages import page
from yanmen.registry import people
from yanmen.registry.models import Area, Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.arrivals import actions, queries
from yanmen.subsystems.arrivals.kinds import GRID_OFFICER, OFFICER, STATION
from yanmen.subsystems.arrivals.methods.course import ACTS, STAGES, TRANSPORTS, acts_open

STAFF = (OFFICER, STATION, GRID_OFFICER)

offer(actions.DECLARATIONS, role=(OFFICER, "data.clerk"))


@page("arrivals/", role=STAFF, name="arrivals.list", zh="来返人员", en="Arrivals", icon="plane")
def arrivals(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Journeys by stage, with how many stand at each."""
    stage = request.GET.get("stage", "")
    stage = stage if stage in STAGES else ""
    found = queries.journeys(scope, now=request.now, stage=stage, after=request.GET.get("after", ""))
    context = {"page": found, "stage": stage, "next": _next(request, found.after)}
    counts = queries.counts(scope, now=request.now)
    context["stages"] = [(name, title, counts[name]) for name, title in STAGES.items()]
    context["total"] = sum(counts.values())
    return render(request, "arrivals/list.html", context)


@page(
    "arrivals/declare/",
    role=STAFF,
    name="arrivals.declare",
    zh="登记来返人员",
    en="Declare an arrival",
    methods=("GET", "POST"),
    icon="file",
)
def declare(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The form of a declaration; a mistake comes back with the field, the value and what to do."""
    if request.method != "POST":
        return _form(request, scope, {"expected_on": request.now.date().isoformat(), "destination": scope.area})
    try:
        person = _traveller(request.POST, area=_code(request.POST, "destination"), scope=scope, now=request.now)
        journey = actions.declare(
            person=person,
            origin=_code(request.POST, "origin"),
            arrived_origin_on=_day(request.POST, "arrived_origin_on", needed=False),
            left_origin_on=_day(request.POST, "left_origin_on"),
            expected_on=_needed_day(request.POST, "expected_on"),
            destination=_code(request.POST, "destination"),
            transport=request.POST.get("transport", "other"),
            vehicle=request.POST.get("vehicle", "")[:40],
            address=request.POST.get("address", "")[:200],
            by=scope.by,
            now=request.now,
        )
    except Refusal as refusal:
        return _form(request, scope, request.POST.dict(), refusal)
    return redirect("arrivals.journey", journey=journey)


@page(
    "arrivals/station/",
    role=STAFF,
    name="arrivals.station",
    zh="站点落地登记",
    en="At the station",
    methods=("GET", "POST"),
    icon="train",
)
def station(request: HttpRequest, scope: Scope) -> HttpResponse:
    """On a phone: find the traveller by document number, record the landing; declare on the spot if need be."""
    context: dict[str, Any] = {"number": "", "transports": TRANSPORTS}
    if request.method == "POST":
        try:
            context |= _at_station(request, scope)
        except Refusal as refusal:
            context |= {"refusal": refusal, "number": request.POST.get("id_number", ""), "sent": request.POST}
    context["landed_today"] = queries.landed_today(scope, now=request.now)
    return render(request, "arrivals/station.html", context, status=422 if "refusal" in context else 200)


@page(
    "arrivals/journeys/<str:journey>/",
    role=STAFF,
    name="arrivals.journey",
    zh="行程",
    en="Journey",
    methods=("GET", "POST"),
)
def journey(request: HttpRequest, scope: Scope, journey: str) -> HttpResponse:
    """One journey: its stage, timeline and measures, and what may be done with it now."""
    found = queries.journey(scope, journey, now=request.now)
    if found is None:
        raise Http404(journey)
    refusal = None
    if request.method == "POST":
        try:
            return redirect("arrivals.journey", journey=_act(request, scope, found))
        except Refusal as error:
            refusal = error
    context = queries.course(scope, found) | {
        "acts": [(name, ACTS[name]) for name in acts_open(found.stage)],
        "refusal": refusal,
        "sent": request.POST,
        "transport": TRANSPORTS.get(found.transport),
    }
    return render(request, "arrivals/journey.html", context, status=422 if refusal else 200)


def _at_station(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    number = request.POST.get("id_number", "").strip()
    person = people.find_by_id_number(scope, number)
    waiting = queries.open_journey(scope, person.pk, now=request.now) if person else None
    place = request.POST.get("station", "")[:80]
    if "land" in request.POST and waiting:
        actions.land(scope=scope, journey=waiting.journey, station=place, by=scope.by, now=request.now)
        return {"landed": queries.journey(scope, waiting.journey, now=request.now), "station": place}
    if "land" in request.POST:
        person = person or _traveller(request.POST, area=_area_here(request, scope), scope=scope, now=request.now)
        key = actions.land_undeclared(
            scope=scope,
            person=person,
            origin=_code(request.POST, "origin"),
            left_origin_on=_day(request.POST, "left_origin_on"),
            area=_area_here(request, scope),
            station=place,
            by=scope.by,
            now=request.now,
        )
        return {"landed": queries.journey(scope, key, now=request.now), "station": place}
    return {"number": number, "person": person, "waiting": waiting, "unknown": waiting is None, "station": place}


def _act(request: HttpRequest, scope: Scope, found: queries.Journey) -> str:
    act = request.POST.get("act", "")
    about: dict[str, Any] = {"scope": scope, "journey": found.journey, "by": scope.by, "now": request.now}
    about["note"] = request.POST.get("note", "")[:200]
    if act == "land":
        actions.land(**about)
    elif act == "mark_no_show":
        actions.mark_no_show(**about)
    elif act == "take_over":
        actions.take_over(**about, address=request.POST.get("address", "")[:200])
    elif act == "declared_elsewhere":
        actions.declared_elsewhere(**about, destination=_code(request.POST, "destination"))
    elif act == "reroute":
        actions.reroute(
            **about,
            destination=_code(request.POST, "destination"),
            expected_on=_needed_day(request.POST, "expected_on"),
        )
        return found.journey
    else:
        raise Refusal("请选择要登记的事项。", "Choose what to record.", field="act", value=act)
    return found.journey


def _form(request: HttpRequest, scope: Scope, sent: Mapping[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    counties = Area.objects.filter(level="county", valid_to=None).order_by("code")
    context = {"sent": sent, "refusal": refusal, "transports": TRANSPORTS, "counties": counties}
    return render(request, "arrivals/declare.html", context, status=422 if refusal else 200)


def _traveller(sent: Mapping[str, Any], *, area: str, scope: Scope, now: Any) -> Person:
    scope.require(area)
    return people.register_person(
        name=str(sent.get("name", "")).strip(),
        sex=str(sent.get("sex", "")),
        born_on=_day(sent, "born_on", needed=False),
        id_type="resident",
        id_number=str(sent.get("id_number", "")).strip(),
        phone=str(sent.get("phone", "")).strip(),
        area=area,
        address=str(sent.get("address", ""))[:200],
        by=scope.by,
        now=now,
    )


def _area_here(request: HttpRequest, scope: Scope) -> str:
    return _code(request.POST, "destination") if request.POST.get("destination") else scope.area


def _code(sent: Mapping[str, Any], field: str) -> str:
    """A code, or a code followed by its name as the list of suggestions writes it."""
    return str(sent.get(field, "")).strip().split(" ")[0]


def _day(sent: Mapping[str, Any], field: str, *, needed: bool = True) -> date | None:
    text = str(sent.get(field, "")).strip()
    if not text and not needed:
        return None
    return _needed_day(sent, field)


def _needed_day(sent: Mapping[str, Any], field: str) -> date:
    text = str(sent.get(field, "")).strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            f"“{text}”不是日期。请写成 2022-11-11。",
            f'"{text}" is no date. Write it like 2022-11-11.',
            field=field,
            value=text,
        ) from None


def _next(request: HttpRequest, after: str | None) -> str:
    if not after:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return f"{reverse('arrivals.list')}?{query.urlencode()}"
