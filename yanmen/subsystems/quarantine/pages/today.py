"""The manager's day on a phone: who comes, who is tested, whose temperature is missing, who needs what, who goes tomorrow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import days as actions
from yanmen.subsystems.quarantine.kinds import MANAGER, STAFF
from yanmen.subsystems.quarantine.methods import words
from yanmen.subsystems.quarantine.models import Site
from yanmen.subsystems.quarantine.pages.form_fields import text
from yanmen.subsystems.quarantine.pages.guests import KEEPERS, MAY_NOT, reading_of
from yanmen.subsystems.quarantine.queries import findings, release, turnover, waste
from yanmen.subsystems.quarantine.queries import today as queries

SITES = 400
SHOWN, SHOWN_OF_MANY = 200, 10
"""Lines of a list: of one site, and where all sites are looked at together and one is chosen for its work."""


@page(
    "quarantine/today/", role=(MANAGER, STAFF, COMMAND), name="quarantine.today", zh="隔离点今日", en="The site today",
    methods=("GET", "POST"), icon="tasks", order=38,
)  # fmt: skip
def today(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Everything due today, room by room; temperatures of many are kept in one go."""
    now, refusal = moment_of(request), None
    sites = list(
        scope.within(Site.objects.select_related("place"), "area").filter(state__in=("open", "closing"))[:SITES]
    )
    site = _chosen(request, sites)
    if request.method == "POST":
        try:
            _keep_temperatures(request, scope)
            return redirect(request.get_full_path())
        except Refusal as error:
            refusal = error
    shown = SHOWN if site else SHOWN_OF_MANY
    told = queries.site_day(scope, site=site.pk if site else None, now=now, shown=shown)
    if told.guests or told.arrivals:
        log_access(scope, "the day of a quarantine site", count=told.guests + told.many["arrivals"], now=now)
    found = findings.findings(scope, now=now, site=site.pk if site else None, unserved=told.unserved)
    context = {
        "sites": sites,
        "site": site,
        "day": told,
        "today": local_date(now),
        "leaving": [(each, release.checklist(each, now=now)) for each in [*told.today, *told.tomorrow][:shown]],
        "findings": found,
        "titles": words.FINDINGS,
        "test_states": release.STATES,
        "needs": words.NEEDS,
        "symptoms": words.SYMPTOMS,
        "care": words.CARE,
        "house": _house(scope, site, now),
        "may_keep": scope.role in KEEPERS,
        "refusal": refusal,
        "now": now,
        "shown": shown,
    }
    return render(request, "quarantine/today.html", context, status=422 if refusal else 200)


def _chosen(request: HttpRequest, sites: list[Site]) -> Site | None:
    asked = request.GET.get("site", "")
    if len(sites) == 1:
        return sites[0]
    return next((each for each in sites if str(each.pk) == asked), None)


def _house(scope: Scope, site: Site | None, now: datetime) -> dict[str, Any]:
    """Rooms to make ready and bags to hand over, of one site."""
    if site is None:
        return {}
    bags = waste.held(scope, site, now=now)
    return {
        "turns": turnover.turns(scope, now=now, site=site),
        "bags": bags,
        "late": [each for each in bags if each.late],
    }


def _keep_temperatures(request: HttpRequest, scope: Scope) -> None:
    if scope.role not in KEEPERS:
        raise Refusal(*MAY_NOT, field="act")
    asked = [each.removeprefix("celsius-") for each in request.POST if each.startswith("celsius-")]
    chosen = [each for each in asked if each.isdecimal() and len(each) < 16 and text(request, f"celsius-{each}", 8)]
    if not chosen:
        raise Refusal("请至少填写一人的体温。", "Fill in at least one temperature.", field="celsius")
    readings, unread = [], []
    for each in chosen:
        try:
            readings.append(reading_of(request, int(each), suffix=f"-{each}"))
        except Refusal as error:
            unread.append((int(each), error))
    taken = actions.record_checks(readings=readings, **asked_by(request))
    kept = taken.created + taken.repeated
    messages.success(request, ngettext("%(n)s temperature kept.", "%(n)s temperatures kept.", kept) % {"n": kept})
    if taken.told:
        said = ngettext(
            "%(n)s of them has a fever: a doctor looks within hours.",
            "%(n)s of them have a fever: a doctor looks within hours.",
            taken.told,
        )
        messages.warning(request, said % {"n": taken.told})
    language = request.LANGUAGE_CODE
    unread += [(readings[number].stay, refusal) for number, refusal in taken.rejected]
    for stay, refusal in unread:
        messages.error(request, _("Stay %(stay)s: %(why)s") % {"stay": stay, "why": refusal.said(language)})
