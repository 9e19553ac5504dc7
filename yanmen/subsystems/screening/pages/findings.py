"""What may be wrong with tubes: each finding stays open until somebody says what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import MANAGER, SAMPLING
from yanmen.subsystems.screening.methods.words import FINDINGS
from yanmen.subsystems.screening.models import Finding
from yanmen.subsystems.screening.pages.fields import text, whole
from yanmen.subsystems.screening.queries import findings as queries

ANSWERS = (MANAGER.name, SAMPLING.name)


@page(
    "screening/findings/", role=(MANAGER, SAMPLING, COMMAND), name="screening.findings", zh="采样核查",
    en="Tubes to look into", methods=("GET", "POST"), icon="alert", group="screening",
)  # fmt: skip
def findings(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The newest first, by kind; a note settles one."""
    refusal = None
    if request.method == "POST":
        try:
            return _settle(request, scope)
        except Refusal as error:
            refusal = error
    asked = request.GET
    kind, settled, before = asked.get("kind", ""), asked.get("settled") == "1", asked.get("before", "")
    rows = queries.findings(
        scope, settled=settled, kind=kind if kind in FINDINGS else "", tube=asked.get("tube", "").strip()[:40],
        before=int(before) if before.isdigit() else None,
    )  # fmt: skip
    if people := sum(row.person is not None for row in rows):
        log_access(scope, "findings about tubes", count=people, now=moment_of(request))
    counts = queries.finding_counts(scope)
    context = {
        "rows": [(row, said(row)) for row in rows],
        "before": rows[-1].pk if len(rows) == queries.PAGE else None,
        "kinds": FINDINGS,
        "kind": kind,
        "settled": settled,
        "tube": asked.get("tube", ""),
        "counts": counts,
        "open": sum(counts.values()),
        "may_settle": scope.role in ANSWERS,
        "refusal": refusal,
    }
    return render(request, "screening/findings.html", context, status=422 if refusal else 200)


def said(finding: Finding) -> str:
    """What was found, in a sentence."""
    detail = finding.detail
    sentences = {
        "person_twice": _("Also in tube %(other)s, %(minutes)s minutes apart"),
        "position_taken": _("%(people)s people at place %(position)s"),
        "overfull": _("%(people)s people; it holds %(holds)s"),
        "underfull": _("%(people)s people; it holds %(holds)s"),
        "tube_reused": _("%(people)s people after it was closed, or hours after its first"),
        "two_sites": _("At two sites, %(minutes)s minutes apart"),
        "far_apart": _("Sampled %(km)s km apart"),
        "no_member_positive": _("All %(people)s members are negative alone"),
    }
    try:
        return sentences.get(finding.kind, "") % {name: _plain(value) for name, value in detail.items()}
    except KeyError:
        return ""


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _settle(request: HttpRequest, scope: Scope) -> HttpResponse:
    if scope.role not in ANSWERS:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    actions.resolve_finding(
        scope=scope,
        finding=whole(request, "finding") or 0,
        note=text(request, "note", 500),
        by=scope.by,
        now=moment_of(request),
    )
    messages.success(request, _("Settled. The note stays with the finding."))
    return redirect(request.get_full_path())
