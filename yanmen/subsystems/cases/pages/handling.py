"""One case: what is known, its clocks and course, everything that happened, and what may be recorded now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import PAGES, page
from yanmen.desk.templatetags.desk import say
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.methods.words import KINDS, RISKS, SETTINGS, SEVERITIES, SOURCE_SETTINGS, SYMPTOMS
from yanmen.subsystems.cases.pages import acts, investigating, story
from yanmen.subsystems.cases.pages.fields import Title, said
from yanmen.subsystems.cases.pages.listing import STAFF

LINKS: tuple[tuple[str, str, Title], ...] = (
    ("tracing.contacts", "users", said("接触者", "Contacts")),
    ("tracing.chains", "diff", said("传播链", "Chain")),
    ("tracing.movements", "map", said("活动轨迹", "Movements")),
)


@page(
    "cases/<uuid:case>/", role=STAFF, name="cases.case", zh="病例", en="Case", methods=("GET", "POST"), nav=False,
)  # fmt: skip
def case(request: HttpRequest, scope: Scope, case: UUID) -> HttpResponse:
    """One case: what is known, what was done, and what may be recorded now."""
    now, key = moment_of(request), str(case)
    found = queries.case(scope, key, now=now)
    if found is None:
        merged = queries.merge_of(scope, key)
        if merged is None:
            raise Http404(key)
        messages.info(request, _("That report was merged into this case."))
        return redirect("cases.case", case=merged["into_case"])
    refusal = None
    if request.method == "POST":
        try:
            done = acts.perform(request.POST, scope, key, now)
            messages.success(request, say(done.title))
            again = queries.case(scope, key, now=now)
            if again is None:
                return redirect("cases.list")
            onward = "?exposures=1" if done.name == "exposure" else ""
            return redirect(reverse("cases.case", args=[key]) + onward)
        except Refusal as error:
            refusal = error
    log_access(scope, "case page", person=found.person_id, now=now)
    context = _shown(request, scope, found, now) | {"refusal": refusal, "sent": request.POST}
    return render(request, "cases/case.html", context, status=422 if refusal else 200)


def _shown(request: HttpRequest, scope: Scope, found: queries.Case, now: datetime) -> dict[str, Any]:
    tasks = story.tasks_of(scope, found)
    owed = frozenset(task.kind for task in tasks if task.state in ("open", "failed") and task.opens_at <= now)
    checklist = queries.discharge_checklist(scope, found.key, now=now)
    after = queries.aftercare(scope, found.key, now=now)
    days, more = story.timeline(scope, found, everything=bool(request.GET.get("all")))
    source = queries.source_of(scope, found, now=now)
    told = queries.investigation(scope, found.key, now=now)
    situation = acts.Situation(found, checklist, after, owed, source)
    return {
        "case": found,
        "person": queries.person_of(scope, found),
        "stays": queries.stays_of(scope, found),
        "clocks": story.clocks(scope, found, now),
        "course": story.course(scope, found, now),
        "checklist": checklist,
        "evidence": story.evidence(scope, found, now),
        "pairs": _pairs(scope, found, now),
        "hand_overs": queries.hand_overs(scope, found),
        "sheet": investigating.sheet(told) if told else None,
        "source": source,
        "source_settings": SOURCE_SETTINGS,
        "may_investigate": scope.role == EPIDEMIOLOGIST.name and found.open,
        "may_answer": scope.role in (EPIDEMIOLOGIST.name, REPORTER.name) and found.open,
        "after": after if after and (after.discharged_at or found.setting == "re_positive") else None,
        "days": days,
        "more": more,
        "acts": acts.shown(scope.role, situation) if scope.role in (EPIDEMIOLOGIST.name, REPORTER.name) else [],
        "kind_title": KINDS.get(found.kind),
        "setting_title": SETTINGS.get(found.setting),
        "severities": SEVERITIES,
        "symptoms": SYMPTOMS,
        "risks": RISKS,
        "links": _links(scope, found),
        "now": now,
    }


def _pairs(scope: Scope, found: queries.Case, now: datetime) -> list[dict[str, Any]]:
    """Reports of the county that may be this case once more, for those who may merge them."""
    if scope.role != EPIDEMIOLOGIST.name:
        return []
    county = scope.narrowed(found.area[:6]) if len(scope.area) < 6 <= len(found.area) else scope
    return [pair for pair in queries.duplicates(county, now=now) if found.key in (pair["left"], pair["right"])]


def _links(scope: Scope, found: queries.Case) -> list[tuple[str, str, Title]]:
    """Pages of other fields about this case that are installed and open for the role: by key, or filtered by it."""
    pages = [(PAGES.get(name), icon, title) for name, icon, title in LINKS]
    return [
        (
            reverse(one.name, args=[found.key])
            if "<" in one.path
            else f"{reverse(one.name)}?case={found.key}&disease={found.disease}",
            icon,
            title,
        )
        for one, icon, title in pages
        if one and one.opens_for(scope.role)
    ]
