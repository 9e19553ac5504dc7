"""What inspection looks at: check-ins in doubt, venues that nobody uses, check-ins that look made up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.scope import Scope
from yanmen.subsystems.venues import actions
from yanmen.subsystems.venues.kinds import MANAGER, STAFF
from yanmen.subsystems.venues.methods.words import EXPLAINED, HINTS, HINTS_EXPLAINED, KINDS, WHY
from yanmen.subsystems.venues.pages.forms import how_made
from yanmen.subsystems.venues.queries import coverage, notes

ANSWERS = (INSPECTOR.name, MANAGER.name)


@page(
    "venues/notes/", role=(INSPECTOR, MANAGER, COMMAND, STAFF), name="venues.notes", zh="存疑扫码", en="Check-ins in doubt",
    methods=("GET", "POST"), icon="alert", group="venues",
)  # fmt: skip
def in_doubt(request: HttpRequest, scope: Scope) -> HttpResponse:
    """One note a venue, reason and day. None of them changes anybody's status."""
    refusal = None
    if request.method == "POST":
        try:
            return _answer(request, scope)
        except Refusal as error:
            refusal = error
    seen, before = request.GET.get("seen") == "1", request.GET.get("before", "")
    rows = notes.notes(scope, seen=seen, before=int(before) if before.isdigit() else None)
    context = {
        "rows": [(row, sorted(row.homes.items(), key=lambda pair: -pair[1])[:5]) for row in rows],
        "before": rows[-1].pk if len(rows) == notes.PAGE else None,
        "seen": seen,
        "why": WHY,
        "explained": EXPLAINED,
        "may_answer": scope.role in ANSWERS,
        "refusal": refusal,
    }
    return render(request, "venues/notes.html", context, status=422 if refusal else 200)


@page(
    "venues/coverage/", role=(INSPECTOR, COMMAND, MANAGER), name="venues.coverage", zh="场所码覆盖与伪扫码",
    en="Coverage of venue codes", icon="eye", group="venues",
)  # fmt: skip
def covered(request: HttpRequest, scope: Scope) -> HttpResponse:
    """How many venues are used, and where check-ins look missing or made up."""
    name, after = request.GET.get("hint", ""), request.GET.get("after", "")
    name = name if name in HINTS else ""
    rows = coverage.hinted(scope, name=name, after=int(after) if after.isdigit() else 0)
    context = {
        "coverage": coverage.coverage(scope, now=moment_of(request)),
        "counted_to": coverage.counted_to(scope, now=moment_of(request)),
        "counts": coverage.hint_counts(scope),
        "titles": HINTS,
        "explained": HINTS_EXPLAINED,
        "kinds": KINDS,
        "hint": name,
        "rows": rows,
        "after": rows[-1].venue.pk if len(rows) == coverage.PAGE else None,
        "chart": how_made(coverage.totals(scope, now=moment_of(request))),
    }
    return render(request, "venues/coverage.html", context)


def _answer(request: HttpRequest, scope: Scope) -> HttpResponse:
    number = request.POST.get("note", "")
    if scope.role not in ANSWERS:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    if not number.isdigit():
        raise Refusal("请选择一条提示。", "Choose a note.", field="note", value=number[:20])
    actions.see_note(
        scope=scope, note=int(number), finding=request.POST.get("finding", ""), by=scope.by, now=moment_of(request)
    )
    messages.success(request, _("The finding is kept with the note."))
    return redirect("venues.notes")
