"""The register of venues: list, new, one venue, its poster, its paper list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import moment_of
from yanmen.desk.imports import offer
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.venues import actions
from yanmen.subsystems.venues.kinds import MANAGER, STAFF
from yanmen.subsystems.venues.methods.poster import TEXTS, qr_svg
from yanmen.subsystems.venues.methods.words import HINTS, KINDS, VIA, WHY
from yanmen.subsystems.venues.models import Venue
from yanmen.subsystems.venues.pages.forms import as_form, details, how_made, spot_check
from yanmen.subsystems.venues.queries import coverage, inside, notes, register

EVERYBODY = (MANAGER, STAFF, INSPECTOR, COMMAND, "grid_officer")
offer(actions.VENUES, role=MANAGER)
offer(actions.VISITS, role=(MANAGER, STAFF, "grid_officer"))


@page("venues/", role=EVERYBODY, name="venues.list", zh="场所码", en="Venues", icon="code", group="venues")
def venues(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Venues of the asker's areas, by state and kind."""
    asked = request.GET
    closed, kind, text = asked.get("closed") == "1", asked.get("kind", ""), asked.get("q", "").strip()[:80]
    found = register.venues(
        scope, text=text, kind=kind if kind in KINDS else "", closed=closed, after=asked.get("after", "")
    )
    context = {
        "rows": found.rows,
        "after": found.after,
        "closed": closed,
        "kind": kind,
        "q": text,
        "kinds": KINDS,
        "counts": register.counts(scope),
        "waiting": notes.waiting(scope),
        "may_register": scope.role == MANAGER.name,
    }
    return render(request, "venues/list.html", context)


@page(
    "venues/new/",
    role=MANAGER,
    name="venues.new",
    zh="登记场所",
    en="Register a venue",
    methods=("GET", "POST"),
    nav=False,
)
def new_venue(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Register a venue; its code can be printed at once."""
    refusal = None
    if request.method == "POST":
        try:
            made = actions.open_venue(scope=scope, **details(request.POST), by=scope.by, now=moment_of(request))
            messages.success(request, _("Registered. Print the code and hang it at the door."))
            return redirect("venues.venue", place=made.pk)
        except Refusal as error:
            refusal = error
    context = {"form": request.POST, "refusal": refusal, "kinds": KINDS, "areas": _areas(scope)}
    return render(request, "venues/new.html", context, status=422 if refusal else 200)


@page("venues/<int:place>/", role=EVERYBODY, name="venues.venue", zh="场所", en="Venue", methods=("GET", "POST"))
def venue(request: HttpRequest, scope: Scope, place: int) -> HttpResponse:
    """One venue: who is in it, its days, what is noted about it, and what may be done."""
    refusal = None
    if request.method == "POST":
        try:
            return _act(request, scope, place)
        except Refusal as error:
            refusal = error
    context = _told(request, scope, _found(scope, place)) | {"refusal": refusal}
    if refusal and request.POST.get("act") == "change":
        context["form"] = request.POST
    return render(request, "venues/venue.html", context, status=422 if refusal else 200)


@page(
    "venues/<int:place>/poster/",
    role=(MANAGER, STAFF),
    name="venues.poster",
    zh="场所码张贴页",
    en="Poster of the code",
)
def poster(request: HttpRequest, scope: Scope, place: int) -> HttpResponse:
    """One sheet to print: the code and what it is for, in both languages."""
    found = _found(scope, place)
    code = register.code_text(scope, found)
    context = {"venue": found, "svg": mark_safe(qr_svg(code)), "code": code, "texts": TEXTS}
    return render(request, "venues/poster.html", context)


@page(
    "venues/<int:place>/paper/", role=(MANAGER, STAFF, "grid_officer"), name="venues.paper", zh="纸质登记录入",
    en="Enter a paper list", methods=("GET", "POST"),
)  # fmt: skip
def paper(request: HttpRequest, scope: Scope, place: int) -> HttpResponse:
    """Who came on paper: typed line by line, or a file. Each line has its receipt."""
    found, refusal, receipt = _found(scope, place), None, None
    importer = actions.visits_of(found)
    if request.method == "POST":
        try:
            content, name = _list(request)
            receipt = actions.record_visits(
                scope=scope, place=place, content=content, file_name=name, by=scope.by, now=moment_of(request)
            )
        except Refusal as error:
            refusal = error
    context = {
        "venue": found,
        "columns": {column.name: column for column in importer.columns},
        "receipt": receipt,
        "rows": sorted(receipt.rows, key=lambda row: (row.outcome != "rejected", row.line))[:200] if receipt else [],
        "refusal": refusal,
        "sent": request.POST,
    }
    return render(request, "venues/paper.html", context, status=422 if refusal else 200)


def _list(request: HttpRequest) -> tuple[bytes, str]:
    upload = request.FILES.get("file")
    if upload is not None:
        if (upload.size or 0) > 5_000_000:
            raise Refusal("文件超过 5 MB，请分成几个。", "The file is larger than 5 MB. Split it.", field="file")
        return bytes(upload.read()), upload.name or ""
    if not (text := request.POST.get("lines", "").strip()):
        raise Refusal("请填写登记内容，或选择文件。", "Type the lines, or choose a file.", field="lines")
    head = "name,id_number,phone,came_at,left_at\n"
    return (head + text.replace("，", ",").replace("\t", ",")).encode(), ""


def _act(request: HttpRequest, scope: Scope, place: int) -> HttpResponse:
    form = request.POST
    about: dict[str, Any] = {"scope": scope, "place": place, "by": scope.by, "now": moment_of(request)}
    act = form.get("act", "")
    allowed = {"spot_check": (INSPECTOR.name, MANAGER.name, "grid_officer"), "print": (MANAGER.name, STAFF.name)}
    if scope.role not in allowed.get(act, (MANAGER.name,)):
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    if act == "print":
        actions.mark_printed(**about)
        return redirect("venues.poster", place=place)
    acts = {"renew": actions.renew_code, "close": actions.close, "reopen": actions.reopen}
    if act in acts:
        acts[act](**about)
    elif act == "change":
        values = details(form)
        for fixed in ("area", "organisation"):
            values.pop(fixed, None)
        actions.change(**about, **values)
    elif act == "spot_check":
        actions.spot_check(**about, **spot_check(form))
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    messages.success(request, _("Done."))
    return redirect("venues.venue", place=place)


def _told(request: HttpRequest, scope: Scope, found: Venue) -> dict[str, Any]:
    now = moment_of(request)
    day = local_date(now)
    hours = inside.by_hour(scope, found.pk, day=day, now=now)
    days = coverage.days_of(scope, found.pk, now=now)
    return {
        "venue": found,
        "form": as_form(found),
        "kinds": KINDS,
        "why": WHY,
        "via": VIA,
        "hint_titles": HINTS,
        "inside": next(iter(inside.inside(scope, now=now, places=[found.pk])), None),
        "minutes": register.stay_minutes(found, day=day),
        "hours": {
            "days": [f"{row['hour']:02d}:00" for row in hours],
            "series": [
                {"name": _("Check-ins"), "values": [row["check_ins"] for row in hours]},
                {"name": _("Inside at the end of the hour"), "values": [row["inside"] for row in hours], "line": True},
            ],
        },
        "past": how_made([{"day": r.day, "all": r.scans, "by_phone": r.claimed, "in_doubt": r.doubted} for r in days]),
        "days": days,
        "usual": coverage.usual_of(scope, days),
        "notes": notes.notes(scope, venue=found.pk) + notes.notes(scope, venue=found.pk, seen=True),
        "hints": coverage.hints_of(scope, found.pk) if scope.role != STAFF.name else [],
        "may_manage": scope.role == MANAGER.name,
        "may_print": scope.role in (MANAGER.name, STAFF.name),
        "may_list": scope.role in (MANAGER.name, STAFF.name, "grid_officer"),
        "may_count": scope.role in (INSPECTOR.name, MANAGER.name, "grid_officer"),
        "fresh": found.seeded_at > now - timedelta(days=1),
    }


def _found(scope: Scope, place: int) -> Venue:
    found = register.venue(scope, place)
    if found is None:
        raise Http404(str(place))
    return found


def _areas(scope: Scope) -> list[Area]:
    rows = scope.within(Area.objects.filter(valid_to=None), "code").order_by("code")
    return list(rows[:400])
