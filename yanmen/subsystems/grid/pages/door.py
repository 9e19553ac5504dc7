"""The one form at a door: only what no fact answers; one press records it all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.ids import uuid7s
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.methods import answers
from yanmen.subsystems.grid.methods.words import WAYS
from yanmen.subsystems.grid.pages import door_fields
from yanmen.subsystems.grid.pages.common import STAFF, number_in
from yanmen.subsystems.grid.queries import day as days
from yanmen.subsystems.grid.queries.asking import Asked, form_at

ROW = re.compile(r"(\d{1,18})-(\d{1,3})-([a-z_]+)")
NEW_NEED = 900


@page(
    "grid/doors/<int:number>/", role=STAFF, name="grid.door", zh="入户登记", en="At the door", methods=("GET", "POST"), nav=False,
    icon="home",
)  # fmt: skip
def door(request: HttpRequest, scope: Scope, number: int) -> HttpResponse:
    """Everybody behind a door, what is owed to each, one form for all of it."""
    now, refusal = moment_of(request), None
    one = days.door(scope, number)
    if one is None:
        raise Http404(str(number))
    way = request.GET.get("way", "door")
    way = way if way in WAYS else "door"
    if request.method == "POST":
        try:
            messages.success(request, _act(request, number, way, now))
            stays = request.POST.get("stay") or request.POST.get("act") == "fields"
            return redirect(request.get_full_path() if stays else reverse("grid.day"))
        except Refusal as error:
            refusal = error
    asked = form_at(scope, one, now=now, way=way)
    log_access(scope, "a door", count=max(1, len(asked)), now=now)
    context = {
        "door": one, "way": way, "ways": WAYS, "rows": _rows(asked, request.POST, now), "new_need": NEW_NEED,
        "known": door_fields.known(request, one, asked), "need_fields": answers.FIELDS[answers.NEED_TOLD], "sent": request.POST, "refusal": refusal, "now": now,
    }  # fmt: skip
    return render(request, "grid/door.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, number: int, way: str, now: datetime) -> str:
    if request.POST.get("act") == "fields":
        return door_fields.keep(request, number)
    if request.POST.get("act") == "place":
        place = _point(request) | {"position": number_in(request, "position") or 0}
        actions.place_door(**asked_by(request), door=number, **place)
        return _("Kept.")
    said = _said(request.POST, way, now)
    receipts = actions.answer(**asked_by(request), said=said)
    created = sum(each.outcome == "created" for each in receipts)
    if not created:
        return _("This form was kept before; nothing is recorded twice.")
    return ngettext("%(n)d answer kept.", "%(n)d answers kept.", created) % {"n": created}


def _point(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("longitude", "latitude"):
        text = request.POST.get(name, "").strip()[:20]
        if text:
            try:
                found[name] = float(text)
            except ValueError:
                raise Refusal("此处应为度数。", "Degrees are expected here.", field=name, value=text) from None
    return found


def _said(form: Mapping[str, Any], way: str, now: datetime) -> list[actions.Answer]:
    """Answers of a form as it was sent: a row that says nothing was not answered."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for name in form:
        if found := ROW.fullmatch(name):
            rows.setdefault((found[1], found[2]), {})[found[3]] = str(form[name])
    said = []
    for (person, _number), row in rows.items():
        kind, known = row.pop("kind", ""), row.pop("known", "")
        given = {name: value for name, value in row.items() if name not in ("id", "done") and value.strip()}
        if not given and row.get("done") != "yes":
            continue
        if kind == answers.SYMPTOMS:
            given["how"] = way
        said.append(actions.Answer(_id(row.get("id", "")), kind, int(person), now, given | _known(known)))
    return said


def _known(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split("&") if "=" in part)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal(
            "表单不完整，请刷新页面。", "The form is incomplete. Load the page again.", field="id", value=text[:40]
        ) from None


def _rows(asked: list[Asked], sent: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The form as a template draws it: every ask with an id of its own, filled with what was sent before a refusal."""
    fresh = iter(uuid7s(now, sum(len(one.asks) + 1 for one in asked)))
    rows = []
    for one in asked:
        asks = []
        for number, ask in enumerate(one.asks):
            begin = f"{one.resident.person}-{number}-"
            known = "&".join(f"{name}={_plain(value)}" for name, value in ask.known.items())
            fields = [
                {"field": field, "name": begin + field.name, "value": sent.get(begin + field.name, "")}
                for field in ask.fields
            ]
            asks.append({
                "begin": begin, "kind": ask.kind, "about": ask.kind == answers.ANSWERED, "title": ask.title, "fields": fields, "known": known,
                "ticked": ask.kind in answers.TICKED, "done": sent.get(begin + "done"), "id": sent.get(begin + "id") or str(next(fresh)),
            })  # fmt: skip
        begin = f"{one.resident.person}-{NEW_NEED}-"
        need = {
            "begin": begin, "kind": answers.NEED_TOLD, "id": sent.get(begin + "id") or str(next(fresh)),
            "fields": [
                {"field": field, "name": begin + field.name, "value": sent.get(begin + field.name, "")}
                for field in answers.FIELDS[answers.NEED_TOLD]
            ],
        }  # fmt: skip
        rows.append({"resident": one.resident, "asks": asks, "untold": one.untold, "need": need})
    return rows


def _plain(value: Any) -> str:
    return "yes" if value is True else "no" if value is False else str(value).replace("&", " ").replace("=", " ")
