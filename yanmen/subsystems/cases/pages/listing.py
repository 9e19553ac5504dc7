"""The list of cases by disease, stage and clock, with the curve of new infections."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.base.clock import BEIJING
from yanmen.base.diseases import COVID, disease_title
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.desk.templatetags.desk import say
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.methods.words import KINDS, SETTINGS, STAGES

STAFF = (REPORTER, EPIDEMIOLOGIST, "command.staff")
CURVE_DAYS = 30


@page("cases/", role=STAFF, name="cases.list", zh="病例", en="Cases", icon="case")
def cases(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Cases by stage, each with the clock that runs first; of one disease, or with a clock that ran out."""
    now = moment_of(request)
    stage, disease = request.GET.get("stage", ""), request.GET.get("disease", "")
    stage = stage if stage in STAGES else ""
    late = request.GET.get("late") == "1"
    found = queries.cases(
        scope, now=now, stage=stage, disease=disease, late=late, after=request.GET.get("after", "")
    )  # fmt: skip
    counts = queries.counts(scope, now=now, disease=disease)
    context = {
        "page": found,
        "stage": stage,
        "disease": disease,
        "late": late,
        "overdue": queries.late(scope, now=now, disease=disease),
        "diseases": [(name, disease_title(name), count) for name, count in queries.diseases(scope, now=now).items()],
        "now": now,
        "stages": [(name, title, counts[name]) for name, title in STAGES.items()],
        "total": sum(counts.values()),
        "kinds": KINDS,
        "settings": SETTINGS,
        "may_report": scope.role in (REPORTER.name, EPIDEMIOLOGIST.name),
        "curve": _curve(scope, now, disease or COVID),
        "curve_of": disease_title(disease or COVID),
    }
    return render(request, "cases/list.html", context)


def _curve(scope: Scope, now: datetime, disease: str) -> dict[str, Any]:
    """New infections by day and kind, as the chart reads them."""
    until = now.astimezone(BEIJING).date()
    days = [until - timedelta(days=back) for back in range(CURVE_DAYS - 1, -1, -1)]
    told = queries.daily(scope, since=days[0], until=days[-1], disease=disease)
    found = {(row["day"], row["kind"]): row["count"] for row in told}
    series = [
        {"name": say(title), "values": [found.get((day, kind), 0) for day in days]} for kind, title in KINDS.items()
    ]
    return {"days": [day.isoformat() for day in days], "series": series, "total": sum(found.values())}
