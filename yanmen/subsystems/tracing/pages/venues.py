"""Places where cases stayed, and one of them: who else was there and when, and judging those who met the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.clock import local_date, start_of
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.policies import norm_in_force
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.methods.settings import CLOSE, GENERAL, NORM, PROPOSED, VENUE, SettingsPolicy, policy_of
from yanmen.subsystems.tracing.methods.trail_words import JUDGED, KNOWN_BY
from yanmen.subsystems.tracing.pages import links
from yanmen.subsystems.tracing.pages.strips import Bar, bar
from yanmen.subsystems.tracing.queries import venue_visits
from yanmen.subsystems.tracing.queries.venue_visits import CaseStay, Visit

SHOWN_DAYS = (7, 14, 30)
OUTCOMES = {
    CLOSE: {"zh": "密接", "en": "Close contact"},
    GENERAL: {"zh": "一般接触者", "en": "General contact"},
    "scene": {"zh": "涉疫场所暴露", "en": "Exposed in the place"},
}


@dataclass(frozen=True)
class Row:
    """A visit as the page shows it."""

    visit: Visit
    name: str
    bar: Bar | None
    judged: list[dict[str, str]]
    may_choose: bool
    chosen: bool


@page(
    "tracing/venues/", role=links.READERS, name="tracing.venues", zh="病例到过的场所", en="Places of cases", icon="map",
)  # fmt: skip
def venues(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Places where cases stayed in the last days, most cases first."""
    now = moment_of(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdigit() and int(asked) in SHOWN_DAYS else SHOWN_DAYS[1]
    rows = venue_visits.venues_of_cases(scope, now=now, since=now - timedelta(days=days))
    found = [
        {
            "venue": one,
            "cases": [(stay, links.shown_name(scope, stay.name)) for stay in one.cases.values()],
            "last_day": local_date(one.last.arrived),
        }
        for one in rows
    ]
    if rows:
        log_access(scope, "places of cases", count=len({key for one in rows for key in one.cases}), now=now)
    context = {
        "rows": found,
        "days": days,
        "choices": SHOWN_DAYS,
        "cases": len({key for one in rows for key in one.cases}),
        "stays": sum(len(one.stays) for one in rows),
        "several": sum(len(one.cases) > 1 for one in rows),
    }
    return render(request, "tracing/venues.html", context)


@page(
    "tracing/venues/<int:place>/", role=links.READERS, name="tracing.venue", zh="同场所人员", en="Who else was there",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def venue(request: HttpRequest, scope: Scope, place: int) -> HttpResponse:
    """Stays of one day at a place, the case's marked, those longest at the same time first."""
    now = moment_of(request)
    found = venue_visits.place(scope, place)
    if found is None:
        raise Http404(str(place))
    stays = venue_visits.case_stays(scope, now=now, since=now - timedelta(days=SHOWN_DAYS[-1]), place=place)
    refusal = None
    key, day = request.GET.get("case", stays[0].key if stays else ""), local_date(now)
    try:
        day = _day(request, stays, key, day)
    except Refusal as error:
        refusal = error
    of_case = [stay for stay in stays if stay.key == key]
    case = of_case[0] if of_case else None
    together = request.GET.get("together") == "1" and case is not None
    begin = start_of(day)
    seen = venue_visits.visits(
        scope, place, since=begin, until=min(begin + timedelta(days=1), now), case=of_case, together=together
    )
    policy = _policy(day)
    if request.method == "POST":
        try:
            done = _judge(request, scope, found.pk, case, seen.rows, now)
            text = ngettext("%(n)d person judged.", "%(n)d people judged.", done) % {"n": done}
            messages.success(request, text + " " + _("The next turn imposes what follows."))
            return redirect(request.get_full_path())
        except Refusal as error:
            refusal = error
    log_access(scope, "visitors of a place", count=seen.people, now=now)
    hours = venue_visits.by_hour(scope, place, since=begin, case=of_case)
    rows = _rows(scope, seen.rows, begin, policy, request, named=case is None or case.mine)
    context = {
        "place": found,
        "day": day,
        "case": case,
        "case_stays": of_case,
        "choices": _choices(scope, stays),
        "together": together,
        "seen": seen,
        "rows": rows,
        "shade": [row.bar for row in rows if row.visit.is_case and row.bar],
        "judgeable": any(row.may_choose for row in rows),
        "policy": policy,
        "makes": OUTCOMES.get(policy.makes(VENUE)) if policy else None,
        "source": _source(day, policy),
        "outcomes": OUTCOMES,
        "proposed": policy is not None and policy.makes(VENUE) == PROPOSED,
        "wanted": _wanted(request, policy),
        "known_by": KNOWN_BY,
        "may_judge": links.may_judge(scope),
        "chart": _chart(hours, case is not None),
        "movements": links.link(scope, "tracing.movements", key) if case and case.mine else "",
        "venue_page": links.link(scope, "venues.venue", place),
        "refusal": refusal,
    }
    return render(request, "tracing/venue.html", context, status=422 if refusal else 200)


def _day(request: HttpRequest, stays: Sequence[CaseStay], key: str, default: date) -> date:
    text = request.GET.get("day", "")
    if text:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Refusal(
                "日期应写成2022-10-07。", "Write the day as 2022-10-07.", field="day", value=text[:20]
            ) from None
    of_case = [stay for stay in stays if stay.key == key]
    return local_date(of_case[0].arrived) if of_case else default


def _policy(day: date) -> SettingsPolicy | None:
    dated = norm_in_force(NORM, day)
    return policy_of(dated.parts) if dated else None


def _source(day: date, policy: SettingsPolicy | None) -> Any:
    """Where it stands what the edition makes of a shared place."""
    dated = norm_in_force(NORM, day)
    return (dated.sources.get(policy.makes(VENUE)) or dated.source) if dated and policy else None


def _wanted(request: HttpRequest, policy: SettingsPolicy | None) -> str:
    """What the form starts with: what was sent, or what the edition makes of it; where it leaves that open, nothing."""
    wanted = request.POST.get("outcome", "") or (policy.makes(VENUE) if policy else "")
    return wanted if wanted in OUTCOMES else ""


def _choices(scope: Scope, stays: Sequence[CaseStay]) -> list[tuple[CaseStay, str]]:
    return list({stay.key: (stay, links.shown_name(scope, stay.name)) for stay in stays}.values())


def _rows(
    scope: Scope,
    visits: Sequence[Visit],
    begin: datetime,
    policy: SettingsPolicy | None,
    request: HttpRequest,
    *,
    named: bool,
) -> list[Row]:
    """Visits as rows; who the case is stays away unless `named`."""
    least = policy.venue_minutes if policy else 0
    choose_all, sent = request.GET.get("choose") == "1", set(request.POST.getlist("visit"))
    rows = []
    for one in visits:
        may = links.may_judge(scope) and one.overlaps and not one.is_case and scope.includes(one.home or "~")
        chosen = str(one.fact_id) in sent or (choose_all and may and not one.judged and one.minutes >= least)
        mark = "case" if one.is_case else "both" if one.overlaps else "other"
        judged = [JUDGED[kind] for kind in one.judged if kind in JUDGED]
        name = links.shown_name(scope, one.name) if named or not one.is_case else ""
        rows.append(Row(one, name, bar(one.arrived, one.left, day=begin, mark=mark), judged, may, chosen))
    return rows


def _chart(hours: Sequence[dict[str, Any]], with_case: bool) -> dict[str, Any]:
    together = [hour["together"] for hour in hours]
    others = [hour["people"] - hour["together"] for hour in hours]
    series = [{"name": _("At the same time as the case"), "values": together}] if with_case else []
    series.append({"name": _("Others") if with_case else _("People"), "values": others})
    return {
        "days": [f"{hour['hour']:02d}:00" for hour in hours],
        "series": series,
        "total": sum(together) + sum(others),
    }


def _judge(
    request: HttpRequest, scope: Scope, place: int, case: CaseStay | None, visits: Sequence[Visit], now: datetime
) -> int:
    """Judge those chosen; answers with how many people."""
    if not links.may_judge(scope):
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="outcome")
    if case is None:
        raise Refusal("请先选择病例。", "Choose the case first.", field="case")
    outcome = request.POST.get("outcome", "")
    if outcome not in OUTCOMES:
        raise Refusal("请选择判定类别。", "Choose what they are judged.", field="outcome", value=outcome[:20])
    ids = set(request.POST.getlist("visit"))
    chosen: dict[int, list[Visit]] = {}
    for one in visits:
        if str(one.fact_id) in ids and one.overlaps and not one.is_case:
            chosen.setdefault(one.person, []).append(one)
    if not chosen:
        raise Refusal("请至少选择一人。", "Choose at least one person.", field="visit")
    theirs = [one for one in visits if one.is_case]
    for person, stays in chosen.items():
        _record(scope, place, case, person, stays, theirs, outcome, now)
    return len(chosen)


def _record(
    scope: Scope,
    place: int,
    case: CaseStay,
    person: int,
    stays: Sequence[Visit],
    theirs: Sequence[Visit],
    outcome: str,
    now: datetime,
) -> None:
    meetings = [
        (max(one.arrived, other.arrived), min(one.left, other.left))
        for one in stays
        for other in theirs
        if one.arrived < other.left and one.left > other.arrived
    ]
    first, last = min(since for since, _ in meetings), max(until for _, until in meetings)
    about: dict[str, Any] = {"scope": scope, "person": person, "case": case.key, "by": scope.by, "now": now}
    about["disease"] = case.disease
    if outcome == "scene":
        minutes = sum(one.minutes for one in stays)
        actions.record_scene_exposure(**about, place=place, exposed_at=last, minutes=minutes)
        return
    record = actions.record_contact if outcome == CLOSE else actions.record_general_contact
    record(**about, first_exposed=local_date(first), last_exposed=local_date(last), via=VENUE)
