"""What is printed: labels of tubes, the label of a box, and the list that travels with it. In both languages at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.base.clock import BEIJING
from yanmen.base.qr_codes import svg
from yanmen.base.refusals import Refusal
from yanmen.desk import printing
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.actions.labels import SHEET, SHEETS
from yanmen.subsystems.screening.kinds import COURIER, LABORATORY, MANAGER, REVIEWER, SAMPLING
from yanmen.subsystems.screening.models import Box, Tube
from yanmen.subsystems.screening.pages.fields import whole
from yanmen.subsystems.screening.queries import sites as site_queries
from yanmen.subsystems.screening.queries import transport as queries

FOLDER = Path(__file__).parents[1] / "print"
SEES = (SAMPLING, MANAGER, COURIER, LABORATORY, REVIEWER, "command.staff")
HEAD = (
    {"zh": "序号", "en": "No."},
    {"zh": "采样管", "en": "Tube"},
    {"zh": "管架", "en": "Rack"},
    {"zh": "人数", "en": "People"},
    {"zh": "采样时间", "en": "Sampled"},
    {"zh": "备注", "en": "Remark"},
)
SIGNATURES = ({"zh": "交出", "en": "Handed over"}, {"zh": "接收", "en": "Taken over"})


@page(
    "screening/boxes/<int:box>/list.pdf",
    role=SEES,
    name="screening.box_list",
    zh="转运清单",
    en="List of a box",
    nav=False,
)
def box_list(request: HttpRequest, scope: Scope, box: int) -> HttpResponse:
    """The list that travels with a box."""
    found = _box(scope, box)
    tubes = [each for each in queries.contents(scope, found) if each.condition != "unexpected"]
    people = sum(each.members for each in tubes)
    data = {
        "box": found.code,
        "picture": svg(found.code),
        "printed": _moment(moment_of(request)),
        "lines": [*_lines(found), _line("数量", "Content", f"{len(tubes)} 管 tubes · {people} 人 people")],
        "head": HEAD,
        "tubes": [_row(each) for each in tubes],
        "signatures": SIGNATURES,
    }
    return printing.answer(FOLDER / "manifest.typ", data, name=f"list-{found.pk}")


@page(
    "screening/boxes/<int:box>/label.pdf",
    role=SEES,
    name="screening.box_label",
    zh="箱标签",
    en="Label of a box",
    nav=False,
)
def box_label(request: HttpRequest, scope: Scope, box: int) -> HttpResponse:
    """The label on the outside of a box."""
    found = _box(scope, box)
    data = {"box": found.code, "picture": svg(found.code), "lines": _lines(found)}
    return printing.answer(FOLDER / "box_label.typ", data, name=f"label-{found.pk}")


@page(
    "screening/sites/<int:place>/labels/", role=(SAMPLING, MANAGER), name="screening.labels", zh="采样管标签",
    en="Labels for tubes", methods=("GET", "POST"), nav=False,
)  # fmt: skip
def labels(request: HttpRequest, scope: Scope, place: int) -> HttpResponse:
    """Sheets of labels for tubes, each number given once."""
    site = site_queries.site(scope, place)
    if site is None:
        raise Http404(str(place))
    refusal = None
    if request.method == "POST":
        try:
            codes = actions.issue_labels(site=place, sheets=whole(request, "sheets") or 0, **asked_by(request))
            return printing.answer(FOLDER / "tube_labels.typ", _labels(site.place, codes), name=f"labels-{codes[0]}")
        except Refusal as error:
            refusal = error
    context = {"site": site, "refusal": refusal, "sheet": SHEET, "most": SHEETS}
    return render(request, "screening/labels.html", context, status=422 if refusal else 200)


def _labels(place: Place, codes: Iterable[str]) -> dict[str, Any]:
    rows = [{"picture": svg(code), "lines": [code[:6], code[6:]]} for code in codes]
    return {"title": place.name_zh, "site": place.name_zh, "labels": rows}


def _lines(box: Box) -> list[dict[str, Any]]:
    """From where to where, and who carries it."""
    lines = [
        _line("采样点", "From", _named(box.site.place)),
        _line("检测机构", "To", _named(box.laboratory.place)),
        _line("保存温度", "Keep at", f"{box.coldest:g}–{box.warmest:g} °C"),
    ]
    if box.sent_at:
        lines.append(_line("发出", "Sent", _moment(box.sent_at)))
    if box.trip:
        lines.append(_line("车辆", "Vehicle", f"{box.trip.vehicle} · {box.trip.courier}"))
    return lines


def _line(zh: str, en: str, text: str) -> dict[str, Any]:
    return {"name": {"zh": zh, "en": en}, "text": text}


def _row(tube: Tube) -> dict[str, str]:
    people = f"{tube.members} / {tube.capacity}" if tube.members else "–"
    return {"code": tube.pk, "rack": tube.rack or "–", "people": people, "at": _moment(tube.first_at)}


def _named(place: Place) -> str:
    return " · ".join(filter(None, (place.name_zh, place.name_en)))


def _moment(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def _box(scope: Scope, number: int) -> Box:
    found = queries.box(scope, number)
    if found is None:
        raise Http404(str(number))
    return found
