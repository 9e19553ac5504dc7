"""The report card of a case."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yanmen.base.clock import BEIJING
from yanmen.base.diseases import COVID, DISEASES
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry import people
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import actions
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.methods.words import KINDS, SETTINGS, SEVERITIES
from yanmen.subsystems.cases.pages import forms


@page(
    "cases/report/", role=(REPORTER, EPIDEMIOLOGIST), name="cases.report", zh="报告病例", en="Report a case",
    methods=("GET", "POST"), icon="file",
)  # fmt: skip
def report(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The report card; a mistake comes back with the field, the value and what to do."""
    now = moment_of(request)
    sent: dict[str, Any] = {"found_at": now.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M"), "area": scope.area}
    refusal = None
    if request.method == "POST":
        sent = request.POST.dict()
        try:
            return redirect("cases.case", case=_report(sent, request))
        except Refusal as error:
            refusal = error
    context = {
        "sent": sent, "refusal": refusal, "kinds": KINDS, "settings": SETTINGS, "severities": SEVERITIES,
        "diseases": DISEASES, "disease": sent.get("disease") or COVID,
    }  # fmt: skip
    return render(request, "cases/report.html", context, status=422 if refusal else 200)


@transaction.atomic
def _report(sent: dict[str, Any], request: HttpRequest) -> str:
    """Register the person and report the case, or neither: a refused report moves nobody."""
    asked = asked_by(request)
    scope: Scope = asked.pop("scope")
    scope.require(sent.get("area", ""))
    person = people.find_by_id_number(scope, sent.get("id_number", "").strip())
    if person is None:
        person = people.register_person(
            name=sent.get("name", "")[:80], id_type="resident", id_number=sent.get("id_number", "")[:18],
            phone=sent.get("phone", "")[:20], area=sent.get("area", ""), address=sent.get("address", "")[:200], **asked,
        )  # fmt: skip
    done = actions.report(
        person=person.pk,
        area=sent.get("area", ""),
        disease=sent.get("disease", "")[:40],
        kind=sent.get("kind", ""),
        found_at=forms.moment_of(sent.get("found_at", "")),
        setting=sent.get("setting", ""),
        severity=sent.get("severity", ""),
        onset_on=forms.day_of(sent.get("onset_on", ""), "onset_on"),
        ct=forms.ct_of(sent.get("ct", "")),
        spread_outside=bool(sent.get("spread_outside")),
        town=sent.get("town", "")[:80],
        **asked,
    )
    return done.case
