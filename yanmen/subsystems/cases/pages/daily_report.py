"""The daily report of an area as a document, and the list of cases behind each figure of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from yanmen.base.clock import BEIJING
from yanmen.desk.asking import moment_asked
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.pages import page
from yanmen.desk.reports.document import Block, Column, Document, Heading, Paragraph, Span, Table
from yanmen.desk.reports.kinds import report
from yanmen.desk.words import area_name
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.methods import bulletin_english, bulletin_text
from yanmen.subsystems.cases.methods.bulletin_text import Piece
from yanmen.subsystems.cases.methods.report import KINDS, TITLES, Item, Report

READERS = (EPIDEMIOLOGIST, REPORTER, COMMAND, INSPECTOR)
SHOWN = 500
LISTS = {
    "contacts_traced": ("desk.facts", {"kind": "tracing.contact_found"}),
    "contacts_released": ("desk.measures", {"rule": "tracing.close_contact", "state": "completed"}),
    "contacts_under_obs": ("desk.measures", {"rule": "tracing.close_contact"}),
}
BY_PLACE = ("confirmed_new", "asymptomatic_new", "discharged", "asym_released", "in_hospital", "asym_under_obs")


@report(name="daily", zh="疫情日报", en="Daily report")
def daily(scope: Scope, *, day: date, known_at: datetime, language: str) -> Document:
    """The daily report in the commission's structure: as imported, or counted from the facts."""
    found = queries.daily_report(scope, day=day, known_at=known_at)
    chinese = language == "zh"
    paragraphs = _paragraphs(found.report, scope, language)
    spans = [tuple(_span(found, piece, language) for piece in paragraph) for paragraph in paragraphs]
    blocks: list[Block] = [Paragraph(each) for each in spans]
    blocks += [Paragraph((Span(fault.zh + fault.remedy_zh if chinese else f"{fault.en} {fault.remedy_en}"),), "fault") for fault in found.faults]  # fmt: skip
    blocks += _by_place(found, language)
    notes = tuple(note.zh if chinese else note.en for note in found.notes)
    blocks += [Paragraph((Span(note),), "note") for note in notes]
    whose = area_name(scope.area, chinese)
    return Document(
        kind="daily",
        title=f"{whose}新冠肺炎疫情通报" if chinese else f"COVID-19 daily report, {whose}",
        subtitle=f"{day.year}年{day.month}月{day.day}日0-24时" if chinese else f"0:00–24:00, {day.day} {day:%B %Y}",
        language=language, area=scope.area, day=day, known_at=known_at, blocks=tuple(blocks),
        sources=_sources(found, language), notes=notes,
        wording="\n".join("".join(piece.text for piece in paragraph) for paragraph in paragraphs),
    )  # fmt: skip


@page(
    "cases/counted/<str:day>/<slug:figure>/", role=READERS, name="cases.counted", zh="日报数字明细",
    en="Cases behind a figure", nav=False,
)  # fmt: skip
def counted(request: HttpRequest, scope: Scope, day: str, figure: str) -> HttpResponse:
    """The cases that a figure of a day's report counts, as known at a moment."""
    asked = parse_date(day)
    if asked is None or figure not in TITLES:
        raise Http404(figure)
    known_at, area = moment_asked(request, "known_at"), request.GET.get("area", "")
    rows = queries.cases_counted(scope, figure=figure, day=asked, known_at=known_at, area=area)
    names = queries.names_of(scope, [row["person"] for row in rows[:SHOWN] if row["person"]])
    context = {
        "rows": [row | {"name": names.get(row["person"], "")} for row in rows[:SHOWN]], "count": len(rows), "day": asked,
        "known_at": known_at, "area": area, "title": _both(TITLES[figure]), "shown": SHOWN,
    }  # fmt: skip
    return render(request, "cases/counted.html", context)


def _paragraphs(told: Report, scope: Scope, language: str) -> list[list[Piece]]:
    if language == "zh":
        return bulletin_text.paragraphs(told)
    names = queries.place_names(scope)

    def place(item: Item) -> str:
        city, county = names[item.code][2:] if item.code in names else (item.city, item.county)
        return ", ".join(name for name in (county, city) if name)

    return bulletin_english.english(told, place=place, province=area_name(scope.area, False))


def _span(found: queries.Daily, piece: Piece, language: str) -> Span:
    if not piece.figure:
        return Span(piece.text)
    at, item = TITLES[piece.figure][0 if language == "zh" else 1], piece.item
    if item is None:
        return Span(piece.text, _list(found, piece.figure, ""), piece.figure, at)
    where = item.code or "abroad"
    place = area_name(item.code, language == "zh") if item.code else ("境外输入" if language == "zh" else "from abroad")
    turned = ".converted" if item.converted else ""
    return Span(
        piece.text, _list(found, piece.figure, item.code or ""), f"{piece.figure}.{where}{turned}", f"{at} · {place}"
    )


def _list(found: queries.Daily, figure: str, area: str) -> str:
    """The address of the list behind a figure."""
    if found.bulletin is not None:
        return reverse("cases.bulletin", args=[found.bulletin.pk])
    if figure in LISTS:
        name, asked = LISTS[figure]
        return f"{reverse(name)}?{urlencode(asked)}"
    asked = {"known_at": found.known_at.astimezone(BEIJING).isoformat(timespec="seconds")} | (
        {"area": area} if area else {}
    )
    return f"{reverse('cases.counted', args=[found.report.day, figure])}?{urlencode(asked)}"


def _by_place(found: queries.Daily, language: str) -> Iterator[Block]:
    """All places in one table, and under it whether each column adds up to its headline."""
    stated = [statement for kind in BY_PLACE if (statement := found.report.statement(kind))]
    codes = sorted({item.code or "~" for statement in stated for item in statement.items})
    if not codes:
        return
    zh = language == "zh"
    columns = (Column("地区" if zh else "Area"), *(Column(KINDS[s.kind][0 if zh else 1], True) for s in stated))
    rows = []
    for code in codes:
        name = area_name(code, zh) if code != "~" else ("境外输入" if zh else "From abroad")
        sums = [sum(item.count for item in s.items if (item.code or "~") == code) for s in stated]
        rows.append((Span(name), *(Span(str(number) if number else "–") for number in sums)))
    totals = [str(s.total) if s.total == s.headline else f"{s.total} ≠ {s.headline}" for s in stated]
    rows.append((Span("合计" if zh else "Sum"), *(Span(total) for total in totals)))
    yield Heading("各地情况" if zh else "By area")
    yield Table(columns, tuple(rows))


def _sources(found: queries.Daily, language: str) -> tuple[str, ...]:
    known = f"{found.known_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    if found.bulletin is not None:
        taken = f"{found.bulletin.imported_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        zh = f"数字来源：{taken}导入的通报（{found.bulletin.digest[:12]}）。数据截至{known}。"
        en = f"Figures: the report imported at {taken} ({found.bulletin.digest[:12]}). As known at {known}."
    else:
        zh = f"数字来源：由病例报告、订正、出院（舱）、死亡和密接判定等登记事实统计，截至当日24时；数据截至{known}。医学观察的密接含居家健康监测。"
        en = (
            "Figures: counted from the facts recorded (reports, reclassifications, discharges, deaths, contacts found), at the"
            f" end of the day, as known at {known}. Contacts under observation include those in home health monitoring."
        )
    return (zh if language == "zh" else en,)


def _both(pair: tuple[str, str]) -> dict[str, Any]:
    return {"zh": pair[0], "en": pair[1]}
