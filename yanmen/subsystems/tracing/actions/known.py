"""Whom a line or an interview speaks of: somebody registered already, wherever that is, or a stranger to register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.identity import RESIDENT, mask_name
from yanmen.base.refusals import Refusal
from yanmen.registry.models import Person
from yanmen.registry.people import Details, Registered, index_of, phone_index_of, register_people
from yanmen.registry.scope import Scope


@dataclass(frozen=True)
class Known:
    """A person of the register: their record, the area that answers for them, and whether they were registered just now."""

    person: int
    area: str
    created: bool = False


def find_or_register(*, scope: Scope, rows: Sequence[Details], by: str, now: datetime) -> list[Known | Refusal]:
    """An answer for each row. By document wherever the person is registered; by telephone and name, or by name and birth date, in the
    asker's areas. Nobody is taken over from the area that answers for them."""
    answers: list[Known | Refusal | None] = [None] * len(rows)
    ready: dict[int, Details] = {}
    for place, row in enumerate(rows):
        try:
            ready[place] = row.checked(local_date(now))
            if not (row.id_number or row.phone or row.born_on):
                raise Refusal(
                    "请填写证件号码、手机号或出生日期，以便认定是谁。",
                    "Give a document number, a telephone or a birth date, so that it is clear who is meant.",
                    field="id_number",
                )
        except Refusal as refusal:
            answers[place] = refusal
            ready.pop(place, None)
    for place, found in {**_by_document(ready), **_by_phone(scope, ready), **_by_birth(scope, ready)}.items():
        answers[place] = found
    strangers = [place for place in ready if answers[place] is None]
    fresh = register_people([ready[place] for place in strangers], by=by, now=now, take_over=False)
    for place, made in zip(strangers, fresh, strict=True):
        answers[place] = Known(made.person, ready[place].area, made.created) if isinstance(made, Registered) else made
    return [answer for answer in answers if answer is not None]


def _by_document(rows: Mapping[int, Details]) -> dict[int, Known | Refusal]:
    asked: dict[tuple[bytes, str], list[int]] = {}
    for place, row in rows.items():
        if row.id_number:
            asked.setdefault((index_of(row.id_number), row.id_type or RESIDENT), []).append(place)
    if not asked:
        return {}
    found: dict[int, Known | Refusal] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT document, id_type, person, area, name FROM registry_known_documents(%s)",
            [[index for index, _ in asked]],
        )
        for index, kind, person, area, name in cursor.fetchall():
            for place in asked.get((bytes(index), kind), []):
                found[place] = Known(person, area) if name == rows[place].name else _other_name(rows[place].name)
    return found


def _by_phone(scope: Scope, rows: Mapping[int, Details]) -> dict[int, Known | Refusal]:
    asked = {place: phone_index_of(row.phone) for place, row in rows.items() if row.phone and not row.id_number}
    people = scope.within(Person.objects, "area").filter(phone_index__in=set(asked.values()), same_as=None)
    known = {
        (bytes(index), name): Known(pk, area)
        for index, name, pk, area in people.order_by("-pk").values_list("phone_index", "name", "pk", "area")
    }
    pairs = {place: (index, rows[place].name) for place, index in asked.items()}
    return {place: known[pair] for place, pair in pairs.items() if pair in known}


def _by_birth(scope: Scope, rows: Mapping[int, Details]) -> dict[int, Known | Refusal]:
    asked = {place: row for place, row in rows.items() if row.born_on and not row.id_number and not row.phone}
    if not asked:
        return {}
    people = scope.within(Person.objects, "area").filter(
        name__in={row.name for row in asked.values()}, born_on__in={row.born_on for row in asked.values()}, same_as=None
    )
    known: dict[tuple[str, object], list[Known]] = {}
    for name, born_on, pk, area in people.values_list("name", "born_on", "pk", "area"):
        known.setdefault((name, born_on), []).append(Known(pk, area))
    found: dict[int, Known | Refusal] = {}
    for place, row in asked.items():
        several = known.get((row.name, row.born_on), [])
        if len(several) == 1:
            found[place] = several[0]
        elif several:
            found[place] = Refusal(
                "有多人同名同生日，请补充证件号码或手机号。",
                "Several people have this name and birth date. Add a document number or a telephone.",
                field="born_on",
                value=str(row.born_on),
            )
    return found


def _other_name(given: str) -> Refusal:
    return Refusal(
        "该证件号已登记为另一姓名。请核对证件原件。",
        "This document is registered under another name. Compare with the document itself.",
        field="name",
        value=mask_name(given),
    )
