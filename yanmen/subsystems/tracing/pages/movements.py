"""The way of a case on a map and as a time line, and the text of it that may be published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.base.clock import BEIJING, local_date, start_of
from yanmen.base.refusals import Refusal
from yanmen.desk import boundaries, words
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.policies import norm_in_force
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods import public_trail
from yanmen.subsystems.tracing.methods.public_trail import Told, estate_of
from yanmen.subsystems.tracing.methods.settings import NORM, policy_of
from yanmen.subsystems.tracing.methods.trail_words import KNOWN_BY, VEHICLES
from yanmen.subsystems.tracing.pages import links, trail_map
from yanmen.subsystems.tracing.pages.strips import bar
from yanmen.subsystems.tracing.queries import movements as ways
from yanmen.subsystems.tracing.queries.case_person import CasePerson, case_person
from yanmen.subsystems.tracing.queries.movements import DENIED, Step

SHOWN_DAYS = 14
MOST_DAYS = 30


@page(
    "tracing/movements/<str:case>/", role=links.READERS, name="tracing.movements", zh="活动轨迹", en="Movements", nav=False,
)  # fmt: skip
def movements(request: HttpRequest, scope: Scope, case: str) -> HttpResponse:
    """The case's steps of the look-back, and nobody else's."""
    now = moment_of(request)
    found = case_person(scope, case)
    if found is None:
        raise Http404(case)
    refusal, (first, last) = None, _span(found, now)
    try:
        first, last = _asked(request, first, last)
    except Refusal as error:
        refusal = error
    steps = ways.movements(scope, found, since=start_of(first), until=min(start_of(last + timedelta(days=1)), now))
    log_access(scope, "movements of a case", person=found.person, count=len(steps), now=now)
    context = {
        "case": found,
        "name": links.shown_name(scope, found.name),
        "first": first,
        "last": last,
        "steps": steps,
        "days": _days(steps, first, last),
        "counts_from": _counts_from(found),
        "map": trail_map.picture(steps, found.area, request.GET.get("map", "")) if steps else None,
        "boundaries_installed": boundaries.installed(),
        "vehicles": VEHICLES,
        "known_by": KNOWN_BY,
        "texts": [(language, "\n".join(public_text(found, steps, chinese=chinese))) for language, chinese in (("zh", True), ("en", False))],
        "case_page": links.link(scope, "cases.case", case),
        "venue_pages": bool(links.link(scope, "tracing.venues")),
        "refusal": refusal,
    }  # fmt: skip
    return render(request, "tracing/movements.html", context, status=422 if refusal else 200)


def public_text(case: CasePerson, steps: Sequence[Step], *, chinese: bool) -> list[str]:
    """What may be published: a line a day, no person, no door; what the case denies is left out."""
    secrets = (case.name, case.address)
    parts = []
    for step in steps:
        if step.said == DENIED:
            continue
        where = public_trail.without(_public_place(step, case, chinese), secrets)
        area = "" if step.vehicle else words.area_name(step.area, chinese)
        since = step.since.astimezone(BEIJING) if step.since else None
        parts.append(Told(since, step.until.astimezone(BEIJING), where, area, step.vehicle))
    return public_trail.lines(parts, chinese=chinese)


def _public_place(step: Step, case: CasePerson, chinese: bool) -> str:
    if step.vehicle:
        title = VEHICLES[step.setting]["zh" if chinese else "en"]
        unit = f"（{step.unit}）" if chinese and step.unit else f" ({step.unit})" if step.unit else ""
        return f"{step.name or ''}{title}{unit}" if chinese else f"{title.lower()} {step.name}{unit}"
    if step.place is None:
        return ""
    if step.home:
        return estate_of(case.address) or estate_of(step.place.address)
    name = step.place.name_en if not chinese and step.place.name_en else step.place.name_zh
    return estate_of(name) if step.place.kind == "estate" else name


def _span(case: CasePerson, now: datetime) -> tuple[date, date]:
    """The days before the case was found, as far as trails are kept."""
    last = min(local_date(case.found_at), local_date(now))
    start = min(case.onset_on or last, last)
    return max(start - timedelta(days=SHOWN_DAYS), last - timedelta(days=MOST_DAYS)), last


def _counts_from(case: CasePerson) -> date | None:
    """The first day on which whom the case met is a contact by the edition in force; none where there is none."""
    dated = norm_in_force(NORM, local_date(case.found_at))
    if dated is None:
        return None
    told = [case.onset_on, case.sampled_on]
    start = min((day for day in told if day), default=local_date(case.found_at))
    return start - timedelta(days=policy_of(dated.parts).look_back)


def _asked(request: HttpRequest, first: date, last: date) -> tuple[date, date]:
    first, last = _day(request, "since", first), _day(request, "until", last)
    if first > last or (last - first).days > MOST_DAYS:
        raise Refusal(
            f"起止日期应先后有序，且不超过{MOST_DAYS}天。",
            f"The first day comes before the last, and they lie at most {MOST_DAYS} days apart.",
            field="since",
            value=f"{first} – {last}",
        )
    return first, last


def _day(request: HttpRequest, name: str, default: date) -> date:
    text = request.GET.get(name, "")
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise Refusal("日期应写成2022-10-07。", "Write the day as 2022-10-07.", field=name, value=text[:20]) from None


def _days(steps: Sequence[Step], first: date, last: date) -> list[dict[str, Any]]:
    """Days with steps, each with its strip; days without any are counted, not drawn."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        begin = start_of(day)
        bars = [
            one
            for step in steps
            if (one := bar(step.since, step.until, day=begin, mark=_mark(step), number=step.number))
        ]
        rows = [step for step in steps if local_date(step.since or step.until) == day]
        if bars:
            found.append({"day": day, "bars": bars, "steps": rows})
    return found


def _mark(step: Step) -> str:
    if step.said == DENIED:
        return "denied"
    return "ride" if step.vehicle else "home" if step.home else "place" if step.place else "area"
