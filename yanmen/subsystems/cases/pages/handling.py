"""Screens of cases: the list with its clocks, a report, one case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.desk.pages import page
from yanmen.desk.templatetags.desk import say
from yanmen.registry import people
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.methods.words import KINDS, NO_CASE, RISKS, SETTINGS, SEVERITIES, STAGES
from yanmen.subsystems.cases.pages.forms import ct_of, day_of, moment_of
from yanmen.subsystems.cases.queries import Case

STAFF = (REPORTER, EPIDEMIOLOGIST, "command.staff")
CURVE_DAYS = 30


@page("cases/", role=STAFF, name="cases.list", zh="病例", en="Cases", icon="case")
def cases(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Cases by stage, each with the clock that runs first."""
    stage = request.GET.get("stage", "")
    stage = stage if stage in STAGES else ""
    now: datetime = request.now  # type: ignore[attr-defined]
    found = queries.cases(scope, now=now, stage=stage, after=request.GET.get("after", ""))
    counts = queries.counts(scope, now=now)
    context = {
        "page": found,
        "stage": stage,
        "now": now,
        "stages": [(name, title, counts[name]) for name, title in STAGES.items()],
        "total": sum(counts.values()),
        "kinds": KINDS,
        "settings": SETTINGS,
        "curve": _curve(scope, now),
    }
    return render(request, "cases/list.html", context)


@page(
    "cases/report/", role=(REPORTER, EPIDEMIOLOGIST), name="cases.report", zh="报告病例", en="Report a case",
    methods=("GET", "POST"), icon="file",
)  # fmt: skip
def report(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The report card; a mistake comes back with the field, the value and what to do."""
    now: datetime = request.now  # type: ignore[attr-defined]
    sent: dict[str, Any] = {"found_at": now.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M"), "area": scope.area}
    refusal = None
    if request.method == "POST":
        sent = request.POST.dict()
        try:
            return redirect("cases.case", case=_report(sent, scope, now))
        except Refusal as error:
            refusal = error
    context = {"sent": sent, "refusal": refusal, "kinds": KINDS, "settings": SETTINGS, "severities": SEVERITIES}
    return render(request, "cases/report.html", context, status=422 if refusal else 200)


@page(
    "cases/<str:case>/", role=STAFF, name="cases.case", zh="病例", en="Case", methods=("GET", "POST"), nav=False,
)  # fmt: skip
def case(request: HttpRequest, scope: Scope, case: str) -> HttpResponse:
    """One case: what is known, what was done, and what may be recorded now."""
    now: datetime = request.now  # type: ignore[attr-defined]
    found = queries.case(scope, case, now=now)
    if found is None:
        raise Http404(case)
    refusal = None
    if request.method == "POST":
        try:
            _act(request, scope, found, now)
            again = queries.case(scope, case, now=now)
            return redirect("cases.case", case=case) if again else redirect("cases.list")
        except Refusal as error:
            refusal = error
    context = {
        "case": found,
        "person": queries.person_of(scope, found),
        "stays": queries.stays_of(scope, found),
        "may_edit": scope.role in (EPIDEMIOLOGIST.name, REPORTER.name),
        "is_epidemiologist": scope.role == EPIDEMIOLOGIST.name,
        "kind_title": KINDS.get(found.kind),
        "setting_title": SETTINGS.get(found.setting),
        "others": {name: title for name, title in (KINDS | NO_CASE).items() if name != found.kind},
        "risks": RISKS,
        "refusal": refusal,
        "sent": request.POST,
        "now": now,
    }
    return render(request, "cases/case.html", context, status=422 if refusal else 200)


def _curve(scope: Scope, now: datetime) -> dict[str, Any]:
    """New infections by day and kind, as the chart reads them."""
    until = now.astimezone(BEIJING).date()
    days = [until - timedelta(days=back) for back in range(CURVE_DAYS - 1, -1, -1)]
    found = {(row["day"], row["kind"]): row["count"] for row in queries.daily(scope, since=days[0], until=days[-1])}
    series = [
        {"name": say(title), "values": [found.get((day, kind), 0) for day in days]} for kind, title in KINDS.items()
    ]
    return {"days": [day.isoformat() for day in days], "series": series, "total": sum(found.values())}


def _report(sent: dict[str, Any], scope: Scope, now: datetime) -> str:
    scope.require(sent.get("area", ""))
    person = people.find_by_id_number(scope, sent.get("id_number", "").strip())
    if person is None:
        person = people.register_person(
            name=sent.get("name", "")[:80], id_type="resident", id_number=sent.get("id_number", "")[:18],
            phone=sent.get("phone", "")[:20], area=sent.get("area", ""), address=sent.get("address", "")[:200],
            by=scope.by, now=now,
        )  # fmt: skip
    done = actions.report(
        person=person.pk,
        area=sent.get("area", ""),
        kind=sent.get("kind", ""),
        found_at=moment_of(sent.get("found_at", "")),
        setting=sent.get("setting", ""),
        severity=sent.get("severity", ""),
        onset_on=day_of(sent.get("onset_on", "")),
        ct=ct_of(sent.get("ct", "")),
        spread_outside=bool(sent.get("spread_outside")),
        town=sent.get("town", "")[:80],
        by=scope.by,
        now=now,
    )
    return done.case


def _act(request: HttpRequest, scope: Scope, found: Case, now: datetime) -> None:
    form = request.POST
    about: dict[str, Any] = {"scope": scope, "case": found.key, "by": scope.by, "now": now}
    note = form.get("note", "")[:400]
    acts: dict[str, Callable[[], object]] = {
        "audit": lambda: actions.audit_report(**about, note=note),
        "trace": lambda: actions.trace_core(**about, stays=_stays(form, now), note=note),
        "investigate": lambda: actions.investigate(
            **about, onset_on=day_of(form.get("onset_on", "")), stays=_stays(form, now), note=note
        ),
        "admit": lambda: actions.admit(**about, facility=note),
        "discharge": lambda: actions.discharge(**about, note=note),
        "follow_up": lambda: actions.follow_up(**about, note=note),
        "assess": lambda: actions.assess(**about, risk=form.get("risk", ""), note=note),
        "reclassify": lambda: actions.reclassify(**about, to=form.get("to", ""), reason=form.get("reason", "")[:400]),
    }
    act = form.get("act", "")
    by_reporters = ("admit", "discharge", "follow_up")
    if scope.role != EPIDEMIOLOGIST.name and not (scope.role == REPORTER.name and act in by_reporters):
        act = ""
    if act not in acts:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    acts[act]()


def _stays(form: Any, now: datetime) -> list[actions.StayFound]:
    """One stay from the form: area and until when."""
    area = form.get("stay_area", "").split(" ")[0].strip()
    until = form.get("stay_until", "")
    return [actions.StayFound(area, moment_of(until) if until else now)] if area else []
