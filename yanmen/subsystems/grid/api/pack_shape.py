"""The village pack and conflicts as JSON: what the telephones of grid workers read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from yanmen.base.refusals import Refusal
from yanmen.desk import words
from yanmen.registry.models import Account
from yanmen.subsystems.grid.methods import answers
from yanmen.subsystems.grid.methods.answers import Field
from yanmen.subsystems.grid.methods.fields import HOUSEHOLD, PERSON, shown, titles
from yanmen.subsystems.grid.methods.words import NEEDS
from yanmen.subsystems.grid.queries.asking import TASKS, Ask, Asked
from yanmen.subsystems.grid.queries.conflicts import Conflict, Side
from yanmen.subsystems.grid.queries.fields import InForce, Subject
from yanmen.subsystems.grid.queries.pack import Pack, PackDoor

VERSION = 1


def answer(request: HttpRequest, pack: Pack) -> HttpResponse:
    """The pack as an answer: packed where the asker can unpack it, and 304 where they have it already."""
    token = get_token(request)
    content = _json(_stable(request, pack))
    mark = f'"{sha256(content + request.META.get("CSRF_COOKIE", "").encode()).hexdigest()[:24]}"'
    known = {each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")}
    if mark in known:
        response = HttpResponse(status=304)
    else:
        head = _json({"made_at": pack.made_at, "ends_at": pack.ends_at, "csrf": token})
        body = head[:-1] + b"," + content[1:]
        response = HttpResponse(content_type="application/json; charset=utf-8")
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, response["Content-Encoding"] = gzip.compress(body, 6), "gzip"
        response.content = body
    response["ETag"], response["Cache-Control"] = mark, "no-store"
    response["Vary"] = "Accept-Encoding, Cookie"
    response["Pack-Made-At"], response["Pack-Ends-At"] = pack.made_at.isoformat(), pack.ends_at.isoformat()
    return response


def conflict(one: Conflict) -> dict[str, Any]:
    """A conflict with both values, a telephone number masked."""
    return {
        "id": one.id, "door": one.door, "address": one.address, "area": one.area, "person": one.person, "name": one.name,
        "field": one.field.name, "zh": one.field.zh, "en": one.field.en, "in_force": _side(one, one.in_force),
        "other": _side(one, one.other), "kept": one.kept, "settled_by_name": one.settled_by_name, "settled_at": one.settled_at,
    }  # fmt: skip


def in_force(one: InForce, field: str, of_person: bool, names: Mapping[str, str]) -> dict[str, Any]:
    """A value in force, and who said it."""
    known = (PERSON if of_person else HOUSEHOLD)[field]
    return {
        "edit": str(one.key), "value": shown(known, one.value), **titles(known, one.value), "by_name": names.get(one.by, one.by),
        "said_at": one.said_at,
    }  # fmt: skip


def fault(refusal: Refusal | None) -> dict[str, str]:
    """Why something was refused; empty where it was not."""
    if refusal is None:
        return dict.fromkeys(("field", "value", "zh", "en"), "")
    return {"field": refusal.field, "value": refusal.value, "zh": refusal.zh, "en": refusal.en}


def _side(one: Conflict, side: Side) -> dict[str, Any]:
    return {
        "edit": str(side.key) if side.key else "", "value": shown(one.field, side.value), **one.said(side), "by_name": side.by_name,
        "said_at": side.said_at,
    }  # fmt: skip


def _stable(request: HttpRequest, pack: Pack) -> dict[str, Any]:
    """All of the pack that does not change with the moment it is asked for."""
    people = [each.resident for door in pack.doors for each in door.asked]
    account = Account.objects.filter(pk=request.scope.account).first()
    return {
        "version": VERSION,
        "account": {"id": account.pk if account else None, "name": str(account or ""), "role": request.scope.role, "area": request.scope.area},
        "areas": {code: {"zh": words.area_name(code, True), "en": words.area_name(code, False)} for code in _distinct(each.door.area for each in pack.doors)},
        "tasks": {kind: _both(words.task(kind)) | {"records": TASKS.get(kind, "")} for kind in _distinct(owed.kind for one in people for owed in one.owed)},
        "places": {place: _both(words.word(place)) for place in _distinct(one.place for one in people)},
        "needs": NEEDS,
        "kinds": {kind: {**answers.TITLES[kind], "ticked": kind in answers.TICKED, "fields": [_field(each) for each in fields]} for kind, fields in answers.FIELDS.items()},
        "fields": {"household": [_field(each) for each in HOUSEHOLD.values()], "person": [_field(each) for each in PERSON.values()]},
        "doors": [_door(each, order, pack) for order, each in enumerate(pack.doors, 1)],
        "conflicts": [conflict(each) for each in pack.conflicts],
    }  # fmt: skip


def _door(one: PackDoor, order: int, pack: Pack) -> dict[str, Any]:
    door = one.door
    return {
        "id": door.pk, "order": order, "area": door.area, "address": door.address, "building": door.building,
        "entrance": door.entrance, "floor": door.floor, "room": door.room, "position": door.position,
        "cell": door.cell.name if door.cell else "",
        "household": {"fields": _values(pack.fields, door.pk, None, HOUSEHOLD)},
        "people": [_person(each, door.pk, pack) for each in one.asked],
    }  # fmt: skip


def _person(one: Asked, door: int, pack: Pack) -> dict[str, Any]:
    who = one.resident
    return {
        "person": who.person, "name": who.name, "born_on": who.born_on.year if who.born_on else None, "place": who.place,
        "phone_masked": pack.phones.get(who.person, ""),
        "needs_open": [
            {
                "id": str(need.id), "need": str(need.detail.get("need", "")), "urgent": bool(need.detail.get("urgent")),
                "text": str(need.detail.get("text", "")), "told_at": need.at,
            }
            for need in who.needs()
        ],
        "fields": _values(pack.fields, door, who.person, PERSON),
        "owed": [{"kind": owed.kind, "due_at": owed.due_at} for owed in who.owed],
        "asks": [_ask(ask) for ask in one.asks],
    }  # fmt: skip


def _ask(ask: Ask) -> dict[str, Any]:
    said = {
        "kind": ask.kind, "about": ask.about, "known": dict(ask.known), "needed": ask.needed,
        "fields": [field.name for field in ask.fields],
    }  # fmt: skip
    return said if ask.title == answers.TITLES[ask.kind] else said | {"title": dict(ask.title)}


def _values(
    fields: Mapping[Subject, InForce], door: int, person: int | None, known: Mapping[str, Field]
) -> dict[str, dict[str, str]]:
    """Only fields that somebody said something of."""
    found = {}
    for name, field in known.items():
        one = fields.get((door, person, name))
        if one:
            found[name] = {"value": shown(field, one.value), "seen": str(one.key)}
    return found


def _field(one: Field) -> dict[str, Any]:
    return {
        "name": one.name, "type": one.type, "zh": one.zh, "en": one.en, "needed": one.needed, "least": one.least, "most": one.most,
        "options": [{"code": code, "zh": title["zh"], "en": title["en"]} for code, title in one.options.items()],
    }  # fmt: skip


def _both(title: Any) -> dict[str, str]:
    return {"zh": title["zh"], "en": title["en"]} if isinstance(title, dict) else {"zh": title.zh, "en": title.en}


def _distinct(codes: Iterable[str]) -> list[str]:
    return sorted({code for code in codes if code})


def _json(content: Any) -> bytes:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()
