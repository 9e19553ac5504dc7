"""Binding by document: whoever has no code goes into the tube by identity card, passport or permit (decision 67).

Edges know no identity numbers, so a telephone hands these records to the site. The row is the one an edge would write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.record_window import RecordWindow
from yanmen.base.refusals import Refusal
from yanmen.loop.bulk import record_bulk
from yanmen.registry.people import Details, Registered, register_people
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.kinds import BOUND

KEPT, REPEATED = "kept", "repeated"


@dataclass(frozen=True)
class Card:
    """Somebody's document, and their place in a tube; `at` is milliseconds since 1970."""

    id: UUID
    at: int
    tube: str
    position: int
    id_type: str
    id_number: str
    name: str


def bind_cards(
    *, scope: Scope, place: int, device: int, cards: Sequence[Card], by: str, now: datetime
) -> list[str | Refusal]:
    """Bind people by their documents at the device's place: for each card `kept`, `repeated` or why not, in their order.

    Who is not registered is, in the area of the place; nobody is taken over from the area that answers for them.
    """
    window = RecordWindow(int(now.timestamp() * 1000))
    with transaction.atomic():
        known = _known(card.id for card in cards)
        answers: list[str | Refusal] = [REPEATED if card.id in known else _in_time(card, window) for card in cards]
        fresh = [number for number, answer in enumerate(answers) if answer == KEPT]
        people = [_details(cards[number], scope.area) for number in fresh]
        rows = []
        found = register_people(people, by=by, now=now, take_over=False)
        for number, person in zip(fresh, found, strict=True):
            if isinstance(person, Registered):
                rows.append(_row(cards[number], person.person, place, device, scope.area, now))
            else:
                answers[number] = _discreet(person)
        record_bulk(BOUND.name, rows, by=by, now=now)
    return answers


def _in_time(card: Card, window: RecordWindow) -> str | Refusal:
    try:
        window.day(card.id, card.at)
    except Refusal as refusal:
        return refusal
    return KEPT


def _details(card: Card, area: str) -> Details:
    return Details(name=card.name, area=area, id_type=card.id_type, id_number=card.id_number)


def _row(card: Card, person: int, place: int, device: int, area: str, now: datetime) -> dict[str, object]:
    at = min(datetime.fromtimestamp(card.at / 1000, UTC), now)  # a telephone's clock may be a little ahead
    detail = {"tube": card.tube, "position": card.position, "device": device}
    return {"id": card.id, "person": person, "place": place, "area": area, "occurred_at": at, "detail": detail}


def _discreet(refusal: Refusal) -> Refusal:
    """What a telephone may be told: nothing of what the register knows."""
    if refusal.field != "name":
        return refusal
    return Refusal(
        "该证件已用另一姓名登记。请对照证件原件核对号码和姓名。",
        "This document is registered under another name. Compare number and name with the document itself.",
        field="name",
    )


def _known(ids: Iterable[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {BOUND.table} WHERE id = ANY(%s)", [list(ids)])
        return {found for (found,) in cursor.fetchall()}
