"""People: search, the person page with its why, and the logged reveal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from yanmen.base.clock import BEIJING, local_date
from yanmen.desk import said
from yanmen.desk.pages import ANY, PAGES, page
from yanmen.desk.policy_book import place_ranks, rule_or_none
from yanmen.loop import reading
from yanmen.loop.why import explain
from yanmen.registry import people as register
from yanmen.registry.access import break_glass, log_access
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope

SHOWN = 60


@page(
    "people/",
    role=ANY,
    name="desk.people",
    zh="人员",
    en="People",
    icon="users",
    group="work",
    order=2,
    methods=("GET", "POST"),
)
def people(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Find a person by document, telephone, register number or the beginning of the name."""
    now = request.now  # type: ignore[attr-defined]
    text = (request.POST.get("q") or "").strip()
    found = register.search(scope, text) if text else []
    if found:
        log_access(scope, "search people", count=len(found), now=now)
    if len(found) == 1:
        return redirect("desk.person", found[0].pk)
    rows = [
        {"person": one, "id_number": register.masked(one, "id_number"), "phone": register.masked(one, "phone")}
        for one in found
    ]
    return render(request, "desk/people.html", {"text": text, "rows": rows})


@page("people/<int:number>/", role=ANY, name="desk.person", zh="个人", en="Person", icon="user")
def person(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    """One timeline: facts, measures, tasks, reasons; and why."""
    one = _person(scope, number)
    if one.same_as_id:
        return redirect("desk.person", one.same_as_id)
    now = request.now  # type: ignore[attr-defined]
    log_access(scope, "person page", person=one, now=now)
    as_of, known_at = _moments(request, now)
    told = explain(one.pk, as_of=as_of, known_at=known_at, now=now)
    story = reading.timeline(scope, one.pk)
    context = {
        "person": one,
        "masked": {field: register.masked(one, field) for field in ("id_number", "phone")},
        "told": _in_words(told),
        "plan": reading.plan(scope, one.pk, as_of=as_of),
        "tasks": reading.tasks(scope).filter(subject_type="person", subject=one.pk),
        "days": _by_day(story[: None if request.GET.get("all") else SHOWN]),
        "more": len(story) > SHOWN and not request.GET.get("all"),
        "as_of": as_of,
        "known_at": known_at,
        "code_page": _code_page(scope, one.pk),
        "looking_back": bool(request.GET.get("as_of") or request.GET.get("known_at")),
    }
    return render(request, "desk/person.html", context)


@page("people/<int:number>/reveal/", role=ANY, name="desk.reveal", zh="查看证件号", en="Reveal", methods=("POST",))
def reveal(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    """A sealed field in clear: needs a reason, leaves a trace."""
    field = "phone" if request.POST.get("field") == "phone" else "id_number"
    clear = register.reveal(scope, number, field, reason=request.POST.get("reason", ""), now=request.now)  # type: ignore[attr-defined]
    return render(
        request,
        "desk/revealed.html",
        {"number": number, "field": field, "clear": clear, "person": _person(scope, number)},
    )


@page(
    "people/emergency/",
    role=ANY,
    name="desk.emergency",
    zh="紧急查阅",
    en="Emergency access",
    methods=("POST",),
    nav=False,
)
def emergency(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Break the glass: one person outside the own areas, three hours, and they are told."""
    number = request.POST.get("number", "")
    now = request.now  # type: ignore[attr-defined]
    break_glass(scope, int(number) if number.isdigit() else 0, reason=request.POST.get("reason", ""), now=now)
    messages.warning(request, _("Opened for three hours. It is logged, and the person is told."))
    return redirect("desk.person", int(number))


def _person(scope: Scope, number: int) -> Person:
    found = scope.within(Person.objects, "area").filter(pk=number).first() if scope.sees_people else None
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


def _code_page(scope: Scope, number: int) -> str:
    """Where the facts behind a code are contested, when the role may go there."""
    found = PAGES.get("health_code.code")
    return reverse(found.name, args=[number]) if found and found.opens_for(scope.role) else ""


def _moments(request: HttpRequest, now: datetime) -> tuple[date, datetime]:
    """``as_of`` and ``known_at`` of the question; now, unless the reader asks about another time."""
    as_of = parse_date(request.GET.get("as_of", "")) or local_date(now)
    known_at = parse_datetime(request.GET.get("known_at", "") or "") or now
    return as_of, known_at if known_at.tzinfo else known_at.replace(tzinfo=BEIJING)


def _in_words(told: dict[str, Any]) -> dict[str, Any]:
    for one in [*told["measures"], *told["ended"], *told["not_imposed"]]:
        rule = rule_or_none(one["rule"])
        for line in one.get("lines", []):
            line["said"] = said.line_in_words(rule, line["text"])
    ranks = place_ranks()
    told["measures"].sort(key=lambda one: -ranks.get((one["stage"] or {}).get("place", ""), 0))
    for one in [*told["measures"], *told["ended"]]:
        one["needs"] = one["clears"]["needs"][0 if one["clears"]["earliest"] else 1 :]
        one["weak_names"] = [said.value_title(name) for name in one["weak"]]
        _lay_out(one, told["as_of"])
    return told


def _lay_out(measure: dict[str, Any], as_of: str) -> None:
    for stage in measure["stages"]:
        first, last = stage["first_day"], stage["last_day"]
        held = last is None or as_of <= last or (measure["over_hold"] and stage is measure["stages"][-1])
        stage["current"] = measure["state"] == "in_force" and first <= as_of and held


def _by_day(entries: list[dict[str, Any]]) -> list[tuple[date, list[dict[str, Any]]]]:
    days: dict[date, list[dict[str, Any]]] = {}
    corrected = {entry["corrects"] for entry in entries if entry["what"] == "fact" and entry["corrects"]}
    for entry in entries:
        entry["gone"] = entry["what"] == "fact" and entry["id"] in corrected
        days.setdefault(local_date(entry["at"]), []).append(entry)
    return list(days.items())
