"""Figures and what they count: every indicator, by day and area, as known now or at a past moment."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yanmen.base.clock import BEIJING
from yanmen.desk import figures
from yanmen.desk.pages import page
from yanmen.desk.templatetags.desk import area_name, say
from yanmen.numbers import indicators, reproduction
from yanmen.numbers.indicators import Told
from yanmen.numbers.ledger import LEVELS
from yanmen.registry.areas import children
from yanmen.registry.scope import Scope

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@page(
    "numbers/",
    role=figures.ROLES,
    name="desk.numbers",
    zh="指标",
    en="Numbers",
    icon="scale",
    group="watch",
    order=6,
)
def numbers(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Every indicator with its value, its unit and what it counts."""
    question = figures.asked(request, scope)
    context = {"groups": list(figures.overview(scope, question)), **_common(scope, question)}
    return render(request, "desk/numbers.html", context)


@page(
    "numbers/reproduction/", role=figures.ROLES, name="desk.reproduction", zh="有效再生数", en="Reproduction number", nav=False
)  # fmt: skip
def reproduction_number(request: HttpRequest, scope: Scope) -> HttpResponse:
    """How many each infected person infects, by day, with its band, and what it rests on."""
    question = figures.asked(request, scope)
    found = reproduction.course(
        scope, first=question.first, last=question.last, area=question.area, known_at=question.known_at
    )
    cases = figures.by_day(scope, "new_cases", question)
    context = {
        "course": found,
        "chart": figures.chart(cases) | {"rt": _band(found, cases)} if found.days else None,
        "rows": list(reversed(found.days)),
        **_common(scope, question),
    }
    return render(request, "desk/reproduction.html", context)


@page("numbers/<slug:name>/", role=figures.ROLES, name="desk.number", zh="指标详情", en="Indicator", nav=False)
def number(request: HttpRequest, scope: Scope, name: str) -> HttpResponse:
    """One indicator by day and by area; `form` gives it as a file."""
    question = figures.asked(request, scope)
    if form := request.GET.get("form"):
        return _file(request, scope, name, question, form)
    days, areas = figures.by_day(scope, name, question), figures.by_area(scope, name, question)
    context = {
        "one": days.indicator,
        "unit": figures.unit(days.indicator),
        "chart": figures.chart(days) if any(row.value or row.parts for row in days.rows) else None,
        "ranks": _ranks(areas),
        "days": list(reversed(_said(days))),
        "areas": _said(areas),
        "summed": indicators.addable(days.indicator) and question.days > 1,
        **_common(scope, question),
    }
    return render(request, "desk/number.html", context)


def _common(scope: Scope, question: figures.Asked) -> dict[str, Any]:
    read_at = indicators.read_at()
    return {
        "asked": question,
        "read_at": read_at,
        "known_at": question.known_at.astimezone(BEIJING) if question.known_at else None,
        "above": [question.area[:width] for width in LEVELS if len(scope.area) <= width < len(question.area)],
        "below": children(question.area) if len(question.area) < LEVELS[-1] else [],
    }  # fmt: skip


def _said(told: Told) -> list[dict[str, Any]]:
    """Values as rows of a table: the whole, and the largest parts in words."""
    rows = []
    for row in told.rows:
        parts = sorted(row.parts.items(), key=lambda pair: -pair[1])
        named = [(say(figures.part_title(told.indicator, part)), round(value, 2)) for part, value in parts[:4] if part]
        value = None if row.value is None else round(row.value, 2)
        rows.append({"day": row.day, "area": row.area, "value": value, "parts": named, "more": len(parts) > 4})
    return rows


def _ranks(told: Told) -> dict[str, Any] | None:
    rows = sorted((row for row in told.rows if row.value), key=lambda row: -(row.value or 0))[:15]
    if not rows:
        return None
    return {
        "names": [area_name(row.area) for row in rows],
        "href": [f"?area={row.area}" for row in rows],
        "totals": [f"{row.value:,.4g}" for row in rows],
        "series": [{"name": say(told.indicator), "values": [round(row.value or 0, 2) for row in rows]}],
    }


def _band(found: reproduction.Course, cases: Told) -> dict[str, Any]:
    by_day = {one.day: one for one in found.days}
    drawn = {
        name: [round(getattr(by_day[row.day], name), 2) if row.day in by_day else None for row in cases.rows]
        for name in ("low", "median", "high")
    }
    firm = [place for place, row in enumerate(cases.rows) if row.day in by_day and not by_day[row.day].provisional]
    words = {"median": _("R (median)"), "band": _("95 % band")}
    return {**drawn, "firm": max(firm, default=-1) + 1, "words": words}


def _file(request: HttpRequest, scope: Scope, name: str, question: figures.Asked, form: str) -> HttpResponse:
    content = figures.file(
        scope, name, question, form=form, language=get_language() or "zh", now=request.now  # type: ignore[attr-defined]
    )  # fmt: skip
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}-{question.area}-{question.last}.{form}"'
    return answer
