"""Paper lists: who came on paper is as much a visitor as who scanned. A receipt for each line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.identity import RESIDENT, document_number, phone_number
from yanmen.base.refusals import Refusal
from yanmen.loop.bulk import record_bulk
from yanmen.loop.own_kinds import SCANNED
from yanmen.registry import cells
from yanmen.registry.importing import (
    CREATED,
    MATCHED,
    Column,
    Context,
    Importer,
    Outcome,
    Receipt,
    Values,
    apply,
    read_sheet,
)
from yanmen.registry.models import Person
from yanmen.registry.people import ID_TYPES, Details, Registered, index_of, phone_index_of, register_people
from yanmen.registry.scope import Scope
from yanmen.subsystems.venues.kinds import LEFT, TRAIL_DAYS
from yanmen.subsystems.venues.methods.visits import moment, visit_id
from yanmen.subsystems.venues.models import Venue
from yanmen.subsystems.venues.queries import register

LONGEST = timedelta(hours=12)
Answers = list[Outcome | Refusal]
VISIT = (
    Column("name", "姓名", "Name", required=True),
    Column(
        "id_type", "证件类型", "Document type", cells.choice({key: title for key, title in ID_TYPES.items() if key})
    ),
    Column("id_number", "证件号码", "Document number", secret=True, also=("身份证号", "身份证号码")),
    Column("phone", "手机号", "Phone", read=phone_number, secret=True, also=("联系电话", "电话")),
    Column("came_at", "到达时间", "Came at", read=moment, required=True, also=("时间", "进入时间")),
    Column("left_at", "离开时间", "Left at", read=moment, also=("离场时间",)),
)


def visits_of(venue: Venue) -> Importer:
    """The paper list of one venue."""
    return Importer(
        f"venue_visits:{venue.pk}",
        "纸质登记",
        "Paper list",
        VISIT,
        apply_rows=lambda rows, context: _apply(rows, context, lambda row: venue),
    )


def record_visits(*, scope: Scope, place: int, content: bytes, file_name: str, by: str, now: datetime) -> Receipt:
    """Take over the paper list of a venue, from a file or as typed. The same list again changes nothing."""
    venue = register.venue(scope, place)
    if venue is None or by != scope.by:
        raise Refusal(
            "您的辖区内没有这个场所。", "There is no such venue in your area.", field="place", value=str(place)
        )
    importer = visits_of(venue)
    return apply(importer, read_sheet(importer, content, file_name, now=now), scope=scope, now=now)


def _apply_anywhere(rows: Sequence[Values], context: Context) -> Answers:
    venues = {
        venue.pk: venue for venue in register.visible(context.scope).filter(pk__in={row["venue"] for row in rows})
    }
    return _apply(rows, context, lambda row: venues.get(row["venue"]))


def _apply(rows: Sequence[Values], context: Context, venue_of: Callable[[Values], Venue | None]) -> Answers:
    answers: dict[int, Outcome | Refusal] = {}
    good: dict[int, tuple[Venue, Details]] = {}
    for number, row in enumerate(rows):
        try:
            good[number] = _checked(row, venue_of(row), context.now)
        except Refusal as refusal:
            answers[number] = refusal
    people = _people([details for _, details in good.values()], context)
    visits: dict[int, dict[str, Any]] = {}
    for (number, (venue, _)), person in zip(good.items(), people, strict=True):
        if isinstance(person, Refusal):
            answers[number] = person
        else:
            visits[number] = _visit(rows[number], venue, person)
    known = _known([visit["id"] for visit in visits.values()])
    record_bulk(SCANNED.name, visits.values(), by=context.by, now=context.now)
    record_bulk(LEFT.name, _leavings(rows, visits), by=context.by, now=context.now)
    for number, visit in visits.items():
        answers[number] = Outcome(MATCHED if visit["id"] in known else CREATED, str(visit["person"]))
        known.add(visit["id"])
    return [answers[number] for number in range(len(rows))]


def _checked(row: Values, venue: Venue | None, now: datetime) -> tuple[Venue, Details]:
    if venue is None:
        raise Refusal(
            "您的辖区内没有此编号的场所。", "No venue of your area has this number.", field="venue", value=str(row.get("venue", "")),
        )  # fmt: skip
    came, left = row["came_at"], row.get("left_at")
    if came > now or (left and left > now):
        raise Refusal(
            "时间在将来，请核对。", "The time lies ahead. Check it.", field="came_at", value=f"{came:%Y-%m-%d %H:%M}"
        )
    if now - came > timedelta(days=TRAIL_DAYS):
        raise Refusal(
            f"到访已过去{TRAIL_DAYS}天，按规定不再保存。", f"Visits are kept for {TRAIL_DAYS} days; this one is older.",
            field="came_at", value=f"{came:%Y-%m-%d %H:%M}",
        )  # fmt: skip
    if left and not came <= left <= came + LONGEST:
        raise Refusal(
            "离开时间应在到达之后12小时以内。", "Leaving comes after arriving, within twelve hours.",
            field="left_at", value=f"{left:%Y-%m-%d %H:%M}",
        )  # fmt: skip
    if not row.get("id_number") and not row.get("phone"):
        raise Refusal("请填写证件号码或手机号。", "Give a document number or a phone.", field="id_number")
    said = {name: row[name] for name in ("name", "id_type", "id_number", "phone") if name in row}
    return venue, Details(area=venue.area, **said)


def _people(details: Sequence[Details], context: Context) -> list[int | Refusal]:
    """Whom each line is about. A visit takes nobody over from the area that answers for them; only strangers are registered."""
    known = _by_document(details) | _by_phone(details, context.scope)
    strangers = [number for number in range(len(details)) if number not in known]
    fresh = register_people([details[number] for number in strangers], by=context.by, now=context.now)
    found: dict[int, int | Refusal] = dict(known)
    for number, answer in zip(strangers, fresh, strict=True):
        found[number] = answer.person if isinstance(answer, Registered) else answer
    return [found[number] for number in range(len(details))]


def _by_document(details: Sequence[Details]) -> dict[int, int]:
    asked: dict[tuple[bytes, str], list[int]] = {}
    for number, one in enumerate(details):
        if one.id_number:
            try:
                kind = one.id_type or RESIDENT
                asked.setdefault((index_of(document_number(kind, one.id_number)), kind), []).append(number)
            except Refusal:
                continue  # the register says what is wrong with it
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT document, id_type, person FROM registry_known_documents(%s)", [[index for index, _ in asked]]
        )
        return {
            number: person
            for index, kind, person in cursor.fetchall()
            for number in asked.get((bytes(index), kind), [])
        }


def _by_phone(details: Sequence[Details], scope: Scope) -> dict[int, int]:
    asked = {number: phone_index_of(one.phone) for number, one in enumerate(details) if one.phone and not one.id_number}
    rows = scope.within(Person.objects, "area").filter(phone_index__in=list(asked.values()), same_as=None)
    known = {
        (bytes(index), name): pk for index, name, pk in rows.order_by("-pk").values_list("phone_index", "name", "pk")
    }
    pairs = {number: (index, details[number].name) for number, index in asked.items()}
    return {number: known[pair] for number, pair in pairs.items() if pair in known}


def _visit(row: Values, venue: Venue, person: int) -> dict[str, Any]:
    return {
        "id": visit_id(venue.pk, person, row["came_at"], "came"),
        "person": person,
        "place": venue.pk,
        "area": venue.area,
        "occurred_at": row["came_at"],
        "detail": {"claimed": False, "via": "paper", "device": None},
    }


def _leavings(rows: Sequence[Values], visits: Mapping[int, dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for number, visit in visits.items():
        if left := rows[number].get("left_at"):
            own = {
                "id": visit_id(visit["place"], visit["person"], left, "left"),
                "occurred_at": left,
                "detail": {"via": "paper"},
            }
            yield visit | own


def _known(ids: Sequence[Any]) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {SCANNED.table} WHERE id = ANY(%s)", [list(ids)])
        return {row[0] for row in cursor.fetchall()}


VISITS = Importer(
    kind="venue_visits",
    zh="场所纸质登记",
    en="Paper lists of venues",
    columns=(Column("venue", "场所编号", "Number of the venue", cells.whole, required=True), *VISIT),
    apply_rows=_apply_anywhere,
)
