"""Declarations from a file: one line a traveller, a receipt for each line, the same file twice changes nothing."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base import area_codes
from yanmen.base.identity import phone_number
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import cells
from yanmen.registry.areas import AreaNames
from yanmen.registry.importing import CREATED, MATCHED, Column, Context, Importer, Outcome, Values
from yanmen.registry.people import Details, Registered, register_people
from yanmen.subsystems.arrivals import kinds
from yanmen.subsystems.arrivals.actions.declaring import check_declaration, declaration_detail
from yanmen.subsystems.arrivals.methods.course import TRANSPORTS

_TRANSPORTS = {name: (title["zh"], title["en"]) for name, title in TRANSPORTS.items()}


def _apply(rows: Sequence[Values], context: Context) -> list[Outcome | Refusal]:
    names, anywhere = AreaNames.load(within=context.scope.area), AreaNames.load()
    answers: list[Outcome | Refusal | None] = [None] * len(rows)
    details: dict[int, dict[str, Any]] = {}
    for place, row in enumerate(rows):
        try:
            details[place] = _detail(row, names, anywhere, context)
        except Refusal as refusal:
            answers[place] = refusal
    people = [_traveller(rows[place], detail) for place, detail in details.items()]
    registered = register_people(people, by=context.by, now=context.now)
    travellers = {}
    for place, answer in zip(details, registered, strict=True):
        if isinstance(answer, Registered):
            travellers[place] = answer.person
        else:
            answers[place] = answer
    told = _told({(person, details[place]["expected_on"]) for place, person in travellers.items()})
    fresh = dict(_fresh(travellers, details, told))
    facts.record_many(kinds.DECLARED.name, _facts(fresh, travellers, context), by=context.by, now=context.now)
    for place, person in travellers.items():
        if place not in fresh:
            _restate(told.get((person, details[place]["expected_on"])), details[place], context)
        answers[place] = Outcome(CREATED if place in fresh else MATCHED, str(person))
    return [answer for answer in answers if answer is not None]


def _detail(row: Values, names: AreaNames, anywhere: AreaNames, context: Context) -> dict[str, Any]:
    origin = _area("origin", row["origin"], anywhere)
    destination = _area("destination", row["destination"], names)
    context.scope.require(destination)
    about = {
        "origin": origin,
        "arrived_origin_on": row.get("arrived_origin_on"),
        "left_origin_on": row["left_origin_on"],
        "expected_on": row["expected_on"],
        "transport": row.get("transport", "other"),
        "destination": destination,
    }
    check_declaration(**about)
    return declaration_detail(**about, vehicle=row.get("vehicle", ""), address=row.get("address", ""))


def _area(field: str, text: str, names: AreaNames) -> str:
    code = area_codes.trim(text) if text.isascii() and text.isdigit() else ""
    found = None if code else names.find(text)
    if found is None and not area_codes.valid(code):
        raise Refusal(
            "没有这个地区。请填写 6 位代码或“太原市清徐县”这样的全称。",
            "There is no such area. Give its 6-digit code or a full name such as 太原市清徐县.",
            field=field,
            value=text,
        )
    return str(found.code) if found else code


def _traveller(row: Values, detail: Mapping[str, Any]) -> Details:
    return Details(
        name=row["name"],
        id_type="resident",
        id_number=row["id_number"],
        phone=row.get("phone", ""),
        area=detail["destination"],
        address=detail["address"],
    )


def _told(asked: Iterable[tuple[int, str]]) -> dict[tuple[int, str], tuple[UUID, dict[str, Any]]]:
    """Those travellers and days that are declared already, with the fact that says so."""
    pairs = list(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.person_id, fact.detail ->> 'expected_on', fact.id, fact.detail::text FROM loop_fact AS fact"
            " JOIN unnest(%s::bigint[], %s::text[]) AS asked (person, day)"
            "   ON asked.person = fact.person_id AND asked.day = fact.detail ->> 'expected_on'"
            " WHERE fact.kind = %s AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)",
            [[person for person, _ in pairs], [day for _, day in pairs], kinds.DECLARED.name],
        )
        return {(person, day): (fact, dict(json.loads(detail))) for person, day, fact, detail in cursor.fetchall()}


def _fresh(
    travellers: Mapping[int, int], details: Mapping[int, dict[str, Any]], told: Container[tuple[int, str]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    seen: set[tuple[int, str]] = set()
    for place, person in travellers.items():
        key = (person, details[place]["expected_on"])
        if key not in told and key not in seen:
            seen.add(key)
            yield place, details[place]


def _restate(told: tuple[UUID, dict[str, Any]] | None, detail: Mapping[str, Any], context: Context) -> None:
    """A line that says something else about a journey declared before corrects it."""
    if told and any(told[1].get(name) != value for name, value in detail.items()):
        facts.correct(told[0], detail=detail, area=detail["destination"], by=context.by, now=context.now)


def _facts(
    fresh: Mapping[int, dict[str, Any]], travellers: Mapping[int, int], context: Context
) -> Iterator[dict[str, Any]]:
    for place, detail in fresh.items():
        fact_id = uuid7(context.now)
        yield {
            "id": fact_id,
            "person": travellers[place],
            "area": detail["destination"],
            "occurred_at": context.now,
            "detail": detail | {"journey": str(fact_id)},
        }


DECLARATIONS = Importer(
    kind="arrivals",
    zh="来（返）人员申报",
    en="Declared arrivals",
    columns=(
        Column("name", "姓名", "Name", required=True),
        Column("id_number", "身份证号", "Identity number", required=True, secret=True, also=("身份证号码", "证件号码")),
        Column("phone", "手机号", "Phone", read=phone_number, secret=True, also=("联系电话", "电话")),
        Column("origin", "出发地", "From", required=True, also=("来源地", "出发县区")),
        Column("arrived_origin_on", "到达出发地日期", "There since", read=cells.day),
        Column("left_origin_on", "离开日期", "Left on", read=cells.day, required=True),
        Column("expected_on", "预计抵达日期", "Expected on", read=cells.day, required=True, also=("抵达日期",)),
        Column("transport", "交通方式", "Transport", read=cells.choice(_TRANSPORTS)),
        Column("vehicle", "车次/航班/车牌", "Train, flight or number plate", also=("车次", "航班", "车牌号")),
        Column("destination", "目的地", "To", required=True),
        Column("address", "居住地址", "Address of stay", also=("详细地址",)),
    ),
    apply_rows=_apply,
)
