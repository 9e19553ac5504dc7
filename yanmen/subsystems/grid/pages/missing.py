"""Missing people: lists held against the register, and what came of looking for each."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.access import log_access
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.methods.words import OUTCOMES, SIDES
from yanmen.subsystems.grid.pages.common import STAFF, area_in, number_in, text_in
from yanmen.subsystems.grid.queries import lists

SHOWN, AREAS = 100, 400


@page(
    "grid/missing/",
    role=STAFF,
    name="grid.missing",
    zh="失联排查",
    en="Missing people",
    methods=("GET", "POST"),
    icon="search",
)
def missing(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Comparisons so far, and a new one: a file, or who was not seen."""
    refusal = None
    if request.method == "POST":
        try:
            return redirect("grid.comparison", number=_compare(request, scope))
        except Refusal as error:
            refusal = error
    context = {
        "comparisons": lists.comparisons(scope)[:50],
        "areas": scope.within(Area.objects.filter(valid_to=None), "code").order_by("code")[:AREAS],
        "sent": request.POST,
        "refusal": refusal,
    }
    return render(request, "grid/missing.html", context, status=422 if refusal else 200)


@page(
    "grid/missing/<int:number>/", role=STAFF, name="grid.comparison", zh="比对结果", en="Lists compared",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def comparison(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    """One comparison: receipts that sum, a finding a person, each with its outcome."""
    now, refusal = moment_of(request), None
    one = lists.comparison(scope, number)
    if one is None:
        raise Http404(str(number))
    if request.method == "POST":
        try:
            actions.settle_finding(
                **asked_by(request), finding=number_in(request, "finding") or 0, outcome=text_in(request, "outcome", 40),
                note=text_in(request, "note"), person=number_in(request, "person"),
            )  # fmt: skip
            messages.success(request, _("Kept."))
            return redirect(request.get_full_path())
        except Refusal as error:
            refusal = error
    side = request.GET.get("side", "")
    after = request.GET.get("after", "")
    rows = lists.findings(
        scope, number, side=side if side in SIDES else "", after=int(after) if after.isdigit() else 0, limit=SHOWN + 1
    )
    log_access(scope, "lists compared", count=max(1, len(rows)), now=now)
    context = {
        "one": one, "rows": rows[:SHOWN], "after": rows[SHOWN - 1].pk if len(rows) > SHOWN else "", "side": side, "sides": SIDES,
        "outcomes": OUTCOMES, "refusal": refusal, "now": now,
    }  # fmt: skip
    return render(request, "grid/comparison.html", context, status=422 if refusal else 200)


def _compare(request: HttpRequest, scope: Scope) -> int:
    about = asked_by(request) | {"area": area_in(request, scope.area), "title": text_in(request, "title", 120)}
    if request.POST.get("act") == "seen":
        return int(actions.compare_seen(**about).pk)
    upload = request.FILES.get("file")
    if upload is None:
        raise Refusal("请选择文件。", "Choose a file.", field="file")
    if upload.size and upload.size > 8 * 1024 * 1024:
        raise Refusal("文件超过8 MB，请分批上传。", "The file is larger than 8 MB. Send it in parts.", field="file")
    return int(actions.compare_list(**about, content=bytes(upload.read()), file_name=upload.name or "").pk)
