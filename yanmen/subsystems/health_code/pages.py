"""Screens of the health code: look one up and see why, contest a fact, decide appeals; codes on paper; devices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.desk.errors import refusal as shown
from yanmen.desk.pages import ANY, page
from yanmen.desk.policy_book import rule_or_none
from yanmen.desk.said import line_in_words
from yanmen.registry import people
from yanmen.registry.access import log_access
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.health_code import actions, queries
from yanmen.subsystems.health_code.kinds import DECIDER, HEALTH_CODE, KEEPER, READER

READERS = (READER, DECIDER, KEEPER, "arrivals.officer", "arrivals.station", "grid_officer", "inspector")
PRINTERS = (KEEPER.name, READER.name, "grid_officer")
DEVICE_KEEPERS = (KEEPER, "checkpoints.manager", "venues.manager", "inspector")
LATELY = timedelta(days=7)
"""How long a decided appeal stands below where none waits."""
WRITES = ("GET", "POST", "PUT", "PATCH", "DELETE")


@page("health-code/", role=READERS, name="health_code.lookup", zh="健康码查询", en="Health code", icon="code")
def lookup(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Find somebody; how many people have each colour."""
    text = request.GET.get("q", "").strip()
    found = people.search(scope, text, limit=20) if text else []
    if len(found) == 1:
        return redirect("health_code.code", person=found[0].pk)
    figures = queries.counts(scope)
    context = {"q": text, "found": found, "figures": [(value, figures[value]) for value in HEALTH_CODE.order]}
    return render(request, "health_code/lookup.html", context)


@page("health-code/<int:person>/", role=READERS, name="health_code.code", zh="健康码", en="Health code", methods=WRITES)
def code(request: HttpRequest, scope: Scope, person: int) -> HttpResponse:
    """A code, why, what clears it and when. Whoever sends anything to this page is refused and reported."""
    if request.method not in ("GET", "HEAD"):
        return _refuse(request, scope)
    return render(request, "health_code/code.html", _told(request, scope, person))


@page(
    "health-code/<int:person>/paper/",
    role=READERS,
    name="health_code.paper",
    zh="纸质健康码",
    en="Code on paper",
    methods=("GET", "POST"),
)
def paper(request: HttpRequest, scope: Scope, person: int) -> HttpResponse:
    """One sheet for somebody without a telephone, in both languages: the code, what it is good for, until when; and why."""
    refusal = None
    may_print = scope.role in PRINTERS
    if request.method == "POST" and may_print:
        try:
            _print(request, scope, person)
            return redirect("health_code.paper", person=person)
        except Refusal as error:
            refusal = error
    found = queries.paper_of(scope, _person(scope, person).pk)
    good = found is not None and found.revoked_at is None and found.expires_at > request.now
    context = {
        "paper": found,
        "good": good,
        "drawn": queries.drawn(queries.printed(found), found.hint) if found and good else "",
        "may_print": may_print,
        "refusal": refusal,
        "sent": request.POST,
    }
    told = _told(request, scope, person)
    return render(request, "health_code/paper.html", told | context, status=422 if refusal else 200)


@page(
    "health-code/devices/",
    role=DEVICE_KEEPERS,
    name="health_code.devices",
    zh="终端设备",
    en="Devices",
    methods=("GET", "POST"),
    icon="shield",
    order=60,
)
def devices(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Telephones of the area: whose, where, last seen; one that is lost is shut out here."""
    refusal = _revoked(request, scope) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return redirect(request.get_full_path())
    kind = request.GET.get("kind", "officer")
    kind = kind if kind in ("officer", "holder") else "officer"
    after = request.GET.get("after", "")
    found = queries.device_page(scope, now=request.now, kind=kind, after=int(after) if after.isdigit() else None)
    log_access(scope, "devices", count=len(found.rows), now=request.now)
    context = {
        "rows": found.rows,
        "kind": kind,
        "next": f"?kind={kind}&after={found.after}" if found.after else "",
        "refusal": refusal,
    }
    return render(request, "health_code/devices.html", context, status=422 if refusal else 200)


@page(
    "health-code/my-device/",
    role=ANY,
    name="health_code.my_device",
    zh="登记工作手机",
    en="My work phone",
    methods=("GET", "POST"),
    icon="code",
    order=95,
)
def my_device(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Make a telephone one's own at work: a code to scan once, and one's own devices."""
    refusal, opened = None, None
    if request.method == "POST":
        try:
            if "revoke" in request.POST:
                refusal = _revoked(request, scope)
            else:
                opened = _opened(request, scope)
        except Refusal as error:
            refusal = error
    context = {
        "opened": opened,
        "drawn": queries.drawn(f"YE1:{opened.token}", _("Scan with the phone pages")) if opened else "",
        "places": queries.places_of(scope),
        "rows": queries.own_account_devices(scope, now=request.now),
        "refusal": refusal,
        "sent": request.POST,
    }
    response = render(request, "health_code/my_device.html", context, status=422 if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response


@page(
    "health-code/<int:person>/contest/",
    role=READERS,
    name="health_code.contest",
    zh="提出异议",
    en="Contest a fact",
    methods=("GET", "POST"),
)
def contest(request: HttpRequest, scope: Scope, person: int) -> HttpResponse:
    """Choose the fact that is wrong and say why."""
    refusal = None
    if request.method == "POST":
        try:
            key = actions.contest(
                scope=scope,
                person=_person(scope, person).pk,
                fact=_fact_chosen(request),
                reason=request.POST.get("reason", ""),
                by=scope.by,
                now=request.now,
            )
            messages.success(request, _("The appeal is recorded. Its number: %(key)s") % {"key": key})
            return redirect("health_code.code", person=person)
        except Refusal as error:
            refusal = error
    context = {
        "person": _person(scope, person),
        "facts": queries.evidence(scope, person),
        "appeals": queries.appeals_of(scope, person),
        "refusal": refusal,
        "sent": request.POST,
    }
    return render(request, "health_code/contest.html", context, status=422 if refusal else 200)


@page(
    "health-code/appeals/",
    role=(DECIDER, "inspector"),
    name="health_code.appeals",
    zh="健康码异议",
    en="Appeals",
    icon="scale",
)
def appeals(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Appeals that wait, with their clocks; and those that were decided, of which the last week's stand below where none waits."""
    decided = request.GET.get("decided") == "1"
    found = queries.appeals(scope, decided=decided, after=request.GET.get("after", ""))
    following = ""
    if found.after:
        following = f"{reverse('health_code.appeals')}?decided={int(decided)}&after={found.after}"
    before = []
    if not decided and not found.rows:
        before = queries.appeals(scope, decided=True, after=str(uuid7(request.now - LATELY))).rows
    context = {"rows": found.rows, "decided": decided, "next": following, "before": before}
    return render(request, "health_code/appeals.html", context)


@page(
    "health-code/appeals/<str:appeal>/",
    role=(DECIDER, "inspector"),
    name="health_code.appeal",
    zh="异议",
    en="Appeal",
    methods=("GET", "POST"),
)
def appeal(request: HttpRequest, scope: Scope, appeal: str) -> HttpResponse:
    """One appeal: the contested fact, whom the same mistake touched, and the decision."""
    found = queries.appeal(scope, appeal)
    if found is None:
        raise Http404(appeal)
    refusal = None
    if request.method == "POST" and scope.role == DECIDER.name:
        try:
            _decide(request, scope, found)
            return redirect("health_code.appeal", appeal=appeal)
        except Refusal as error:
            refusal = error
    contested = queries.fact(scope, found.fact_id)
    wrong = queries.touched_by(scope, contested, found.field) if contested else []
    context = {
        "appeal": found,
        "fact": contested,
        "touched": wrong,
        "touched_people": len({each.person_id for each in wrong}),
        "value": contested.detail.get(found.field, "") if contested else "",
        "may_decide": scope.role == DECIDER.name and not found.decision,
        "refusal": refusal,
        "sent": request.POST,
    }
    return render(request, "health_code/appeal.html", context, status=422 if refusal else 200)


def _decide(request: HttpRequest, scope: Scope, found: queries.Appeal) -> None:
    note = request.POST.get("note", "")
    about: dict[str, Any] = {"scope": scope, "appeal": found.appeal, "note": note, "by": scope.by, "now": request.now}
    decision = request.POST.get("decision")
    if decision == "uphold":
        right = request.POST.get("right_value", "").strip()
        correction = {found.field: right} if right and found.field else None
        repair = actions.uphold(**about, correction=correction, everyone=request.POST.get("everyone") == "1")
        messages.success(
            request,
            _("Upheld: %(facts)d facts about %(people)d people put right.")
            % {"facts": repair.facts, "people": repair.people},
        )
    elif decision == "reject":
        actions.reject(**about)
    else:
        raise Refusal("请选择“成立”或“不成立”。", "Choose whether it is upheld or rejected.", field="decision")


def _print(request: HttpRequest, scope: Scope, person: int) -> None:
    about: dict[str, Any] = {"scope": scope, "by": scope.by, "now": request.now}
    taken_back = request.POST.get("revoke", "")
    if taken_back.isdigit():
        actions.revoke_paper(**about, paper=int(taken_back), reason=request.POST.get("reason", ""))
        messages.success(request, _("The paper is taken back. Doors know within minutes."))
        return
    actions.issue_paper(**about, person=person, purpose=request.POST.get("purpose", ""))
    messages.success(request, _("The code is ready to print."))


def _revoked(request: HttpRequest, scope: Scope) -> Refusal | None:
    number = request.POST.get("revoke", "")
    try:
        actions.revoke_devices(
            scope=scope,
            numbers=[int(number)] if number.isdigit() else [],
            reason=request.POST.get("reason", ""),
            by=scope.by,
            now=request.now,
        )
    except Refusal as refusal:
        return refusal
    messages.success(request, _("The device is shut out."))
    return None


def _opened(request: HttpRequest, scope: Scope) -> actions.Opened:
    place, days = request.POST.get("place", ""), request.POST.get("days", "")
    return actions.open_enrolment(
        scope=scope,
        place=int(place) if place.isdigit() else None,
        days=int(days) if days.isdigit() else None,
        by=scope.by,
        now=request.now,
    )


def _told(request: HttpRequest, scope: Scope, number: int) -> dict[str, Any]:
    person = _person(scope, number)
    log_access(scope, "health code", person=person, now=request.now)
    found = queries.code(scope, number, now=request.now)
    for one in found["because"]:
        for line in one["lines"]:
            line["said"] = line_in_words(rule_or_none(one["rule"]), line["text"])
    return {
        "person": person,
        "document": people.masked(person, "id_number"),
        "code": found,
        "appeals": queries.appeals_of(scope, number),
    }


def _person(scope: Scope, number: int) -> Person:
    found = queries.person(scope, number)
    if found is None:
        raise Http404(str(number))
    return found


def _fact_chosen(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("fact", ""))
    except ValueError:
        raise Refusal("请选择有误的那条依据。", "Choose the fact that is wrong.", field="fact") from None


def _refuse(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The answer is returned, not raised: the alarm must be committed."""
    several = [len(request.POST.getlist(name)) for name in request.POST]
    refusal = actions.refuse_setting(people=max(several, default=1), door=request.path, by=scope.by, now=request.now)
    context = {"refusal": shown(refusal.zh, refusal.en, field=refusal.field)}
    return render(request, "desk/refused.html", context, status=403)
